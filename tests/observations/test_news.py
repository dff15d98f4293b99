"""What changed since a person last looked is marked for that person, until they say that they have seen it."""

from typing import Any

import pytest

from console import wiring
from console.clouds.types import IntentId
from console.observations.models import Look
from tests.observations.watching import Clock
from tests.pages import Browser, Page

pytestmark = pytest.mark.django_db(transaction=True)


def _elsewhere(stage: Any) -> Any:
    """Somebody at work past the console."""
    port = wiring.get_cloud("demo").gateway_endpoints
    assert port is not None
    return port


def _marked(page: Page) -> dict[str, str]:
    """The marks of the page by the id of the row."""
    rows = page.soup.select("tr.row-news")
    return {str(row["id"]).partition("-")[2]: row.select_one(".badge-info").get_text() for row in rows}  # type: ignore[union-attr]


def _news(page: Page, card: str = "connections") -> str:
    found = page.soup.find(id=f"{card}-news")
    return " ".join(found.get_text(" ").split()) if found else ""


def _open(browser: Browser, stage: Any, clock: Clock, query: str = "?size=50") -> Page:
    clock.pass_by(10)
    return browser.open(stage.tab_url + query)


def test_nothing_is_new_at_the_first_look(stage: Any, clock: Clock) -> None:
    page = _open(stage.browser("viewer"), stage, clock)
    assert _marked(page) == {}
    assert "Since you last looked" not in page.text


def test_another_status_is_marked_on_every_page_until_it_is_seen(stage: Any, clock: Clock) -> None:
    viewer = stage.browser("viewer")
    _open(viewer, stage, clock)
    accepted = stage.connection_ids("accepted")[0]
    _elsewhere(stage).reject(stage.gateway_id, accepted, intent=IntentId("elsewhere"))

    for query in ("?size=50", "?size=50&sort=owner", "?size=50"):
        page = _open(viewer, stage, clock, query)
        assert _marked(page) == {accepted: "Status changed"}
        assert "before: Accepted" in page.row("Connections", accepted).get_text()
        assert "1 with another status" in _news(page)

    back = viewer.submit(page, "Mark as seen")
    assert back.url.endswith("?size=50")
    assert _marked(back) == {}
    assert _news(_open(viewer, stage, clock)) == ""


def test_marks_are_each_persons_own(stage: Any, clock: Clock) -> None:
    viewer, auditor = stage.browser("viewer"), stage.browser("auditor")
    for browser in (viewer, auditor):
        _open(browser, stage, clock)
    accepted = stage.connection_ids("accepted")[0]
    _elsewhere(stage).reject(stage.gateway_id, accepted, intent=IntentId("elsewhere"))

    viewer.submit(_open(viewer, stage, clock), "Mark as seen")
    assert _marked(_open(viewer, stage, clock)) == {}
    assert _marked(_open(auditor, stage, clock)) == {accepted: "Status changed"}
    assert _marked(_open(stage.browser("operator"), stage, clock)) == {}


def test_new_and_gone_accounts_are_told(stage: Any, clock: Clock) -> None:
    viewer = stage.browser("viewer")
    _open(viewer, stage, clock)
    gone, new = stage.listed_account(), "c0ffee" * 5 + "ab"
    _elsewhere(stage).add_permission(stage.gateway_id, new, intent=IntentId("elsewhere"))
    _elsewhere(stage).remove_permission(stage.gateway_id, gone, intent=IntentId("elsewhere"))

    page = _open(viewer, stage, clock)
    assert "New" in page.row("Permissions", new).get_text()
    assert "1 new, 1 gone" in _news(page, "permissions")


def test_ones_own_act_is_no_news(stage: Any, clock: Clock) -> None:
    operator, viewer = stage.browser("operator"), stage.browser("viewer")
    page = _open(operator, stage, clock)
    _open(viewer, stage, clock)
    accepted = stage.connection_ids("accepted")[0]
    confirm = operator.click(page, "Reject", page.row("Connections", accepted))
    clock.pass_by(0.1)
    after = operator.submit(confirm, "Reject")
    assert after.row("Connections", accepted).find("span", string="Rejected")
    assert _marked(after) == {}
    assert _marked(_open(viewer, stage, clock)) == {accepted: "Status changed"}

    _elsewhere(stage).accept(stage.gateway_id, accepted, intent=IntentId("elsewhere"))
    assert _marked(_open(operator, stage, clock)) == {accepted: "Status changed"}


def test_what_comes_after_the_page_was_shown_is_not_seen_with_it(stage: Any, clock: Clock) -> None:
    viewer = stage.browser("viewer")
    _open(viewer, stage, clock)
    first, second = stage.connection_ids("accepted")[:2]
    _elsewhere(stage).reject(stage.gateway_id, first, intent=IntentId("elsewhere"))
    page = _open(viewer, stage, clock)
    _elsewhere(stage).reject(stage.gateway_id, second, intent=IntentId("elsewhere"))
    _open(stage.browser("auditor"), stage, clock)

    assert _marked(viewer.submit(page, "Mark as seen")) == {second: "Status changed"}


@pytest.mark.parametrize("until", ["2999-01-01T00:00:00+00:00", "2001-01-01T00:00:00+00:00"])
def test_a_made_up_moment_neither_hides_the_future_nor_brings_back_the_past(
    stage: Any, clock: Clock, until: str
) -> None:
    viewer = stage.browser("viewer")
    _open(viewer, stage, clock)
    accepted = stage.connection_ids("accepted")
    _elsewhere(stage).reject(stage.gateway_id, accepted[0], intent=IntentId("elsewhere"))
    page = _open(viewer, stage, clock)
    before = Look.objects.get(part="connections").seen_at
    viewer.submit(page, "Mark as seen", until=until)
    assert before <= Look.objects.get(part="connections").seen_at <= clock.now


@pytest.mark.parametrize("typed", [{"part": "nonsense"}, {"until": "yesterday"}, {"until": ""}])
def test_nonsense_is_refused(stage: Any, clock: Clock, typed: dict[str, str]) -> None:
    viewer = stage.browser("viewer")
    _open(viewer, stage, clock)
    _elsewhere(stage).reject(stage.gateway_id, stage.connection_ids("accepted")[0], intent=IntentId("elsewhere"))
    assert viewer.submit(_open(viewer, stage, clock), "Mark as seen", **typed).status == 400
