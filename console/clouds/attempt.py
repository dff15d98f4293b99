"""One attempt to send one request: when it must be over, and whether any of it left this machine.

The connections below report to the attempt of their thread. That answers the two questions which the
exceptions of HTTP libraries do not: a TLS error may come before or after the request was sent, and a read
timeout starts anew with every byte of a dripping answer (style anchors 4.10, reliability R12).
"""

import http.client
import io
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import NewConnectionError
from urllib3.poolmanager import PoolManager

from console.clouds.addresses import may_connect


@dataclass(slots=True)
class Attempt:
    """`deadline` is in `time.monotonic()` seconds; `sent` turns true just before the first byte of the request."""

    deadline: float
    #: No first byte after this moment: what was checked before the request may not be true any more.
    send_by: float = float("inf")
    sent: bool = False
    #: Whether it was not sent because of `send_by`.
    expired: bool = False
    #: The cloud's own id, from the head of the answer, "" until that has come.
    request_id: str = ""


_clock = time.monotonic

_current: ContextVar[Attempt | None] = ContextVar("cloud_attempt", default=None)


@contextmanager
def watched(attempt: Attempt) -> Iterator[None]:
    """Connections used inside report to `attempt`."""
    token = _current.set(attempt)
    try:
        yield
    finally:
        _current.reset(token)


class _TimedReader(io.RawIOBase):
    """Reads a socket, giving each read no more time than the whole attempt has left."""

    def __init__(self, raw: io.RawIOBase, sock: socket.socket, deadline: float) -> None:
        self._raw = raw
        self._sock = sock
        self._deadline = deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("timed out")
        usual = self._sock.gettimeout()
        if usual is not None and usual <= left:
            return self._raw.readinto(buffer)
        self._sock.settimeout(left)
        try:
            return self._raw.readinto(buffer)
        finally:
            self._sock.settimeout(usual)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _TimedAnswer(http.client.HTTPResponse):
    """Head and body of an answer, both read against the attempt's deadline."""

    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        attempt = _current.get()
        if attempt is not None:
            raw = self.fp.detach()
            self.fp = io.BufferedReader(_TimedReader(raw, sock, attempt.deadline))


class ForbiddenAddress(NewConnectionError):
    """The host's name led to an address that the console does not call. Nothing was sent."""


def _judged(connection: HTTPConnection, sock: socket.socket, scheme: str) -> socket.socket:
    if may_connect(str(sock.getpeername()[0]), scheme):
        return sock
    sock.close()
    raise ForbiddenAddress(connection, "an address that the console does not call")


class _PlainConnection(HTTPConnection):
    response_class = _TimedAnswer

    def _new_conn(self) -> socket.socket:
        return _judged(self, super()._new_conn(), "http")

    def send(self, data: Any) -> None:
        if self.sock is None:
            self.connect()  # what fails in here was never sent
        _mark_sent()
        super().send(data)


class _TlsConnection(HTTPSConnection):
    response_class = _TimedAnswer

    def _new_conn(self) -> socket.socket:
        return _judged(self, super()._new_conn(), "https")

    def send(self, data: Any) -> None:
        if self.sock is None:
            self.connect()
        _mark_sent()
        super().send(data)


def _mark_sent() -> None:
    attempt = _current.get()
    if attempt is None:
        return
    if not attempt.sent and _clock() > attempt.send_by:
        attempt.expired = True
        raise TimeoutError("the check before the request is too old")
    attempt.sent = True


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _PlainConnection


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _TlsConnection


class WatchedPools(PoolManager):
    """The connection pools of one cloud, made of connections that report to the current attempt."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.pool_classes_by_scheme = {"http": _PlainPool, "https": _TlsPool}
