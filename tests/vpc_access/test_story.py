"""A person without scripts does the whole story of source 003: plain links, plain forms, plain pages."""

import pytest

from console.audit.models import Entry
from console.changes.models import Change
from tests.pages import Browser, Page
from tests.vpc_access.conftest import AlibabaStage, operation

pytestmark = pytest.mark.django_db

INSTANCES, GROUPS = "Instances", "API groups"


@pytest.fixture
def admin(alibaba_stage: AlibabaStage) -> Browser:
    return alibaba_stage.browser("admin")


def open_instance(browser: Browser, name: str) -> Page:
    """From the navigation to the list to the instance, by links only."""
    page = browser.click(browser.open("/gateways/"), "VPC access")
    assert page.heading == "VPC Access"
    return browser.click(page, name, page.row(INSTANCES, name))


def row(page: Page, table: str, name: str) -> dict[str, str]:
    """The cells of a row by column head."""
    return next(cells for cells in page.table(table) if cells["API group"].split()[0] == name.split()[0])


def press(browser: Browser, page: Page, table: str, name: str, label: str) -> Page:
    """Follow an operation of a row."""
    tag = operation(page, table, name, label)
    assert tag.name == "a", tag.get("title")
    return browser.open(str(tag["href"]))


def states(action: str) -> list[tuple[str, str]]:
    return list(Entry.objects.filter(action=action).order_by("seq").values_list("target", "state"))


def fill_in(browser: Browser, page: Page, vpc: tuple[str, str]) -> Page:
    """Choose a VPC, then one of its vSwitches."""
    page = browser.submit(page, "Next", vpc=vpc[0])
    return browser.submit(page, "Next", vswitch=vpc[1])


def nothing_can_be_enabled(page: Page) -> None:
    assert "Bound to no VPC" in page.text
    grey = operation(page, GROUPS, "orders staging", "Enable")
    assert (grey.name, grey["aria-disabled"]) == ("span", "true")
    assert "Bind the instance to a VPC first" in grey["title"]


def bind(browser: Browser, page: Page, vpc: tuple[str, str]) -> Page:
    page = fill_in(browser, browser.click(page, "Bind to VPC"), vpc)
    assert page.heading == "Bind to VPC"
    assert f"only callers in {vpc[0]} will reach it" in page.text
    page = browser.submit(page, "Bind", reason="staging is needed by team 1")
    assert page.heading == "staging"
    assert "set to be bound" in page.messages
    page = browser.open(page.url)
    assert f"VPC {vpc[0]}" in page.text
    return page


def enable(browser: Browser, page: Page, domain_of: AlibabaStage) -> Page:
    page = press(browser, page, GROUPS, "orders staging", "Enable")
    assert page.heading == "Enable VPC Second-level Domain"
    page = browser.submit(page, "Enable")
    assert row(page, GROUPS, "orders staging")["VPC access"] == "Enabled"
    assert domain_of.group("unbound_disabled")["vpc_domain"] in row(page, GROUPS, "orders staging")["VPC domain"]
    return page


def rebind(browser: Browser, page: Page, stage: AlibabaStage, vpcs: tuple[tuple[str, str], tuple[str, str]]) -> Page:
    """Who loses what is told by name, and the act must be typed."""
    old, new = vpcs
    page = browser.click(page, "Change VPC")
    assert "It is bound to a VPC already" in page.text
    page = fill_in(browser, page, new)
    assert page.heading == "Bind to Another VPC"
    assert f"VPC {old[0]} loses 2 VPC domains" in page.text
    assert f"orders staging: {stage.group('unbound_disabled')['vpc_domain']}" in page.text
    assert f"exports: {stage.group('unbound_enabled')['vpc_domain']}" in page.text
    page = browser.submit(page, "Rebind", word="yes")
    assert "Nothing was sent" in page.text
    page = browser.submit(page, "Rebind", word="rebind")
    return browser.open(page.url)


def move_here(browser: Browser, stage: AlibabaStage) -> None:
    """A group of a shared instance: every other VPC loses it."""
    page = browser.open(stage.instance_url("shared"))
    page = press(browser, page, GROUPS, "catalogue", "Move")
    assert page.heading == "Move API group"
    page = browser.open(page.link("Move here staging"))
    assert "Every other VPC of the region loses 1 VPC domain" in page.text
    page = browser.submit(page, "Move", word="move")
    assert "set to move" in page.messages


def test_bind_enable_rebind_with_the_warning_and_move(alibaba_stage: AlibabaStage, admin: Browser) -> None:
    stage, team, partners = alibaba_stage, alibaba_stage.vpc("vpc-team-01"), alibaba_stage.vpc("vpc-partners")
    page = open_instance(admin, "staging")
    nothing_can_be_enabled(page)
    page = enable(admin, bind(admin, page, team), stage)
    assert stage.reached_from("unbound_disabled") == stage.reached_from("unbound_enabled") == [team[0]]
    page = rebind(admin, page, stage, (team, partners))
    assert f"VPC {partners[0]}" in page.text
    assert stage.reached_from("unbound_disabled") == [partners[0]]
    move_here(admin, stage)
    page = admin.open(page.url)
    assert row(page, GROUPS, "catalogue")["Reached from"] == f"VPC {partners[0]} only"

    instance, catalogue = stage.instance_id("unbound"), stage.group_id("shared_enabled")
    assert stage.effects() == [
        ("vpc.bind", instance),
        ("vpc_domain.enable", stage.group_id("unbound_disabled")),
        ("vpc.bind", instance),
        ("group.move", catalogue),
    ]
    assert states("vpc.bind") == [(instance, "intended"), (instance, "succeeded")] * 2
    assert states("api_group.move") == [(catalogue, "intended"), (catalogue, "succeeded")]


def test_somebody_unbinds_and_sees_that_nobody_reaches_the_groups(alibaba_stage: AlibabaStage, admin: Browser) -> None:
    page = admin.click(open_instance(admin, "production"), "Unbind")
    page = admin.submit(page, "Unbind", word="unbind")
    page = admin.open(page.url)
    assert "Bound to no VPC" in page.text
    assert row(page, GROUPS, "billing")["VPC access"] == "Enabled, reached by nobody"
    assert alibaba_stage.reached_from("bound_enabled") == []


def test_a_vendor_that_takes_the_domains_away_with_the_binding_is_shown_as_it_is(
    alibaba_stage: AlibabaStage, admin: Browser
) -> None:
    alibaba_stage.switch(alibaba_domain_after_unbind="removed")
    page = admin.click(open_instance(admin, "production"), "Unbind")
    page = admin.submit(page, "Unbind", word="unbind")
    page = admin.open(page.url)
    assert row(page, GROUPS, "billing")["VPC access"] == "Disabled"


def test_a_domain_is_disabled_and_enabled_again(alibaba_stage: AlibabaStage, admin: Browser) -> None:
    before = alibaba_stage.group("bound_with_domain")["vpc_domain"]
    page = admin.open(alibaba_stage.group_url("bound_with_domain"))
    assert page.soup.find(id="vpc-domain").get_text() == before
    page = admin.submit(admin.click(page, "Disable"), "Disable", word="disable")
    assert page.heading == "orders"
    assert page.soup.find(id="vpc-domain") is None
    page = admin.submit(admin.click(page, "Enable"), "Enable")
    assert page.soup.find(id="vpc-domain").get_text() == before


def test_an_own_name_is_bound(alibaba_stage: AlibabaStage, admin: Browser) -> None:
    page = admin.click(admin.open(alibaba_stage.group_url("bound_enabled")), "Bind domain")
    assert "create a CNAME record from that name to the VPC domain" in page.text
    wrong = admin.submit(page, "Next", domain="not a name")
    assert wrong.status == 422
    assert "Not a domain name" in wrong.text
    page = admin.submit(page, "Next", domain="Billing.Northwind.Example")
    page = admin.submit(page, "Bind domain")
    assert page.heading == "billing"
    assert [cells["Domain name"] for cells in page.table("Own domain names")] == ["billing.northwind.example"]


def test_a_group_is_followed_to_where_it_was_moved(alibaba_stage: AlibabaStage, admin: Browser) -> None:
    address = alibaba_stage.group_url("bound_disabled")
    page = admin.click(admin.open(address), "Move")
    page = admin.submit(admin.open(page.link("Move here partners")), "Move")
    page = admin.open(address)
    assert page.url == alibaba_stage.group_url("bound_disabled")
    assert page.link("partners").endswith(alibaba_stage.instance_url("bound_elsewhere"))
    Change.objects.all().delete()  # as after CONSOLE_CHANGES_DAYS; the audit log still knows of it
    assert admin.open(address).url == page.url


def test_the_choice_of_an_instance_says_what_each_would_mean(alibaba_stage: AlibabaStage, admin: Browser) -> None:
    page = admin.click(admin.open(alibaba_stage.group_url("bound_enabled")), "Move")
    assert "Only callers in that VPC reach the VPC domains on it" in page.text
    told = {cells["Instance"].split()[0]: cells for cells in page.table("Instances to move to")}
    orders = alibaba_stage.vpc("vpc-orders")[0]
    assert told["partners"]["What it means"] == f"VPC {orders} loses its VPC domain."
    assert "It will be reached from every VPC of the region." in told["Shared"]["What it means"]
    assert "bound to no VPC" in told["staging"]["What it means"]
    assert "Bind to VPC" in told["staging"]["Operation"]
    assert told["production"]["What it means"] == "It is on this instance already."
