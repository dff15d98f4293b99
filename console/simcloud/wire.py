"""HTTP/1.1 on a socket: read one request, write one answer. Strict in what it takes, clear in what it refuses.

Own code instead of `http.server`: faults must be able to cut an answer anywhere, a malformed or slow request must
cost one connection and nothing else, and a small answer must take far less than a millisecond.
"""

import socket
import time
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final
from urllib.parse import parse_qsl, unquote

from console.patterns import Pattern

#: Limits of the front gateway (huawei-contract 12.1: URI 32 KB, one header 32 KB, all 128 KB, body 12 MB), with some
#: room for the header so that a 32 KB token still fits with its name.
MAX_LINE: Final = 32 * 1024
MAX_HEADER: Final = 40 * 1024
MAX_HEAD: Final = 160 * 1024
MAX_BODY: Final = 12 * 1024 * 1024

_TOKEN: Final = Pattern(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", MAX_HEADER)
_VERSION: Final = Pattern(r"HTTP/1\.[01]", 8)
_CHUNK_SIZE: Final = Pattern(r"[0-9A-Fa-f]+", 8)
_REASONS: Final = {status.value: status.phrase for status in HTTPStatus}
_CHUNK: Final = 64 * 1024


class Malformed(Exception):
    """A request that is not HTTP, too large or too slow; the answer closes the connection."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


class Hangup(Exception):
    """The client went away, or sent nothing for too long between two requests."""


@dataclass(slots=True)
class Request:
    """One request as it came in. Header names are lower case; repeated headers are joined with a comma."""

    method: str
    #: As on the request line, still encoded.
    target: str
    headers: dict[str, str]
    body: bytes = b""
    client: str = ""
    request_id: str = ""
    wants_close: bool = False
    #: The target's path, decoded.
    path: str = field(init=False)
    #: The part after `?`, still encoded.
    raw_query: str = field(init=False)

    def __post_init__(self) -> None:
        raw_path, _, self.raw_query = self.target.partition("?")
        self.path = unquote(raw_path)

    @property
    def raw_path(self) -> str:
        """The path as sent."""
        return self.target.partition("?")[0]

    def query(self) -> dict[str, str]:
        """Query parameters; of a repeated one the last counts, an empty one counts as absent."""
        return {name: value for name, value in parse_qsl(self.raw_query) if value}


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back."""

    status: int
    body: bytes = b""
    content_type: str = "application/json"
    headers: tuple[tuple[str, str], ...] = ()

    def encoded(self, request: Request | None, *, keep_alive: bool, at: float) -> bytes:
        """Head and body in one piece, so that one send carries it. `at` is the time that the answer bears."""
        lines = [
            f"HTTP/1.1 {self.status} {_REASONS.get(self.status, 'Unknown')}",
            f"Date: {_http_date(int(at))}",
            f"Connection: {'keep-alive' if keep_alive else 'close'}",
            *(f"{name}: {value}" for name, value in self.headers),
        ]
        if self.status != HTTPStatus.NO_CONTENT:
            lines += [f"Content-Type: {self.content_type}", f"Content-Length: {len(self.body)}"]
        head = "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n"
        without_body = request is not None and request.method == "HEAD"
        return head if without_body or self.status == HTTPStatus.NO_CONTENT else head + self.body


def _http_date(second: int) -> str:
    if second != _last_date[0]:
        _last_date[:] = [second, time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(second))]
    return str(_last_date[1])


_last_date: list[int | str] = [0, ""]


class Reader:
    """Reads requests from one connection. `idle_seconds` is the wait between requests, `request_seconds` the time
    that one request may take from its first byte to its last."""

    def __init__(self, connection: socket.socket, client: str, idle_seconds: float, request_seconds: float) -> None:
        self._socket = connection
        self._client = client
        self._idle_seconds = idle_seconds
        self._request_seconds = request_seconds
        self._buffer = bytearray()
        self._deadline = 0.0

    def next(self) -> Request:
        """The next request, whole. Raises Hangup or Malformed."""
        self._wait_for_first_byte()
        request = self._read_head()
        if request.headers.get("expect", "").lower() == "100-continue":
            self._socket.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        request.body = self._read_body(request)
        return request

    def _wait_for_first_byte(self) -> None:
        if not self._buffer:
            self._socket.settimeout(self._idle_seconds)
            try:
                self._receive()
            except TimeoutError:
                raise Hangup from None
        self._deadline = time.monotonic() + self._request_seconds

    def _receive(self) -> None:
        received = self._socket.recv(_CHUNK)
        if not received:
            raise Hangup
        self._buffer += received

    def _more(self) -> None:
        """Read on, as long as this request's time lasts."""
        remaining = self._deadline - time.monotonic()
        if remaining <= 0:
            raise Malformed(408, "The request took too long.")
        self._socket.settimeout(remaining)
        try:
            self._receive()
        except TimeoutError:
            raise Malformed(408, "The request took too long.") from None

    def _read_head(self) -> Request:
        searched = 0
        while (end := self._buffer.find(b"\r\n\r\n", searched)) < 0:
            self._check_head_size()
            searched = max(0, len(self._buffer) - 3)
            self._more()
        head = bytes(self._buffer[:end])
        del self._buffer[: end + 4]
        if len(head) > MAX_HEAD:
            raise Malformed(431, "The headers are too large.")
        request = parse_head(head)
        request.client = self._client
        return request

    def _check_head_size(self) -> None:
        if b"\r\n" not in self._buffer and len(self._buffer) > MAX_LINE:
            raise Malformed(414, "The request URI is too long.")
        if len(self._buffer) > MAX_HEAD:
            raise Malformed(431, "The headers are too large.")

    def _read_body(self, request: Request) -> bytes:
        encoding = request.headers.get("transfer-encoding")
        length = request.headers.get("content-length")
        if encoding is not None:
            if length is not None or encoding.lower() != "chunked":
                raise Malformed(400, "Transfer-Encoding is only understood as chunked, without Content-Length.")
            return self._read_chunks()
        if length is None:
            return b""
        if not (length.isascii() and length.isdigit()):
            raise Malformed(400, "Content-Length is no number.")
        if len(length) > 12 or int(length) > MAX_BODY:
            raise Malformed(413, "The request body is too large.")
        return self._take(int(length))

    def _take(self, count: int) -> bytes:
        while len(self._buffer) < count:
            self._more()
        taken = bytes(self._buffer[:count])
        del self._buffer[:count]
        return taken

    def _take_line(self) -> bytes:
        while (end := self._buffer.find(b"\r\n")) < 0:
            if len(self._buffer) > MAX_LINE:
                raise Malformed(400, "A chunk's size line is too long.")
            self._more()
        line = bytes(self._buffer[:end])
        del self._buffer[: end + 2]
        return line

    def _read_chunks(self) -> bytes:
        body = bytearray()
        while True:
            size = self._chunk_size()
            if len(body) + size > MAX_BODY:
                raise Malformed(413, "The request body is too large.")
            if size == 0:
                break
            body += self._take(size)
            if self._take(2) != b"\r\n":
                raise Malformed(400, "A chunk does not end where it says.")
        while self._take_line():
            pass  # trailers have no meaning here
        return bytes(body)

    def _chunk_size(self) -> int:
        digits = self._take_line().split(b";")[0].strip().decode("latin-1")
        if not _CHUNK_SIZE.fullmatch(digits):
            raise Malformed(400, "A chunk's size is no number.")
        return int(digits, 16)


def parse_head(head: bytes) -> Request:
    """Request line and headers. Raises Malformed."""
    first, *lines = head.decode("latin-1").split("\r\n")
    if len(first) > MAX_LINE:
        raise Malformed(414, "The request URI is too long.")
    parts = first.split(" ")
    if len(parts) != 3 or not _TOKEN.fullmatch(parts[0]) or not _VERSION.fullmatch(parts[2]):
        raise Malformed(400, "The request line is not HTTP/1.1.")
    method, target, version = parts
    if not target.startswith("/") or not target.isprintable():
        raise Malformed(400, "The request target is no path.")
    headers = _parse_headers(lines)
    if version == "HTTP/1.1" and "host" not in headers:
        raise Malformed(400, "The Host header is missing.")
    request = Request(method, target, headers)
    connection = headers.get("connection", "").lower()
    request.wants_close = "close" in connection or (version == "HTTP/1.0" and "keep-alive" not in connection)
    return request


def _parse_headers(lines: list[str]) -> dict[str, str]:
    headers: dict[str, str] = {}
    for line in lines:
        if len(line) > MAX_HEADER:
            raise Malformed(431, "A header is too large.")
        name, colon, value = line.partition(":")
        if not colon or not _TOKEN.fullmatch(name):
            raise Malformed(400, "A header line is malformed.")
        name, value = name.lower(), value.strip(" \t")
        if name not in headers:
            headers[name] = value
        elif name in ("host", "content-length", "transfer-encoding", "authorization"):
            raise Malformed(400, f"The header {name} came twice.")
        else:
            headers[name] = f"{headers[name]}, {value}"
    return headers
