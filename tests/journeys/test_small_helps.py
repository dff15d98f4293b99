"""Copying, being warned before the session ends, waiting, messages that stay."""

import pytest

from tests.conditions import needs_chromium
from tests.journeys.conftest import Open
from tests.journeys.dialogs import dialog, focused, open_dialog, press, row
from tests.journeys.served import Stand
from tests.journeys.watching import Watch

pytestmark = [needs_chromium, pytest.mark.browser]

MINUTE = 60_000


def test_ids_are_copied_whole(open_page: Open, stand: Stand) -> None:
    from playwright.sync_api import expect

    page = open_page("viewer", stand.tab(), permissions=["clipboard-read", "clipboard-write"])
    chosen = stand.connections("pendingAcceptance")[2]
    for button, text in (
        (f"Copy VPC endpoint ID {chosen.id}", chosen.id),
        (f"Copy packet ID {chosen.marker_id}", str(chosen.marker_id)),
        ("Copy VPC endpoint service name", page.locator("#service-name-text").inner_text()),
    ):
        page.get_by_role("button", name=button).click()
        expect(page.locator("#announcer")).to_have_text("Copied")
        assert page.evaluate("navigator.clipboard.readText()") == text
        page.evaluate("document.getElementById('announcer').textContent = ''")


def test_without_a_clipboard_the_text_is_selected(open_page: Open, stand: Stand) -> None:
    from playwright.sync_api import expect

    page = open_page("viewer", stand.tab())
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error('none here')); }")
    chosen = stand.connections("pendingAcceptance")[0]
    page.get_by_role("button", name=f"Copy VPC endpoint ID {chosen.id}").click()
    expect(page.locator("#announcer")).to_contain_text("Selected")
    assert page.evaluate("getSelection().toString()") == chosen.id


def test_somebody_is_warned_before_the_session_ends_and_stays(open_page: Open, stand: Stand) -> None:
    from playwright.sync_api import expect

    page = open_page("operator", "/help/")
    page.clock.install()
    page.goto(stand.tab())
    warning = page.locator("#session-dialog")
    page.clock.run_for(27 * MINUTE)
    expect(warning).to_be_hidden()
    page.clock.run_for(2 * MINUTE)
    expect(warning).to_be_visible()
    expect(warning.get_by_role("heading")).to_have_text("You will be signed out soon")
    with page.expect_response("**/account/extend/") as answer:
        warning.get_by_role("button", name="Stay signed in").click()
    assert answer.value.status == 204
    expect(warning).to_be_hidden()
    page.clock.run_for(27 * MINUTE)
    expect(warning).to_be_hidden()


def test_what_was_typed_survives_the_warning(open_page: Open, stand: Stand) -> None:
    from playwright.sync_api import expect

    page = open_page("operator", "/help/")
    page.clock.install()
    page.goto(stand.tab())
    chosen = stand.connections("pendingAcceptance")[0].id
    open_dialog(page, row(page, chosen).get_by_role("link", name="Reject"), "Reject This Connection")
    dialog(page).get_by_label("Reason").fill("half a thought")
    page.clock.run_for(29 * MINUTE)
    page.locator("#session-dialog").get_by_role("button", name="Stay signed in").click()
    expect(page.locator("#session-dialog")).to_be_hidden()
    expect(dialog(page).get_by_label("Reason")).to_have_value("half a thought")


def test_messages_stay_until_they_are_dismissed(open_page: Open, stand: Stand) -> None:
    from playwright.sync_api import expect

    chosen = stand.connections("pendingAcceptance")[0].id
    page = open_page("operator", "/help/")
    page.clock.install()
    page.goto(stand.tab())
    open_dialog(page, row(page, chosen).get_by_role("link", name="Accept"), "Accept This Connection")
    press(page, "Accept")
    message = page.locator("#messages").get_by_text(chosen)
    expect(message).to_be_visible()
    page.clock.run_for(5 * MINUTE)
    expect(message).to_be_visible()
    page.locator("#messages").get_by_role("button").first.click()
    expect(message).to_have_count(0)
    assert focused(page) == "main"


def test_a_slow_answer_is_shown_as_waiting_and_a_quick_one_is_not(open_page: Open, stand: Stand) -> None:
    from playwright.sync_api import expect

    page = open_page("operator", stand.tab())
    busy = page.locator(".busy")
    expect(busy).to_be_hidden()
    stand.cloud.latency = 1.2
    page.locator("[id^=accept-]").first.click()
    expect(busy).to_have_css("animation-delay", "0.4s")  # until then it is transparent
    expect(busy).to_have_css("opacity", "1")
    expect(busy).to_be_visible()
    expect(dialog(page)).to_be_visible()
    expect(busy).to_be_hidden()


def test_a_link_that_opens_the_dialog_opens_a_page_in_a_new_tab(open_page: Open, stand: Stand) -> None:
    from playwright.sync_api import expect

    page = open_page("operator", stand.tab())
    with page.context.expect_page() as other:
        page.locator("[id^=reject-]").first.click(modifiers=["Control"])
    expect(other.value.get_by_role("heading", level=1)).to_have_text("Reject This Connection")
    expect(dialog(page)).to_be_hidden()


def test_a_console_that_is_gone_says_so(open_page: Open, stand: Stand, watch: Watch) -> None:
    from playwright.sync_api import expect

    watch.allow("ERR_FAILED|console: htmx:")
    page = open_page("viewer", stand.tab())
    page.route("**/*sort=packet*", lambda route: route.abort())
    page.get_by_role("link", name="Packet ID").click()
    expect(page.locator("#messages")).to_contain_text("could not be loaded")


def test_a_database_that_is_away_is_named_where_a_dialog_was(open_page: Open, stand: Stand, watch: Watch) -> None:
    from playwright.sync_api import expect

    watch.allow("503|console: htmx:")
    words = "<main><h1>The database does not answer</h1><p>Nothing was sent to a cloud.</p></main>"
    page = open_page("operator", stand.tab())
    open_dialog(page, page.locator("[id^=accept-]").first, "Accept")
    page.route("**/accept/**", lambda route: route.fulfill(response=route.fetch(method="GET"), status=503, body=words))
    press(page, "Accept")
    expect(page.locator("#messages")).to_contain_text("The database does not answer. Nothing was sent to a cloud")
    expect(dialog(page)).to_be_hidden()
