"""Reads the body of a request before anything else is done for it."""

import asyncio
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any, Final

from console.running.front.answers import ClientGone, Refused

Receive = Callable[[], Awaitable[dict[str, Any]]]

#: Seconds for a whole body. The largest form is 1 MB; what takes longer is no browser that works.
DEADLINE: Final = 10.0


async def read_body(headers: dict[bytes, bytes], receive: Receive, longest: int, seconds: float = DEADLINE) -> bytes:
    """The whole body. Raises Refused (408 too slow, 413 too large) and ClientGone.

    `headers` have names in lower case. One that says a longer body is refused before a byte of it was read.
    """
    announced = headers.get(b"content-length", b"")
    if not announced and b"transfer-encoding" not in headers:
        return b""
    if announced.isdigit() and int(announced) > longest:
        raise Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    try:
        async with asyncio.timeout(seconds):
            return await _everything(receive, longest)
    except TimeoutError:
        raise Refused(HTTPStatus.REQUEST_TIMEOUT) from None


async def _everything(receive: Receive, longest: int) -> bytes:
    body = bytearray()
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGone
        body += message.get("body", b"")
        if len(body) > longest:
            raise Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        more = message.get("more_body", False)
    return bytes(body)
