"""Clients of a server that behave badly, made of bare sockets."""

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Self


def can_call_from(address: str) -> bool:
    """Whether this machine lets a client have this address; of loopback all do, on Linux."""
    with socket.socket() as attempt:
        try:
            attempt.bind((address, 0))
        except OSError:
            return False
        return True


def head(method: str, path: str, **headers: str) -> bytes:
    """A request's first lines, up to the empty one."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode()


@dataclass
class Answered:
    """What came back on a connection. `status` is 0 when nothing did."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


class Caller:
    """One connection."""

    def __init__(
        self, port: int, source: str = "127.0.0.1", context: ssl.SSLContext | None = None, window: int = 0
    ) -> None:
        """`window` is how many bytes its system takes that it does not read; 0 for the usual."""
        self._early = b""
        self.socket = socket.socket()
        if window:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, window)
        self.socket.settimeout(30)
        self.socket.bind((source, 0))
        self.socket.connect(("127.0.0.1", port))
        if context:
            self.socket = context.wrap_socket(self.socket, server_hostname="127.0.0.1")

    def send(self, data: bytes) -> Self:
        self.socket.sendall(data)
        return self

    def waits(self) -> bool:
        """Whether the server has said nothing yet."""
        self.socket.settimeout(0.001)
        try:
            self._early += self.socket.recv(1 << 16)
        except (TimeoutError, ssl.SSLWantReadError):
            return True
        return False

    def answer(self, seconds: float = 30) -> Answered:
        """Everything until the server closes the connection."""
        self.socket.settimeout(seconds)
        data = self._early
        with suppress(ConnectionResetError, ssl.SSLEOFError):
            while portion := self.socket.recv(1 << 16):
                data += portion
        first, _, body = data.partition(b"\r\n\r\n")
        lines = first.decode().split("\r\n")
        if len(lines[0].split()) < 2:
            return Answered()
        headers = dict(line.lower().split(": ", 1) for line in lines[1:])
        return Answered(int(lines[0].split()[1]), headers, body)

    def close(self) -> None:
        self.socket.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *failure: object) -> None:
        self.close()


@contextmanager
def crowd(callers: list[Caller]) -> Iterator[list[Caller]]:
    """Closes them all."""
    try:
        yield callers
    finally:
        for caller in callers:
            caller.close()
