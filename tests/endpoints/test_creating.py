"""Creating VPC endpoints, from Verify to the private IP address: in both profiles, across accounts, and only once."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from django.test import override_settings

from console.audit.models import Entry
from console.changes.models import Change
from console.simcloud.seed_wishes import REPORTS_SUBNET, REPORTS_VPC
from tests.endpoints.consumers import NEXT, PRINTED_REQUEST, SUBMIT, Parties, Wizard, own_tag, sent_body
from tests.pages import Browser, Page
from tests.stage import Stage

pytestmark = pytest.mark.django_db


def reports(stage: Stage) -> str:
    """The service of source 002, by its whole name."""
    return next(row.full_name for row in stage.cloud.world.services.values() if row.name == "reports")


def effects(stage: Stage, action: str = "endpoint.create") -> list[dict[str, Any]]:
    return [row for row in stage.cloud.ledger() if row["action"] == action]


def confirmed(wizard: Wizard, stage: Stage, **typed: Any) -> Page:
    return wizard.confirmed(reports(stage), REPORTS_VPC, subnet=REPORTS_SUBNET, **typed)


def facts(page: Page, name: str) -> dict[str, str]:
    """The names and values of a list of facts."""
    lines = page.soup.select(f"#{name} > div")
    return {line.find("dt").get_text(" ", strip=True): line.find("dd").get_text(" ", strip=True) for line in lines}


def test_a_consumer_connects_to_a_providers_service_and_reads_address_and_name(parties: Parties) -> None:
    provider, customer = parties.provider, parties.customer
    browser = parties.stage.browser("admin")
    service_id = provider.created(service_name="orders2")
    name = provider.show(service_id)["service_name"]
    wizard = Wizard(browser, "contoso")
    subnet = customer.vpc["subnets"][0]["id"]

    stranger = wizard.created(name, customer.vpc["id"], subnet=subnet, dns="on", description="Orders")
    assert stranger.status == 422
    assert customer.caller.account.domain_id in stranger.text
    assert "EndPoint.2012" in stranger.text
    assert not effects(parties.stage)

    provider.admit(service_id, customer.caller.account.domain_id)
    page = browser.submit(browser.submit(browser.submit(stranger, NEXT), NEXT), SUBMIT)
    assert "is created" in page.messages
    assert "Pending acceptance" in page.text
    assert "must accept it first" in page.text
    endpoint_id = page.url.rstrip("/").rpartition("/")[2]
    assert provider.connection(service_id, endpoint_id)["status"] == "pendingAcceptance"

    accept = f"/northwind/endpoint-services/{service_id}/connections/accept/?id={endpoint_id}"
    browser.submit(browser.open(accept), "Accept")

    reached = facts(browser.open(page.url), "reach")
    shown = customer.show(endpoint_id)
    assert reached["Private IP Address"] == shown["ip"]
    assert reached["Private Domain Name"] == shown["dns_names"][0]
    assert f"curl --verbose http://{shown['dns_names'][0]}/" in reached["To try it"]


def test_the_request_of_source_002_comes_out_field_by_field(stage: Stage, wizard: Wizard) -> None:
    page = wizard.created(reports(stage), REPORTS_VPC, subnet=REPORTS_SUBNET, dns="on", tags="test1=test1")
    assert "is created" in page.messages
    change = Change.objects.get()
    body = sent_body(change)
    assert body.pop("tags") == [*PRINTED_REQUEST["tags"], own_tag(change)]
    assert body == {name: value for name, value in PRINTED_REQUEST.items() if name != "tags"}


@override_settings(TAG_CHANGES=False)
def test_without_the_consoles_own_tag_the_request_is_the_printed_one(stage: Stage, wizard: Wizard) -> None:
    wizard.created(reports(stage), REPORTS_VPC, subnet=REPORTS_SUBNET, dns="on", tags="test1=test1")
    assert sent_body(Change.objects.get()) == PRINTED_REQUEST


def test_everything_that_is_typed_reaches_the_cloud(stage: Stage, wizard: Wizard) -> None:
    page = confirmed(
        wizard,
        stage,
        mode="manual",
        address="10.62.0.77",
        access_control="on",
        whitelist="10.62.0.5\n10.62.1.0/24",
        tags="env=prod\nteam=",
        description="Month-end reports",
    )
    assert facts(page, "specification")["Access Control"] == "On: 10.62.0.5, 10.62.1.0/24"
    wizard.browser.submit(page, SUBMIT)
    change = Change.objects.get()
    assert sent_body(change) == {
        "endpoint_service_id": PRINTED_REQUEST["endpoint_service_id"],
        "vpc_id": REPORTS_VPC,
        "subnet_id": REPORTS_SUBNET,
        "enable_dns": False,
        "port_ip": "10.62.0.77",
        "whitelist": ["10.62.0.5", "10.62.1.0/24"],
        "enable_whitelist": True,
        "description": "Month-end reports",
        "tags": [{"key": "env", "value": "prod"}, {"key": "team", "value": ""}, own_tag(change)],
    }


def test_an_endpoint_of_a_gateway_service_gets_route_tables(stage: Stage, wizard: Wizard) -> None:
    vpc = next(vpc for vpc in stage.cloud.describe()["vpcs"] if vpc["name"] == "vpc-shop")
    table = vpc["route_tables"][0]["id"]
    page = wizard.browser.submit(wizard.browser.open(f"{wizard.url}?category=cloud"), NEXT, public=_obs(wizard))
    assert page.soup.find(id="id_vpc")
    assert not page.soup.find(id="id_dns"), "a gateway service has no private domain name"
    page = wizard.browser.submit(page, "Show what is in this VPC", vpc=vpc["id"])
    page = wizard.browser.submit(wizard.browser.submit(page, NEXT, route_tables=[table]), SUBMIT)
    assert "is created" in page.messages
    body = sent_body(Change.objects.get())
    assert body["routetables"] == [table]
    assert not {"subnet_id", "enable_dns", "port_ip", "whitelist"} & set(body)


def _obs(wizard: Wizard) -> str:
    page = wizard.browser.open(f"{wizard.url}?category=cloud")
    return next(str(one["value"]) for one in page.soup.select("#id_public option") if "obs" in one.get_text())


def test_the_same_form_sent_twice_creates_one(stage: Stage, wizard: Wizard) -> None:
    page = confirmed(wizard, stage)
    first = wizard.browser.submit(page, SUBMIT)
    again = wizard.browser.submit(page, SUBMIT)
    assert "Nothing was sent again" in again.messages
    assert again.url == first.url
    assert len(effects(stage)) == 1


def test_a_form_gone_back_to_with_the_browser_creates_no_second_one(stage: Stage, wizard: Wizard) -> None:
    page = confirmed(wizard, stage, mode="manual", address="10.62.0.77")
    made = wizard.browser.submit(page, SUBMIT)
    later = wizard.browser.open(page.url)
    assert later.url == made.url, "not that its address is in use: by itself"
    assert "Nothing was sent again" in later.messages


@pytest.mark.parametrize("fault", ["reset_after", "truncate", "delay"])
def test_a_lost_answer_is_found_by_its_tag_and_never_sent_again(
    stage: Stage, wizard: Wizard, fault: str, impatient: Callable[[], None]
) -> None:
    page = confirmed(wizard, stage)
    if fault == "delay":
        impatient()
    rule = {"match": {"method": "POST", "path": "/vpc-endpoints$"}, "fault": fault, "seconds": 1.6, "times": 1}
    stage.cloud.faults(rule)
    lost = wizard.browser.submit(page, SUBMIT)
    assert lost.heading == "VPC Endpoints"
    assert "unknown whether it was created" in lost.messages
    assert lost.has_button("Check again")
    _wait_for_one(stage)
    found = wizard.browser.submit(lost, "Check again")
    assert not found.has_button("Check again")
    assert [row.state for row in Entry.objects.filter(action="endpoint.create").order_by("seq")] == [
        "intended",
        "unknown",
        "succeeded",
    ]
    assert "Nothing was sent again" in wizard.browser.submit(page, SUBMIT).messages
    assert len(effects(stage)) == 1


def _wait_for_one(stage: Stage) -> None:
    deadline = time.monotonic() + 5
    while not effects(stage):
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_an_act_that_never_happened_is_told_as_such_when_time_has_passed(stage: Stage, wizard: Wizard) -> None:
    page = confirmed(wizard, stage)
    stage.cloud.faults({"match": {"method": "POST", "path": "/vpc-endpoints$"}, "fault": "reset_before", "times": 1})
    lost = wizard.browser.submit(page, SUBMIT)
    Change.objects.update(settle_after=Change.objects.get().intended_at)
    wizard.browser.submit(lost, "Check again")
    assert Change.objects.get().stage == "failed"
    assert not effects(stage)
    again = wizard.browser.submit(page, SUBMIT)
    assert again.heading == "Create VPC Endpoint", "the same wishes in a new form"
    assert "is created" in wizard.browser.submit(wizard.browser.submit(again, NEXT), SUBMIT).messages


def test_without_the_tag_a_lost_answer_cannot_be_known(stage: Stage, wizard: Wizard) -> None:
    with override_settings(TAG_CHANGES=False):
        page = confirmed(wizard, stage)
    stage.cloud.faults({"match": {"method": "POST", "path": "/vpc-endpoints$"}, "fault": "reset_after", "times": 1})
    lost = wizard.browser.submit(page, SUBMIT)
    Change.objects.update(settle_after=Change.objects.get().intended_at)
    wizard.browser.submit(lost, "Check again")
    assert Change.objects.get().stage == "unknowable"
    assert len(effects(stage)) == 1


def test_nothing_is_sent_when_the_cloud_cannot_be_looked_at_again(stage: Stage, wizard: Wizard) -> None:
    page = confirmed(wizard, stage)
    stage.cloud.faults({"match": {"method": "GET", "path": "/vpc-endpoints$"}, "fault": "status", "status": 500})
    answer = wizard.browser.submit(page, SUBMIT)
    assert answer.status == 409
    assert "Nothing was sent" in answer.text
    stage.cloud.faults()
    later = wizard.browser.submit(page, SUBMIT)
    assert "nothing was sent" in later.messages
    assert "is created" in wizard.browser.submit(later, SUBMIT).messages, "the same wishes under a new id"
    assert len(effects(stage)) == 1


def test_creation_is_audited_with_what_was_asked(stage: Stage, wizard: Wizard) -> None:
    wizard.browser.submit(confirmed(wizard, stage), SUBMIT, reason="CHG-4711")
    last = Entry.objects.filter(action="endpoint.create").latest("seq")
    assert (last.state, last.reason) == ("succeeded", "CHG-4711")
    assert str(Change.objects.get().pk) == last.target


@pytest.mark.parametrize("role", ["operator", "owner", "auditor", "viewer"])
def test_who_may_not_create_is_refused_and_sees_the_button_grey(stage: Stage, role: str) -> None:
    browser: Browser = stage.browser(role)
    assert browser.open("/demo/endpoints/create/").status == 403
    page = browser.open("/demo/endpoints/")
    assert not page.soup.find("a", id="create-endpoint")
    assert "Create VPC Endpoint" in page.text
