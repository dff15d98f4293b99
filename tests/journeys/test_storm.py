"""Every page that reads a cloud, loaded again and again in a storm of faults and in an outage (R11).

A few hundred loads in the suite. All of the figure, 10,000 loads, by hand:

    STORM_LOADS=10000 python -m pytest -n 0 --timeout=0 -o faulthandler_timeout=0 -s tests/journeys/test_storm.py

STORM_SEED chooses other dice.
"""

import os
import re
import time
from collections import Counter
from dataclasses import dataclass
from random import Random
from types import SimpleNamespace
from typing import Any, cast

import pytest
from django.test import override_settings

from console import wiring
from console.clouds import retry
from console.simcloud import SimulatedCloud
from tests.journeys.places import PLACES
from tests.journeys.served import Served, Stand
from tests.pages import Browser, Page
from tests.stage import Stage, wired

pytestmark = pytest.mark.django_db(transaction=True)

LOADS = int(os.environ.get("STORM_LOADS", "120"))
SEED = int(os.environ.get("STORM_SEED", "11"))
#: After so many loads the console forgets which sign-ins were refused, as another process would.
ROUND = 20
#: Everything but the control door; and everything but the sign-in, whose refusal would calm the storm for a minute.
ALL, SIGNED_IN = "^/(?!_sim)", "^/(?!_sim|v3/auth)"


def chance(probability: float, fault: str, path: str = ALL, **more: Any) -> dict[str, Any]:
    return {"match": {"path": path}, "fault": fault, "probability": probability, **more}


STORM = (
    chance(0.06, "status", status=500, code="APIC.9000"),
    chance(0.04, "status", status=503, headers={"Retry-After": "0"}),
    chance(0.05, "status", status=429, code="APIGW.0308"),
    chance(0.01, "status", SIGNED_IN, status=429, headers={"Retry-After": "1"}),
    chance(0.05, "reset_before"),
    chance(0.04, "reset_after"),
    chance(0.05, "truncate"),
    chance(0.04, "html", status=502),
    chance(0.02, "html", status=200),
    chance(0.02, "status", status=302, headers={"Location": "https://elsewhere.example/"}),
    chance(0.02, "status", SIGNED_IN, status=200, body="{}"),
    chance(0.02, "status", SIGNED_IN, status=200, body="[[[["),
    chance(0.03, "status", SIGNED_IN, status=401, code="APIG.1002"),
    chance(0.02, "status", SIGNED_IN, status=403, code="APIC.7106"),
    chance(0.02, "status", SIGNED_IN, status=404, code="APIC.7314"),
    chance(0.02, "expire_tokens"),
    chance(0.01, "delay", seconds=0.8),
)
OUTAGE = (chance(0.7, "reset_before"), chance(1.0, "status", status=503))
#: What a page may say instead of what it lacks.
SAYS_SO = re.compile(
    r"could not be read|cannot be (read|shown|told)|Nothing is known|Last known|not known|has not answered|Retry"
)
#: What it may say after the cloud's 404.
IS_GONE = re.compile(r"no such|not found|does not exist|is gone")
EXPORTS = ("/demo/endpoint-services/export.csv", "/demo/endpoints/export.csv")


@dataclass(frozen=True)
class Usual:
    """What a page looks like while all is well."""

    url: str
    status: int
    rows: list[int]


def rows_of(page: Page) -> list[int]:
    """How many rows each table has; lines of an export."""
    if "text/html" not in page.headers["Content-Type"]:
        return [page.html.count("\n")]
    return [table.count("<tr") for table in page.html.split("<table")[1:]]


def says_so(page: Page) -> bool:
    """Whether it says that something is missing, or old."""
    return bool(SAYS_SO.search(re.sub(r"<[^>]*>", "", page.html)))


def usual_pages(browser: Browser, cloud: SimulatedCloud) -> dict[str, Usual]:
    """Every page that asks a cloud as soon as it is opened."""
    stand = Stand(cast("Served", SimpleNamespace(cloud=cloud)))
    found = {}
    addresses = {name: seen.path(stand) for name, seen in PLACES.items() if seen.person} | {url: url for url in EXPORTS}
    for name, url in addresses.items():
        if not url.startswith(("/demo/", "/alibaba/", "/gateways/")):
            continue
        before = len(cloud.calls())
        page = browser.open(url)
        if len(cloud.calls()) > before:
            assert not says_so(page), page.text
            found[name] = Usual(url, page.status, rows_of(page))
    return found


def complaint_of(usual: Usual, page: Page) -> str:
    """What is wrong with a page of the storm; "" for one that is whole, or says what it lacks."""
    if page.status >= 500:
        return f"answered {page.status}"
    if usual.url in EXPORTS and page.url != usual.url:
        return ""  # the list itself, which says why where it cannot be read either
    lacks = page.status != usual.status or rows_of(page) != usual.rows
    told = says_so(page) or page.status == 404 or IS_GONE.search(page.html)
    return "lacks something and does not say so" if lacks and not told else ""


@override_settings(STATUS_INTERVAL_SECONDS=0)  # every look is a fresh one
def test_no_page_breaks_in_a_storm_or_an_outage(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retry, "BUSY_WAITS", (0.01, 0.01, 0.01))
    monkeypatch.setattr(retry, "SERVER_ERROR_WAITS", (0.01, 0.01))
    random, ends, slowest = Random(SEED), Counter[str](), 0.0
    quiet = {"CONSOLE_SIMULATED_ALIBABA": "yes", "CONSOLE_READ_TIMEOUT": "10", "CONSOLE_PAGE_TIMEOUT": "30"}
    with SimulatedCloud(delay=0.0) as cloud, wired(cloud, monkeypatch, **quiet):
        browser = Stage(cloud).browser("admin")
        usual = usual_pages(browser, cloud)
        assert len(usual) > 60
        monkeypatch.setenv("CONSOLE_READ_TIMEOUT", "0.5")
        monkeypatch.setenv("CONSOLE_PAGE_TIMEOUT", "1.5")
        for load in range(LOADS):
            if load % ROUND == 0:
                wiring.forget_clouds()
                # A quarter of the rounds is an outage; the storm's dice roll on from round to round.
                rules = OUTAGE if load // ROUND % 4 == 3 else STORM
                cloud.faults(*({**rule, "seed": f"{SEED}-{load}-{n}"} for n, rule in enumerate(rules)))
            name = random.choice(sorted(usual))
            began = time.monotonic()
            page = browser.open(usual[name].url)
            slowest = max(slowest, time.monotonic() - began)
            complaint = complaint_of(usual[name], page)
            assert not complaint, f"load {load}, {name}, {page.url}: {complaint}: {page.text}, usually {usual[name]}"
            ends["said so" if says_so(page) else f"status {page.status}"] += 1
        cloud.faults()
    print(f"{LOADS} loads of {len(usual)} pages, seed {SEED}: {dict(ends)}, slowest {slowest:.1f} s")
    assert ends["said so"] > LOADS / 4
    assert ends["status 200"] > LOADS / 10
