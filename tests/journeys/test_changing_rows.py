"""Rows that change refresh themselves, can be paused, and fall silent when everything has settled (WCAG 2.2.2)."""

import re
from typing import Any

import pytest

from tests.conditions import needs_chromium
from tests.journeys.conftest import Open
from tests.journeys.dialogs import dialog, focused, open_dialog, press, row
from tests.journeys.served import Stand
from tests.journeys.watching import Watch

pytestmark = [needs_chromium, pytest.mark.browser]

#: Longer than the page waits between two looks, in milliseconds.
ROUND = 6000
#: For the answer to come and to be shown.
A_MOMENT = 400


def accept_slowly(page: Any, stand: Stand, seconds: float = 3600) -> str:
    """Accept a connection of a cloud that takes its time; its id."""
    chosen = stand.connections("pendingAcceptance")[0].id
    stand.world.delay = seconds
    open_dialog(page, row(page, chosen).get_by_role("link", name="Accept"), "Accept This Connection")
    press(page, "Accept")
    row(page, chosen).get_by_text("Creating").wait_for()
    page.wait_for_load_state("networkidle")
    return chosen


def rounds(page: Any, watch: Watch, number: int) -> int:
    """How many times the page looks again in so many rounds; at least once in each while it looks at all."""
    before = watch.polls()
    for _ in range(number):
        page.clock.run_for(ROUND)
        page.wait_for_timeout(A_MOMENT)
    return watch.polls() - before


@pytest.fixture
def page(open_page: Open, stand: Stand) -> Any:
    """The tab, with a clock that the test can turn forward."""
    opened = open_page("operator", "/help/")
    opened.clock.install()
    opened.goto(stand.tab())
    return opened


def test_a_settled_page_does_not_ask(page: Any, watch: Watch) -> None:
    assert rounds(page, watch, 2) == 0


def test_a_changing_row_is_looked_at_until_it_has_settled(page: Any, stand: Stand, watch: Watch) -> None:
    from playwright.sync_api import expect

    chosen = accept_slowly(page, stand)
    assert rounds(page, watch, 2) >= 2
    expect(row(page, chosen)).to_contain_text("Creating")
    stand.world.advance(3601)
    assert rounds(page, watch, 2) >= 1
    expect(row(page, chosen)).to_contain_text("Accepted")
    assert rounds(page, watch, 3) == 0
    expect(page.get_by_role("button", name="Pause refresh")).to_have_count(0)


def test_the_refresh_can_be_paused_and_goes_on_later(page: Any, stand: Stand, watch: Watch) -> None:
    from playwright.sync_api import expect

    accept_slowly(page, stand)
    pause = page.get_by_role("button", name="Pause refresh")
    pause.click()
    expect(pause).to_have_attribute("aria-pressed", "true")
    assert rounds(page, watch, 2) == 0
    pause.click()
    expect(pause).to_have_attribute("aria-pressed", "false")
    assert rounds(page, watch, 2) >= 2
    assert focused(page) == "poll-pause"


def test_an_open_dialog_is_not_disturbed(page: Any, stand: Stand, watch: Watch) -> None:
    from playwright.sync_api import expect

    accept_slowly(page, stand)
    other = stand.connections("pendingAcceptance")[1].id
    open_dialog(page, row(page, other).get_by_role("link", name="Reject"), "Reject This Connection")
    dialog(page).get_by_label("Reason").fill("half a sent")
    assert rounds(page, watch, 2) == 0
    expect(dialog(page).get_by_label("Reason")).to_have_value("half a sent")
    page.keyboard.press("Escape")
    assert rounds(page, watch, 1) >= 1


def test_the_focus_stays_in_a_row_that_is_refreshed(page: Any, stand: Stand, watch: Watch) -> None:
    accept_slowly(page, stand)
    link = page.locator("[id^=reject-]").first
    link.focus()
    wanted = link.get_attribute("id")
    assert rounds(page, watch, 2) >= 2
    assert focused(page) == wanted


def test_search_and_page_survive_the_refresh(page: Any, stand: Stand, watch: Watch) -> None:
    from playwright.sync_api import expect

    chosen = accept_slowly(page, stand)
    page.goto(f"{stand.tab()}?q={chosen}")
    rows = page.get_by_role("table", name="Connections").locator("tbody tr")
    expect(rows).to_have_count(1)
    assert rounds(page, watch, 1) >= 1
    expect(rows).to_have_count(1)
    expect(page).to_have_url(re.compile(f"\\?q={chosen}$"))


def test_what_is_typed_into_the_search_survives_the_refresh(page: Any, stand: Stand, watch: Watch) -> None:
    from playwright.sync_api import expect

    accept_slowly(page, stand)
    search = page.get_by_label("Search connections")
    search.press_sequentially("167960")
    rounds(page, watch, 2)
    expect(search).to_have_value("167960")
    assert focused(page) == "connections-q"


def test_a_failing_cloud_during_the_refresh_is_told_and_the_page_stands(page: Any, stand: Stand, watch: Watch) -> None:
    from playwright.sync_api import expect

    accept_slowly(page, stand)
    stand.cloud.faults({"match": {"path": "vpc-endpoint/connections"}, "fault": "status", "status": 500, "times": 99})
    rounds(page, watch, 1)
    expect(page.locator("#connections")).to_contain_text("Connections could not be read")
    expect(page.get_by_role("table", name="Connections")).to_be_visible()
    stand.cloud.faults()
    rounds(page, watch, 2)
    expect(page.locator("#connections")).not_to_contain_text("could not be read")


def test_a_rename_shows_once_the_cloud_shows_it(open_page: Open, stand: Stand, watch: Watch) -> None:
    from playwright.sync_api import expect

    stand.world.delay = 3600
    page = open_page("admin", "/help/")
    page.clock.install()
    page.goto(stand.tab())
    open_dialog(page, page.get_by_role("link", name="Edit name"), "VPC endpoint service name")
    dialog(page).get_by_label("VPC endpoint service name").fill("payments")
    press(page, "Next")
    press(page, "Save")
    expect(page.locator("#service-name")).to_contain_text("Renaming")
    assert rounds(page, watch, 2) >= 2
    stand.world.advance(3601)
    rounds(page, watch, 2)
    expect(page.locator("#service-name-text")).to_contain_text("eu-west-101.payments.")
    expect(page.locator("#service-name")).not_to_contain_text("Renaming")
    assert rounds(page, watch, 2) == 0
