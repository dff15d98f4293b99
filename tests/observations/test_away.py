"""A cloud that is away: the last that is known, said to be old, nothing to press, and recovery by itself."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import override_settings

from tests.factories import PersonFactory
from tests.observations.watching import Clock, Viewer, reads
from tests.pages import Page

pytestmark = pytest.mark.django_db(transaction=True)

AWAY = {"match": {"method": "GET", "path": "apigw"}, "fault": "reset_before", "times": 100_000}
CARDS = ("service-name", "connections", "permissions")


def _acts(page: Page) -> list[str]:
    """Links and buttons that would lead to an act on the gateway."""
    paths = ("/connections/accept/", "/connections/reject/", "/permissions/", "/service-name/")
    found = [str(tag.get("href") or tag.get("action") or tag.get("formaction")) for tag in page.soup.find_all(True)]
    return [address for address in found if any(path in address for path in paths)]


def _stale(page: Page) -> list[str]:
    return [str(card["id"]) for card in page.soup.select("section.card-stale")]


@override_settings(STATUS_INTERVAL_SECONDS=3)
def test_a_fresh_page_says_as_of_when_and_from_where(stage: Any, clock: Clock) -> None:
    browser = stage.browser("operator")
    browser.open(stage.tab_url)
    clock.pass_by(2)
    page = browser.open(stage.tab_url)
    for card in CARDS:
        words = page.soup.find(id=f"{card}-as-of").get_text(" ", strip=True)
        assert words.startswith("As of ")
        assert "2 s ago" in words
        assert "read from the cloud" in words
    assert reads(stage, "/vpc-endpoint/connections") == 1


def test_without_the_cloud_the_last_known_rows_stay_and_no_act_is_offered(stage: Any, clock: Clock) -> None:
    browser = stage.browser("admin")
    before = browser.open(stage.tab_url)
    stage.cloud.stop()
    clock.pass_by(240)
    page = browser.open(stage.tab_url)

    assert page.status == 200
    assert page.table("Connections")[0]["VPC Endpoint ID"] == before.table("Connections")[0]["VPC Endpoint ID"]
    assert len(page.table("Permissions")) == len(before.table("Permissions"))
    assert _stale(page) == list(CARDS)
    assert "Last known, as of" in page.text
    assert "4 min ago" in page.text
    assert "Next try at" in page.text
    assert "Acts are off until the cloud answers" in page.text
    assert _acts(before)
    assert _acts(page) == []
    assert page.row("Connections", page.table("Connections")[0]["VPC Endpoint ID"]).find("span", string="Accept")[
        "title"
    ]


def test_an_act_by_its_address_is_not_offered_either(stage: Any, clock: Clock) -> None:
    browser = stage.browser("operator")
    browser.open(stage.tab_url)
    pending = stage.connection_ids("pendingAcceptance")[0]
    stage.cloud.stop()
    page = browser.open(f"{stage.tab_url}connections/reject/?id={pending}")
    assert "could not be read" in page.text
    assert not page.has_button("Reject")


def test_ten_minutes_without_the_cloud_are_survived_without_anybody_doing_anything(stage: Any, clock: Clock) -> None:
    viewer = Viewer(stage.browser("operator"), stage.tab_url)
    viewer.look()
    assert viewer.pause is None
    viewer.page = None
    stage.cloud.faults(AWAY)
    clock.pass_by(10)
    viewer.look()
    asked_before, away = reads(stage, "/vpc-endpoint/connections"), 0.0
    while away < 600:
        assert viewer.page is not None
        assert viewer.page.soup.find(id="connections-stale"), viewer.page.text
        assert viewer.page.table("Connections")
        assert _acts(viewer.page) == []
        assert viewer.pause
        away += viewer.pause
        clock.pass_by(viewer.pause)
        viewer.look()
    # 3, 6, 12, 24, 30, 30 ... seconds apart, and each read tries a broken connection twice.
    assert reads(stage, "/vpc-endpoint/connections") - asked_before <= 2 * 24

    stage.cloud.faults()
    assert viewer.pause
    clock.pass_by(viewer.pause)
    viewer.look()
    assert "card-stale" not in viewer.card["class"]
    assert _acts(viewer.page)  # type: ignore[arg-type]
    assert viewer.pause is None


def test_many_viewers_do_not_ask_a_cloud_that_is_away_before_the_next_try(stage: Any, clock: Clock) -> None:
    browser = stage.browser("viewer")
    browser.open(stage.tab_url)
    stage.cloud.faults(AWAY)
    clock.pass_by(60)
    for _ in range(20):
        assert "could not be read" in browser.open(stage.tab_url).text
    assert reads(stage, "/vpc-endpoint/connections") == 1 + 2


def test_refresh_asks_a_cloud_that_is_away_before_its_next_try(stage: Any, clock: Clock) -> None:
    browser = stage.browser("viewer")
    browser.open(stage.tab_url)
    stage.cloud.faults(AWAY)
    clock.pass_by(60)
    page = browser.open(stage.tab_url)
    stage.cloud.faults()
    clock.pass_by(0.1)
    page = browser.click(page, "Refresh")
    assert _stale(page) != []  # it was asked a moment ago
    clock.pass_by(2)
    page = browser.click(page, "Refresh")
    assert _stale(page) == []
    assert page.url == stage.tab_url


def test_one_part_that_fails_leaves_the_acts_of_the_others(stage: Any, clock: Clock) -> None:
    browser = stage.browser("admin")
    browser.open(stage.tab_url)
    stage.cloud.faults({**AWAY, "match": {"method": "GET", "path": "permissions$"}})
    clock.pass_by(60)
    page = browser.open(stage.tab_url)
    assert _stale(page) == ["permissions"]
    assert page.link("Reject")
    assert not [address for address in _acts(page) if "/permissions/" in address]


def test_a_cloud_that_was_never_read_leaves_a_card_that_tries_again(stage: Any, clock: Clock) -> None:
    stage.cloud.faults(AWAY)
    viewer = Viewer(stage.browser("viewer"), stage.tab_url)
    viewer.look()
    assert "Nothing is known from before" in viewer.card.get_text()
    assert viewer.pause
    stage.cloud.faults()
    clock.pass_by(viewer.pause)
    viewer.look()
    assert viewer.page is not None
    assert viewer.page.table("Connections")


def test_what_was_known_of_a_gateway_that_is_gone_is_not_shown(stage: Any, clock: Clock) -> None:
    browser = stage.browser("viewer")
    browser.open(stage.tab_url)
    path = f"{stage.gateway_id}$"
    stage.cloud.faults({"match": {"path": path}, "fault": "status", "status": 404, "code": "APIG.3093", "times": 9})
    clock.pass_by(60)
    assert browser.open(stage.tab_url).status == 404
    stage.cloud.stop()
    page = browser.open(stage.tab_url)
    assert "Nothing is known from before" in page.text


def test_nobody_sees_what_is_known_of_a_gateway_beyond_their_reach(stage: Any, clock: Clock) -> None:
    stage.browser("viewer").open(stage.tab_url)
    stage.people["stranger"] = PersonFactory(username="stranger")
    stranger = stage.browser("stranger")
    for way in ("", "?refresh=1", "?poll=1"):
        assert stranger.open(stage.tab_url + way).status == 404
    headers = {"HX-Request": "true", "HX-Target": "connections"}
    assert stranger.open(stage.tab_url, **headers).status == 404


def test_a_refused_sign_in_is_not_tried_for_a_minute_and_the_card_says_until_when(stage: Any, clock: Clock) -> None:
    stage.cloud.faults({"match": {"path": "auth/tokens"}, "fault": "status", "status": 401, "times": 99})
    page = stage.browser("viewer").open(stage.tab_url)

    told = page.soup.find(id="connections-as-of").find("time")["datetime"]

    wait = datetime.fromisoformat(told) - clock.now
    assert timedelta(seconds=50) < wait <= timedelta(seconds=61)
