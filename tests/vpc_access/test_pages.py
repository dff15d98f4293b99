"""What the pages show, to whom, and what they say when the cloud does not answer."""

from typing import Any

import pytest

from console import wiring
from console.access.roles import Role
from tests.factories import PersonFactory
from tests.pages import Browser, Page
from tests.vpc_access.conftest import LIST_URL, AlibabaStage, operation

pytestmark = pytest.mark.django_db

INSTANCES, GROUPS = "Instances", "API groups"


def names(page: Page, table: str) -> list[str]:
    """The links of the first column, in the order of the page."""
    return [row.find("a").get_text() for row in page._table(table)[1]]


def test_all_instances_and_groups_are_listed_with_their_vpc_state(alibaba_stage: AlibabaStage) -> None:
    page = alibaba_stage.browser("viewer").open(LIST_URL)
    orders = alibaba_stage.vpc("vpc-orders")[0]
    instances = {cells["Instance"].split()[0]: cells for cells in page.table(INSTANCES)}
    assert orders in instances["production"]["Bound VPC"]
    assert instances["staging"]["Bound VPC"] == "Not bound"
    assert instances["Shared"]["Bound VPC"] == "Every VPC of the region"
    assert instances["production"]["API groups"] == "3 2 with VPC domain"
    groups = {cells["API group"].split()[0]: cells for cells in page.table(GROUPS)}
    assert len(groups) == len(alibaba_stage.cloud.describe()["alibaba"]["api_groups"]) - 2  # two pairs share a word
    assert groups["billing"]["Reached from"] == f"VPC {orders} only"
    assert groups["catalogue"]["Reached from"] == "every VPC of the region"
    assert groups["exports"]["VPC access"] == "Enabled, reached by nobody"
    assert groups["loyalty"]["VPC access"] == "Moving"
    assert "The last move failed: The configuration of the API group" in groups["returns"]["VPC access"]


@pytest.mark.parametrize(
    ("query", "table", "wanted"),
    [
        ("?q=prod", INSTANCES, ["production"]),
        ("?kind=Shared", INSTANCES, ["Shared (VPC)", "Shared (VPC) 2"]),
        ("?reach=unbound", INSTANCES, ["back office", "staging"]),
        (
            "?kind=Dedicated&sort=-name&q=a",
            INSTANCES,
            ["warehouse", "staging", "production", "partners", "back office"],
        ),
        ("?gstate=unreachable", GROUPS, ["exports"]),
        ("?sort=-name&reach=bound", INSTANCES, ["warehouse", "production", "partners"]),
        ("?gq=partners&gsort=-name", GROUPS, ["partner trial", "partner feed"]),
        ("?gstate=nonsense&gq=billing", GROUPS, ["billing"]),
    ],
)
def test_lists_are_searched_sorted_and_filtered(
    alibaba_stage: AlibabaStage, query: str, table: str, wanted: list[str]
) -> None:
    page = alibaba_stage.browser("viewer").open(LIST_URL + query)
    assert names(page, table) == wanted


def test_a_search_of_one_table_keeps_the_other_as_it_is(alibaba_stage: AlibabaStage) -> None:
    browser = alibaba_stage.browser("viewer")
    page = browser.open(LIST_URL + "?gq=billing")
    form = next(tag for tag in page.soup.find_all("form") if tag.get("aria-label") == INSTANCES)
    assert {tag["name"]: tag.get("value") for tag in form.find_all("input")} == {"q": "", "gq": "billing"}
    empty = browser.open(LIST_URL + "?q=nothing-like-this")
    assert "No instance matches" in empty.text
    assert len(names(empty, GROUPS)) == 13


def test_an_act_comes_back_to_the_view_that_it_began_in(alibaba_stage: AlibabaStage) -> None:
    browser = alibaba_stage.browser("admin")
    page = browser.open(LIST_URL + "?gq=reports")
    page = browser.open(str(operation(page, GROUPS, "reports", "Enable")["href"]))
    page = browser.submit(page, "Enable")
    assert page.url == LIST_URL + "?gq=reports"
    assert names(page, GROUPS) == ["reports"]


def test_only_what_a_person_may_know_of_is_listed(alibaba_stage: AlibabaStage) -> None:
    own = alibaba_stage.instance_id("bound")
    browser = signed_in(Role.ADMINISTRATOR, own)
    page = browser.open(LIST_URL)
    assert names(page, INSTANCES) == ["production"]
    assert set(names(page, GROUPS)) == {"billing", "orders", "reports"}
    assert browser.open(alibaba_stage.group_url("elsewhere_enabled")).status == 404


def signed_in(role: Role, instance_id: str) -> Browser:
    """Somebody who holds a role at one instance only."""
    from django.test import Client

    client = Client(enforce_csrf_checks=True)
    person = PersonFactory(role=role, cloud="alibaba", gateway_id=instance_id)
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return Browser(client)


def test_a_group_is_moved_only_to_an_instance_that_is_ones_own_to_change(alibaba_stage: AlibabaStage) -> None:
    browser = signed_in(Role.ADMINISTRATOR, alibaba_stage.instance_id("bound"))
    chooser = browser.open(alibaba_stage.act_url("bound_disabled", "move"))
    assert [cells["Instance"].split()[0] for cells in chooser.table("Instances to move to")] == ["production"]
    address = f"{alibaba_stage.act_url('bound_disabled', 'move')}&instance={alibaba_stage.instance_id('shared')}"
    assert browser.open(address).status == 403
    assert alibaba_stage.effects() == []


@pytest.mark.parametrize("role", ["operator", "owner", "auditor", "viewer"])
def test_whoever_may_not_change_vpc_access_sees_everything_in_grey(alibaba_stage: AlibabaStage, role: str) -> None:
    browser = alibaba_stage.browser(role)
    page = browser.open(alibaba_stage.instance_url("bound"))
    for label in ("Disable", "Move"):
        assert operation(page, GROUPS, "billing", label)["title"].startswith("Your role does not allow")
    assert browser.open(alibaba_stage.act_url("bound_enabled", "disable")).status == 403


def test_a_cloud_without_vpc_access_has_no_such_pages(alibaba_stage: AlibabaStage) -> None:
    browser = alibaba_stage.browser("admin")
    assert browser.open("/demo/vpc-access/").status == 404
    assert browser.open(f"/demo/vpc-access/{alibaba_stage.instance_id('bound')}/").status == 404
    assert browser.open("/nowhere/vpc-access/").status == 404
    without = {"demo": wiring.get_cloud("demo")}
    with wiring.use_clouds(without):
        assert "VPC access" not in browser.open("/gateways/").soup.find("nav").get_text()


@pytest.mark.parametrize("path", ["apigateway-hz-000000000000/", "../../etc/", "%00/", "a b/"])
def test_what_is_no_instance_is_not_found(alibaba_stage: AlibabaStage, path: str) -> None:
    assert alibaba_stage.browser("admin").open(LIST_URL + path).status == 404


def test_what_is_no_group_is_not_found(alibaba_stage: AlibabaStage) -> None:
    browser, instance = alibaba_stage.browser("admin"), alibaba_stage.instance_url("bound")
    assert browser.open(f"{instance}groups/{'0' * 32}/").status == 404
    assert browser.open(f"{instance}groups/nonsense/").status == 404
    named = browser.open(f"{instance}groups/enable/?id=a/b&back=group")
    assert named.status == 422
    assert "Name at least one API group" in named.text


def broken(stage: AlibabaStage, action: str) -> None:
    fault = {"fault": "status", "status": 503, "code": "ServiceUnavailable", "times": 99}
    stage.cloud.faults({"match": {"action": action}, **fault})


@pytest.mark.parametrize(
    ("action", "failed", "whole"),
    [
        ("DescribeInstances", "The instances could not be read", GROUPS),
        ("DescribeApiGroups", "groups could not", INSTANCES),
    ],
)
def test_one_part_fails_and_the_other_stands(alibaba_stage: AlibabaStage, action: str, failed: str, whole: str) -> None:
    broken(alibaba_stage, action)
    page = alibaba_stage.browser("admin").open(LIST_URL)
    assert page.status == 200
    assert failed in page.text
    assert page.link("Retry").endswith(f"{LIST_URL}?refresh=1")
    assert page.table(whole)
    if whole == GROUPS:  # whose instance is not known: nothing can be decided
        assert "could not be read" in operation(page, GROUPS, "billing", "Disable")["title"]
        assert page.table(GROUPS)[1]["Reached from"] in ("unknown", "--")


def test_an_instance_that_cannot_be_read_leaves_its_groups(alibaba_stage: AlibabaStage) -> None:
    address = alibaba_stage.instance_url("bound")
    broken(alibaba_stage, "DescribeInstances")
    page = alibaba_stage.browser("admin").open(address)
    assert "The instance could not be read" in page.text
    assert len(page.table(GROUPS)) == 3


def test_a_binding_form_that_cannot_be_filled_offers_nothing_to_press(alibaba_stage: AlibabaStage) -> None:
    address = alibaba_stage.instance_url("bound") + "bind/"
    broken(alibaba_stage, "DescribeVpcs")
    page = alibaba_stage.browser("admin").open(address)
    assert "The cloud could not be read" in page.text
    assert not page.has_button("Next")


def test_a_vpc_or_vswitch_that_does_not_exist_is_told_beside_its_field(alibaba_stage: AlibabaStage) -> None:
    browser, address = alibaba_stage.browser("admin"), alibaba_stage.instance_url("unbound") + "bind/"
    (orders, _), (partners, switch) = alibaba_stage.vpc("vpc-orders"), alibaba_stage.vpc("vpc-partners")
    unknown = browser.open(f"{address}?vpc=vpc-nowhere")
    assert (unknown.status, "There is no such VPC" in unknown.text) == (422, True)
    other = browser.open(f"{address}?vpc={orders}&vswitch={switch}&step=confirm")
    assert (other.status, "The VPC has no such vSwitch" in other.text) == (422, True)
    forgotten = browser.open(f"{address}?vpc={partners}&vswitch=&step=confirm")
    assert "Choose a vSwitch" in forgotten.text


def refresh(page: Page, part: str) -> Any:
    """The address that a part asks again by itself; None where it does not."""
    return page.soup.find(id=part).get("hx-get")


def test_what_is_changing_refreshes_itself_and_gives_up_in_the_end(alibaba_stage: AlibabaStage) -> None:
    browser = alibaba_stage.browser("viewer")
    page = browser.open(LIST_URL)
    assert refresh(page, "instances") == refresh(page, "groups") == f"{LIST_URL}?poll=1&polled=1"
    part = browser.open(refresh(page, "groups"), **{"HX-Request": "true", "HX-Target": "groups"})
    assert part.html.startswith('<section class="card" id="groups"')
    busy = browser.open(alibaba_stage.instance_url("busy"))
    after_an_act = browser.open(busy.url, **{"HX-Request": "true", "HX-Target": "page"})
    assert after_an_act.soup.find(id="messages") is not None  # the whole page, where the message stands
    assert refresh(busy, "instance").endswith("?poll=1&polled=1")
    assert refresh(browser.open(alibaba_stage.group_url("moving")), "group")
    assert refresh(browser.open(alibaba_stage.instance_url("bound")), "instance") is None
    late = browser.open(alibaba_stage.instance_url("busy") + "?polled=500")
    assert refresh(late, "instance") is None
    assert "This page no longer refreshes by itself" in late.text


def test_what_the_cloud_refuses_of_a_choice_stands_beside_its_field(alibaba_stage: AlibabaStage) -> None:
    browser, (partners, switch) = alibaba_stage.browser("admin"), alibaba_stage.vpc("vpc-partners")
    address = f"{alibaba_stage.instance_url('unbound')}bind/?vpc={partners}&vswitch={switch}&step=confirm"
    page = browser.open(address)
    refusal = {"fault": "status", "status": 400, "code": "InvalidVswitchId", "times": 1}
    alibaba_stage.cloud.faults({"match": {"action": "ModifyInstanceVpcAttributeForConsole"}, **refusal})
    answer = browser.submit(page, "Bind")
    assert (answer.status, answer.heading) == (422, "Bind to VPC")
    field = answer.soup.select_one(".field-wrong")
    assert field.find("select")["name"] == "vswitch"
    assert "InvalidVswitchId" in field.get_text()
    assert field.select_one("option[selected]")["value"] == switch


def test_what_the_cloud_refuses_of_a_name_stands_beside_its_field(alibaba_stage: AlibabaStage) -> None:
    alibaba_stage.switch(alibaba_domain_ownership="unproven")
    browser = alibaba_stage.browser("admin")
    address = f"{alibaba_stage.act_url('bound_enabled', 'bind-domain')}&domain=billing.northwind.example&step=confirm"
    answer = browser.submit(browser.open(address), "Bind domain")
    assert (answer.status, answer.heading) == (422, "Bind domain name")
    assert "SingleDomainOwnershipCheckFail" in answer.soup.select_one(".field-wrong").get_text()
    assert answer.form("Next").fields["domain"] == ["billing.northwind.example"]
    assert answer.soup.select_one("#cname-advice") is not None


def test_names_of_the_cloud_are_text_and_nothing_else(alibaba_stage: AlibabaStage) -> None:
    hostile = '"><script>alert(1)</script>{{ 7|add:7 }}'
    world = alibaba_stage.cloud.world.alibaba
    world.groups[alibaba_stage.group_id("bound_enabled")].name = hostile
    world.instances[alibaba_stage.instance_id("bound")].name = hostile
    browser = alibaba_stage.browser("admin")
    for address in (
        LIST_URL,
        alibaba_stage.instance_url("bound"),
        alibaba_stage.group_url("bound_enabled"),
        alibaba_stage.act_url("bound_enabled", "disable"),
        alibaba_stage.act_url("bound_enabled", "move"),
        f"{alibaba_stage.instance_url('bound')}unbind/",
    ):
        page = browser.open(address)
        assert "<script>alert" not in page.html, address
        assert hostile in page.text, address
