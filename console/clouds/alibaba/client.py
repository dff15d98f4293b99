"""One call from start to end: sign, send, retry what may be retried, judge the answer (alibaba-contract 1).

Every call is a POST to "/" with its parameters in the query; the region is always among them, since an address on
loopback says nothing of it.
"""

import hashlib
import logging
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import Final, TypeVar

from console.clouds.alibaba.faults import check_no_fault, error_for, is_about_the_signature, is_about_the_time
from console.clouds.alibaba.signing import Acs3Auth
from console.clouds.alibaba.wire import Parameters
from console.clouds.credentials import AccessKey
from console.clouds.errors import CloudError, CloudForbidden
from console.clouds.exchange import Exchange
from console.clouds.judging import judging
from console.clouds.masking import Mask
from console.clouds.reading import JsonObject, parse_object, text
from console.clouds.recording import Recording
from console.clouds.retry import Tries, with_retries
from console.clouds.transport import Reply, Request, Transport
from console.clouds.types import DRY_RUN, IntentId, Receipt

logger = logging.getLogger(__name__)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Product:
    """One of the cloud's services. Its actions' names mean nothing without the version (alibaba-contract 1.6)."""

    #: Its key among the base URLs.
    service: str
    version: str
    #: What it calls the parameter that makes a repeated write harmless; "" where it has none.
    token: str = ""


API_GATEWAY: Final = Product("apigateway", "2016-07-14")
PRIVATELINK: Final = Product("privatelink", "2020-04-15", "ClientToken")
VPC: Final = Product("vpc", "2016-04-28")


class AlibabaClient:
    """Calls to one region of one account. Safe to use from many threads at once."""

    def __init__(
        self, transport: Transport, key: AccessKey, region: str, *, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._transport = transport
        self._key = key
        self._region = region
        self._sleep = sleep

    @property
    def total_time(self) -> float:
        """Seconds that one act may take in all."""
        return self._transport.limits.total

    def read(self, product: Product, action: str, parameters: Parameters, decode: Callable[[JsonObject], T]) -> T:
        """The decoded answer to an action that changes nothing.

        Raises CloudUnavailable where `decode` cannot make sense of it.
        """
        reply = self._call(self._request(product, parameters), self._auth(product, action))
        with judging(reply, is_write=False):
            return decode(parse_object(reply.body))

    def write(
        self, product: Product, action: str, parameters: Parameters, *, intent: IntentId, token: str = ""
    ) -> Receipt:
        """Carry out an intent. A success that cannot be read raises CloudOutcomeUnknown.

        `token` names the action's own parameter for a token, where it is not the product's. The token comes from the
        intent, so that a call which reaches the cloud twice counts once.
        With DRY_RUN for an intent nothing is sent, and the receipt holds the call that would be.
        """
        if not intent:
            raise ValueError("a write needs the id of a durable intent")
        name = token or product.token
        known = {**parameters, name: _token_of(intent)} if name else parameters
        recording = Recording()
        request = replace(self._request(product, known, recording), check=intent.check)
        auth = self._auth(product, action)
        if intent == DRY_RUN:
            call = self._transport.preview(request, auth)
            rehearsed = Exchange(call, None, datetime.now(UTC), 0, sent=False, failure="a dry run")
            return Receipt("", exchange=(rehearsed,))
        try:
            request_id = self._taken(request, auth)
        except CloudError as error:
            error.exchange = recording.exchange
            raise
        logger.info("intent %s was taken by the cloud as %s (cloud request %s)", intent, action, request_id or "-")
        return Receipt(request_id, exchange=recording.exchange)

    def waiting_to_write(self, product: Product) -> AbstractContextManager[None]:
        """Whoever queues for a write waits for the cloud, too. Raises CloudUnavailable where too many pages do."""
        return self._transport.waiting_for(product.service, is_write=True)

    def _request(self, product: Product, parameters: Parameters, recording: Recording | None = None) -> Request:
        query = tuple(sorted({"RegionId": self._region, **parameters}.items()))
        return Request(product.service, "POST", "/", query, is_write=recording is not None, recording=recording)

    def _taken(self, request: Request, auth: Acs3Auth) -> str:
        """The cloud's id of the call that took the intent; the body has it (alibaba-contract 1.7)."""
        reply = self._call(request, auth)
        with judging(reply, is_write=True):
            return text(parse_object(reply.body).get("RequestId")) or reply.request_id

    def _call(self, request: Request, auth: Acs3Auth) -> Reply:
        """Once more where the answer told that it was signed for a wrong time: then nothing was done (contract 1.7)."""
        with self._transport.time_for(request.service, is_write=request.is_write):
            tries, correction = Tries(), self._transport.time.correction()
            try:
                return self._send(request, auth, tries)
            except CloudForbidden as refusal:
                learned = self._transport.time.is_another_since(correction)
                if not (learned and tries.left and is_about_the_time(refusal)):
                    raise
            return self._send(request, auth, tries)

    def _send(self, request: Request, auth: Acs3Auth, tries: Tries) -> Reply:
        return with_retries(
            partial(self._attempt, request, auth),
            is_write=request.is_write,
            default_time=self.total_time,
            needed=self._transport.limits.needed(is_write=request.is_write),
            tries=tries,
            sleep=self._sleep,
        )

    def _attempt(self, request: Request, auth: Acs3Auth) -> Reply:
        reply = self._transport.send(request, auth)
        with judging(reply, is_write=request.is_write):
            if 200 <= reply.status < 300:
                check_no_fault(reply, Mask(auth.secrets), is_write=request.is_write)
            else:
                error = error_for(reply, Mask(auth.secrets), is_write=request.is_write)
                if is_about_the_signature(error):
                    self._transport.time.explain(error)
                raise self._transport.heed(request, error)
        return reply

    def _auth(self, product: Product, action: str) -> Acs3Auth:
        return Acs3Auth(self._key, action, product.version, now=self._transport.time.now)


def _token_of(intent: IntentId) -> str:
    """At most 64 characters of ASCII (alibaba-contract 4), whatever an intent's id looks like."""
    return hashlib.sha256(intent.encode()).hexdigest()
