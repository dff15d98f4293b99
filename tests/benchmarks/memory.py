"""What a worker holds in memory after a good number of tabs."""

from collections.abc import Iterator

from tests.benchmarks.cloud import Cloud
from tests.benchmarks.consoles import Console, resident_bytes
from tests.benchmarks.crowd import Crowd
from tests.benchmarks.figures import Line, at_most
from tests.benchmarks.size import Size

TITLE = "Memory of a worker (RSS, shared pages included)"
_CLIENTS = 8


def measure(size: Size) -> Iterator[Line]:
    """After the start, after the tabs of an ordinary gateway, and after those of a very large one."""
    with Crowd(size.warm_up) as crowd:
        for connections in size.memory_connections:
            aimed = connections == size.memory_connections[0]
            with Cloud(connections) as cloud, Console(cloud.base_url, size.workers) as console:
                fresh = _largest(console)
                requests = size.tab_requests if aimed else size.tab_requests // 10
                job = {"kind": "page", "url": console.tab_url(cloud.gateway_id()), "cookie": console.sign_in()}
                crowd.seconds(job | {"clients": min(_CLIENTS, requests), "requests": requests, "seconds": 60})
                after = _largest(console)
                yield Line(
                    f"after {requests:,} tabs of {connections:,} connections",
                    f"{after:.0f} MB",
                    f"{fresh:.0f} MB fresh",
                    f"{after / fresh:.2f} x",
                    aim=at_most(round(after), 150, "MB") if aimed else None,
                )


def _largest(console: Console) -> float:
    return max(resident_bytes(pid) for pid in console.workers()) / 1e6
