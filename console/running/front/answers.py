"""What goes back to a client: the application's answer, or a refusal by the front itself."""

from collections.abc import Iterable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from console.web.headers import STRICT
from console.web.request_id import HEADER as REQUEST_ID

Headers = list[tuple[bytes, bytes]]

#: What a person reads of a refusal.
_SENTENCES: Final = {
    HTTPStatus.REQUEST_TIMEOUT: "The request did not arrive completely in time. Please send it again.",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "The request is larger than any form of this console.",
    HTTPStatus.TOO_MANY_REQUESTS: "Too many requests from your address are under way. Please try again in a moment.",
    HTTPStatus.SERVICE_UNAVAILABLE: "The console is busy. Please try again in a moment.",
    HTTPStatus.INTERNAL_SERVER_ERROR: "Something went wrong. The log of the console says what.",
}
#: After how many seconds it is worth another try, told with these.
_RETRY: Final = {HTTPStatus.TOO_MANY_REQUESTS: 5, HTTPStatus.SERVICE_UNAVAILABLE: 2}


class Refused(Exception):
    """The request goes no further."""

    def __init__(self, status: HTTPStatus) -> None:
        super().__init__(status.phrase)
        self.status = status


class ClientGone(Exception):
    """The client closed the connection; nobody waits for an answer."""


class BrokenOff(Exception):
    """The answer ends in its middle. The connection has to end with it, or the answer would look complete."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, headers and body. `rest` is the body of an answer too long for memory, which nobody has begun to read."""

    status: int
    headers: Headers
    body: bytes = b""
    rest: Iterable[bytes] | None = None


def health(request_id: str, method: str) -> Answer:
    """`ok`, as long as this process can say so."""
    may = method in ("GET", "HEAD")
    body = b"ok\n" if may else b""
    headers = _plain(body, request_id) | ({} if may else {"Allow": "GET, HEAD"})
    status = HTTPStatus.OK if may else HTTPStatus.METHOD_NOT_ALLOWED
    return Answer(status, _encoded(headers), b"" if method == "HEAD" else body)


def refusal(refused: Refused, request_id: str) -> Answer:
    """The answer to a refused request, with the headers of every page. The connection ends with it."""
    body = f"{_SENTENCES[refused.status]}\n".encode()
    headers = _plain(body, request_id) | {"Connection": "close"}
    if refused.status in _RETRY:
        headers["Retry-After"] = str(_RETRY[refused.status])
    return Answer(refused.status, _encoded(headers), body)


def _plain(body: bytes, request_id: str) -> dict[str, str]:
    return STRICT | {
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Length": str(len(body)),
        "Cache-Control": "no-store",
        "Server": "console",
        REQUEST_ID: request_id,
    }


def _encoded(headers: dict[str, str]) -> Headers:
    return [(name.lower().encode(), value.encode()) for name, value in headers.items()]
