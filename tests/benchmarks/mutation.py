"""An act that is written down before and after, against the same reads and the same call with nothing written down."""

from collections.abc import Iterator
from typing import Any

from tests.benchmarks.cloud import Cloud
from tests.benchmarks.consoles import Console
from tests.benchmarks.crowd import Crowd
from tests.benchmarks.figures import Line, Timing, at_least, milliseconds, ratio
from tests.benchmarks.rounds import in_turns
from tests.benchmarks.size import Size

TITLE = "Mutation: accept and reject with intent and outcome (floor: the same without; 20 ms cloud; time of the POST)"
DELAY = 0.02
SETTINGS = "tests.benchmarks.unaudited.settings"


def measure(size: Size) -> Iterator[Line]:
    """For each number of clients (reliability.md P8)."""
    with (
        Crowd(size.warm_up) as crowd,
        Cloud(60, DELAY) as cloud,
        Console(cloud.base_url, size.workers, SETTINGS) as console,
    ):
        gateway = cloud.gateway_id()
        written: dict[str, Any] = {
            "kind": "act",
            "url": console.tab_url(gateway),
            "cookie": console.sign_in("operator"),
            "endpoints": cloud.deciding(gateway),
        }
        jobs = {"written": written, "unwritten": written | {"act_prefix": "/unwritten"}}
        for clients in size.writers:
            yield from _lines(_timed(size, crowd, jobs, clients), clients)


def _timed(size: Size, crowd: Crowd, jobs: dict[str, dict[str, Any]], clients: int) -> dict[str, Timing]:
    bounds = {"clients": clients, "requests": max(size.requests, clients * 2), "seconds": size.seconds}
    things = {name: lambda job=job: crowd.seconds(job | bounds) for name, job in jobs.items()}
    return in_turns(things, size.rounds)  # type: ignore[arg-type]


def _lines(found: dict[str, Timing], clients: int) -> Iterator[Line]:
    over = ratio(found["written"], found["unwritten"])
    share = round(100 / over.median)
    yield Line(
        f"{clients} clients",
        milliseconds(found["written"]),
        milliseconds(found["unwritten"]),
        f"{over.median:.2f} x",
        over.spread,
        at_least(share, 90, f"% of the throughput ({share} %)") if clients > 1 else None,
    )
    pairs = zip(found["written"].medians, found["unwritten"].medians, strict=True)
    more = sorted(1000 * (a - b) for a, b in pairs)
    spread = f"{more[0]:.1f}-{more[-1]:.1f} ms"
    yield Line("    all that is written down costs", f"{more[len(more) // 2]:.1f} ms", spread=spread)
