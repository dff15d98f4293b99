"""One call from start to end: authorise, send, retry what may be retried, sign in anew once, judge the answer."""

import logging
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Protocol, TypeVar

from console.clouds.errors import CloudBusy, CloudError, CloudForbidden
from console.clouds.exchange import Exchange
from console.clouds.huawei.faults import check_no_fault, error_for, may_be_the_token
from console.clouds.judging import judging
from console.clouds.masking import Mask
from console.clouds.reading import JsonObject, parse_object, text
from console.clouds.recording import Recording
from console.clouds.retry import Tries, with_retries
from console.clouds.transport import Authoriser, Reply, Request, Transport
from console.clouds.types import DRY_RUN, AccountId, IntentId, Receipt

logger = logging.getLogger(__name__)
T = TypeVar("T")


class Identity(Protocol):
    """Whom the calls are made as: a signed-in user or an access key."""

    def authorise(self, service: str) -> Authoriser:
        """What proves a call to `service`. Raises CloudForbidden, unsent, while a refusal is remembered."""

    def after_refusal(self, used: Authoriser, refusal: CloudForbidden) -> Authoriser | None:
        """After a 401: a fresh proof to try once more, or None where there is none."""

    def refused_again(self, refusal: CloudForbidden) -> None:
        """The fresh proof met a 401 too."""

    def accepted(self) -> None:
        """The cloud took the proof, whatever it said to the call itself."""

    def own_account(self, client: "HuaweiClient") -> AccountId:
        """The account that the project belongs to."""


class HuaweiClient:
    """Calls to one project of one cloud. Safe to use from many threads at once."""

    def __init__(
        self, transport: Transport, identity: Identity, *, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._transport = transport
        self._identity = identity
        self._sleep = sleep

    @property
    def total_time(self) -> float:
        """Seconds that one act may take in all."""
        return self._transport.limits.total

    def read(
        self, service: str, path: str, decode: Callable[[JsonObject], T], query: tuple[tuple[str, str], ...] = ()
    ) -> T:
        """The decoded answer to a GET. Raises CloudUnavailable where `decode` cannot make sense of it."""
        reply = self._call(Request(service, "GET", path, query))
        with judging(reply, is_write=False):
            return decode(parse_object(reply.body))

    def write(self, service: str, method: str, path: str, body: bytes | None, *, intent: IntentId) -> Receipt:
        """Carry out an intent. The echo in the answer is worth nothing (contract 0), but it must be an answer:
        a success that cannot be read, such as a proxy's HTML page, raises CloudOutcomeUnknown.

        With DRY_RUN for an intent nothing is sent, and the receipt holds the call that would be.
        """
        return self._write(Request(service, method, path, body=body, is_write=True), intent, _nothing_new)

    def create(self, service: str, path: str, body: bytes, *, intent: IntentId) -> Receipt:
        """A POST that makes something, as `write` otherwise. The receipt's `created` is the new id, "" where the answer
        tells none; an answer without content raises CloudOutcomeUnknown.
        """
        return self._write(Request(service, "POST", path, body=body, is_write=True), intent, _new_id)

    def _write(self, request: Request, intent: IntentId, created: Callable[[bytes], str]) -> Receipt:
        if not intent:
            raise ValueError("a write needs the id of a durable intent")
        if intent == DRY_RUN:
            return self._dry_run(request)
        recording = Recording()
        try:
            reply, made = self._taken(replace(request, recording=recording, check=intent.check), intent, created)
        except CloudError as error:
            error.exchange = recording.exchange
            raise
        return Receipt(reply.request_id, created=made, exchange=recording.exchange)

    def _dry_run(self, request: Request) -> Receipt:
        with self._transport.time_for(request.service):
            call = self._transport.preview(request, self._identity.authorise(request.service))
        rehearsed = Exchange(call, None, datetime.now(UTC), 0, sent=False, failure="a dry run")
        return Receipt("", exchange=(rehearsed,))

    def _taken(self, request: Request, intent: IntentId, created: Callable[[bytes], str]) -> tuple[Reply, str]:
        """The answer to the call that took the intent, and the id of what it made."""
        reply = self._call(request)
        with judging(reply, is_write=True):
            made = created(reply.body)
        logger.info("intent %s was taken by the cloud (cloud request %s)", intent, reply.request_id or "-")
        return reply, made

    def own_account(self) -> AccountId:
        """The account that the project belongs to."""
        with self._transport.time_for("iam"):
            return self._identity.own_account(self)

    def _call(self, request: Request) -> Reply:
        """At most one replay after a 401, and only with a proof that was not tried before (contract 1.8)."""
        with self._transport.time_for(request.service, is_write=request.is_write):
            tries = Tries()
            proof = self._identity.authorise(request.service)
            try:
                return self._send(request, proof, tries)
            except CloudForbidden as refusal:
                _check_a_try_is_left(tries, refusal)
                fresh = self._identity.after_refusal(proof, refusal) if may_be_the_token(refusal) else None
                if fresh is None:
                    raise
            try:
                return self._send(request, fresh, tries)
            except CloudForbidden as refusal:
                if may_be_the_token(refusal):
                    self._identity.refused_again(refusal)
                raise

    def _send(self, request: Request, proof: Authoriser, tries: Tries) -> Reply:
        return with_retries(
            partial(self._attempt, request, proof),
            is_write=request.is_write,
            default_time=self.total_time,
            needed=self._transport.limits.needed(is_write=request.is_write),
            tries=tries,
            sleep=self._sleep,
        )

    def _attempt(self, request: Request, proof: Authoriser) -> Reply:
        reply = self._transport.send(request, proof)
        if reply.status != 401:
            self._identity.accepted()
        with judging(reply, is_write=request.is_write):
            if 200 <= reply.status < 300:
                check_no_fault(reply, Mask(proof.secrets), is_write=request.is_write)
            else:
                error = error_for(reply, Mask(proof.secrets), is_write=request.is_write)
                if error.status == 401:
                    self._transport.time.explain(error)
                raise self._transport.heed(request, error)
        return reply


def _check_a_try_is_left(tries: Tries, refusal: CloudForbidden) -> None:
    """Raises CloudBusy where throttling has used up the tries before the sign-in ended: nothing was done, or denied."""
    if may_be_the_token(refusal) and not tries.left:
        reason = "the cloud throttled the call again and again, and then the sign-in had ended"
        raise CloudBusy(reason, status=refusal.status, request_id=refusal.request_id) from None


def _nothing_new(body: bytes) -> str:
    """Of an answer without content there is nothing to read (contract 1.7)."""
    if body.strip():
        parse_object(body)
    return ""


def _new_id(body: bytes) -> str:
    return text(parse_object(body).get("id"))
