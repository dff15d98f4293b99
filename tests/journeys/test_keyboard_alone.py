"""Everything can be done with Tab, Enter and Escape; the focus is always somewhere and always seen (WCAG 2.4)."""

from typing import Any

import pytest

from tests.conditions import needs_chromium
from tests.journeys.conftest import Open
from tests.journeys.dialogs import dialog, focused, row
from tests.journeys.served import Stand

pytestmark = [needs_chromium, pytest.mark.browser]

#: More steps than any page of the demo has.
_MOST_STEPS = 150
#: Whether what has the focus lies under something else, such as a sticky head (WCAG 2.4.11).
_COVERED = """() => {
    const held = document.activeElement, box = held.getBoundingClientRect();
    const spot = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
    return spot !== null && !held.contains(spot) && !spot.contains(held);
}"""


def walk_to(page: Any, wanted: str) -> None:
    """Press Tab until the element of this id has the focus."""
    for _ in range(_MOST_STEPS):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == wanted:
            return
    raise AssertionError(f"Tab does not lead to {wanted}")


def test_somebody_signs_in_without_a_mouse(open_page: Open, stand: Stand) -> None:
    from playwright.sync_api import expect

    from tests.journeys.served import PASSWORD

    page = open_page(None, "/sign-in/")
    walk_to(page, "id_login")
    page.keyboard.type("operator")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Gateways")


def test_the_first_stop_leads_past_the_navigation(open_page: Open, stand: Stand) -> None:
    page = open_page("operator", stand.tab())
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to main content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_a_connection_is_rejected_without_a_mouse(open_page: Open, stand: Stand) -> None:
    from playwright.sync_api import expect

    chosen = stand.connections("pendingAcceptance")[0].id
    page = open_page("operator", stand.tab())
    walk_to(page, f"reject-{chosen}")
    page.keyboard.press("Enter")
    expect(dialog(page)).to_be_visible()
    expect(dialog(page).get_by_label("Reason")).to_be_focused()
    page.keyboard.type("by keyboard")
    walk_to(page, "confirm-submit")
    page.keyboard.press("Enter")
    expect(row(page, chosen)).to_contain_text("Rejected")
    assert stand.effects() == [("connection.reject", chosen)]
    assert focused(page) not in ("BODY", "HTML")


@pytest.mark.parametrize("way_out", ["Escape", "confirm-cancel"])
def test_the_focus_returns_to_the_link_after_the_dialog(open_page: Open, stand: Stand, way_out: str) -> None:
    from playwright.sync_api import expect

    chosen = stand.connections("pendingAcceptance")[1].id
    page = open_page("operator", stand.tab())
    walk_to(page, f"accept-{chosen}")
    page.keyboard.press("Enter")
    expect(dialog(page).get_by_label("Reason")).to_be_focused()
    if way_out == "Escape":
        page.keyboard.press("Escape")
    else:
        walk_to(page, way_out)
        page.keyboard.press("Enter")
    expect(dialog(page)).to_be_hidden()
    assert focused(page) == f"accept-{chosen}"
    assert stand.effects() == []


def test_the_dialog_keeps_the_focus_inside(open_page: Open, stand: Stand) -> None:
    from playwright.sync_api import expect

    page = open_page("operator", stand.tab())
    page.locator("[id^=accept-]").first.press("Enter")
    expect(dialog(page)).to_be_visible()
    outside = 0
    for _ in range(12):
        page.keyboard.press("Tab")
        # Between two rounds Chromium gives the focus to its own window, never to the page behind.
        inside = "document.activeElement === document.body || !!document.activeElement.closest('dialog')"
        outside += not page.evaluate(inside)
    assert outside == 0


def test_slash_goes_to_the_search_and_the_question_mark_to_the_help(open_page: Open, stand: Stand) -> None:
    from playwright.sync_api import expect

    page = open_page("operator", stand.tab())
    page.keyboard.press("/")
    expect(page.get_by_label("Search connections")).to_be_focused()
    page.keyboard.type("a/b?")
    expect(page.get_by_label("Search connections")).to_have_value("a/b?")
    walk_to(page, "connections-refresh")
    page.keyboard.press("?")
    expect(page.get_by_role("heading", level=1)).to_have_text("Help")


def test_shortcuts_sleep_while_a_dialog_is_open(open_page: Open, stand: Stand) -> None:
    from playwright.sync_api import expect

    page = open_page("operator", stand.tab())
    page.locator("[id^=accept-]").first.press("Enter")
    expect(dialog(page)).to_be_visible()
    page.locator("#confirm-cancel").focus()
    page.keyboard.press("?")
    page.keyboard.press("/")
    expect(page.locator("#confirm-cancel")).to_be_focused()


def test_shortcuts_can_be_switched_off(open_page: Open, stand: Stand) -> None:
    from playwright.sync_api import expect

    page = open_page("viewer", "/preferences/")
    switch = page.get_by_label("Keyboard shortcuts")
    switch.uncheck()
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#messages")).to_contain_text("saved")
    page.goto(stand.tab())
    page.keyboard.press("/")
    expect(page.get_by_label("Search connections")).not_to_be_focused()
    page.keyboard.press("?")
    expect(page.get_by_role("heading", level=1)).to_have_text("orders-api")
    page.goto("/preferences/")
    switch.check()
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#messages")).to_contain_text("saved")


def test_the_focus_is_never_hidden_under_a_sticky_head(open_page: Open, stand: Stand) -> None:
    page = open_page("operator", f"{stand.tab('many_connections')}?size=50", viewport={"width": 1280, "height": 500})
    hidden = []
    for number in range(_MOST_STEPS):
        page.keyboard.press("Tab" if number < 100 else "Shift+Tab")
        if page.evaluate(_COVERED):
            hidden.append(page.evaluate("document.activeElement.id || document.activeElement.outerHTML"))
    assert hidden == []


def test_the_menu_of_a_narrow_screen_opens_and_closes_by_keyboard(open_page: Open, stand: Stand) -> None:
    from playwright.sync_api import expect

    page = open_page("operator", stand.tab(), viewport={"width": 390, "height": 844})
    menu = page.get_by_role("button", name="Menu")
    menu.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("navigation", name="Main")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("navigation", name="Main")).to_be_hidden()
    expect(menu).to_be_focused()
