"""However slowly a cloud answers, a page is there within its time, and an act never ends in a wrong word (R12)."""

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest

from console import wiring
from console.audit.models import Entry
from console.changes.models import Change
from tests.changes.acts import ACCEPT, confirm_page
from tests.clouds.raw_server import RawServer
from tests.journeys.places import REPORTS_SERVICE, REPORTS_SUBNET, REPORTS_VPC

pytestmark = pytest.mark.django_db(transaction=True)

#: Seconds: what a page may wait for clouds here, and what the console itself may take on a machine with other work.
PAGE, REST = 1.2, 1.2
WIZARD = (
    f"/demo/endpoints/create/?name=eu-west-101.reports.{REPORTS_SERVICE}"
    f"&vpc={REPORTS_VPC}&subnet={REPORTS_SUBNET}&step=settings"
)


@pytest.fixture
def hurried(stage: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A console whose pages have little time, and whose calls would have much."""
    monkeypatch.setenv("CONSOLE_PAGE_TIMEOUT", str(PAGE))
    monkeypatch.setenv("CONSOLE_READ_TIMEOUT", "10")
    wiring.forget_clouds()
    yield stage
    stage.cloud.faults()


def timed(open_page: Callable[[], Any]) -> tuple[Any, float]:
    began = time.monotonic()
    return open_page(), time.monotonic() - began


def slow(seconds: float, method: str = ".*") -> dict[str, Any]:
    return {"match": {"method": method, "path": "^/(?!_sim)"}, "fault": "delay", "seconds": seconds}


def drip(connection: socket.socket, _number: int) -> None:
    """An answer that never ends, and never pauses for as long as a time-out."""
    with suppress(OSError):
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        while True:
            connection.sendall(b" ")
            time.sleep(0.05)


def test_all_reads_of_a_page_share_its_time(hurried: Any) -> None:
    browser = hurried.browser("admin")
    browser.open(WIZARD)  # signs in at the cloud
    hurried.cloud.faults(slow(30))
    page, took = timed(lambda: browser.open(WIZARD))
    assert page.status == 200
    assert PAGE < took < PAGE + REST


def test_a_cloud_that_drips_costs_a_page_no_more_than_its_time(hurried: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = hurried.browser("admin")
    with RawServer(drip) as server:
        monkeypatch.setenv("CONSOLE_SIMULATED_URL", server.url)
        wiring.forget_clouds()
        page, took = timed(lambda: browser.open(WIZARD))
    assert page.status == 200
    assert PAGE < took < PAGE + REST


def accept_with(stage: Any, fault: dict[str, Any]) -> tuple[Any, float]:
    """What a person sees who accepts a connection while the cloud does that, without the page that follows."""
    browser = stage.browser("operator")
    form = confirm_page(browser, stage, ACCEPT).form("Accept")
    stage.cloud.faults(fault)
    return timed(lambda: browser.client.post(form.action, form.fields))


def states() -> list[str]:
    return list(Entry.objects.filter(action="connection.accept").order_by("seq").values_list("state", flat=True))


def test_an_act_whose_answer_does_not_come_within_the_page_is_unknown(hurried: Any) -> None:
    answer, took = accept_with(hurried, slow(30, "POST"))
    assert answer.status_code == 303
    assert PAGE * 0.9 < took < PAGE + REST
    assert states() == ["intended", "unknown"]


def test_an_act_is_not_sent_when_the_page_has_too_little_time_left_for_it(hurried: Any) -> None:
    answer, took = accept_with(hurried, slow(0.75 * PAGE, "GET"))
    assert answer.status_code == 303
    assert took < PAGE + REST
    assert states() == ["intended", "failed"]
    assert "was not asked, because the time for this page or act had run out" in Change.objects.get().explanation
    assert not [call for call in hurried.cloud.calls() if call["path"].endswith("connections/action")]
    assert hurried.cloud.ledger() == []


def test_an_act_on_a_cloud_that_cannot_be_looked_at_again_is_not_begun(hurried: Any) -> None:
    answer, took = accept_with(hurried, slow(30))
    assert answer.status_code == 409
    assert took < PAGE + REST
    assert states() == ["cancelled"]
    assert hurried.cloud.ledger() == []
