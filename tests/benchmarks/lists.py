"""Lists of VPC endpoint services and of VPC endpoints, and the wizard's Verify (issue 4)."""

import urllib.request
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

from tests.benchmarks.cloud import Cloud
from tests.benchmarks.consoles import Console
from tests.benchmarks.crowd import Crowd
from tests.benchmarks.figures import Line, at_most, compared
from tests.benchmarks.rounds import in_turns
from tests.benchmarks.size import Size

TITLE = "Endpoint services and endpoints (floor: the raw calls that the page needs, at once)"


def measure(size: Size) -> Iterator[Line]:
    """For each delay of the cloud, one person at a time; and the calls of one Verify."""
    with (
        Crowd(size.warm_up) as crowd,
        Cloud(1, services=size.services, endpoints=size.endpoints) as cloud,
        Console(cloud.base_url, size.workers) as console,
    ):
        raw = f"{cloud.base_url}/v1/{cloud.description['project_id']}"
        wizard = f"{console.url}/demo/endpoints/create/?{_verifying(cloud)}"
        pages: Mapping[str, tuple[str, list[str]]] = {
            f"{size.services:,} services": (
                f"{console.url}/demo/endpoint-services/",
                [f"{raw}/vpc-endpoint-services?limit=1000&offset=0", f"{raw}/quotas?type=endpoint_service"],
            ),
            f"{size.endpoints:,} endpoints": (
                f"{console.url}/demo/endpoints/",
                [f"{raw}/vpc-endpoints?limit=1000&offset=0", f"{raw}/quotas?type=endpoint"],
            ),
            "Verify": (wizard, [f"{raw}/vpc-endpoint-services/describe?endpoint_service_name={_public_name(cloud)}"]),
        }
        cookie, token = console.sign_in("admin"), cloud.token()
        for delay in size.delays:
            cloud.take(delay)
            for what, (page, calls) in pages.items():
                yield _at(size, crowd, f"{what}, {delay * 1000:g} ms", (page, cookie), (calls, token))
        yield _calls_of_verify(cloud, (wizard, cookie))


def _at(size: Size, crowd: Crowd, what: str, page: tuple[str, str], floor: tuple[list[str], str]) -> Line:
    bounds = {"clients": 1, "requests": size.requests, "seconds": size.seconds}
    shown: dict[str, Any] = {"kind": "page", "url": page[0], "cookie": page[1]} | bounds
    called: dict[str, Any] = {"kind": "raw", "waves": [floor[0]], "token": floor[1]} | bounds
    found = in_turns({"page": lambda: crowd.seconds(shown), "calls": lambda: crowd.seconds(called)}, size.rounds)
    return compared(what, found["page"], found["calls"])


def _calls_of_verify(cloud: Cloud, page: tuple[str, str]) -> Line:
    """Calls to the cloud for one press of the button, of any kind."""
    before = len(cloud.calls())
    request = urllib.request.Request(page[0], headers={"Cookie": page[1]})
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=10) as answer:
        answer.read()
    calls = len(cloud.calls()) - before
    return Line("Verify, calls for one press", f"{calls}", "1", f"{calls} x", aim=at_most(calls, 1, "x"))


def _verifying(cloud: Cloud) -> str:
    return urlencode({"category": "name", "name": _public_name(cloud), "verify": "1"})


def _public_name(cloud: Cloud) -> str:
    """A service that everybody finds."""
    return f"com.myhuaweicloud.{cloud.description['region']}.dns"
