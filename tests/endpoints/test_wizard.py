"""The wizard's steps: what each asks, what Verify says, and that nothing typed is ever lost."""

from urllib.parse import parse_qs, urlsplit

import pytest

from console.access.models import Session
from console.simcloud.seed_wishes import REPORTS_SUBNET, REPORTS_VPC
from tests.endpoints.consumers import NEXT, PREVIOUS, SHOW, SUBMIT, VERIFY, Wizard, error_at, full_name, wishes
from tests.pages import Page
from tests.stage import Stage

pytestmark = pytest.mark.django_db

UNKNOWN_ID = "00000000-0000-4000-8000-000000000000"
TYPED = {
    "dns": "on",
    "mode": "manual",
    "address": "10.62.0.77",
    "access_control": "on",
    "whitelist": "10.62.0.5\n10.62.1.0/24",
    "tags": "env=prod\nteam=",
    "description": "Month-end reports",
}


def labels(page: Page) -> list[str]:
    """The labels of the form, in the order they stand in."""
    found = page.soup.select("#wizard .field label[for], #wizard .field legend")
    return [label.get_text(" ", strip=True).removesuffix(" *") for label in found]


def values(page: Page, button: str) -> dict[str, list[str]]:
    """What the form would send, without the button; line ends as in the address."""
    fields = {name: [text.replace("\r\n", "\n") for text in texts] for name, texts in page.form(button).fields.items()}
    return {name: texts for name, texts in fields.items() if any(texts)}


def calls(stage: Stage) -> list[str]:
    """What the console has asked the cloud since its calls were last forgotten, without signing in."""
    return [f"{call['method']} {call['path']}" for call in stage.cloud.calls() if "/v3/auth" not in call["path"]]


def test_the_fields_stand_in_the_vendors_order(stage: Stage, wizard: Wizard) -> None:
    page = wizard.open()
    assert page.text.index("Region") < page.text.index("Service Category")
    assert labels(page) == ["Service Category", "Cloud services", "Find a service by name", "VPC Endpoint Service Name"]
    settings = wizard.settings(full_name(stage.cloud, "reports"), REPORTS_VPC)
    groups = [label for label in labels(settings) if label not in ("Automatic", "Manual")]
    assert groups == [
        *("Create a Private Domain Name", "VPC", "Subnet", "Private IP Address", "IPv4 address"),
        *("Access Control", "Allowed addresses", "Tags", "Description"),
    ]


def test_verify_is_one_call_to_the_cloud(stage: Stage, wizard: Wizard) -> None:
    page = wizard.open()
    before = len(calls(stage))
    found = wizard.browser.submit(page, VERIFY, name=full_name(stage.cloud, "reports"))
    assert "Service name found." in found.text
    assert "Service Type: Interface" in found.text
    assert [call.rpartition("/")[2] for call in calls(stage)[before:]] == ["describe"]


def test_a_name_that_cannot_be_one_is_told_without_a_call(stage: Stage, wizard: Wizard) -> None:
    page = wizard.open()
    before = len(calls(stage))
    for name in ("", "orders", "eu-west-101.orders", "x" * 200):
        wrong = wizard.browser.submit(page, VERIFY, name=name)
        assert wrong.status == 422
        assert error_at(wrong, "name")
    assert calls(stage)[before:] == []


@pytest.mark.parametrize("answer", ["EndPoint.0005", "EndPoint.2003", "EndPoint.3062", "empty"])
def test_a_service_that_there_is_not_is_not_found(stage: Stage, wizard: Wizard, answer: str) -> None:
    stage.cloud.world.switch(describe_not_found=answer)
    page = wizard.verified(f"eu-west-101.orders.{UNKNOWN_ID}")
    assert "Service name not found." in page.text
    assert "Check whether the region is the same" in page.text
    assert wizard.browser.submit(page, NEXT).has_button(VERIFY), "it goes no further"


def test_a_name_of_another_region_is_told_as_such(wizard: Wizard) -> None:
    page = wizard.verified(f"eu-de.orders.{UNKNOWN_ID}")
    assert "Service name not found." in page.text
    assert "begins with eu-de, and this is eu-west-101" in page.text


def test_a_cloud_that_fails_does_not_say_that_a_name_is_not_found(stage: Stage, wizard: Wizard) -> None:
    name = full_name(stage.cloud, "reports")
    stage.cloud.faults({"match": {"path": "/describe"}, "fault": "status", "status": 500, "times": 99})
    page = wizard.verified(name)
    assert "The name could not be verified" in page.text
    assert "not found" not in page.text
    stage.cloud.faults()
    assert "Service name found." in wizard.browser.click(page, "Retry").text


def test_the_other_category_is_chosen_without_scripts(wizard: Wizard) -> None:
    page = wizard.browser.submit(wizard.open(), NEXT, category="cloud")
    assert "Choose a service" in page.soup.find(id="id_public").get_text()
    assert not page.has_button(VERIFY)
    nothing = wizard.browser.submit(page, NEXT)
    assert error_at(nothing, "public")


def test_subnets_say_how_many_addresses_are_free(stage: Stage, wizard: Wizard) -> None:
    page = wizard.settings(full_name(stage.cloud, "reports"), REPORTS_VPC)
    (option,) = page.soup.select("#id_subnet option[value='" + REPORTS_SUBNET + "']")
    assert " addresses free" in option.get_text()


def test_the_tags_that_are_left_count_ours(stage: Stage, wizard: Wizard) -> None:
    page = wizard.settings(full_name(stage.cloud, "reports"), REPORTS_VPC)
    assert "You can add 9 more." in page.text


def test_previous_loses_nothing(stage: Stage, wizard: Wizard) -> None:
    confirm = wizard.confirmed(full_name(stage.cloud, "reports"), REPORTS_VPC, subnet=REPORTS_SUBNET, **TYPED)
    assert confirm.has_button(SUBMIT)
    settings = wizard.browser.click(confirm, PREVIOUS)
    kept = values(settings, NEXT)
    assert {name: kept[name] for name in TYPED} == {name: [text] for name, text in TYPED.items()}
    service = wizard.browser.submit(settings, PREVIOUS)
    assert service.has_button(VERIFY)
    assert values(service, NEXT) == {**kept, "name": [full_name(stage.cloud, "reports")], "category": ["name"]}
    again = wizard.browser.submit(wizard.browser.submit(service, NEXT), NEXT)
    assert values(again, SUBMIT).keys() == values(confirm, SUBMIT).keys()
    assert again.soup.find(id="specification").get_text() == confirm.soup.find(id="specification").get_text()


def test_a_mistake_loses_nothing(stage: Stage, wizard: Wizard) -> None:
    typed = {**TYPED, "address": "10.62.0.300"}
    page = wizard.confirmed(full_name(stage.cloud, "reports"), REPORTS_VPC, subnet=REPORTS_SUBNET, **typed)
    assert page.status == 422
    kept = values(page, NEXT)
    assert {name: kept[name] for name in typed} == {name: [text] for name, text in typed.items()}
    assert kept["subnet"] == [REPORTS_SUBNET]


def test_a_cloud_that_is_away_loses_nothing(stage: Stage, wizard: Wizard) -> None:
    address = wizard.address("settings", **wishes(stage.cloud, **TYPED))
    for broken in ("/vpcs", "/subnets", "/describe"):
        stage.cloud.faults({"match": {"path": f"{broken}$"}, "fault": "status", "status": 500, "times": 99})
        page = wizard.browser.open(address)
        assert "The cloud could not be read" in page.text, broken
        assert values(page, PREVIOUS)["description"] == [TYPED["description"]]
        stage.cloud.faults()
        kept = values(wizard.browser.click(page, "Retry"), NEXT)
        assert {name: kept[name] for name in TYPED} == {name: [text] for name, text in TYPED.items()}, broken


@pytest.mark.parametrize("step", ["settings", "confirm"])
def test_an_expired_sign_in_loses_nothing(stage: Stage, wizard: Wizard, step: str) -> None:
    address = wizard.address(step, **wishes(stage.cloud, **TYPED))
    page = wizard.browser.open(address)
    Session.objects.all().delete()
    gone = wizard.browser.submit(page, SUBMIT) if step == "confirm" else wizard.browser.submit(page, NEXT)
    assert gone.url.startswith("/sign-in/")
    (after,) = parse_qs(urlsplit(gone.url).query)["next"]
    wizard.browser.client.force_login(stage.people["admin"], backend="django.contrib.auth.backends.ModelBackend")
    back = wizard.browser.open(after)
    assert back.has_button(SUBMIT)
    assert "Month-end reports" in back.text
    assert not [row for row in stage.cloud.ledger() if row["action"] == "endpoint.create"]


def test_the_form_keeps_its_id_from_the_first_page_on(stage: Stage, wizard: Wizard) -> None:
    page = wizard.open()
    (new,) = page.form(NEXT).fields["new"]
    page = wizard.browser.submit(page, NEXT, name=full_name(stage.cloud, "reports"))
    assert page.form(NEXT).fields["new"] == [new]
    page = wizard.browser.submit(page, NEXT, vpc=REPORTS_VPC, subnet=REPORTS_SUBNET)
    assert f"console-change={new}" in page.text


def test_what_is_no_id_is_replaced_by_one(stage: Stage, wizard: Wizard) -> None:
    page = wizard.browser.open(f"{wizard.url}?new=../../x")
    (new,) = page.form(NEXT).fields["new"]
    assert len(new) == 36


def test_choosing_a_vpc_brings_its_subnets_by_htmx(stage: Stage, wizard: Wizard) -> None:
    address = wizard.address("settings", **wishes(stage.cloud))
    headers = {"HX-Request": "true", "HX-Target": "in-vpc"}
    fragment = wizard.browser.open(address, **headers)
    assert fragment.soup.find("html") is None
    assert fragment.soup.find(id="id_subnet")
    select = wizard.browser.open(address).soup.find(id="id_vpc")
    assert (select["hx-target"], select["hx-include"]) == ("#in-vpc", "closest form")


def test_a_vpc_with_its_own_subnets_only_is_asked_for_once_it_is_chosen(stage: Stage, wizard: Wizard) -> None:
    name = full_name(stage.cloud, "reports")
    before = len(calls(stage))
    page = wizard.browser.open(wizard.address("settings", name=name))
    assert not [call for call in calls(stage)[before:] if call.endswith("/subnets")]
    other = wizard.browser.submit(page, SHOW, vpc=REPORTS_VPC)
    assert REPORTS_SUBNET in other.html
    strange = wizard.browser.submit(page, NEXT, vpc=UNKNOWN_ID)
    assert error_at(strange, "vpc")


def test_a_quota_that_is_reached_says_which_used_and_total(stage: Stage, wizard: Wizard) -> None:
    stage.cloud.world.switch(endpoint_quota=9)
    page = wizard.browser.open(wizard.address("confirm", **wishes(stage.cloud)))
    assert not page.has_button(SUBMIT)
    assert "The quota of VPC endpoints is used up: 9 of 9." in page.text
    settings = wizard.browser.click(page, PREVIOUS)
    assert "9 of 9 VPC endpoints used" in settings.text
    assert settings.soup.find("meter")["value"] == "9"
