"""Where a mistake is told: beside its field before any call (huawei-contract 11), or as the cloud's refusal (12.3)."""

import pytest

from console.changes.models import Change
from console.simcloud.errors import MESSAGES
from console.simcloud.identity import DEMO
from tests.endpoints.consumers import NEW, NEXT, SUBMIT, Wizard, error_at, wishes
from tests.stage import Stage

pytestmark = pytest.mark.django_db

#: What is typed, and beside which field it is told, with a part of the words.
MISTAKES: dict[str, tuple[dict[str, object], str, str]] = {
    "no VPC": ({"vpc": ""}, "vpc", "required"),
    "no subnet": ({"subnet": ""}, "subnet", "required"),
    "a subnet of another VPC": ({"subnet": NEW}, "subnet", "Choose a subnet of this VPC."),
    "no address": ({"mode": "manual"}, "address", "Enter the address, or choose Automatic."),
    "no IPv4 address": ({"mode": "manual", "address": "10.62.0"}, "address", "is no IPv4 address"),
    "a leading zero": ({"mode": "manual", "address": "10.62.0.077"}, "address", "is no IPv4 address"),
    "outside": ({"mode": "manual", "address": "10.63.0.7"}, "address", "is not in the subnet 10.62.0.0/24"),
    "network": ({"mode": "manual", "address": "10.62.0.0"}, "address", "first or the last"),
    "broadcast": ({"mode": "manual", "address": "10.62.0.255"}, "address", "first or the last"),
    "gateway": ({"mode": "manual", "address": "10.62.0.1"}, "address", "is the subnet's gateway"),
    "in use": ({"mode": "manual", "address": "10.62.0.20"}, "address", "is in use"),
    "IPv6": ({"access_control": "on", "whitelist": "fd00::1"}, "whitelist", "is no IPv4 address"),
    "everything": ({"access_control": "on", "whitelist": "0.0.0.0/0"}, "whitelist", "stands for every address"),
    "host bits": ({"access_control": "on", "whitelist": "10.0.0.1/24"}, "whitelist", "Did you mean 10.0.0.0/24?"),
    "twice": ({"access_control": "on", "whitelist": "10.0.0.1\n10.0.0.1"}, "whitelist", "is there twice"),
    "twenty-one": (
        {"access_control": "on", "whitelist": "\n".join(f"10.0.0.{n}" for n in range(1, 22))},
        "whitelist",
        "At most 20",
    ),
    "a tag without a key": ({"tags": "=prod"}, "tags", "A tag needs a key."),
    "a tag's key too long": ({"tags": f"{'k' * 37}=v"}, "tags", "at most 36"),
    "a tag's value too long": ({"tags": f"k={'v' * 44}"}, "tags", "at most 43"),
    "a tag's characters": ({"tags": "k=ä"}, "tags", "Only letters"),
    "a tag's key of the cloud": ({"tags": "_sys_x=1"}, "tags", "the cloud's own"),
    "a tag's key of ours": ({"tags": "console-change=1"}, "tags", "the console's own"),
    "a tag twice": ({"tags": "k=1\nk=2"}, "tags", "is there twice"),
    "ten tags, since one is ours": ({"tags": "\n".join(f"k{n}=" for n in range(10))}, "tags", "At most 9"),
    "a long description": ({"description": "x" * 129}, "description", "At most 128"),
    "a description with <": ({"description": "a < b"}, "description", "No &lt; and no &gt;"),
}
#: Huawei-contract 12.3, as far as an interface endpoint's form can meet it.
REFUSALS = {
    "vpc": ("0020", "2001", "2011", "2021"),
    "subnet": ("0023", "2010", "2037", "4004"),
    "name": ("1003", "2003", "2004", "2012", "2029", "3062"),
    "address": ("2041", "2042", "2043"),
    "whitelist": ("2044", "2045"),
    "dns": ("2033", "2034"),
    "tags": ("3066", "3067", "3068", "3069", "3071", "3072", "3073"),
}
OF_ROUTE_TABLES = ("1019", "2039", "2040", "4026", "4027", "4028", "4029", "4030")


def refusing(code: str) -> dict[str, object]:
    return {
        "match": {"method": "POST", "path": "/vpc-endpoints$"},
        "fault": "status",
        "status": 400,
        "code": f"EndPoint.{code}",
        "times": 1,
    }


def test_every_mistake_is_told_beside_its_field_and_nothing_can_be_submitted(stage: Stage, wizard: Wizard) -> None:
    for what, (typed, field, words) in MISTAKES.items():
        page = wizard.browser.open(wizard.address("confirm", **wishes(stage.cloud, **typed)))
        assert page.status == 422, what
        assert not page.has_button(SUBMIT), what
        told = error_at(page, field).replace("<", "&lt;").replace(">", "&gt;")
        assert words in told, f"{what}: {told}"
        assert page.soup.find(id=f"id_{field}")["aria-invalid"] == "true", what
    assert not stage.cloud.ledger()


def test_what_does_not_count_cannot_be_wrong(stage: Stage, wizard: Wizard) -> None:
    typed = wishes(stage.cloud, mode="automatic", address="nonsense", whitelist="nonsense")
    page = wizard.browser.open(wizard.address("confirm", **typed))
    assert page.has_button(SUBMIT)
    assert "Automatic" in page.text


def test_a_subnet_in_the_reserved_block_is_warned_of_and_refused(stage: Stage, wizard: Wizard) -> None:
    vpc = next(vpc for vpc in stage.cloud.describe()["vpcs"] if vpc["name"] == "vpc-reserved")
    typed = wishes(stage.cloud, vpc=vpc["id"], subnet=vpc["subnets"][0]["id"])
    shown = wizard.browser.open(wizard.address("settings", **typed))
    assert "cannot be used: overlaps 198.19.128.0/17" in shown.soup.find(id="id_subnet").get_text()
    refused = wizard.browser.open(wizard.address("confirm", **typed))
    assert "overlaps 198.19.128.0/17" in error_at(refused, "subnet")


@pytest.mark.parametrize("field", REFUSALS)
def test_the_clouds_refusal_lands_on_its_field_and_the_form_can_be_sent_again(
    stage: Stage, wizard: Wizard, field: str
) -> None:
    for code in REFUSALS[field]:
        typed = wishes(stage.cloud, access_control="on", whitelist="10.0.0.1", tags="env=prod", dns="on")
        page = wizard.browser.open(wizard.renewed("confirm", **typed))
        stage.cloud.faults(refusing(code))
        refused = wizard.browser.submit(page, SUBMIT)
        assert refused.status == 422, code
        told = error_at(refused, field)
        assert f"EndPoint.{code}" in told, code
        assert MESSAGES[f"EndPoint.{code}"] in told, code
        assert refused.form(NEXT).fields["tags"] == ["env=prod"], code
        (new,) = refused.form(NEXT).fields["new"]
        assert not Change.objects.filter(pk=new).exists(), f"{code}: a form that was sent cannot be sent again"


def test_who_is_not_whitelisted_learns_what_to_ask_the_owner_for(stage: Stage, wizard: Wizard) -> None:
    page = wizard.browser.open(wizard.address("confirm", **wishes(stage.cloud)))
    stage.cloud.faults(refusing("2012"))
    told = error_at(wizard.browser.submit(page, SUBMIT), "name")
    assert "Ask the owner of the service to put the account on its whitelist." in told
    assert f"knows you by account ID {DEMO.domain_id}" in told


def test_refusals_about_route_tables_land_on_route_tables(stage: Stage, wizard: Wizard) -> None:
    vpc = next(vpc for vpc in stage.cloud.describe()["vpcs"] if vpc["name"] == "vpc-shop")
    name = next(row.full_name for row in stage.cloud.world.services.values() if row.is_public and row.name == "obs")
    for code in OF_ROUTE_TABLES:
        typed = {"category": "cloud", "public": name, "vpc": vpc["id"], "route_tables": vpc["route_tables"][0]["id"]}
        page = wizard.browser.open(wizard.renewed("confirm", **typed))
        stage.cloud.faults(refusing(code))
        refused = wizard.browser.submit(page, SUBMIT)
        assert f"EndPoint.{code}" in error_at(refused, "route_tables"), code


def test_a_quota_that_is_reached_meanwhile_leads_back_to_the_form(stage: Stage, wizard: Wizard) -> None:
    page = wizard.browser.open(wizard.address("confirm", **wishes(stage.cloud, description="Reports")))
    stage.cloud.faults({**refusing("1018"), "code": "Endpoint.1018"})
    refused = wizard.browser.submit(page, SUBMIT)
    assert "Endpoint.1018" in refused.messages
    assert refused.form(NEXT).fields["description"] == ["Reports"]
    assert "9 of 50 VPC endpoints used" in refused.text


def test_a_refusal_that_is_about_no_field_keeps_the_form(stage: Stage, wizard: Wizard) -> None:
    page = wizard.browser.open(wizard.address("confirm", **wishes(stage.cloud, description="Reports")))
    stage.cloud.faults(refusing("0002"))
    refused = wizard.browser.submit(page, SUBMIT)
    assert "EndPoint.0002" in refused.text
    assert refused.form(NEXT).fields["description"] == ["Reports"]
