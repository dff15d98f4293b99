"""The lists of a cloud, and what there is about one thing of them: one read for all viewers, and when the cloud is
away the last that is known, said to be old, with nothing to press."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import override_settings

from console.access.roles import Role
from tests.endpoint_services.estate import Estate
from tests.factories import PersonFactory
from tests.observations.watching import Clock
from tests.pages import Browser, Page
from tests.stage import Stage

pytestmark = pytest.mark.django_db(transaction=True)


def _endpoint_id(stage: Stage) -> str:
    project = stage.cloud.describe()["project_id"]
    return next(row.id for row in stage.cloud.world.endpoints.values() if row.project_id == project)


@dataclass(frozen=True)
class Shown:
    """A page with cards of things that a cloud has."""

    url: Callable[[Any], str]
    #: The cards by the id of their element.
    cards: tuple[str, ...]
    #: The calls that one look takes.
    calls: int
    #: What its words must hold when the cloud is away as when it is not.
    still: Callable[[Any], str]


LISTS = {
    "services": Shown(lambda _stage: "/demo/endpoint-services/", ("services",), 2, lambda s: _service_id(s)),
    "endpoints": Shown(lambda _stage: "/demo/endpoints/", ("endpoints",), 2, lambda s: _endpoint_id(s)),
}


def _service_id(stage: Stage) -> str:
    return Estate(stage).service("shop").id


def _acts(page: Page) -> list[str]:
    """What opens the question of an act, and what asks for a new thing."""
    links = page.soup.select("main a[data-dialog], main a[href$='/create/']")
    return [str(link["href"]) for link in links]


def _stale(page: Page) -> list[str]:
    return [str(card["id"]) for card in page.soup.select(".card-stale")]


def _asked(stage: Stage) -> int:
    """How often the cloud was asked for anything but a token."""
    return sum(1 for call in stage.cloud.calls() if "auth/tokens" not in call["path"])


def _away(stage: Stage) -> None:
    stage.cloud.faults({"match": {"path": "."}, "fault": "status", "status": 503, "times": 100_000})


def _check(stage: Stage, clock: Clock, shown: Shown) -> None:
    browser, url, still = stage.browser("admin"), shown.url(stage), shown.still(stage)
    before = _asked(stage)
    for _look in range(20):
        fresh = browser.open(url)
    assert _asked(stage) - before == shown.calls
    assert _stale(fresh) == []
    assert _acts(fresh)
    for card in shown.cards:
        assert fresh.soup.find(id=f"{card}-as-of").get_text().startswith("As of")

    _away(stage)
    clock.pass_by(240)
    page = browser.open(url)
    assert page.status == 200
    assert _stale(page) == list(shown.cards)
    assert _acts(page) == []
    assert still in fresh.text
    assert still in page.text
    for card in shown.cards:
        words = page.soup.find(id=card).get_text(" ")
        assert "Last known, as of" in words
        assert "4 min ago" in words
        assert "Next try at" in words
        assert "Acts are off until the cloud answers" in words
        assert "0 s ago" not in words
        poll = str(page.soup.find(id=card)["hx-get"])
        assert f'id="{card}"' in browser.open(poll, **{"HX-Request": "true", "HX-Target": card}).html

    stage.cloud.faults()
    clock.pass_by(0.1)
    again = browser.click(page, "Refresh")
    assert _stale(again) == []
    assert _acts(again) == _acts(fresh)


@pytest.mark.parametrize("name", LISTS)
def test_a_list_is_read_once_for_all_and_kept_when_the_cloud_is_away(stage: Stage, clock: Clock, name: str) -> None:
    _check(stage, clock, LISTS[name])


@pytest.mark.parametrize("name", LISTS)
def test_a_list_that_was_never_read_claims_nothing_and_tries_again_by_itself(
    stage: Stage, clock: Clock, name: str
) -> None:
    shown = LISTS[name]
    _away(stage)
    page = stage.browser("admin").open(shown.url(stage))
    for card in shown.cards:
        words = page.soup.find(id=card).get_text(" ")
        assert "Nothing is known from before" in words
        assert "0 s ago" not in words
        assert page.soup.find(id=card).has_attr("data-poll")
    assert _acts(page) == []


@pytest.mark.parametrize("name", LISTS)
def test_of_a_list_that_is_known_nobody_sees_more_than_their_own(stage: Stage, clock: Clock, name: str) -> None:
    shown = LISTS[name]
    own = shown.still(stage)
    stage.browser("admin").open(shown.url(stage))
    _away(stage)
    clock.pass_by(60)
    stage.people["narrow"] = PersonFactory(username="narrow", role=Role.ADMINISTRATOR, cloud="demo", gateway_id=own)
    page = stage.browser("narrow").open(shown.url(stage))
    assert [row["ID"] for row in page.table(page.soup.find("h2").get_text())] == [own]
    stage.people["stranger"] = PersonFactory(username="stranger")
    assert stage.browser("stranger").open(shown.url(stage)).status == 404


@override_settings(STATUS_INTERVAL_SECONDS=3_600)
def test_the_page_after_an_act_is_read_anew_however_long_an_answer_lasts(stage: Stage) -> None:
    browser: Browser = stage.browser("admin")
    services, endpoints = browser.open("/demo/endpoint-services/"), browser.open("/demo/endpoints/")
    endpoint = str(endpoints.soup.select_one("tr[id^=endpoint-] a[data-dialog]")["href"])  # type: ignore[index]
    after = browser.submit(browser.open(endpoint), "Delete", word="delete")
    assert endpoint.split("/")[3] not in after.soup.find("tbody").get_text(), after.text
    assert len(browser.open("/demo/endpoint-services/").table("All services")) == len(services.table("All services"))
