"""The VPC Endpoints tab, signed in, against the raw calls that it needs, made at once.

The console keeps what a cloud said for a moment and shows it to everybody. So there are two subjects: a console that
keeps nothing (its interval is 0), where every page asks the cloud, and one as it is shipped. The first has one client
only: several would wait for one another's reads, which is what the interval is there to prevent.
"""

from collections.abc import Iterator
from typing import Any

from tests.benchmarks.cloud import Cloud
from tests.benchmarks.consoles import Console
from tests.benchmarks.crowd import Crowd
from tests.benchmarks.figures import Aim, Line, Ratio, Timing, at_most, compared, ratio
from tests.benchmarks.rounds import in_turns
from tests.benchmarks.size import Size

TITLE = "Tab over HTTP (floor: its three raw cloud calls at once, as many clients)"
#: By the cloud's delay in seconds (issue 2, reliability.md P1).
AIMS = {0.02: 1.3, 0.2: 1.15}


def measure(size: Size) -> Iterator[Line]:
    """For each number of connections, delay and number of clients."""
    with Crowd(size.warm_up) as crowd:
        for connections in size.connections:
            with (
                Cloud(connections) as cloud,
                Console(cloud.base_url, size.workers, CONSOLE_STATUS_INTERVAL_SECONDS="0") as asking,
                Console(cloud.base_url, size.workers) as shipped,
            ):
                yield from _at(size, crowd, cloud, {"asking": asking, "shipped": shipped}, connections)


def _at(size: Size, crowd: Crowd, cloud: Cloud, consoles: dict[str, Console], connections: int) -> Iterator[Line]:
    gateway = cloud.gateway_id()
    detail, whitelist, first, *rest = cloud.addresses(gateway, connections)
    jobs: dict[str, dict[str, Any]] = {
        name: {"kind": "page", "url": console.tab_url(gateway), "cookie": console.sign_in("operator")}
        for name, console in consoles.items()
    }
    jobs["three"] = {"kind": "raw", "waves": [[detail, whitelist, first]], "token": cloud.token()}
    every = {"every": jobs["three"] | {"waves": [[detail, whitelist, first, *rest]]}} if rest else {}
    for delay in size.delays:
        cloud.take(delay)
        for clients in size.clients:
            alone = clients == 1
            used = {name: job for name, job in jobs.items() if alone or name != "asking"}
            found = _timed(size, crowd, used | (every if alone else {}), clients)
            what = f"{connections:,} connections, {delay * 1000:g} ms, {clients} clients"
            yield from _lines(what, found, AIMS.get(delay), len(rest) + 3)


def _lines(what: str, found: dict[str, Timing], limit: float | None, calls: int) -> Iterator[Line]:
    def judge(over: Ratio) -> Aim | None:
        return at_most(round(over.median, 2), limit, "x") if limit else None

    if "asking" in found:
        yield compared(f"{what}, every page asks", found["asking"], found["three"], judge)
    if "every" in found:
        over = ratio(found["asking"], found["every"])
        floor = f"{found['every'].median * 1000:.1f} ms"
        yield Line(f"    over all {calls} calls that the list needs", "", floor, f"{over.median:.2f} x", over.spread)
    yield compared(f"{what}, as shipped", found["shipped"], found["three"], judge)


def _timed(size: Size, crowd: Crowd, jobs: dict[str, dict[str, Any]], clients: int) -> dict[str, Timing]:
    bounds = {"clients": clients, "requests": max(size.requests, clients * 4), "seconds": size.seconds}
    return in_turns(
        {name: lambda job=job: crowd.seconds(job | bounds) for name, job in jobs.items()},  # type: ignore[misc]
        size.rounds,
    )
