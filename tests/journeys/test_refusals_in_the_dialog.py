"""A refusal says that nothing was sent, in the dialog and beside what was typed; only a lost answer leaves it open."""

from typing import Any

import pytest

from tests.conditions import needs_chromium
from tests.journeys.conftest import Open
from tests.journeys.dialogs import dialog, open_dialog, press, row
from tests.journeys.served import PASSWORD, Stand
from tests.journeys.test_every_page_is_accessible import examine
from tests.journeys.watching import Watch

pytestmark = [needs_chromium, pytest.mark.browser]

REASON = "CHG-4711 for Anna"
MAYBE = "may have been done"
ERRORS = "Failed to load resource|htmx:|ERR_FAILED|Response Status Error Code|Clear-Site-Data"


def sign_in(page: Any, name: str) -> None:
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def sign_in_anew(page: Any, name: str = "operator") -> None:
    """In another tab of the same browser."""
    other = page.context.new_page()
    other.goto("/help/")
    other.get_by_role("button", name="Sign out").click()
    other.wait_for_url("**/sign-in/**")
    other.goto("/sign-in/")
    sign_in(other, name)
    other.wait_for_url("**/gateways/")
    other.close()


def reject_with_reason(open_page: Open, stand: Stand) -> tuple[Any, str]:
    """The dialog of a reject, with a reason typed. It signs in for itself, since these tests end its session."""
    page = open_page(None, "/sign-in/")
    sign_in(page, "operator")
    page.wait_for_url("**/gateways/")
    page.goto(stand.tab())
    chosen = stand.connections("accepted")[0].id
    open_dialog(page, row(page, chosen).get_by_role("link", name="Reject"), "Reject This Connection")
    dialog(page).get_by_label("Reason").fill(REASON)
    return page, chosen


def test_signed_in_anew_elsewhere_the_dialog_says_that_nothing_was_sent_and_leads_on(
    open_page: Open, stand: Stand, watch: Watch
) -> None:
    from playwright.sync_api import expect

    watch.allow(ERRORS)
    page, chosen = reject_with_reason(open_page, stand)
    sign_in_anew(page)

    press(page, "Reject")

    refusal = page.locator("#dialog-refusal")
    expect(refusal).to_contain_text("Nothing was sent")
    expect(refusal).to_be_focused()
    expect(dialog(page).get_by_label("Reason")).to_have_value(REASON)
    expect(page.locator("body")).not_to_contain_text(MAYBE)
    examine(page)
    assert stand.effects() == []

    refusal.get_by_role("link", name="Open the confirmation again").click()
    expect(refusal).to_be_empty()
    expect(dialog(page).get_by_label("Reason")).to_have_value(REASON)
    press(page, "Reject")
    expect(page.locator("#messages")).to_contain_text("rejected")
    assert stand.effects() == [("connection.reject", chosen)]


def test_a_session_that_ended_leads_over_the_sign_in_to_the_same_confirmation(open_page: Open, stand: Stand) -> None:
    from playwright.sync_api import expect

    page, chosen = reject_with_reason(open_page, stand)
    cookies = [one for one in page.context.cookies() if "session" not in one["name"]]
    page.context.clear_cookies()
    page.context.add_cookies(cookies)

    press(page, "Reject")

    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    expect(page.locator("#messages")).to_contain_text("nothing was sent")
    sign_in(page, "operator")
    expect(page.get_by_role("heading", level=1)).to_have_text("Reject This Connection")
    expect(page.get_by_label("Reason")).to_have_value(REASON)
    expect(page.locator("#confirm-form")).to_contain_text("Nothing was sent")
    expect(page.locator("#confirm-form")).to_contain_text(chosen)
    assert REASON.split()[0] not in page.url
    page.get_by_role("button", name="Reject", exact=True).click()
    expect(page.locator("#messages")).to_contain_text("rejected")
    assert stand.effects() == [("connection.reject", chosen)]


@pytest.mark.parametrize("status", [400, 403, 404, 413, 429])
def test_a_refusal_of_something_in_between_keeps_what_was_typed(
    open_page: Open, stand: Stand, watch: Watch, status: int
) -> None:
    from playwright.sync_api import expect

    watch.allow(ERRORS + "|header|may be kept")
    page, _chosen = reject_with_reason(open_page, stand)
    page.route(
        "**/connections/reject/**",
        lambda route: route.fulfill(status=status, body="<h1>proxy</h1>"),
    )
    press(page, "Reject")
    expect(page.locator("#dialog-refusal")).to_contain_text(f"refused (status {status}), and nothing was sent")
    expect(dialog(page).get_by_label("Reason")).to_have_value(REASON)
    expect(dialog(page)).not_to_contain_text("proxy")
    expect(dialog(page).get_by_role("button", name="Reject", exact=True)).to_be_enabled()


@pytest.mark.parametrize("lost", ["gone", "500", "503"])
def test_only_an_answer_that_is_lost_may_have_been_done(open_page: Open, stand: Stand, watch: Watch, lost: str) -> None:
    from playwright.sync_api import expect

    watch.allow(ERRORS + "|header|may be kept")
    page, _chosen = reject_with_reason(open_page, stand)
    page.route(
        "**/connections/reject/**",
        lambda route: route.abort() if lost == "gone" else route.fulfill(status=int(lost), body="?"),
    )
    press(page, "Reject")
    expect(page.locator("#messages")).to_contain_text(MAYBE)


def test_a_question_that_the_dialog_asks_keeps_what_was_typed_when_it_is_refused(
    open_page: Open, stand: Stand, watch: Watch
) -> None:
    from playwright.sync_api import expect

    watch.allow(ERRORS + "|header|may be kept")
    page = open_page("owner", stand.tab())
    open_dialog(page, page.locator("#add-account"), "Add Account")
    dialog(page).locator("[name=id]").fill("7cc2018e40394f7c9692f1713e76234d")
    page.route("**/permissions/add/**", lambda route: route.fulfill(status=429, body="?"))
    press(page, "Next")
    expect(page.locator("#dialog-refusal")).to_contain_text("nothing was sent")
    expect(dialog(page).locator("[name=id]")).to_have_value("7cc2018e40394f7c9692f1713e76234d")


def test_a_right_that_was_taken_meanwhile_is_told_in_the_dialog(open_page: Open, stand: Stand, watch: Watch) -> None:
    from playwright.sync_api import expect

    watch.allow(ERRORS)
    page, _chosen = reject_with_reason(open_page, stand)
    sign_in_anew(page, "viewer")
    token = page.context.new_page()
    token.goto("/help/")
    fresh = token.locator("[name=csrfmiddlewaretoken]").first.get_attribute("value")
    token.close()
    page.evaluate(
        "token => { document.querySelector('#confirm-form [name=csrfmiddlewaretoken]').value = token }", fresh
    )
    press(page, "Reject")
    expect(page.locator("#dialog-refusal")).to_contain_text("You may not do this")
    expect(page.locator("#dialog-refusal")).to_contain_text("Nothing was sent")
    expect(dialog(page).get_by_label("Reason")).to_have_value(REASON)
    assert stand.effects() == []


def test_the_warning_before_the_session_ends_gives_way_to_a_newer_sign_in(
    open_page: Open, stand: Stand, watch: Watch
) -> None:
    from playwright.sync_api import expect

    watch.allow(ERRORS)
    page = open_page(None, "/sign-in/")
    sign_in(page, "operator")
    page.wait_for_url("**/gateways/")
    page.clock.install()
    page.goto(stand.tab())
    sign_in_anew(page)
    warning = page.locator("#session-dialog")
    page.clock.run_for(29 * 60_000)
    expect(warning).to_be_visible()
    warning.get_by_role("button", name="Stay signed in").click()
    expect(page.locator("#messages")).to_contain_text("Nothing was sent")
    expect(page.locator("body")).not_to_contain_text(MAYBE)
    page.clock.run_for(5_000)
    expect(warning).to_be_hidden()
