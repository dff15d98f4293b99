"""Who is let go because he does not read, and how many clients are let in."""

import resource
import socket
from contextlib import closing

import pytest

from console.running.front import connections
from console.running.front.connections import Connections
from tests.conditions import needs_proc
from tests.running.processes import until


@needs_proc
@pytest.mark.parametrize("reads", [0, connections.LEAST // 2, connections.LEAST * 2])
def test_who_takes_too_little_of_what_waits_for_him_is_let_go(reads: int) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        client = socket.socket()
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        client.connect(listening.getsockname())
        accepted, _ = listening.accept()
        accepted.setblocking(False)
        accepted.send(b"x" * 1_000_000)
        watching = Connections(listening.getsockname()[1])
        watching.look(0.0)
        client.settimeout(5)
        left = reads
        while left > 0:
            left -= len(client.recv(left))
        watching.look(connections.PAUSE - 1)
        assert _open(accepted)
        assert until(lambda: connections._acknowledged(accepted) >= reads, 5)
        watching.look(connections.PAUSE + 1)
        assert _open(accepted) == (reads >= connections.LEAST)
        client.close()
        accepted.close()


@needs_proc
def test_who_reads_all_may_pause_as_long_as_he_likes() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        client = socket.create_connection(listening.getsockname())
        accepted, _ = listening.accept()
        accepted.sendall(b"page")
        assert until(lambda: connections._unread(accepted) == 0, 5)
        watching = Connections(listening.getsockname()[1])
        for now in (0.0, 100.0, 200.0):
            watching.look(now)
        assert _open(accepted)
        client.close()
        accepted.close()


@pytest.mark.parametrize(("soft", "hard", "files", "places"), [(256, 4096, 1280, 1024), (256, 1000, 1000, 744)])
def test_a_worker_takes_as_many_connections_as_it_may_open_files(
    monkeypatch: pytest.MonkeyPatch, soft: int, hard: int, files: int, places: int
) -> None:
    given: list[tuple[int, int]] = []
    monkeypatch.setattr(resource, "getrlimit", lambda what: (soft, hard))
    monkeypatch.setattr(resource, "setrlimit", lambda what, limits: given.append(limits))
    assert connections.places() == places
    assert given == [(files, hard)]


def _open(accepted: socket.socket) -> bool:
    """Whether something can still be sent on it."""
    try:
        accepted.send(b"x")
    except BlockingIOError:
        return True
    except OSError:
        return False
    return True
