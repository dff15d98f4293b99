"""The console as in production, with a disk that is full, a database that is locked and a Redis that is away."""

import os
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from http import HTTPStatus
from http.cookiejar import CookieJar
from pathlib import Path

import pytest

from tests.changes.acts import STRANGER
from tests.conditions import needs_mount, needs_redis_server
from tests.journeys.served import PASSWORD, Served, Stand
from tests.pages import Page
from tests.running.prepared import copy_prepared
from tests.running.processes import Visitor, free_port, listens, until

#: Seconds in which a page is there whatever fails, on a machine with other work (reliability R12: ten).
IN_TIME = 12.0
PAGES = (
    "/",
    "/gateways/",
    "/demo/endpoint-services/",
    "/demo/endpoints/",
    "/audit/",
    "/people/",
    "/help/",
    "/preferences/",
)


class Person(Visitor):
    """A signed-in demo person, who reads pages and notes how long the slowest took."""

    def __init__(self, served: Served, name: str) -> None:
        super().__init__(served.url, CookieJar())
        self.slowest = 0.0
        self.sign_in(name, PASSWORD)

    def read(self, path: str, **fields: str) -> Page:
        began = time.monotonic()
        status, text, headers = self.open(path, **fields)
        self.slowest = max(self.slowest, time.monotonic() - began)
        return Page(self.base + path, status, text, headers)

    def press(self, page: Page, button: str, **typed: str) -> Page:
        form = page.form(button)
        fields = {name: values[0] for name, values in form.fields.items()}
        return self.read(form.action.removeprefix(self.base), **{**fields, **typed})


@contextmanager
def small_disk(megabytes: int) -> Iterator[Path]:
    """A file system of that size, in memory."""
    folder = Path(tempfile.mkdtemp(prefix="small-disk-"))
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
        folder.rmdir()


def fill(folder: Path) -> Path:
    """A file that leaves no room for anything else."""
    path = folder / "filling"
    with suppress(OSError), path.open("wb", buffering=0) as file:
        while True:
            file.write(b"\0" * 4096)
    return path


def confirmation(person: Person, stand: Stand) -> Page:
    page = person.read(f"{stand.tab()}permissions/add/?id={STRANGER}")
    assert page.has_button("Add"), page.text
    return page


def complaints(served: Served) -> list[str]:
    """What the log says of light writes that failed, and that they work again."""
    return [line for line in served.process.printed.splitlines() if '"console.light_writes"' in line]


@needs_mount
def test_a_full_disk_stops_acts_and_not_the_pages(tmp_path: Path) -> None:
    with small_disk(24) as disk:
        copy_prepared(disk)
        shutil.rmtree(disk / "static", ignore_errors=True)
        with Served(tmp_path, DATABASE_URL=f"sqlite:///{disk / 'console.sqlite3'}") as served:
            stand = served.new_world()
            owner, admin = Person(served, "owner"), Person(served, "admin")
            page = confirmation(owner, stand)
            filling = fill(disk)

            for path in (*PAGES, stand.tab()) * 3:
                assert admin.read(path).status == HTTPStatus.OK, path
            answer = owner.press(page, "Add")

            assert answer.status == HTTPStatus.SERVICE_UNAVAILABLE
            assert "is full" in answer.text
            assert "nothing is sent to a cloud" in answer.text
            assert stand.cloud.ledger() == []
            shown = admin.read(stand.tab())
            assert "The console's database is full" in shown.text
            assert len(shown.table("Connections")) > 1

            filling.unlink()
            time.sleep(6)  # light writes are tried again every five seconds
            assert "The console's database is full" not in admin.read(stand.tab()).text
            assert [("full" in line, "again" in line) for line in complaints(served)] == [(True, False), (False, True)]
            owner.press(confirmation(owner, stand), "Add")
            assert len(stand.cloud.ledger()) == 1


def test_a_database_that_another_process_locks_for_long_is_named_in_time(tmp_path: Path) -> None:
    with Served(tmp_path, CONSOLE_STATUS_INTERVAL_SECONDS="2") as served:
        stand = served.new_world()
        owner, admin = Person(served, "owner"), Person(served, "admin")
        page = confirmation(owner, stand)
        stranger = Visitor(served.url, CookieJar())
        with closing(sqlite3.connect(tmp_path / "console.sqlite3", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            for path in (*PAGES, stand.tab()):
                assert admin.read(path).status == HTTPStatus.OK, path
            assert "is locked by another process" in admin.read("/gateways/").text
            answer = owner.press(page, "Add")
            began = time.monotonic()
            text = stranger.sign_in("viewer", PASSWORD)
            took = time.monotonic() - began

        assert answer.status == HTTPStatus.SERVICE_UNAVAILABLE
        assert "is locked by another process" in answer.text
        assert "nothing is sent to a cloud" in answer.text
        assert stand.cloud.ledger() == []
        assert "is locked by another process" in text
        assert max(owner.slowest, admin.slowest, took) < IN_TIME

        owner.press(confirmation(owner, stand), "Add")
        assert len(stand.cloud.ledger()) == 1


@pytest.fixture
def redis(tmp_path: Path) -> Iterator["Redis"]:
    running = Redis(tmp_path)
    yield running
    running.process.kill()
    running.process.wait()


class Redis:
    """A server of the test's own."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        command = ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        assert until(lambda: listens(self.port))

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"


@needs_redis_server
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP], ids=["killed", "frozen"])
def test_without_its_redis_people_sign_in_and_act_as_ever(tmp_path: Path, redis: Redis, number: signal.Signals) -> None:
    with Served(tmp_path, CACHE_URL=redis.url, CONSOLE_HEALTH_TOKEN="t" * 40) as served:
        stand = served.new_world()
        os.kill(redis.process.pid, number)

        owner, stranger = Person(served, "owner"), Visitor(served.url, CookieJar())
        assert "Error: Sign in" in stranger.sign_in("viewer", "not the password")
        for path in (*PAGES, stand.tab()):
            assert owner.read(path).status in (HTTPStatus.OK, HTTPStatus.FORBIDDEN), path
        owner.press(confirmation(owner, stand), "Add")
        began = time.monotonic()
        ready = Visitor(served.url, token="t" * 40).open("/readyz")[0]

        assert len(stand.cloud.ledger()) == 1
        assert ready == HTTPStatus.OK
        assert max(owner.slowest, time.monotonic() - began) < IN_TIME
        assert "Traceback" not in served.process.printed
