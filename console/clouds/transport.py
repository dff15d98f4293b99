"""The only sender. Turns one request into one reply, or into an error that says what may be believed.

Uses the pooled adapter of `requests` and not its Session: there is then no environment (proxies, .netrc), no
cookie jar and no redirect to switch off, and nothing that threads would share but the connection pool.
"""

import logging
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final, Protocol
from urllib.parse import quote, urlencode, urlsplit

import requests
from requests import PreparedRequest
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError, NameResolutionError, ReadTimeoutError

from console.clouds.allowance import ALLOWANCE
from console.clouds.attempt import Attempt, ForbiddenAddress, WatchedPools, watched
from console.clouds.budget import remaining, time_budget
from console.clouds.bulkhead import waiting_for
from console.clouds.certificates import complaint_about
from console.clouds.cloud_time import CloudTime
from console.clouds.errors import CheckExpired, CloudError, CloudOutcomeUnknown, CloudUnavailable
from console.clouds.exchange import WireCall
from console.clouds.masking import Mask
from console.clouds.pauses import Pauses
from console.clouds.recording import Recording, wire_call
from console.clouds.secret import Secret
from console.clouds.traffic import Purpose, purpose_of
from console.context import request_id as own_request_id

logger = logging.getLogger(__name__)

#: Connections kept per host: more than the threads that can ever call at once, so none is thrown away.
KEPT_CONNECTIONS: Final = 128
_REQUEST_IDS: Final = ("X-Request-Id", "X-IAM-Trace-Id", "x-acs-request-id")
#: Longest id of an answer that is kept; theirs have 32 characters, or 36.
LONGEST_REQUEST_ID: Final = 128


class Authoriser(Protocol):
    """Signs or authenticates a prepared request: a `requests` auth object."""

    @property
    def secrets(self) -> tuple[Secret, ...]:
        """What nothing that is kept of a call may show: tokens, keys, passwords."""

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        """Add the proof to the request's headers."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds and bytes that one call may take. `total` counts from the first attempt to connect to the last byte."""

    connect: float = 3.0
    read: float = 10.0
    total: float = 10.0
    #: A write is not begun with less than this left, or than a third of `total`: its end would hardly ever be known.
    write: float = 3.0
    answer_bytes: int = 8 * 1024 * 1024

    def needed(self, *, is_write: bool) -> float:
        """Seconds that must be left for an attempt to be made at all."""
        return min(self.write, self.total / 3) if is_write else 0.0


@dataclass(frozen=True, slots=True)
class Request:
    """One call. `path` is already percent-encoded and starts with "/"; the host comes from the configuration only."""

    service: str
    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    #: The exact bytes to send; None for none. Not shown: a sign-in holds a password.
    body: bytes | None = field(default=None, repr=False)
    #: Whether the call changes the cloud, so that a lost answer leaves its outcome unknown.
    is_write: bool = False
    #: Where each attempt of a write is noted.
    recording: Recording | None = field(default=None, repr=False, compare=False)
    #: Asked right before each attempt of a write (`types.IntentId`).
    check: Callable[[], float] | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back, whatever the status. Body and headers are not shown: they may hold a token."""

    status: int
    #: The cloud's own id of this call, "" where it gave none.
    request_id: str
    body: bytes = field(repr=False)
    #: Names compare without case.
    headers: Mapping[str, str] = field(repr=False)


class AnswerLost(CloudUnavailable):
    """A read whose connection broke, as kept-alive ones do when the server closes them: worth one more try."""


class _TooLarge(Exception):
    """The answer went past the size limit."""


class _TooLate(Exception):
    """The time budget has not enough left to begin."""


class _Adapter(HTTPAdapter):
    """`requests`' adapter over connections that report to the attempt."""

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **options: Any) -> None:  # noqa: FBT001, FBT002
        self.poolmanager = WatchedPools(num_pools=connections, maxsize=maxsize, block=block, **options)


class Transport:
    """Sends to the base URLs of one cloud and nowhere else. Safe to use from many threads at once."""

    def __init__(
        self,
        bases: Mapping[str, str],
        *,
        limits: Limits | None = None,
        ca_file: str = "",
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`bases` maps service names to base URLs; `ca_file` replaces the public certificate authorities. `clock` tells
        when a pause that the cloud asked for is over.
        """
        self.bases = MappingProxyType({service: base.rstrip("/") for service, base in bases.items()})
        self.limits = limits or Limits()
        self._pauses = Pauses(clock)
        self.time = CloudTime()
        self._verify: bool | str = ca_file or True
        self._adapter = _Adapter(pool_connections=len(bases) or 1, pool_maxsize=KEPT_CONNECTIONS)

    @contextmanager
    def time_for(self, service: str, *, is_write: bool = False) -> Iterator[None]:
        """All that one call needs, its sign-in and its retries too, happens inside, and within `limits.total`."""
        with time_budget(self.limits.total), self.waiting_for(service, is_write=is_write):
            yield

    def waiting_for(self, service: str, *, is_write: bool = False) -> AbstractContextManager[None]:
        """Inside, a page waits for the service. Raises CloudUnavailable, unsent, where too many do (`bulkhead`)."""
        return waiting_for(self._host(service), is_act=purpose_of(is_write=is_write) is Purpose.ACT)

    def send(self, request: Request, auth: Authoriser | None = None) -> Reply:
        """One attempt, no retry. Every status is a reply.

        Raises NotYet, unsent, during a pause that the host asked for, TooManyReads, unsent, where the person's pages
        have read too often, and Withheld, unsent, when the request's check
        says no; CheckExpired, unsent, when that was too long ago. Raises CloudUnavailable when nothing was sent or
        a read got no whole answer (AnswerLost when the connection broke), CloudOutcomeUnknown when a write was sent
        and no whole answer came.
        """
        self._pauses.check(self._host(request.service), purpose_of(is_write=request.is_write))
        with ALLOWANCE.counted():
            return self._attempt(request, auth)

    def _attempt(self, request: Request, auth: Authoriser | None) -> Reply:
        send_by = request.check() if request.check is not None else float("inf")
        started = time.monotonic()
        attempt = Attempt(deadline=started + remaining(self.limits.total), send_by=send_by)
        try:
            with watched(attempt):
                prepared = self._prepare(request, auth)
                if request.recording is not None:
                    request.recording.began(prepared, _secrets(auth))
                if attempt.deadline - time.monotonic() <= self.limits.needed(is_write=request.is_write):
                    raise _TooLate
                reply = self._exchange(prepared, auth, attempt)
        except (requests.RequestException, HTTPError, OSError, ValueError, _TooLarge, _TooLate) as failure:
            error = self._explain(request, attempt, failure)
        else:
            if request.recording is not None:
                request.recording.answered(reply.status, reply.headers, reply.body)
            self._log(request, started, str(reply.status), reply.request_id)
            return reply
        if request.recording is not None:
            request.recording.failed(error.reason, sent=attempt.sent)
        # Raised out here so that the library's exception, which may quote headers, is no part of its context.
        self._log(request, started, error.reason, error.request_id, level=logging.WARNING)
        raise error

    def heed(self, request: Request, error: CloudError) -> CloudError:
        """The error of an answer; where it asks for a pause, the host is not called again before that is over."""
        self._pauses.heed(self._host(request.service), error, purpose_of(is_write=request.is_write))
        return error

    def preview(self, request: Request, auth: Authoriser | None = None) -> WireCall:
        """What `send` would send, made in the same way, secrets masked. Sends nothing."""
        return wire_call(self._prepare(request, auth), Mask(_secrets(auth)))

    def _exchange(self, prepared: PreparedRequest, auth: Authoriser | None, attempt: Attempt) -> Reply:
        left = max(attempt.deadline - time.monotonic(), 0.001)
        timeout = (min(self.limits.connect, left), min(self.limits.read, left))
        response = self._adapter.send(prepared, stream=True, timeout=timeout, verify=self._verify)
        self.time.heard(response.headers.get("Date"))
        attempt.request_id = _request_id(response.headers, auth)
        body = response.raw.read(self.limits.answer_bytes + 1, decode_content=True)
        if len(body) > self.limits.answer_bytes:
            response.close()
            raise _TooLarge
        return Reply(response.status_code, attempt.request_id, body, response.headers)

    def _prepare(self, request: Request, auth: Authoriser | None) -> PreparedRequest:
        """A ready request; the query is encoded here, because `params=` would write spaces as "+" (contract 3)."""
        url = self.bases[request.service] + request.path
        if request.query:
            url += "?" + urlencode(request.query, quote_via=quote, safe="")
        headers = {
            "Content-Type": "application/json",
            "Accept": "application/json",
            "Accept-Encoding": "gzip",
            "User-Agent": "private-access-console",
            "X-Language": "en-us",
        }
        return requests.Request(request.method, url, headers=headers, data=request.body, auth=auth).prepare()

    def _explain(self, request: Request, attempt: Attempt, failure: Exception) -> CloudError:
        """The one question of style anchors 4.10, asked of the connection itself: did anything leave?"""
        host = self._host(request.service)
        if attempt.expired:
            return CheckExpired(f"{host} was not asked: too much time had passed since rights and objects were checked")
        if not attempt.sent:
            if isinstance(failure, requests.exceptions.SSLError):
                return CloudUnavailable(self._why_no_tls(request, attempt, failure))
            return CloudUnavailable(_why_not_sent(host, failure))
        lost, reason = self._why_lost(host, failure)
        if request.is_write:
            return CloudOutcomeUnknown(reason, request_id=attempt.request_id)
        return lost(reason, request_id=attempt.request_id)

    def _host(self, service: str) -> str:
        return urlsplit(self.bases[service]).netloc

    def _why_no_tls(self, request: Request, attempt: Attempt, failure: Exception) -> str:
        """Where it is the certificate, what is wrong with it, found out within the time of the attempt."""
        cause, base = _cause_of(failure), urlsplit(self.bases[request.service])
        error = cause.args[0] if cause is not None and cause.args else None
        left = min(self.limits.connect, attempt.deadline - time.monotonic())
        if isinstance(error, ssl.SSLCertVerificationError):
            what = complaint_about(base.hostname or "", base.port or 443, error, left)
            return f"the TLS certificate of {base.netloc} {what or 'is not accepted'}"
        return f"the TLS handshake with {base.netloc} failed"

    def _why_lost(self, host: str, failure: Exception) -> tuple[type[CloudUnavailable], str]:
        if isinstance(failure, _TooLarge):
            return CloudUnavailable, f"the answer of {host} is larger than {self.limits.answer_bytes} bytes"
        if isinstance(failure, requests.ReadTimeout | ReadTimeoutError | TimeoutError):
            return CloudUnavailable, f"{host} did not answer in time"
        return AnswerLost, f"the connection to {host} broke before the answer was whole"

    def _log(
        self, request: Request, started: float, outcome: str, cloud_request_id: str, *, level: int | None = None
    ) -> None:
        """Path without query, never a header or a body."""
        logger.log(
            level or (logging.INFO if request.is_write else logging.DEBUG),
            "cloud call %s %s%s: %s in %d ms (cloud request %s, request %s)",
            request.method,
            self.bases[request.service],
            request.path,
            outcome,
            (time.monotonic() - started) * 1000,
            cloud_request_id or "-",
            own_request_id.get() or "-",
        )


def _why_not_sent(host: str, failure: Exception) -> str:
    if isinstance(failure, _TooLate):
        return f"{host} was not asked, because the time for this page or act had run out"
    cause = _cause_of(failure)
    if isinstance(cause, NameResolutionError):
        return f"the host name of {host} is not known"
    if isinstance(cause, ForbiddenAddress):
        return f"the host name of {host} leads to an address that the console does not call"
    if isinstance(failure, requests.ConnectTimeout | TimeoutError):
        return f"no connection to {host} in time"
    return f"no connection to {host}"


def _cause_of(failure: Exception) -> Exception | None:
    """What the libraries have wrapped."""
    return getattr(failure.args[0], "reason", None) if failure.args else None


def _secrets(auth: Authoriser | None) -> tuple[Secret, ...]:
    return auth.secrets if auth is not None else ()


def _request_id(headers: Mapping[str, str], auth: Authoriser | None) -> str:
    """By any of its names (huawei-contract 1.2, alibaba-contract 1.7); "" for one that repeats a secret."""
    value = next((headers[name] for name in _REQUEST_IDS if headers.get(name)), "")
    if not value.isprintable() or any(secret.reveal() in value for secret in _secrets(auth)):
        return ""
    return value[:LONGEST_REQUEST_ID]


def _keep_header_warnings_out(record: logging.LogRecord) -> bool:
    """urllib3 warns of malformed answers by logging the header text, which may be a token."""
    return not record.msg.startswith("Failed to parse headers")


logging.getLogger("urllib3.connection").addFilter(_keep_header_warnings_out)
