"""Makes an `Exchange` of what the transport sent and received. Writes only: reads cost nothing here."""

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from requests import PreparedRequest

from console.clouds.exchange import Exchange, WireAnswer, WireCall
from console.clouds.masking import Mask
from console.clouds.secret import Secret

#: Longest texts kept, in characters. Our own bodies have a few hundred.
LONGEST_CALL_BODY: Final = 16_000
LONGEST_ANSWER_BODY: Final = 4_000
LONGEST_HEADER: Final = 500
LONGEST_URL: Final = 2_000
#: What is worth keeping of an answer's head, in this order.
_TELLING: Final = (
    *("Content-Type", "Retry-After", "x-acs-retry-after"),
    *("X-Request-Id", "X-IAM-Trace-Id", "x-acs-request-id", "Date"),
)


def wire_call(prepared: PreparedRequest, mask: Mask) -> WireCall:
    """The call as it is sent, masked."""
    body = prepared.body or b""
    return WireCall(
        prepared.method or "",
        mask.text(prepared.url or "", LONGEST_URL),
        tuple((name, mask.header(name, str(value), LONGEST_HEADER)) for name, value in prepared.headers.items()),
        mask.body(body.encode() if isinstance(body, str) else body, LONGEST_CALL_BODY),
    )


def wire_answer(status: int, headers: Mapping[str, str], body: bytes, mask: Mask) -> WireAnswer:
    """The answer, masked and cut."""
    told = ((name, headers.get(name)) for name in _TELLING)
    return WireAnswer(
        status,
        tuple((name, mask.header(name, value, LONGEST_HEADER)) for name, value in told if value),
        mask.body(body, LONGEST_ANSWER_BODY),
    )


@dataclass(frozen=True, slots=True)
class _Begun:
    call: WireCall
    mask: Mask
    started_at: datetime
    #: `time.monotonic()` seconds.
    started: float


class Recording:
    """The attempts of one write, one after the other."""

    def __init__(self) -> None:
        self._begun: _Begun | None = None
        self._ended: list[Exchange] = []

    @property
    def exchange(self) -> tuple[Exchange, ...]:
        """Every attempt that has ended, first one first."""
        return tuple(self._ended)

    def began(self, prepared: PreparedRequest, secrets: Iterable[Secret]) -> None:
        """An attempt is about to be sent."""
        mask = Mask(secrets)
        self._begun = _Begun(wire_call(prepared, mask), mask, datetime.now(UTC), time.monotonic())

    def answered(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        """The attempt got a whole answer, of whatever status."""
        if self._begun is not None:
            self._end(self._begun, wire_answer(status, headers, body, self._begun.mask), sent=True, failure="")

    def failed(self, reason: str, *, sent: bool) -> None:
        """The attempt got none. One that could not even be prepared leaves no trace."""
        if self._begun is not None:
            self._end(self._begun, None, sent=sent, failure=reason)

    def _end(self, begun: _Begun, answer: WireAnswer | None, *, sent: bool, failure: str) -> None:
        milliseconds = round((time.monotonic() - begun.started) * 1000)
        self._ended.append(Exchange(begun.call, answer, begun.started_at, milliseconds, sent, failure))
        self._begun = None
