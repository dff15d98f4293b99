"""The whole story with scripts: dialogs, swaps, messages, and everything in the audit log."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.conditions import needs_chromium
from tests.journeys.conftest import Open
from tests.journeys.dialogs import dialog, focused, open_dialog, press, row
from tests.journeys.served import PASSWORD, Served, Stand
from tests.journeys.watching import Watch

pytestmark = [needs_chromium, pytest.mark.browser]

NOTICE = "Services that run using the connection may be affected once it is rejected. Exercise caution."
ACCOUNT = "7cc2018e40394f7c9692f1713e76234d"


def test_somebody_signs_in_and_finds_the_tab(open_page: Open, stand: Stand, served: Served) -> None:
    from playwright.sync_api import expect

    page = open_page(None, "/")
    expect(page).to_have_title(re.compile("^Sign in"))
    page.get_by_label("Username").fill("operator")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Gateways")
    expect(page.get_by_text("Simulated cloud", exact=True).first).to_be_visible()
    page.get_by_role("link", name="orders-api", exact=True).click()
    page.get_by_role("link", name="VPC Endpoints", exact=True).click()
    expect(page).to_have_url(served.url + stand.tab())
    expect(page.get_by_role("table", name="Connections").get_by_text("Pending acceptance")).to_have_count(6)


def test_one_is_accepted_in_the_dialog(open_page: Open, stand: Stand) -> None:
    from playwright.sync_api import expect

    chosen = stand.connections("pendingAcceptance")[0].id
    page = open_page("operator", stand.tab())
    open_dialog(page, row(page, chosen).get_by_role("link", name="Accept"), "Accept This Connection")
    assert chosen in dialog(page).inner_text()
    dialog(page).get_by_label("Reason").fill("asked for in TICKET-1")
    press(page, "Accept")

    expect(row(page, chosen)).to_contain_text("Accepted")
    expect(page.locator("#messages")).to_contain_text(chosen)
    expect(page.locator("#announcer")).to_contain_text("accepted")
    expect(page).to_have_url(re.compile(re.escape(stand.tab()) + "$"))
    assert stand.effects() == [("connection.accept", chosen)]
    assert focused(page) != "BODY"


def test_one_is_rejected_after_the_vendors_warning(open_page: Open, stand: Stand) -> None:
    from playwright.sync_api import expect

    chosen = stand.connections("accepted")[0].id
    page = open_page("operator", stand.tab())
    open_dialog(page, row(page, chosen).get_by_role("link", name="Reject"), "Reject This Connection")
    expect(dialog(page)).to_contain_text(NOTICE)
    assert stand.effects() == []
    press(page, "Reject")

    expect(row(page, chosen)).to_contain_text("Rejected")
    assert stand.effects() == [("connection.reject", chosen)]
    assert focused(page) != "BODY"


def test_the_whitelist_is_edited_in_the_dialog(open_page: Open, stand: Stand, watch: Watch) -> None:
    from playwright.sync_api import expect

    watch.allow("422")
    page = open_page("owner", stand.tab())
    open_dialog(page, page.get_by_role("link", name="Add Account"), "Add Account")
    dialog(page).get_by_label("Account ID").fill("nonsense")
    press(page, "Next")
    expect(dialog(page).locator(".error-summary")).to_be_focused()
    expect(dialog(page).get_by_label("Account ID")).to_have_value("nonsense")
    dialog(page).get_by_label("Account ID").fill(f"iam:domain::{ACCOUNT}")
    press(page, "Next")
    expect(dialog(page)).to_contain_text(ACCOUNT)
    press(page, "Add")
    permissions = page.get_by_role("table", name="Permissions")
    expect(permissions).to_contain_text(ACCOUNT)
    assert focused(page) == "add-account"

    open_dialog(page, page.get_by_role("link", name=f"Remove {ACCOUNT}"), "Remove")
    press(page, "Remove")
    expect(permissions).not_to_contain_text(ACCOUNT)
    assert focused(page) == "permissions"
    assert [act for act, _ in stand.effects()] == ["permission.add", "permission.remove"]


def test_the_service_is_renamed_in_the_dialog(open_page: Open, stand: Stand, watch: Watch) -> None:
    from playwright.sync_api import expect

    watch.allow("422")
    page = open_page("admin", stand.tab())
    open_dialog(page, page.get_by_role("link", name="Edit name"), "VPC endpoint service name")
    dialog(page).get_by_label("VPC endpoint service name").fill("a.dot")
    press(page, "Next")
    expect(dialog(page).locator(".error-summary")).to_contain_text("Only letters, digits")
    dialog(page).get_by_label("VPC endpoint service name").fill("payments")
    press(page, "Next")
    expect(dialog(page)).to_contain_text("eu-west-101.payments.")
    press(page, "Save")
    expect(page.locator("#service-name-text")).to_contain_text("eu-west-101.payments.")
    assert focused(page) == "edit-service-name"


def test_every_act_is_found_in_the_audit_log(open_page: Open, stand: Stand, tmp_path: Path) -> None:
    from playwright.sync_api import expect

    chosen = stand.connections("pendingAcceptance")[1].id
    page = open_page("admin", stand.tab())
    open_dialog(page, row(page, chosen).get_by_role("link", name="Reject"), "Reject This Connection")
    dialog(page).get_by_label("Reason").fill("unknown account")
    press(page, "Reject")
    expect(row(page, chosen)).to_contain_text("Rejected")

    page.get_by_role("link", name="Audit log").click()
    page.get_by_text("More filters").click()
    page.get_by_label("Target").fill(chosen)
    page.get_by_role("button", name="Apply filters").click()
    log = page.get_by_role("table", name="Audit log")
    expect(log.get_by_role("row")).to_have_count(3)
    expect(log).to_contain_text("unknown account")
    with page.expect_download() as download:
        page.get_by_role("link", name="Export JSON lines").click()
    download.value.save_as(tmp_path / "audit.jsonl")
    lines = [json.loads(line) for line in (tmp_path / "audit.jsonl").read_text().splitlines()]
    assert [line["state"] for line in lines if line["target"] == chosen] == ["intended", "succeeded"]
    log.get_by_role("link").first.click()
    expect(page.locator("#same-change").get_by_role("listitem")).to_have_count(2)
    assert page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]


def test_a_double_click_sends_one_act(open_page: Open, stand: Stand) -> None:
    from playwright.sync_api import expect

    chosen = stand.connections("pendingAcceptance")[0].id
    stand.cloud.latency = 0.1
    page = open_page("operator", stand.tab())
    open_dialog(page, row(page, chosen).get_by_role("link", name="Accept"), "Accept This Connection")
    posts = _posts(page)
    dialog(page).get_by_role("button", name="Accept").dblclick()
    expect(row(page, chosen)).to_contain_text("Accepted")
    assert len(posts) == 1
    assert stand.effects() == [("connection.accept", chosen)]


def test_a_double_click_on_the_plain_page_sends_one_act(open_page: Open, stand: Stand) -> None:
    from playwright.sync_api import expect

    chosen = stand.connections("pendingAcceptance")[0].id
    stand.cloud.latency = 0.1
    page = open_page("operator", f"{stand.tab()}connections/accept/?id={chosen}")
    posts = _posts(page)
    page.get_by_role("button", name="Accept").dblclick()
    expect(row(page, chosen)).to_contain_text("Accepted")
    assert len(posts) == 1
    assert stand.effects() == [("connection.accept", chosen)]


def test_the_word_for_wide_damage_must_be_typed(open_page: Open, stand: Stand) -> None:
    from playwright.sync_api import expect

    page = open_page("owner", stand.tab())
    open_dialog(page, page.get_by_role("link", name="Add Account"), "Add Account")
    dialog(page).get_by_label("Account ID").fill("*")
    press(page, "Next")
    button = dialog(page).get_by_role("button", name="Add", exact=True)
    expect(button).to_be_disabled()
    word = dialog(page).get_by_label("Type every account to go on")
    word.fill("every accoun")
    expect(button).to_be_disabled()
    word.press("Enter")
    word.fill("every account")
    expect(button).to_be_enabled()
    assert stand.effects() == []
    button.click()
    expect(page.locator("#permissions")).to_contain_text("Open to every account")
    assert stand.effects() == [("permission.add", "*")]


def test_rejecting_two_at_once_asks_for_the_word(open_page: Open, stand: Stand) -> None:
    from playwright.sync_api import expect

    first, second = (each.id for each in stand.connections("accepted")[:2])
    page = open_page("operator", f"{stand.tab()}connections/reject/?id={first}&id={second}")
    button = page.get_by_role("button", name="Reject")
    expect(button).to_be_disabled()
    page.get_by_label("Type reject to go on").fill("reject")
    button.click()
    expect(row(page, first)).to_contain_text("Rejected")
    expect(row(page, second)).to_contain_text("Rejected")


def test_a_world_that_moved_is_shown_in_the_dialog_and_asked_again(open_page: Open, stand: Stand, watch: Watch) -> None:
    from playwright.sync_api import expect

    watch.allow("409")
    chosen = stand.connections("pendingAcceptance")[0]
    page = open_page("operator", stand.tab())
    open_dialog(page, row(page, chosen.id).get_by_role("link", name="Reject"), "Reject This Connection")
    dialog(page).get_by_label("Reason").fill("kept")
    stand.world.set_text(chosen.id, "status", "accepted")
    press(page, "Reject")
    expect(dialog(page)).to_contain_text("This changed meanwhile")
    moved = dialog(page).get_by_role("table", name="What changed")
    expect(moved.locator("del").first).to_have_text(re.compile("pending", re.IGNORECASE))
    expect(moved.locator("ins").first).to_have_text(re.compile("accepted", re.IGNORECASE))
    assert stand.effects() == []
    assert focused(page) != "BODY"
    expect(dialog(page).get_by_label("Reason")).to_have_value("kept")
    press(page, "Reject")
    expect(row(page, chosen.id)).to_contain_text("Rejected")
    assert stand.effects() == [("connection.reject", chosen.id)]


def test_a_lost_answer_is_shown_as_unknown_and_checked_again(open_page: Open, stand: Stand) -> None:
    from playwright.sync_api import expect

    chosen = stand.connections("pendingAcceptance")[0].id
    page = open_page("operator", stand.tab())
    open_dialog(page, row(page, chosen).get_by_role("link", name="Accept"), "Accept This Connection")
    stand.cloud.faults({"match": {"method": "POST", "path": "connections/action"}, "fault": "reset_after", "times": 1})
    press(page, "Accept")
    expect(page.locator("#messages")).to_contain_text("unknown")
    expect(page.locator("#open-changes")).to_contain_text(chosen)
    page.get_by_role("button", name="Check again").click()
    expect(page.locator("#messages")).to_contain_text("accepted")
    expect(page.locator("#open-changes")).to_have_count(0)
    assert stand.effects() == [("connection.accept", chosen)]


def test_a_card_that_could_not_be_read_is_tried_again_alone(open_page: Open, stand: Stand) -> None:
    from playwright.sync_api import expect

    stand.cloud.faults({"match": {"path": "vpc-endpoint/connections$"}, "fault": "status", "status": 500, "times": 99})
    page = open_page("operator", stand.tab())
    expect(page.locator("#connections")).to_contain_text("Connections could not be read")
    expect(page.get_by_role("table", name="Permissions")).to_be_visible()
    stand.cloud.faults()
    page.locator("#connections").get_by_role("link", name=re.compile("Retry|Try again")).click()
    expect(page.get_by_role("table", name="Connections")).to_be_visible()
    assert focused(page) != "BODY"


def test_an_act_on_an_unreadable_cloud_says_so_in_the_dialog(open_page: Open, stand: Stand) -> None:
    from playwright.sync_api import expect

    page = open_page("operator", stand.tab())
    stand.cloud.faults({"match": {"path": "vpc-endpoint/connections"}, "fault": "status", "status": 500, "times": 99})
    page.get_by_role("table", name="Connections").get_by_role("link", name="Accept").first.click()
    expect(dialog(page)).to_contain_text("could not be read")
    expect(dialog(page).get_by_role("button", name="Accept")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(dialog(page)).to_be_hidden()
    assert focused(page).startswith("accept-")


def test_a_session_that_ended_leads_to_sign_in_and_back(open_page: Open, stand: Stand, watch: Watch) -> None:
    from playwright.sync_api import expect

    watch.allow("401")
    page = open_page("operator", stand.tab())
    page.context.clear_cookies()
    page.get_by_role("table", name="Connections").get_by_role("link", name="Accept").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    page.get_by_label("Username").fill("operator")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(re.compile("/connections/accept/"))  # what was wanted, on a page of its own
    expect(page.get_by_role("button", name="Accept")).to_be_visible()


def test_sorting_and_searching_live_in_the_address(open_page: Open, stand: Stand) -> None:
    from playwright.sync_api import expect

    page = open_page("viewer", stand.tab("many_connections"))
    connections = page.get_by_role("table", name="Connections")
    page.get_by_role("link", name="Packet ID").click()
    expect(page).to_have_url(re.compile("sort=packet"))
    assert focused(page) == "sort-packet"
    smallest = connections.get_by_role("row").nth(1).inner_text()
    page.reload()
    assert connections.get_by_role("row").nth(1).inner_text() == smallest
    page.get_by_label("Status", exact=True).select_option("failed")
    page.locator("#connections").get_by_role("button", name="Search").click()
    expect(page).to_have_url(re.compile("status=failed"))
    statuses = connections.locator(".status").all_inner_texts()
    assert set(statuses) == {"Failed"}
    page.wait_for_load_state()  # a step back that interrupts the loading can be lost
    page.go_back()
    expect(page).to_have_url(re.compile("sort=packet"))
    expect(connections.get_by_role("row").nth(1)).not_to_contain_text("Failed")
    assert connections.get_by_role("row").nth(1).inner_text() == smallest


def _posts(page: Any) -> list[str]:
    posts: list[str] = []
    page.on("request", lambda request: posts.append(request.url) if request.method == "POST" else None)
    return posts
