"""The lists of a cloud, and what there is about one thing of them: one read for all viewers, and when the cloud is
away the last that is known, said to be old, with nothing to press."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from bs4 import Tag
from django.test import override_settings

from console.access.roles import Role
from tests.endpoint_services.estate import Estate
from tests.factories import PersonFactory
from tests.observations.watching import Clock
from tests.pages import Browser, Page
from tests.stage import Stage
from tests.vpc_access.conftest import AlibabaStage
from tests.vpc_access.conftest import alibaba_stage as alibaba_stage

pytestmark = pytest.mark.django_db(transaction=True)


def _endpoint_id(stage: Stage) -> str:
    project = stage.cloud.describe()["project_id"]
    return next(row.id for row in stage.cloud.world.endpoints.values() if row.project_id == project)


def _service_id(stage: Stage) -> str:
    return Estate(stage).service("shop").id


def _instance_id(stage: AlibabaStage) -> str:
    return stage.instance_id("bound")


def _group_id(stage: AlibabaStage) -> str:
    return stage.group_id("bound_enabled")


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


SERVICES, ENDPOINTS, VPC_ACCESS = "/demo/endpoint-services/", "/demo/endpoints/", "/alibaba/vpc-access/"
LISTS = {
    "services": Shown(lambda _stage: SERVICES, ("services",), 2, _service_id),
    "endpoints": Shown(lambda _stage: ENDPOINTS, ("endpoints",), 2, _endpoint_id),
    # Each of the 13 groups takes a call.
    "instances and groups": Shown(lambda _stage: VPC_ACCESS, ("instances", "groups"), 15, _instance_id),
}
THINGS = {
    "service": Shown(lambda s: f"{SERVICES}{_service_id(s)}/", ("summary",), 1, lambda _s: "shop"),
    "ports": Shown(lambda s: f"{SERVICES}{_service_id(s)}/ports/", ("ports",), 1, lambda _s: "Terminal Port"),
    "tags": Shown(lambda s: f"{SERVICES}{_service_id(s)}/tags/", ("tags",), 1, lambda _s: "You can add"),
    "endpoint": Shown(lambda s: f"{ENDPOINTS}{_endpoint_id(s)}/", ("summary",), 1, _endpoint_id),
    "access": Shown(lambda s: f"{ENDPOINTS}{_endpoint_id(s)}/access-control/", ("access-control",), 1, _endpoint_id),
    "instance": Shown(lambda s: s.instance_url("bound"), ("binding", "groups", "facts"), 5, lambda _s: "billing"),
    "group": Shown(lambda s: s.group_url("bound_enabled"), ("domain", "own-domains", "facts"), 2, _group_id),
}


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


def _lines(page: Page) -> list[Tag]:
    """As of when each part of the page is."""
    return page.soup.select(".as-of[id$=-as-of]")


@pytest.mark.parametrize("name", [*LISTS, *THINGS])
def test_a_page_is_read_once_for_all_and_kept_when_the_cloud_is_away(
    alibaba_stage: AlibabaStage, clock: Clock, name: str
) -> None:
    stage, shown = alibaba_stage, (LISTS | THINGS)[name]
    browser, url, still = stage.browser("admin"), shown.url(stage), shown.still(stage)
    before = _asked(stage)
    for _look in range(20 if name in LISTS else 3):
        fresh = browser.open(url)
    assert _asked(stage) - before == shown.calls
    assert _stale(fresh) == []
    assert _acts(fresh)
    assert {line.get_text().split()[0] for line in _lines(fresh)} == {"As"}

    _away(stage)
    clock.pass_by(240)
    page = browser.open(url)
    assert page.status == 200
    assert _stale(page) == list(shown.cards)
    assert _acts(page) == []
    assert still in fresh.text
    assert still in page.text
    assert len(_lines(page)) == len(_lines(fresh)) == len(page.soup.select(".notice[id$=-stale]"))
    for line in _lines(page):
        assert "Last known, as of" in line.get_text()
        assert "4 min ago" in line.get_text()
    assert page.text.count("Acts are off until the cloud answers. Next try at") == len(_lines(page))
    for part in page.soup.select("[data-poll]"):
        fragment = browser.open(str(part["hx-get"]), **{"HX-Request": "true", "HX-Target": str(part["id"])})
        assert fragment.soup.find("html") is None
        assert fragment.soup.find(id=part["id"])

    stage.cloud.faults()
    clock.pass_by(2.1)
    again = browser.click(page, "Refresh")
    assert _stale(again) == []
    assert _acts(again) == _acts(fresh)


@pytest.mark.parametrize("name", [*LISTS, *THINGS])
def test_what_was_never_read_claims_nothing_and_is_tried_again_by_itself(
    alibaba_stage: AlibabaStage, clock: Clock, name: str
) -> None:
    stage, shown = alibaba_stage, (LISTS | THINGS)[name]
    url = shown.url(stage)
    _away(stage)
    page = stage.browser("admin").open(url)
    assert _lines(page)
    assert page.text.count("Nothing is known from before") == len(_lines(page))
    assert "0 s ago" not in page.text
    assert page.soup.select("[data-poll]")
    assert _acts(page) == []


@pytest.mark.parametrize("name", LISTS)
def test_of_a_list_that_is_known_nobody_sees_more_than_their_own(
    alibaba_stage: AlibabaStage, clock: Clock, name: str
) -> None:
    stage, shown = alibaba_stage, LISTS[name]
    own, url = shown.still(stage), shown.url(stage)
    stage.browser("admin").open(url)
    _away(stage)
    clock.pass_by(60)
    cloud = url.split("/")[1]
    stage.people["narrow"] = PersonFactory(username="narrow", role=Role.ADMINISTRATOR, cloud=cloud, gateway_id=own)
    page = stage.browser("narrow").open(url)
    (row,) = page.soup.find("table").find("tbody").find_all("tr")
    assert own in row.get_text()
    stage.people["stranger"] = PersonFactory(username="stranger")
    assert stage.browser("stranger").open(url).status == 404


@override_settings(STATUS_INTERVAL_SECONDS=3_600)
def test_the_page_after_an_act_is_read_anew_however_long_an_answer_lasts(alibaba_stage: AlibabaStage) -> None:
    browser: Browser = alibaba_stage.browser("admin")
    endpoints = browser.open(ENDPOINTS)
    endpoint = str(endpoints.soup.select_one("tr[id^=endpoint-] a[data-dialog]")["href"])  # type: ignore[index]
    after = browser.submit(browser.open(endpoint), "Delete", word="delete")
    assert endpoint.split("/")[3] not in after.soup.find("tbody").get_text(), after.text

    for page in (VPC_ACCESS, alibaba_stage.instance_url("bound"), alibaba_stage.group_url("bound_enabled")):
        browser.open(page)
    asked = f"{alibaba_stage.act_url('bound_enabled', 'disable')}&back=group"
    after = browser.submit(browser.open(asked), "Disable", word="disable")
    assert after.soup.find("main").find("span", string="Disabled")
    for page in (VPC_ACCESS, alibaba_stage.instance_url("bound")):
        assert browser.open(page).row("API groups", "billing").find("span", string="Disabled")


def _marks(page: Page, card: str) -> dict[str, str]:
    """What is marked in a list, by the id of the row, and what is told above it."""
    rows = page.soup.select(f"#{card} tr.row-news")
    told = page.soup.select(f"#{card}-news p")
    found = {str(row["id"]).partition("-")[2]: row.select_one(".badge-info").get_text() for row in rows}  # type: ignore[union-attr]
    return found | {"": told[0].get_text().split(", since")[0]} if told else found


def test_what_changed_in_the_lists_is_marked_until_it_is_seen(alibaba_stage: AlibabaStage, clock: Clock) -> None:
    stage = alibaba_stage
    service, own, group = _service_id(stage), _endpoint_id(stage), stage.group_id("bound_enabled")
    stage.people["narrow"] = PersonFactory(username="narrow", role=Role.VIEWER, cloud="demo", gateway_id=own)
    viewer, narrow = stage.browser("viewer"), stage.browser("narrow")
    for browser, url in ((viewer, SERVICES), (viewer, ENDPOINTS), (viewer, VPC_ACCESS), (narrow, ENDPOINTS)):
        assert "Since you last looked" not in browser.open(url).text
    world = stage.cloud.world
    world.set_text(service, "status", "failed")
    world.set_text(own, "status", "failed")
    project = world.endpoints[own].project_id
    gone = next(row.id for row in world.endpoints.values() if row.project_id == project and row.id != own)
    del world.endpoints[gone]
    world.alibaba.groups[group].has_vpc_domain = False
    clock.pass_by(10)

    services, endpoints, vpc = (viewer.open(url) for url in (SERVICES, ENDPOINTS, VPC_ACCESS))

    assert _marks(services, "services") == {service: "Status changed", "": "1 with another status"}
    assert "before: Available" in services.row("All services", service).get_text()
    assert _marks(endpoints, "endpoints") == {own: "Status changed", "": "1 with another status, 1 gone"}
    assert _marks(vpc, "groups") == {group: "Status changed", "": "1 with another status"}
    assert _marks(vpc, "instances") == {}
    assert _marks(narrow.open(ENDPOINTS), "endpoints") == {own: "Status changed", "": "1 with another status"}
    for page, card in ((services, "services"), (endpoints, "endpoints"), (vpc, "groups")):
        assert _marks(viewer.submit(page, "Mark as seen"), card) == {}
    assert _marks(narrow.open(ENDPOINTS), "endpoints")


def test_what_somebody_did_is_no_news_to_them(stage: Stage, clock: Clock) -> None:
    admin, viewer = stage.browser("admin"), stage.browser("viewer")
    viewer.open(ENDPOINTS)
    page = admin.open(ENDPOINTS)
    clock.pass_by(1)
    delete = str(page.soup.select_one("tr[id^=endpoint-] a[data-dialog]")["href"])  # type: ignore[index]
    after = admin.submit(admin.open(delete), "Delete", word="delete")
    assert _marks(after, "endpoints") == {}
    clock.pass_by(10)
    assert _marks(viewer.open(ENDPOINTS), "endpoints") == {"": "1 gone"}


def test_a_domain_that_somebody_disabled_is_no_news_to_them(alibaba_stage: AlibabaStage, clock: Clock) -> None:
    admin, viewer = alibaba_stage.browser("admin"), alibaba_stage.browser("viewer")
    for browser in (admin, viewer):
        browser.open(VPC_ACCESS)
    clock.pass_by(1)
    asked = admin.open(f"{alibaba_stage.act_url('bound_enabled', 'disable')}&back=list")
    assert _marks(admin.submit(asked, "Disable", word="disable"), "groups") == {}
    clock.pass_by(10)
    assert _group_id(alibaba_stage) in _marks(viewer.open(VPC_ACCESS), "groups")
