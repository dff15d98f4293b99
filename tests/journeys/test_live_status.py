"""A tab left open: what is new is marked, a cloud that goes away leaves old rows that say so, and all comes back."""

import re
from typing import Any

import pytest

from tests.conditions import needs_chromium
from tests.journeys.conftest import Open
from tests.journeys.dialogs import row
from tests.journeys.served import Stand
from tests.journeys.test_every_page_is_accessible import examine

pytestmark = [needs_chromium, pytest.mark.browser]

#: Milliseconds that a page may need to find out by itself.
PATIENCE = 40_000


def test_news_are_marked_until_they_are_seen(open_page: Open, stand: Stand) -> None:
    from playwright.sync_api import expect

    page = open_page("auditor", stand.tab())
    changed = stand.connections("pendingAcceptance")[0].id
    stand.world.set_text(changed, "status", "accepted")
    page.reload()
    expect(row(page, changed)).to_contain_text("Status changed")
    expect(page.locator("#connections-news")).to_contain_text("1 with another status")
    examine(page)
    page.locator("#connections-seen").press("Enter")
    expect(page.locator("#connections-news")).to_have_count(0)
    expect(row(page, changed)).not_to_contain_text("Status changed")


def test_a_cloud_that_goes_away_and_comes_back(open_page: Open, stand: Stand) -> None:
    from playwright.sync_api import expect

    page = open_page("admin", stand.tab())
    chosen = stand.connections("pendingAcceptance")[0].id
    stand.cloud.stop()
    try:
        page.reload()
        expect(page.locator("#connections-stale")).to_be_visible()
        expect(row(page, chosen)).to_be_visible()
        expect(row(page, chosen).get_by_role("link")).to_have_count(0)
        examine(page)
    finally:
        stand.cloud.start()
    for card in ("service-name", "connections", "permissions"):
        expect(page.locator(f"#{card}")).not_to_have_class(re.compile("card-stale"), timeout=PATIENCE)
    expect(row(page, chosen).get_by_role("link", name="Accept")).to_be_visible()


def test_an_age_counts_on_while_nothing_is_asked(open_page: Open, stand: Stand) -> None:
    from playwright.sync_api import expect

    page: Any = open_page("viewer", "/help/")
    page.clock.install()
    page.goto(f"{stand.tab()}?status=accepted")
    page.clock.run_for(61_000)
    expect(page.locator("#permissions-as-of")).to_contain_text(re.compile(r"6\d s ago"))
    page.clock.run_for(600_000)
    expect(page.locator("#permissions-as-of")).to_contain_text(re.compile(r"11 min ago"))
