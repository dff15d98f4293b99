"""Slow clients are survived without a proxy: what the README promises, with a server as it is started in production."""

import re
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.cookiejar import CookieJar
from pathlib import Path

import pytest

from console.simcloud import SimulatedCloud
from console.simcloud.world import World
from tests.running.certificates import own_certificate
from tests.running.prepared import PASSWORD, copy_prepared
from tests.running.processes import (
    ROOT,
    Running,
    Visitor,
    children,
    clean_environment,
    free_port,
    sockets,
    until,
)
from tests.running.sockets import Caller, can_call_from, crowd, head

#: Of each kind, from as many addresses that the limit for one client does not help.
SLOW, ADDRESSES = 200, 20
#: Seconds for an answer to somebody else.
AT_ONCE = 1.0
#: Rows of the log, so that an export fits into no buffer on its way.
ROWS = 20_000

pytestmark = pytest.mark.skipif(not can_call_from("127.0.1.1"), reason="needs more than one loopback address (Linux)")


@dataclass
class Console:
    """`manage.py serve` with TLS and its defaults: a worker for each core, 16 threads."""

    port: int
    context: ssl.SSLContext
    tab: str
    running: Running

    def sockets(self) -> int:
        """How many its workers have open."""
        return sum(map(sockets, children(self.running.process.pid)))

    def visitor(self, cookies: CookieJar | None = None) -> Visitor:
        return Visitor(f"https://127.0.0.1:{self.port}", cookies, context=self.context)

    def caller(self, number: int, window: int = 0) -> Caller:
        """A slow client; so many of them come from different addresses."""
        return Caller(self.port, f"127.0.1.{number % ADDRESSES + 1}", self.context, window)


@pytest.fixture
def console(tmp_path: Path) -> Iterator[Console]:
    copy_prepared(tmp_path)
    chain, key = own_certificate(tmp_path)
    cloud = SimulatedCloud().start()
    cloud.world = World.seeded(seed=1)
    settings = {
        "CONSOLE_DATA_DIR": str(tmp_path),
        "SECRET_KEY": "k3y" * 20,
        "CONSOLE_SIMULATED_URL": cloud.base_url,
        "CONSOLE_LOG_LEVEL": "WARNING",
    }
    filling = settings | {"DJANGO_SETTINGS_MODULE": "console.settings"}
    command = [sys.executable, "-m", "tests.benchmarks.fill", str(ROWS)]
    subprocess.run(command, cwd=ROOT, env=clean_environment(**filling), check=True, timeout=120)
    port = free_port()
    tls = ("--tls-certificate", str(chain), "--tls-key", str(key))
    with Running("serve", "--port", str(port), *tls, **settings) as running:
        context = ssl.create_default_context(cafile=str(chain))
        tab = f"/demo/gateways/{cloud.world.gateway_named('main').id}/vpc-endpoints/"
        started = Console(port, context, tab, running)
        assert until(lambda: started.visitor().gets("/healthz")), running.printed
        yield started
    cloud.stop()


#: Of a visit that takes more than one; each has a second.
REQUESTS = {"signing in": 3}


def best_of_three(work: Callable[[], object]) -> float:
    """Seconds. The best: a machine with other work holds up one now and then, a blocked server all three."""

    def timed() -> float:
        began = time.monotonic()
        work()
        return time.monotonic() - began

    return min(timed() for _ in range(3))


def test_hundreds_of_slow_clients_hold_up_nobody(console: Console) -> None:
    cookies = CookieJar()
    console.visitor(cookies).sign_in("admin", PASSWORD)
    session = "; ".join(f"{cookie.name}={cookie.value}" for cookie in cookies)
    visits: dict[str, Callable[[], object]] = {
        "health": lambda: console.visitor().open("/healthz"),
        "sign-in page": lambda: console.visitor().open("/sign-in/"),
        "signing in": lambda: console.visitor(CookieJar()).sign_in("viewer", PASSWORD),
        "tab": lambda: console.visitor(cookies).open(console.tab),
    }
    for visit in visits.values():
        best_of_three(visit)

    found = re.search(r'src="(/static/[^"]*htmx[^"]*)"', console.visitor().open("/sign-in/")[1])
    assert found
    script = found[1]

    def slow_headers(number: int) -> Caller:
        return console.caller(number).send(b"GET /sign-in/ HTTP/1.1\r\nHost: 127.0.0.1\r\n")

    def slow_body(number: int) -> Caller:
        return console.caller(number).send(head("POST", "/sign-in/", Content_Length="1000") + b"cs")

    def slow_reader(number: int) -> Caller:
        path = "/audit/export.jsonl" if number % 20 == 0 else script
        return console.caller(number, window=2048).send(head("GET", path, Cookie=session))

    def open_all(kind: Callable[[int], Caller]) -> list[Caller]:
        with ThreadPoolExecutor(8) as opening:
            return list(opening.map(kind, range(SLOW)))

    before = console.sockets()
    with crowd(open_all(slow_reader)), crowd(open_all(slow_headers)), crowd(open_all(slow_body)) as bodies:
        seconds = {name: best_of_three(visit) for name, visit in visits.items()}
        # That was in the middle of it: the server still waits for the bodies.
        assert sum(body.waits() for body in bodies) > SLOW * 3 / 4
        assert {name for name in visits if seconds[name] > AT_ONCE * REQUESTS.get(name, 1)} == set(), seconds
        assert {body.answer().status for body in bodies} == {408}
        afterwards = {name: best_of_three(visit) for name, visit in visits.items()}
        assert {name for name in visits if afterwards[name] > AT_ONCE * REQUESTS.get(name, 1)} == set(), afterwards
        # They are all let go; what is left are kept connections to the cloud and the last visitors.
        assert until(lambda: console.sockets() < before + SLOW / 10, 30), console.sockets()
    assert "Traceback" not in console.running.printed
