"""The open connections of this process: how many there may be, and those whose clients do not read.

The server waits without limit for a client to read what it was sent. The system knows how much of that is waiting and
how much was taken, so a thread asks it once a second. Where the system does not tell (Linux does), nothing is found.
"""

import fcntl
import logging
import os
import resource
import socket
import stat
import struct
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

logger = logging.getLogger(__name__)

#: A worker has so many connections open at most; more clients wait to be let in.
MOST: Final = 1024
#: Files that it needs besides them: database, clouds, logs, modules.
_RESERVE: Final = 256
#: Whom something waits for must take this many bytes in this many seconds, or all that waits.
LEAST: Final = 16 * 1024
PAUSE: Final = 10.0
_INTERVAL: Final = 1.0

_FILES: Final = Path("/proc/self/fd") if sys.platform == "linux" else Path("/dev/fd")
#: Linux: the request for the bytes that were sent and not acknowledged (SIOCOUTQ); where the number of those that
#: were acknowledged stands in `struct tcp_info`.
_UNREAD: Final = 0x5411
_ACKNOWLEDGED_AT: Final = 120

_INTERNET: Final = (socket.AF_INET, socket.AF_INET6)

#: Address and port of a client.
Peer = tuple[str, int]


def places() -> int:
    """How many connections a worker may have. Raises the limit on open files as far as it is needed and allowed."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST + _RESERVE
    if soft != resource.RLIM_INFINITY and soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return MOST if soft == resource.RLIM_INFINITY else max(min(MOST, soft - _RESERVE), 1)


@dataclass(slots=True)
class _Waiting:
    """Since when something waits for a client, and how much it had taken by then."""

    since: float
    taken: int


class Connections:
    """Ends connections: those of slow readers, and those that the front gives up."""

    def __init__(self, port: int) -> None:
        """`port` is ours: what is connected to it is a client."""
        self._port = port
        self._waiting: dict[Peer, _Waiting] = {}
        self._given_up: set[Peer] = set()
        self._lock = threading.Lock()

    def watch(self) -> None:
        """Look once a second, from now on."""
        threading.Thread(target=self._watch, name="connections", daemon=True).start()

    def give_up(self, peer: Peer) -> None:
        """End the connection within a second: an answer that breaks off must not look complete."""
        with self._lock:
            self._given_up.add(peer)

    def _watch(self) -> None:
        while True:
            time.sleep(_INTERVAL)
            try:
                self.look(time.monotonic())
            except OSError:
                logger.exception("The open connections cannot be looked at")

    def look(self, now: float) -> None:
        """Judge every connection once."""
        with self._lock:
            given_up, self._given_up = self._given_up, set()
        seen = set()
        for client in self._clients():
            with client, suppress(OSError):
                peer: Peer = client.getpeername()[:2]
                seen.add(peer)
                if peer in given_up or self._is_stuck(client, peer, now):
                    client.shutdown(socket.SHUT_RDWR)
        self._waiting = {peer: waiting for peer, waiting in self._waiting.items() if peer in seen}

    def _is_stuck(self, client: socket.socket, peer: Peer, now: float) -> bool:
        if not _unread(client):
            self._waiting.pop(peer, None)
            return False
        taken = _acknowledged(client)
        before = self._waiting.setdefault(peer, _Waiting(now, taken))
        if now - before.since < PAUSE:
            return False
        self._waiting[peer] = _Waiting(now, taken)
        return taken - before.taken < LEAST

    def _clients(self) -> Iterator[socket.socket]:
        """A second handle of each connection to our port, to be closed by the caller."""
        for number in map(int, os.listdir(_FILES)):
            with suppress(OSError):  # the file of this very listing is closed by now, others may be
                if not stat.S_ISSOCK(os.fstat(number).st_mode):
                    continue
                handle = socket.socket(fileno=os.dup(number))
                if handle.family in _INTERNET and handle.getsockname()[1] == self._port:
                    yield handle
                else:
                    handle.close()


def _unread(client: socket.socket) -> int:
    """Bytes that were sent and not acknowledged by the client's system; 0 where ours does not tell."""
    if sys.platform != "linux":
        return 0
    return int.from_bytes(fcntl.ioctl(client, _UNREAD, bytes(4)), sys.byteorder)


def _acknowledged(client: socket.socket) -> int:
    """Bytes that the client's system took so far."""
    told = client.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 256)
    return int(struct.unpack_from("=Q", told, _ACKNOWLEDGED_AT)[0])
