"""Servers behind a proxy that write down what reached them, and that fail when they are told to."""

import socket
import struct
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: "Upstream"

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.path in ("/healthz", "/readyz") and "Authorization" not in self.headers:
            self._say(b"ready\n")  # a proxy may ask at any time; that is not what a test counts
            return
        with self.server.lock:
            self.server.requests.append((self.command, self.path, dict(self.headers.items()), len(body)))
        match self.server.behaviour:
            case "dies":
                # Ends without a word, as the connections of a killed process do.
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self.close_connection = True
                self.connection.close()
            case "breaks off":
                self._begin(b"begin")
                self.close_connection = True
            case _:
                self._say(self.server.name.encode())

    do_GET = do_POST = _answer

    def _begin(self, part: bytes) -> None:
        """The first part of an answer whose length nobody knows: in chunks, which HTTP/1.0 does not have."""
        chunks = self.request_version != "HTTP/1.0"
        self.send_response(200)
        if chunks:
            self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self.wfile.write(b"%x\r\n%s\r\n" % (len(part), part) if chunks else part)

    def _say(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        """Tests print nothing."""


class Upstream(ThreadingHTTPServer):
    """One server; it runs inside a `with` block."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, name: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.name = name
        #: "answers", "dies" in the middle of a request, or "breaks off" in the middle of an answer.
        self.behaviour = "answers"
        #: Method, path, headers and length of the body of each request.
        self.requests: list[tuple[str, str, dict[str, str], int]] = []
        self.lock = threading.Lock()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A connection that was broken off on purpose is no news."""

    def __enter__(self) -> Self:
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *failure: object) -> None:
        self.shutdown()
        self.server_close()

    def go_away(self) -> None:
        """Take no more connections, as a machine whose process is gone."""
        self.shutdown()
        self.server_close()
