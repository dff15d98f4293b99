"""The story of source 003 with scripts: bind, enable, rebind with the warning, see the loss named, move a group."""

import re
from typing import Any

import pytest

from tests.clouds.alibaba_party import group_of, instance_of, reachable_from, vpc_of
from tests.conditions import needs_chromium
from tests.journeys.conftest import Open
from tests.journeys.dialogs import dialog, focused, open_dialog, press
from tests.journeys.served import Stand

pytestmark = [needs_chromium, pytest.mark.browser]

#: Bindings and moves take so long here; pages look every three seconds.
SECONDS = 1.5


@pytest.fixture
def slow(stand: Stand) -> Stand:
    stand.world.delay = SECONDS
    return stand


def line(page: Any, table: str, text: str) -> Any:
    """The row of a table that holds a text."""
    return page.get_by_role("table", name=table).get_by_role("row").filter(has_text=text)


def choose(page: Any, vpc: str) -> None:
    """VPC and vSwitch in the dialog; the vSwitches follow the VPC at once."""
    dialog(page).get_by_label("VPC", exact=False).first.select_option(vpc)
    dialog(page).get_by_label("vSwitch").select_option(index=1)
    press(page, "Next")


def test_bind_enable_rebind_with_the_warning_and_move(open_page: Open, slow: Stand) -> None:
    from playwright.sync_api import expect

    (team, _), (partners, _) = vpc_of(slow.cloud, "vpc-team-01"), vpc_of(slow.cloud, "vpc-partners")
    page = open_page("admin", "/gateways/")
    page.get_by_role("link", name="VPC access").click()
    line(page, "Instances", "staging").get_by_role("link", name="staging", exact=True).click()
    expect(line(page, "API groups", "orders staging").locator(".op-off").first).to_have_attribute(
        "title", re.compile("Bind the instance to a VPC first")
    )

    open_dialog(page, page.get_by_role("link", name="Bind to VPC"), "Bind to VPC")
    choose(page, team)
    expect(dialog(page)).to_contain_text(f"only callers in {team} will reach it")
    press(page, "Bind")
    expect(page.locator("#messages")).to_contain_text("set to be bound")
    # The page looks again by itself until the binding is there.
    expect(page.locator("#binding")).to_contain_text(team, timeout=10_000)
    expect(page.locator("#binding")).not_to_contain_text("The cloud is at work")

    enable = line(page, "API groups", "orders staging").get_by_role("link", name="Enable")
    open_dialog(page, enable, "Enable VPC Second-level Domain")
    press(page, "Enable")
    expect(line(page, "API groups", "orders staging")).to_contain_text("-vpc.alicloudapi.com")
    assert focused(page) != "BODY"

    open_dialog(page, page.get_by_role("link", name="Change VPC"), "Bind to VPC")
    choose(page, partners)
    expect(dialog(page)).to_contain_text(f"VPC {team} loses 2 VPC domains")
    expect(dialog(page)).to_contain_text(f"orders staging: {group_of(slow.cloud, 'unbound_disabled')}")
    expect(dialog(page)).to_contain_text(f"exports: {group_of(slow.cloud, 'unbound_enabled')}")
    expect(dialog(page).get_by_role("button", name="Rebind")).to_be_disabled()
    dialog(page).get_by_label("Type rebind to go on").fill("rebind")
    press(page, "Rebind")
    expect(page.locator("#binding")).to_contain_text(partners, timeout=10_000)
    expect(page.locator("#binding")).not_to_contain_text("The cloud is at work", timeout=10_000)

    move_a_group(page, slow)
    expect(page.get_by_text(f"Reached from VPC {partners} only")).to_be_visible(timeout=10_000)
    assert reachable_from(slow.cloud, "shared_enabled") == [partners]
    assert [act for act, _ in slow.effects()] == ["vpc.bind", "vpc_domain.enable", "vpc.bind", "group.move"]


def move_a_group(page: Any, stand: Stand) -> None:
    """From its page on a shared instance to the one that was bound; the page follows it."""
    from playwright.sync_api import expect

    shared, group = instance_of(stand.cloud, "shared"), group_of(stand.cloud, "shared_enabled")
    page.goto(f"/alibaba/vpc-access/{shared}/groups/{group}/")
    page.get_by_role("link", name="Move", exact=True).click()
    dialog(page).get_by_role("link", name="Move here staging").click()
    expect(dialog(page)).to_contain_text("Every other VPC of the region loses 1 VPC domain")
    dialog(page).get_by_label("Type move to go on").fill("move")
    press(page, "Move")
    expect(page.locator("#messages")).to_contain_text("set to move")
