"""The front around an application of the test: which thread does what, who waits for whom, who is refused."""

import asyncio
import logging
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import pytest

from console.access.address import address_block
from console.running.front.application import Front
from console.running.front.connections import Connections
from console.running.front.threads import QUEUE
from console.web.headers import STRICT

THREADS = 4
PATIENCE = 20

Environ = dict[str, Any]


class Visit:
    """One request to the front, as the server hands it over."""

    def __init__(self, front: Front, path: str = "/", address: str = "192.0.2.7", **more: Any) -> None:
        self.sent: list[dict[str, Any]] = []
        #: Set to false, the client reads nothing more.
        self.reads = asyncio.Event()
        self.reads.set()
        self.leaves = asyncio.Event()
        #: Set as soon as a part of the body was read.
        self.has_read = asyncio.Event()
        self._body: list[dict[str, Any]] = more.pop("body", [])
        self.scope = {
            "type": "http",
            "method": "GET",
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"",
            "http_version": "1.1",
            "scheme": "https",
            "server": ("192.0.2.1", "443"),
            "client": (address, "50000"),
            "headers": [(b"host", b"console.example")],
        } | more
        self.task = asyncio.ensure_future(front(self.scope, self._receive, self._send))

    async def _receive(self) -> dict[str, Any]:
        if self._body:
            return self._body.pop(0)
        await self.leaves.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: dict[str, Any]) -> None:
        await self.reads.wait()
        self.sent.append(message)
        if message["type"] == "http.response.body":
            self.has_read.set()

    @property
    def status(self) -> int:
        return int(self.sent[0]["status"]) if self.sent else 0

    @property
    def headers(self) -> dict[str, str]:
        return {name.decode(): value.decode() for name, value in self.sent[0]["headers"]}

    @property
    def body(self) -> bytes:
        return b"".join(message["body"] for message in self.sent[1:])

    @property
    def complete(self) -> bool:
        return bool(self.sent) and not self.sent[-1].get("more_body", True)


class Page(list[bytes]):
    """An answer in memory."""


class Export:
    """A long answer; says when it was closed."""

    streaming = True

    def __init__(self, portions: int = 3, fails: bool = False) -> None:
        self.portions, self.fails = portions, fails
        self.began: list[str] = []
        self.closed = threading.Event()

    def __iter__(self) -> Iterator[bytes]:
        self.began.append(threading.current_thread().name)
        for _ in range(self.portions):
            yield b"x" * 100_000
        if self.fails:
            raise RuntimeError("the database went away")

    def close(self) -> None:
        self.closed.set()


def application(answer: Callable[[Environ], Any], *headers: tuple[str, str]) -> Any:
    def serve(environ: Environ, start_response: Any) -> Any:
        body = answer(environ)
        start_response("200 OK", [("Content-Type", "text/plain"), *headers])
        return body

    return serve


def front_of(answer: Callable[[Environ], Any], *headers: tuple[str, str], threads: int = THREADS) -> Front:
    return Front(application(answer, *headers), threads, Connections(1))


async def finished(*visits: Visit) -> None:
    await asyncio.wait_for(asyncio.gather(*(visit.task for visit in visits)), PATIENCE)


def test_a_page_is_read_in_one_thread_and_ends_there() -> None:
    names: list[str] = []

    class Ends(Page):
        def close(self) -> None:
            names.append(threading.current_thread().name)

    def answer(environ: Environ) -> Page:
        names.append(threading.current_thread().name)
        return Ends([b"a", b"b"])

    async def main() -> Visit:
        await finished(visit := Visit(front_of(answer)))
        return visit

    visit = asyncio.run(main())
    assert (visit.status, visit.body, visit.complete) == (200, b"ab", True)
    assert visit.headers == {"content-type": "text/plain", "server": "console"}
    assert names[0].startswith("page")
    assert names == [names[0]] * 2


def test_threads_are_as_many_as_were_given_and_stay() -> None:
    seen: set[int] = set()

    def answer(environ: Environ) -> Page:
        seen.add(threading.get_ident())
        time.sleep(0.01)
        return Page()

    async def main() -> None:
        front = front_of(answer)
        for _ in range(3):
            await finished(*(Visit(front) for _ in range(THREADS * 3)))

    asyncio.run(main())
    assert len(seen) == THREADS


def test_a_busy_pool_answers_health_and_refuses_who_would_wait_too_long() -> None:
    go_on = threading.Event()

    def answer(environ: Environ) -> Page:
        if environ["PATH_INFO"] != "/healthz":
            go_on.wait(PATIENCE)
        return Page([b"done"])

    async def main() -> None:
        front = front_of(answer)
        places = THREADS * (1 + QUEUE)
        waiting = [Visit(front, address=f"192.0.2.{number}") for number in range(places)]
        await asyncio.sleep(0)
        late, health = Visit(front), Visit(front, "/healthz")
        await finished(late, health)
        assert (late.status, late.headers["retry-after"]) == (503, "2")
        assert health.status == 200
        assert not any(visit.sent for visit in waiting)
        go_on.set()
        await finished(*waiting)
        assert {visit.status for visit in waiting} == {200}

    asyncio.run(main())


def test_one_client_has_so_many_requests_under_way_and_others_are_let_in(settings: Any) -> None:
    settings.CLIENT_REQUESTS = 2
    settings.TRUSTED_PROXIES = 1
    go_on = threading.Event()

    def answer(environ: Environ) -> Page:
        go_on.wait(PATIENCE)
        return Page()

    def visit(front: Front, client: str) -> Visit:
        return Visit(front, headers=[(b"x-forwarded-for", f"6.6.6.6, {client}".encode())])

    async def main() -> None:
        front = front_of(answer)
        first = [visit(front, "2001:db8::1"), visit(front, "[2001:db8::2]:4711")]
        await asyncio.sleep(0)
        third, other = visit(front, "2001:db8::3"), visit(front, "198.51.100.1:4711")
        await finished(third)
        assert (third.status, third.headers["retry-after"]) == (429, "5")
        go_on.set()
        await finished(other, *first)
        assert {each.status for each in (other, *first)} == {200}
        await finished(again := visit(front, "2001:db8::3"))
        assert again.status == 200

    asyncio.run(main())


@pytest.mark.parametrize(
    ("address", "client"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
    ],
)
def test_who_counts_as_one_client(address: str, client: str) -> None:
    assert address_block(address) == client


def test_a_reader_that_pauses_holds_no_thread_of_a_page() -> None:
    async def main() -> None:
        front = front_of(lambda environ: Page([b"x" * 1_000_000]), threads=1)
        slow = [Visit(front, address=f"192.0.2.{number}") for number in range(8)]
        for visit in slow:
            visit.reads.clear()
        await asyncio.sleep(0.1)
        await finished(quick := Visit(front))
        assert len(quick.body) == 1_000_000
        for visit in slow:
            visit.reads.set()
        await finished(*slow)
        assert all(visit.complete for visit in slow)

    asyncio.run(main())


def test_exports_hold_a_quarter_as_many_threads_and_none_of_the_pages() -> None:
    exports = [Export() for _ in range(6)]
    answers = iter(exports)

    def answer(environ: Environ) -> Any:
        return next(answers) if environ["PATH_INFO"] == "/export" else Page([b"page"])

    async def main() -> None:
        front = front_of(answer, threads=8)
        slow = [Visit(front, "/export", address=f"192.0.2.{number}") for number in range(6)]
        for visit in slow:
            visit.reads.clear()
        await asyncio.sleep(0.3)
        # A thread waits with its first piece; what follows has not begun, so that its database is not asked yet.
        assert sum(len(visit.sent) for visit in slow) == 0
        await finished(*(Visit(front) for _ in range(20)))
        for visit in slow:
            visit.reads.set()
        await finished(*slow)
        assert all(visit.complete and len(visit.body) == 300_000 for visit in slow)

    asyncio.run(main())
    assert all(export.closed.is_set() for export in exports)
    assert {name for export in exports for name in export.began} <= {"long-answer_0", "long-answer_1"}


def test_an_export_that_nobody_reads_any_more_ends() -> None:
    export = Export(portions=10_000)

    async def main() -> None:
        visit = Visit(front_of(lambda environ: export))
        await visit.has_read.wait()
        visit.leaves.set()
        await finished(visit)
        assert len(visit.sent) < 10_000
        assert not visit.complete

    asyncio.run(main())
    assert export.closed.is_set()


def test_an_export_that_fails_in_its_middle_does_not_look_complete(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Its connection is ended; the lines that left would otherwise pass for all."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        port = listening.getsockname()[1]
        client = socket.create_connection(("127.0.0.1", port))
        accepted, peer = listening.accept()
        ends = Connections(port)

        async def main() -> None:
            front = Front(application(lambda environ: Export(fails=True)), THREADS, ends)
            await finished(visit := Visit(front, client=(peer[0], str(peer[1]))))
            assert not visit.complete

        asyncio.run(main())
        ends.look(time.monotonic())
        client.settimeout(5)
        assert client.recv(1) == b""
        client.close()
        accepted.close()
    assert "An answer failed in its middle" in caplog.text


def test_head_asks_for_no_body_and_a_small_file_is_read_at_once() -> None:
    exports = [Export(), Export()]
    answers = iter(exports)

    async def main() -> tuple[Visit, Visit]:
        front = front_of(lambda environ: next(answers), ("Content-Length", "300000"))
        await finished(head := Visit(front, method="HEAD"))
        await finished(small := Visit(front))
        return head, small

    head, small = asyncio.run(main())
    assert (head.body, head.headers["content-length"]) == (b"", "300000")
    assert len(small.body) == 300_000
    assert exports[0].began == []
    assert exports[1].began[0].startswith("page")
    assert all(export.closed.is_set() for export in exports)


def test_a_refusal_has_the_headers_of_a_page_and_a_line_in_the_log(
    settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.CLIENT_REQUESTS = 0

    async def main() -> Visit:
        await finished(visit := Visit(front_of(lambda environ: Page()), "/sign-in/"))
        return visit

    with caplog.at_level(logging.INFO):
        visit = asyncio.run(main())
    assert {name.lower(): value for name, value in STRICT.items()}.items() <= visit.headers.items()
    assert visit.headers["connection"] == "close"
    assert len(visit.headers["x-request-id"]) == 32
    (line,) = [record for record in caplog.records if record.name == "console.access_log"]
    assert (line.method, line.path, line.status) == ("GET", "/sign-in/", 429)  # type: ignore[attr-defined]


def test_an_application_that_fails_is_told_in_the_log_and_nowhere_else(caplog: pytest.LogCaptureFixture) -> None:
    def answer(environ: Environ) -> Page:
        raise RuntimeError("canary")

    async def main() -> Visit:
        await finished(visit := Visit(front_of(answer)))
        return visit

    visit = asyncio.run(main())
    assert visit.status == 500
    assert b"canary" not in visit.body
    assert "canary" in caplog.text
