"""The listening socket: a thread per connection, requests in, answers out, and the ways in which an answer can fail."""

import contextlib
import socket
import socketserver
import struct
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Literal

from console.simcloud.wire import Answer, Hangup, Malformed, Reader, Request

#: How an exchange ends: answered whole, cut in the middle of the answer, or reset without one.
Ending = Literal["whole", "cut", "reset"]

_RESET_ON_CLOSE: Final = struct.pack("ii", 1, 0)
#: How long a refused client is listened to, so that its unread bytes do not turn our answer into a reset.
_LINGER_SECONDS: Final = 0.5


@dataclass(frozen=True, slots=True)
class Outcome:
    """What to send, and how to end."""

    answer: Answer
    ending: Ending = "whole"


@dataclass(frozen=True, slots=True)
class Handlers:
    """What answers: a request, or a line that is none."""

    answer: Callable[[Request], Outcome]
    malformed: Callable[[Malformed, str], Answer]
    #: The time that answers bear, in seconds since 1970.
    clock: Callable[[], float] = time.time


@dataclass(frozen=True, slots=True)
class Patience:
    """How long clients are waited for, in seconds: between two requests, and for one request to come in whole."""

    idle: float = 600.0
    request: float = 30.0


class Listener(socketserver.ThreadingTCPServer):
    """Bound when made (OSError when the port is taken); serves after `serve_forever`."""

    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False
    request_queue_size = 512

    def __init__(self, address: tuple[str, int], handlers: Handlers, patience: Patience) -> None:
        self._handlers = handlers
        self._patience = patience
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self.address_family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        super().__init__(address, socketserver.BaseRequestHandler)

    def finish_request(self, request: Any, client_address: Any) -> None:
        """Serve one connection, in its own thread."""
        request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with self._lock:
            self._open.add(request)
        try:
            _Conversation(request, str(client_address[0]), self._handlers, self._patience).run()
        except (Hangup, OSError):
            pass  # the client went away: nothing to answer
        finally:
            with self._lock:
                self._open.discard(request)

    def close_connections(self) -> None:
        """End every open connection, so that the threads that wait on them end too."""
        with self._lock:
            for connection in self._open:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)


class _Conversation:
    """Requests and answers on one connection."""

    def __init__(self, connection: socket.socket, client: str, handlers: Handlers, patience: Patience) -> None:
        self._socket = connection
        self._client = client
        self._handlers = handlers
        self._patience = patience
        self._reader = Reader(connection, client, patience.idle, patience.request)

    def run(self) -> None:
        """Until either side has enough. Raises Hangup or OSError when the client goes away."""
        while True:
            try:
                request = self._reader.next()
            except Malformed as error:
                self._send(
                    self._handlers.malformed(error, self._client).encoded(
                        None, keep_alive=False, at=self._handlers.clock()
                    )
                )
                self._let_it_be_read()
                return
            outcome = self._handlers.answer(request)
            data = outcome.answer.encoded(request, keep_alive=not request.wants_close, at=self._handlers.clock())
            if outcome.ending == "reset":
                self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
                self._socket.close()
                return
            if outcome.ending == "cut":
                self._send(data[: len(data) - max(1, len(outcome.answer.body) // 2)])
                return
            self._send(data)
            if request.wants_close:
                return

    def _send(self, data: bytes) -> None:
        self._socket.settimeout(self._patience.request)
        self._socket.sendall(data)

    def _let_it_be_read(self) -> None:
        """Take what the client still sends: closing on unread bytes would reset the connection and lose the answer."""
        self._socket.shutdown(socket.SHUT_WR)
        self._socket.settimeout(_LINGER_SECONDS)
        with contextlib.suppress(OSError):
            for _ in range(64):
                if not self._socket.recv(1 << 20):
                    return
