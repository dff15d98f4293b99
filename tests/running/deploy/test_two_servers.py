"""Two real servers of the console behind the example for nginx."""

import json
import os
import signal
import sqlite3
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.conditions import needs_proc
from tests.running.deploy.examples import needs_program
from tests.running.deploy.proxies import Proxy, proxy
from tests.running.prepared import PASSWORD, copy_prepared
from tests.running.processes import Running, Visitor, children, free_port, until

pytestmark = [needs_program("nginx", "Debian package nginx-light"), needs_proc]


@dataclass
class Site:
    """The proxy, the servers, and the folder with their database."""

    proxy: Proxy
    servers: tuple[Running, Running]
    data: Path

    def visitor(self, source: str = "127.0.0.1") -> Visitor:
        return Visitor(self.proxy.base, context=self.proxy.trusting(), source=source)


def lines(server: Running, method: str) -> list[str]:
    """The paths that it was asked for, by its log."""
    said = [json.loads(line) for line in server.printed.splitlines() if line.startswith("{")]
    return [line["path"] for line in said if line.get("method") == method]


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    data = tmp_path / "data"
    copy_prepared(data)
    settings: dict[str, Any] = {
        "CONSOLE_DATA_DIR": str(data),
        "SECRET_KEY": "k3y-for-tests-" * 5,
        "ALLOWED_HOSTS": "localhost,127.0.0.1",
        "CONSOLE_TRUSTED_PROXIES": "1",
    }
    ports = free_port(), free_port()
    with ExitStack() as stack:
        first, second = (
            stack.enter_context(Running("serve", "--port", str(port), "--workers", "1", "--threads", "4", **settings))
            for port in ports
        )
        for server, port in zip((first, second), ports, strict=True):
            assert until(lambda port=port: Visitor(f"http://127.0.0.1:{port}").gets("/healthz")), server.printed
        served = stack.enter_context(proxy("nginx", tmp_path / "proxy", ports))
        yield Site(served, (first, second), data)


def test_two_servers_are_one_console_and_one_of_them_may_die(site: Site) -> None:
    first, second = site.servers
    visitor = site.visitor(source="127.0.0.7")
    assert "Sign out" in visitor.sign_in("admin", PASSWORD)
    assert [visitor.open("/audit/")[0] for _ in range(6)] == [200] * 6
    assert lines(first, "GET").count("/audit/") >= 2
    assert lines(second, "GET").count("/audit/") >= 2
    assert _address_of_the_sign_in(site.data) == "127.0.0.7"

    before = len(lines(second, "POST"))
    answers = _two_forms_while_the_first_server_dies(site)
    assert sorted(status for status, _ in answers) == [403, 502]
    assert dict(answers)[502].startswith("The console did not answer.")
    assert len(lines(second, "POST")) == before + 1

    assert [visitor.open("/audit/")[0] for _ in range(6)] == [200] * 6


def _address_of_the_sign_in(data: Path) -> str:
    with closing(sqlite3.connect(data / "console.sqlite3")) as database:
        rows = database.execute("SELECT ip FROM audit_entry WHERE action = 'person.sign_in'").fetchall()
    assert len(rows) == 1
    return str(rows[0][0])


def _two_forms_while_the_first_server_dies(site: Site) -> list[tuple[int, str]]:
    """Status and text of both: each server gets one. The first is frozen with its form in hand, and killed."""
    process = site.servers[0].process.pid
    family = [*children(process), process]
    for pid in family:
        os.kill(pid, signal.SIGSTOP)
    with ThreadPoolExecutor(2) as pool:
        asked = [pool.submit(site.visitor().open, "/sign-in/", login="nobody") for _ in range(2)]
        assert until(lambda: any(answer.done() for answer in asked))
        time.sleep(0.5)  # the other one has reached its server, which does not read it
        for pid in family:
            os.kill(pid, signal.SIGKILL)
        return [answer.result()[:2] for answer in asked]
