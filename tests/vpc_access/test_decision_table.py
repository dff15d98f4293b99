"""Source 003 as a decision table, at the level of the page (alibaba-contract 3, rules R1 to R18).

Each row: where the act is confirmed, what the page says before it, and whether it can be done. What can is done,
and what cannot is sent all the same: then nothing happens.
"""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from tests.vpc_access.conftest import AlibabaStage

pytestmark = pytest.mark.django_db

Address = Callable[[AlibabaStage], str]


@dataclass(frozen=True)
class Rule:
    """One row of the table."""

    name: str
    address: Address
    #: What must be read there; {orders} and such are ids of VPCs, {=bound_enabled} the VPC domain of a group.
    says: tuple[str, ...]
    #: The button that does it; "" where it cannot be done.
    button: str = ""
    #: What must be typed; "" for nothing.
    typed: str = ""
    #: What it is in the cloud's ledger.
    effect: str = ""


def on_group(role: str, act: str) -> Address:
    return lambda stage: stage.act_url(role, act)


def moved(role: str, target: str) -> Address:
    return lambda stage: f"{stage.act_url(role, 'move')}&instance={stage.instance_id(target)}"


def bound(role: str, vpc: str, vswitch: int = 0) -> Address:
    def address(stage: AlibabaStage) -> str:
        row = next(one for one in stage.cloud.describe()["alibaba"]["vpcs"] if one["name"] == vpc)
        chosen = row["vswitches"][vswitch]["id"]
        return f"{stage.instance_url(role)}bind/?vpc={row['id']}&vswitch={chosen}&step=confirm"

    return address


def named(role: str, domain: str) -> Address:
    return lambda stage: f"{stage.act_url(role, 'bind-domain')}&domain={domain}&step=confirm"


MINUTES = "It takes the cloud some minutes"
DNS = "takes effect through DNS within 1 to 10 minutes"
RULES = (
    Rule(
        "R1 enable on a shared instance",
        on_group("shared_disabled", "enable"),
        ("can be reached from every VPC of the region", "100.x.x.x", "a dedicated instance is better"),
        "Enable",
        effect="vpc_domain.enable",
    ),
    Rule(
        "R2 enable on a dedicated instance that is bound to no VPC",
        on_group("unbound_disabled", "enable"),
        ("Its dedicated instance is bound to no VPC. Bind the instance to a VPC first.",),
    ),
    Rule(
        "R3 enable on a dedicated instance that is bound",
        on_group("bound_disabled", "enable"),
        ("Only callers in VPC {orders} will reach it; other VPCs of the region will not.",),
        "Enable",
        effect="vpc_domain.enable",
    ),
    Rule(
        "R4 the first binding",
        bound("integration", "vpc-partners"),
        ("An instance has one VPC: only callers in {partners} will reach it.", MINUTES),
        "Bind",
        effect="vpc.bind",
    ),
    Rule(
        "R5 a binding in place of another",
        bound("bound", "vpc-partners"),
        (
            "VPC {orders} loses 2 VPC domains",
            "orders: {=bound_with_domain}",
            "billing: {=bound_enabled}",
            "Only callers in VPC {partners} will reach the instance.",
            "There is no undo but to bind it to {orders} again, which cuts off {partners}.",
        ),
        "Rebind",
        "rebind",
        "vpc.bind",
    ),
    Rule(
        "R6 another vSwitch of the same VPC",
        bound("bound", "vpc-orders", 1),
        ("The address of the entry changes", "calls may fail for a short time", MINUTES),
        "Bind",
        effect="vpc.bind",
    ),
    Rule(
        "R7 unbinding",
        lambda stage: f"{stage.instance_url('bound')}unbind/",
        (
            "VPC {orders} loses 2 VPC domains",
            "billing: {=bound_enabled}",
            "No VPC will reach the instance.",
            "is not documented: unknown",
        ),
        "Unbind",
        "unbind",
        "vpc.unbind",
    ),
    Rule(
        "R8 an enabled group from a shared to a bound instance",
        moved("shared_enabled", "bound"),
        (
            "Every other VPC of the region loses 1 VPC domain",
            "catalogue: {=shared_enabled}",
            "Only callers in VPC {orders} will reach its VPC domain.",
            DNS,
            "do not release it at once",
            "limit of requests changes to 2500 requests a second",
            "HTTPS policy to HTTPS2_TLS1_2",
            "Backends will be called from other addresses",
        ),
        "Move",
        "move",
        "group.move",
    ),
    Rule(
        "R9 an enabled group to an instance that is bound to no VPC",
        moved("shared_enabled", "unbound"),
        ("Bind that instance to a VPC, or disable the group's VPC domain first.",),
    ),
    Rule(
        "R10 a group without VPC domain to an instance that is bound to no VPC",
        moved("shared_disabled", "unbound"),
        (DNS,),
        "Move",
        effect="group.move",
    ),
    Rule(
        "R11 an enabled group to an instance that is bound to another VPC",
        moved("elsewhere_enabled", "bound"),
        ("VPC {partners} loses 1 VPC domain", "partner feed: {=elsewhere_enabled}", "VPC {partners} loses it."),
        "Move",
        "move",
        "group.move",
    ),
    Rule(
        "R11 an enabled group from one dedicated instance to one that is bound to no VPC",
        moved("elsewhere_enabled", "unbound"),
        ("is bound to no VPC",),
    ),
    Rule(
        "R12 an enabled group from a dedicated to a shared instance",
        moved("bound_enabled", "shared"),
        ("More callers will reach it than before.", "from those of all the instance's other users"),
        "Move",
        effect="group.move",
    ),
    Rule(
        "R13 disable",
        on_group("bound_with_domain", "disable"),
        (
            "VPC {orders} loses 1 VPC domain",
            "Whoever calls {=bound_with_domain} fails from then on.",
            "The group has: orders.northwind.example.",
        ),
        "Disable",
        "disable",
        "vpc_domain.disable",
    ),
    Rule(
        "R16 an own name on a dedicated instance",
        named("bound_enabled", "billing.northwind.example"),
        ("billing.northwind.example must be a CNAME record that leads to {=bound_enabled}", "certificate"),
        "Bind domain",
        effect="own_domain.bind",
    ),
    Rule(
        "R16 an own name on a shared instance",
        named("shared_enabled", "catalogue.northwind.example"),
        ("on a dedicated instance only; this one is shared",),
    ),
    Rule("R16 an own name without VPC domain", named("bound_disabled", "r.example"), ("Enable the VPC domain",)),
    Rule("R17 bind while it is busy", bound("busy", "vpc-partners"), ("its status is WAIT_SWITCH",)),
    Rule("R17 disable while it is busy", on_group("busy_enabled", "disable"), ("its status is WAIT_SWITCH",)),
    Rule("R17 move to what is busy", moved("bound_enabled", "busy"), ("its status is WAIT_SWITCH",)),
    Rule("R18 disable while it moves", on_group("moving", "disable"), ("The cloud is moving the group",)),
    Rule("R18 move while it moves", moved("moving", "bound"), ("The cloud is moving the group",)),
    Rule("a shared instance cannot be bound", bound("shared", "vpc-partners"), ("every VPC of the region reaches it",)),
)


def in_words(stage: AlibabaStage, text: str) -> str:
    """The sentence with the ids of this world."""
    for vpc in stage.cloud.describe()["alibaba"]["vpcs"]:
        text = text.replace("{" + vpc["name"].removeprefix("vpc-") + "}", vpc["id"])
    for group in stage.cloud.describe()["alibaba"]["api_groups"]:
        text = text.replace("{=" + group["seeded_as"] + "}", group["vpc_domain"] or "")
    return text


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_the_page_says_what_the_table_says(alibaba_stage: AlibabaStage, rule: Rule) -> None:
    browser = alibaba_stage.browser("admin")
    expected = [in_words(alibaba_stage, text) for text in rule.says]
    address = rule.address(alibaba_stage)

    page = browser.open(address)

    assert [text for text in expected if text not in page.text] == []
    assert alibaba_stage.effects() == []
    if not rule.button:
        assert page.status == 422
        assert not page.soup.select("#confirm-submit")
        token = browser.client.cookies["console_csrf"].value
        sent = browser.client.post(address, {"csrfmiddlewaretoken": token, "seen": "made up"})
        assert sent.status_code == 422
        assert alibaba_stage.effects() == []
        return
    assert bool(page.soup.select("[data-typed-word]")) == bool(rule.typed)
    if rule.typed:
        careless = browser.submit(page, rule.button)
        assert f"Type {rule.typed} exactly as it stands. Nothing was sent." in careless.text
        assert alibaba_stage.effects() == []
    done = browser.submit(page, rule.button, **({"word": rule.typed} if rule.typed else {}))
    assert done.status == 200
    assert [action for action, _ in alibaba_stage.effects()] == [rule.effect], done.messages


def test_r14_and_r15_the_group_says_how_and_how_often_it_can_be_called(alibaba_stage: AlibabaStage) -> None:
    browser = alibaba_stage.browser("viewer")
    page = browser.open(alibaba_stage.group_url("bound_enabled"))
    assert "by HTTP and HTTPS, with no limit to the calls of a day" in page.text
    page = browser.open(alibaba_stage.group_url("bound_disabled"))
    assert "The public domain is limited to a number of calls a day; a VPC domain is not." in page.text


@pytest.mark.parametrize("role", ["shared_enabled", "bound_disabled", "bound_enabled"])
def test_r16_advice_on_cname_records_is_given_only_where_it_applies(alibaba_stage: AlibabaStage, role: str) -> None:
    page = alibaba_stage.browser("viewer").open(alibaba_stage.group_url(role))
    assert bool(page.soup.select("#cname-advice")) == (role == "bound_enabled")
