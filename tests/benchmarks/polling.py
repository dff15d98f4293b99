"""Status polling: what it costs a viewer to look again, and how often the cloud is asked however many look."""

import time
from collections.abc import Iterator
from typing import Any

from tests.benchmarks.cloud import Cloud
from tests.benchmarks.consoles import Console
from tests.benchmarks.crowd import Crowd
from tests.benchmarks.figures import Line, at_most, compared
from tests.benchmarks.rounds import in_turns
from tests.benchmarks.size import Size

TITLE = "Status polling (floor: one raw call for the connections, as many clients)"
#: Of the console as shipped, in seconds: CONSOLE_STATUS_INTERVAL_SECONDS.
INTERVAL = 1
#: Of the cloud, in seconds.
DELAY = 0.02


def measure(size: Size) -> Iterator[Line]:
    """For each number of connections and of viewers."""
    with Crowd(size.warm_up) as crowd:
        for connections in size.connections:
            with Cloud(connections, DELAY) as cloud, Console(cloud.base_url, size.workers) as console:
                for viewers in size.clients:
                    yield from _at(size, crowd, cloud, console, connections, viewers)


def _at(size: Size, crowd: Crowd, cloud: Cloud, console: Console, connections: int, viewers: int) -> Iterator[Line]:
    gateway = cloud.gateway_id()
    url = f"{console.tab_url(gateway)}?status=creating&poll=1&polled=1"
    bounds = {"clients": viewers, "requests": max(size.requests, viewers * 4), "seconds": size.seconds}
    look: dict[str, Any] = {"kind": "page", "url": url, "cookie": console.sign_in("viewer")} | bounds
    first = cloud.addresses(gateway, connections)[2]
    call: dict[str, Any] = {"kind": "raw", "waves": [[first]], "token": cloud.token()} | bounds
    found = in_turns({"look": lambda: crowd.seconds(look), "call": lambda: crowd.seconds(call)}, size.rounds)
    what = f"{connections:,} connections, {viewers} viewers"
    yield compared(f"{what}, a look", found["look"], found["call"])
    yield _asked(crowd, cloud, look, what)


def _asked(crowd: Crowd, cloud: Cloud, look: dict[str, Any], what: str) -> Line:
    """Reads of the list while all viewers look as fast as they can, against one for every interval begun."""
    before, started = _reads(cloud), time.monotonic()
    looks = len(crowd.seconds(look | {"requests": 1_000_000}))
    reads, intervals = _reads(cloud) - before, int((time.monotonic() - started) / INTERVAL) + 1
    share = reads / intervals
    return Line(
        f"{what}, reads of the cloud for {looks:,} looks",
        f"{reads}",
        f"{intervals}",
        f"{share:.2f} x",
        aim=at_most(share, 1, "x"),
    )


def _reads(cloud: Cloud) -> int:
    calls = [call for call in cloud.calls() if call["path"].endswith("/vpc-endpoint/connections")]
    return sum(1 for call in calls if "offset=0&" in call["query"] + "&")
