"""A database that takes no writes: pages go on reading, say so once, and nothing is sent."""

import logging
from datetime import timedelta
from http import HTTPStatus
from typing import Any

import pytest
from django.test import Client

from console import clock
from console.access.models import Person
from console.access.roles import Role
from console.observations.models import Snapshot
from tests.access.matrix import MATRIX
from tests.access.test_matrix import SECTIONS, WELCOME, Hosts, Visits, address_of
from tests.access.test_matrix import hosts as hosts
from tests.factories import PersonFactory
from tests.pages import Browser
from tests.running.unwritable import Database
from tests.running.unwritable import database as database

#: Of files that people take out no byte leaves before a row of the log says so.
DOWNLOADS = (".csv", ".jsonl")
BEGUN, ENDED = "keep nothing", "can be written again"


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Any:
    """`later(seconds)`: the clock goes on."""

    def go_on(seconds: float) -> None:
        before = clock.source
        monkeypatch.setattr(clock, "source", lambda: before() + timedelta(seconds=seconds))

    return go_on


def trouble_in(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [one.getMessage() for one in caplog.records if one.name == "console.light_writes"]


@pytest.mark.parametrize("section", list(SECTIONS))
def test_no_page_fails_because_nothing_can_be_written(section: str, hosts: Hosts, database: Database) -> None:
    routes = [route for route in SECTIONS[section] if "GET" in MATRIX[route].methods]
    addresses = [address_of(route, hosts.of(route)[0]) for route in routes]
    client = Visits(PersonFactory(role=Role.ADMINISTRATOR)).client
    client.raise_request_exception = False
    database.refuse_writes()

    failed = []
    for address in addresses:
        status = client.get(address).status_code
        if status not in ({HTTPStatus.SERVICE_UNAVAILABLE} if address.endswith(DOWNLOADS) else WELCOME):
            failed.append(f"{address}: {status}")

    assert failed == []


def test_gateways_and_the_tab_read_on_from_the_cloud_and_say_what_is_wrong(
    stage: Any, database: Database, later: Any
) -> None:
    viewer = stage.browser("viewer")
    assert "is read-only" not in viewer.open("/gateways/").text
    database.refuse_writes()
    later(30)

    gateways, tab = viewer.open("/gateways/"), viewer.open(stage.tab_url)

    assert [row["ID"] for row in gateways.table("All gateways")]
    assert len(tab.table("Connections")) > 1
    for page in (gateways, tab):
        assert len(page.soup.find_all(id="database-trouble")) == 1
        assert "The console's database is read-only" in page.text
    asked = [call["path"] for call in stage.cloud.calls() if call["path"].endswith("/connections")]
    assert asked


def test_what_one_viewer_read_serves_the_next_ones_of_that_moment(stage: Any, database: Database) -> None:
    viewers = [stage.browser(role) for role in ("viewer", "operator", "owner")]
    database.refuse_writes()
    for viewer in viewers:
        assert len(viewer.open(stage.tab_url).table("Connections")) > 1
    asked = [call["path"] for call in stage.cloud.calls() if call["path"].endswith("/vpc-endpoint/connections")]
    assert len(asked) == 1


def test_a_cloud_that_is_away_too_shows_what_is_known(stage: Any, database: Database, later: Any) -> None:
    viewer = stage.browser("viewer")
    known = viewer.open(stage.tab_url).table("Connections")
    database.refuse_writes()
    stage.cloud.faults({"match": {"path": "connections"}, "fault": "status", "status": 500})
    later(30)

    page = viewer.open(stage.tab_url)

    assert page.status == HTTPStatus.OK
    assert len(page.table("Connections")) == len(known)
    assert "Last known" in page.text


def test_the_log_says_when_it_begins_and_when_it_is_over(
    stage: Any, database: Database, later: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    viewer = stage.browser("viewer")
    database.refuse_writes()
    for _ in range(3):
        later(30)
        viewer.open(stage.tab_url)
    assert [BEGUN in line for line in trouble_in(caplog)] == [True]

    database.take_writes()
    later(30)
    page = viewer.open(stage.tab_url)

    assert [ENDED in line for line in trouble_in(caplog)] == [False, True]
    assert page.soup.find(id="database-trouble") is None
    assert Snapshot.objects.filter(gateway_id=stage.gateway_id, asked_at__isnull=False).exists()


def test_people_stay_signed_in_and_a_session_that_is_over_ends_all_the_same(
    stage: Any, database: Database, later: Any
) -> None:
    viewer = stage.browser("viewer")
    viewer.open("/help/")
    database.refuse_writes()
    later(300)
    assert viewer.open("/help/").status == HTTPStatus.OK

    later(24 * 60 * 60)

    assert "Sign in" in viewer.open("/help/").heading


def test_signing_in_is_refused_with_a_page_that_names_the_database(stage: Any, database: Database) -> None:
    stage.browser("viewer")
    stranger = Browser(Client(enforce_csrf_checks=True, raise_request_exception=False))
    page = stranger.open("/sign-in/")
    database.refuse_writes()

    answer = stranger.submit(page, "Sign in", login="viewer", password="whatever it is")

    assert answer.status == HTTPStatus.SERVICE_UNAVAILABLE
    assert answer.heading == "The database is read-only"
    assert "nothing was changed" in answer.text


def test_every_change_of_people_is_refused_with_that_page(stage: Any, database: Database) -> None:
    admin = stage.browser("admin")
    page = admin.open("/people/add/")
    admin.client.raise_request_exception = False
    database.refuse_writes()

    answer = admin.submit(page, "Add", username="newcomer", display_name="New Comer")

    assert answer.status == HTTPStatus.SERVICE_UNAVAILABLE
    assert not Person.objects.filter(username="newcomer").exists()
