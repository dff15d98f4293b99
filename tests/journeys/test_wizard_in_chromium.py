"""The wizard with scripts: from the tab to the private IP address, by mouse and by keys alone."""

import re
from typing import Any

import pytest

from console.simcloud.seed_wishes import REPORTS_SERVICE, REPORTS_SUBNET, REPORTS_VPC
from tests.conditions import needs_chromium
from tests.journeys.conftest import Open
from tests.journeys.dialogs import dialog, focused, open_dialog, press, row
from tests.journeys.served import Stand
from tests.journeys.watching import Watch

pytestmark = [needs_chromium, pytest.mark.browser]

SERVICE = f"eu-west-101.reports.{REPORTS_SERVICE}"
WIZARD = f"/demo/endpoints/create/?name={SERVICE}&verify=1"


def created(stand: Stand) -> list[str]:
    return [thing for act, thing in stand.effects() if act == "endpoint.create"]


def test_from_the_tab_to_the_private_ip_address(open_page: Open, stand: Stand) -> None:
    from playwright.sync_api import expect

    page = open_page("admin", stand.tab())
    page.get_by_role("link", name="Create VPC Endpoint").click()
    expect(page.locator("#verified")).to_contain_text("Service name found.")
    page.get_by_role("button", name="Next").click()

    page.get_by_label("Create a Private Domain Name").check()
    page.locator("#id_vpc").focus()
    page.locator("#id_vpc").select_option(REPORTS_VPC)
    subnet = page.get_by_label("Subnet")
    expect(subnet.locator("option")).to_have_count(2)
    expect(subnet).to_contain_text("addresses free")
    assert focused(page) == "id_vpc"
    expect(page.get_by_label("Create a Private Domain Name")).to_be_checked()
    subnet.select_option(REPORTS_SUBNET)
    page.get_by_role("button", name="Next").click()

    expect(page.locator("#specification")).to_contain_text("Automatic")
    page.get_by_role("button", name="Submit").click()
    expect(page.locator("#messages")).to_contain_text("is created")
    expect(page.locator("#summary")).to_contain_text("Pending acceptance")
    (endpoint_id,) = created(stand)

    tab = page.context.new_page()
    tab.goto(stand.tab())
    open_dialog(tab, row(tab, endpoint_id).get_by_role("link", name="Accept"), "Accept This Connection")
    press(tab, "Accept")
    expect(row(tab, endpoint_id)).to_contain_text("Accepted")

    page.reload()
    endpoint = stand.world.endpoints[endpoint_id]
    expect(page.locator("#reach")).to_contain_text(str(endpoint.ip))
    expect(page.locator("#reach")).to_contain_text(f"vpcep-{endpoint_id}.eu-west-101.example-internal")


def test_the_endpoint_refreshes_itself_until_it_has_come_to_rest(open_page: Open, stand: Stand) -> None:
    from playwright.sync_api import expect

    endpoint = next(row for row in stand.world.endpoints.values() if row.service_id == REPORTS_SERVICE)
    status = endpoint.status
    stand.world.set_text(endpoint.id, "status", "creating")
    page = open_page("viewer", f"/demo/endpoints/{endpoint.id}/")
    summary = page.locator("#summary")
    expect(summary).to_have_attribute("data-poll", "")
    stand.world.set_text(endpoint.id, "status", status)
    expect(summary).not_to_have_attribute("data-poll", "")


def test_nothing_is_lost_on_the_way_back_and_forth(open_page: Open, stand: Stand, watch: Watch) -> None:
    from playwright.sync_api import expect

    watch.allow("422")
    page = open_page("admin", WIZARD)
    page.get_by_role("button", name="Next").click()
    page.locator("#id_vpc").select_option(REPORTS_VPC)
    page.locator("#id_subnet").select_option(REPORTS_SUBNET)
    page.get_by_label("Manual").check()
    page.get_by_label("IPv4 address").fill("10.62.0.300")
    page.get_by_label("Tags").fill("env=prod")
    page.keyboard.press("Tab")
    page.get_by_role("button", name="Next").click()
    expect(page.locator(".error-summary")).to_be_focused()
    expect(page.get_by_label("Tags")).to_have_value("env=prod")
    page.get_by_label("IPv4 address").fill("10.62.0.77")
    page.keyboard.press("Enter")
    expect(page.locator("#specification")).to_contain_text("10.62.0.77")
    page.get_by_role("link", name="Previous").click()
    expect(page.get_by_label("IPv4 address")).to_have_value("10.62.0.77")
    page.get_by_role("button", name="Previous").click()
    expect(page.get_by_label("VPC Endpoint Service Name")).to_have_value(SERVICE)
    page.go_back()
    page.go_back()
    page.get_by_role("button", name="Submit").click()
    expect(page.locator("#messages")).to_contain_text("is created")
    page.go_back()
    expect(page.locator("#messages")).to_contain_text("Nothing was sent again")
    expect(page.locator("#summary")).to_be_visible()
    assert len(created(stand)) == 1


def test_the_wizard_works_by_keys_alone(open_page: Open, stand: Stand) -> None:
    from playwright.sync_api import expect

    page = open_page("admin", "/demo/endpoints/create/")
    page.get_by_label("Cloud services").focus()
    page.keyboard.press("Space")
    expect(page.locator("#id_public")).to_be_visible()
    assert focused(page) == "id_category_0"
    page.keyboard.press("ArrowDown")
    name = page.get_by_label("VPC Endpoint Service Name")
    expect(name).to_be_visible()
    assert focused(page) == "id_category_1"
    page.keyboard.press("Tab")
    page.keyboard.type(SERVICE)
    page.keyboard.press("Enter")
    expect(page.locator("#verified")).to_contain_text("Service name found.")


def test_an_endpoint_is_deleted_in_the_dialog(open_page: Open, stand: Stand) -> None:
    from playwright.sync_api import expect

    endpoint = next(row for row in stand.world.endpoints.values() if row.service_id == REPORTS_SERVICE)
    page = open_page("admin", "/demo/endpoints/")
    open_dialog(page, _row(page, endpoint.id).get_by_role("link", name="Delete"), "Delete This VPC Endpoint")
    expect(dialog(page)).to_contain_text("It cannot be had back")
    press(page, "Delete")
    expect(page.locator("#messages")).to_contain_text(re.compile(f"{endpoint.id}: deleted"))
    expect(_row(page, endpoint.id)).to_have_count(0)
    assert focused(page) != "BODY"


def _row(page: Any, text: str) -> Any:
    return page.get_by_role("table", name="All VPC endpoints").get_by_role("row").filter(has_text=text)
