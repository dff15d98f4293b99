"""A cloud that hangs, many people who want to see it, and the rest of the console, which does not notice (R12)."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from http.cookiejar import CookieJar
from pathlib import Path
from statistics import median

import pytest

from tests.journeys.served import PASSWORD, Served
from tests.running.processes import Visitor

#: Seconds that a page waits for clouds here, and that any other may take on a machine with other work.
PAGE, AT_ONCE = 8, 5.0
#: Seconds that a page waits for a read of its own where it has something to show meanwhile.
WAIT = 2.0
#: Few threads are soon all wanted at once, however slowly the visitors of a busy machine arrive.
THREADS, MANY = 4, 14


TWO_CLOUDS = """
[clouds.demo]
provider = "simulated"
endpoints = { all = "{url}" }
[clouds.second]
provider = "simulated"
endpoints = { all = "{url}" }
"""


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    with Served(tmp_path, threads=THREADS, CONSOLE_READ_TIMEOUT="30", CONSOLE_PAGE_TIMEOUT=str(PAGE)) as running:
        yield running


def _timed(served: Served, cookies: CookieJar, path: str) -> float:
    """Seconds that the page takes."""
    began = time.monotonic()
    status, text, _ = Visitor(served.url, cookies).open(path)
    assert status == 200, text
    return time.monotonic() - began


def test_half_of_the_threads_stay_free_of_a_cloud_that_hangs(served: Served) -> None:
    cookies = CookieJar()
    Visitor(served.url, cookies).sign_in("admin", PASSWORD)
    tab = served.new_world().tab()

    timed = partial(_timed, served, cookies)

    for path in ("/demo/endpoint-services/", tab, "/audit/"):
        timed(path)
    served.cloud.faults({"match": {"path": "^/(?!_sim)"}, "fault": "delay", "seconds": 30})
    with ThreadPoolExecutor(MANY) as crowd:
        # Half of them wait for reads of their own, half for the read of one of them.
        pages = [crowd.submit(timed, "/demo/endpoint-services/" if n % 2 else tab) for n in range(MANY)]
        others = []
        while not all(page.done() for page in pages):
            others += [timed("/healthz"), timed("/audit/")]
            time.sleep(0.1)
    assert max(others) < AT_ONCE
    assert median(others) < AT_ONCE / 4
    # The last ones of so many wait for a free thread first.
    assert max(page.result() for page in pages) < PAGE + AT_ONCE
    # Those that found all places taken show what is known, at once; the others after a short wait for their read.
    assert [page for page in pages if page.result() < PAGE / 2]
    assert max(page.result() for page in pages) >= WAIT
    served.cloud.faults()


@pytest.mark.parametrize("clouds", ["", TWO_CLOUDS], ids=["one cloud", "two clouds"])
def test_the_first_page_is_there_as_soon_as_any_other_while_twenty_people_look(tmp_path: Path, clouds: str) -> None:
    """What is known is shown; nobody who opens it waits for the whole time of a page."""
    with Served(tmp_path, clouds, CONSOLE_READ_TIMEOUT="30", CONSOLE_STATUS_INTERVAL_SECONDS="2") as served:
        cookies = CookieJar()
        Visitor(served.url, cookies).sign_in("admin", PASSWORD)
        tab = served.new_world().tab()

        timed = partial(_timed, served, cookies)

        pages = ("/", tab, "/demo/endpoint-services/", "/help/")
        for path in pages:
            timed(path)
        served.cloud.faults({"match": {"path": "^/(?!_sim)"}, "fault": "delay", "seconds": 60})
        time.sleep(2)
        with ThreadPoolExecutor(20) as crowd:
            took = {path: list(crowd.map(timed, [path] * 20)) for path in pages}
        served.cloud.faults()

    assert {path: max(took[path]) for path in pages if max(took[path]) > PAGE / 2} == {}
    assert median(took["/"]) < 4 * max(median(took["/help/"]), 0.5)
