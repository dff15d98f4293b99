"""A server that does with its connections whatever a test says: for the failures that no well-behaved server has."""

import contextlib
import json
import socket
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

#: Is given the connection and the number of the request on this server, from 1.
Script = Callable[[socket.socket, int], None]


def answer(status: int = 200, body: bytes | dict[str, Any] = b"{}", **headers: str) -> bytes:
    """The bytes of a whole answer. Header names with "_" for "-"."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    lines = {"Content-Length": str(len(content)), **{name.replace("_", "-"): value for name, value in headers.items()}}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"HTTP/1.1 {status} X\r\n{head}\r\n".encode() + content


def answering(*answers: bytes) -> Script:
    """Give these answers in turn, the last one for ever."""
    return lambda connection, number: connection.sendall(answers[min(number, len(answers)) - 1])


class RawServer:
    """Listens on loopback while the block lasts; `requests` are the bytes of each request received."""

    def __init__(self, script: Script) -> None:
        self._script = script
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._open: list[socket.socket] = []
        self._lock = threading.Lock()
        self.requests: list[bytes] = []
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"

    def __enter__(self) -> Self:
        self._listening = threading.Thread(target=self._listen, daemon=True)
        self._listening.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)  # closing alone would leave the thread waiting, and the port taken
        self._listening.join(10)  # else it may take on one more connection that nobody closes
        self._socket.close()
        for connection in self._open:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            connection.close()

    def _listen(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._socket.accept()
                self._open.append(connection)
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while request := read_request(connection):
                with self._lock:
                    self.requests.append(request)
                    number = len(self.requests)
                self._script(connection, number)


def read_request(connection: socket.socket) -> bytes:
    """One request to its end; b"" when the client is gone. Unread bytes would turn the answer into a reset."""
    received = b""
    while b"\r\n\r\n" not in received:
        received += (piece := connection.recv(65536))
        if not piece:
            return b""
    head, _, body = received.partition(b"\r\n\r\n")
    length = next((int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0)
    while len(body) < length:
        body += (piece := connection.recv(65536))
        if not piece:
            return b""
    return head + b"\r\n\r\n" + body
