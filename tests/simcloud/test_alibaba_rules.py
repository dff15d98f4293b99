"""The decision table of source 003, rules R1 to R18 of alibaba-contract 3, at the level of the cloud."""

from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network

import pytest

from console.simcloud import SimulatedCloud
from tests.simcloud.alibaba_caller import AlibabaCaller, code_of, contoso_of
from tests.simcloud.caller import Reply

NOT_BOUND = "Simulated.InstanceVpcNotBound"
TARGET_NOT_BOUND = "Simulated.TargetInstanceVpcNotBound"
NOT_RUNNING = "Simulated.InstanceNotRunning"
MOVING = "Simulated.GroupIsMoving"


def _enable(role: str, *, on: bool = True) -> Callable[[AlibabaCaller], Reply]:
    return lambda alibaba: alibaba.enable(role, on=on)


def _bind(role: str, vpc: str, number: int = 0) -> Callable[[AlibabaCaller], Reply]:
    return lambda alibaba: alibaba.bind(role, vpc, number)


def _unbind(role: str) -> Callable[[AlibabaCaller], Reply]:
    return lambda alibaba: alibaba.unbind(role)


def _move(group: str, target: str) -> Callable[[AlibabaCaller], Reply]:
    return lambda alibaba: alibaba.move(group, target)


@dataclass(frozen=True)
class Row:
    """One situation: what is asked for, the code of a refusal, else the one effect and who reaches a group then."""

    rule: str
    ask: Callable[[AlibabaCaller], Reply]
    code: str = ""
    effect: str = ""
    group: str = ""
    #: "*" is every VPC of the region, "" nobody.
    reached_from: str = ""


TABLE = (
    Row("R1 shared, enable", _enable("shared_disabled"), effect="vpc_domain.enable", group="shared_disabled",
        reached_from="*"),
    Row("R2 dedicated and unbound, enable", _enable("unbound_disabled"), NOT_BOUND, group="unbound_disabled"),
    Row("R2 a backend's VPC is no binding", _enable("integration_disabled"), NOT_BOUND),
    Row("R3 dedicated and bound, enable", _enable("bound_disabled"), effect="vpc_domain.enable",
        group="bound_disabled", reached_from="vpc-orders"),
    Row("R4 bind an unbound instance", _bind("unbound", "vpc-hybrid"), effect="vpc.bind", group="unbound_enabled",
        reached_from="vpc-hybrid"),
    Row("R4 a shared instance is bound to nothing", _bind("shared", "vpc-orders"), "Simulated.InstanceNotDedicated"),
    Row("R4 only in the same region", _bind("unbound", "vpc-singapore"), "NotFoundVpc"),
    Row("R4 not to another account's", _bind("unbound", "vpc-contoso"), "NotFoundVpc"),
    Row("R4 not without a vSwitch", _bind("unbound", "vpc-new"), "MissingVswitchId"),
    Row("R5 bind to another VPC", _bind("bound", "vpc-partners"), effect="vpc.bind", group="bound_enabled",
        reached_from="vpc-partners"),
    Row("R6 same VPC, other vSwitch", _bind("bound", "vpc-orders", 1), effect="vpc.bind", group="bound_enabled",
        reached_from="vpc-orders"),
    Row("R7 unbind", _unbind("bound"), effect="vpc.unbind", group="bound_enabled"),
    Row("R8 move an enabled group to a bound instance", _move("shared_enabled", "bound"), effect="group.move",
        group="shared_enabled", reached_from="vpc-orders"),
    Row("R9 move an enabled group to an unbound instance", _move("shared_enabled", "unbound"), TARGET_NOT_BOUND,
        group="shared_enabled", reached_from="*"),
    Row("R10 move a group that is not enabled", _move("shared_disabled", "unbound"), effect="group.move",
        group="shared_disabled"),
    Row("R11 dedicated to dedicated, bound", _move("bound_enabled", "bound_elsewhere"), effect="group.move",
        group="bound_enabled", reached_from="vpc-partners"),
    Row("R11 dedicated to dedicated, unbound", _move("bound_enabled", "integration"), TARGET_NOT_BOUND,
        group="bound_enabled", reached_from="vpc-orders"),
    Row("R12 dedicated to shared", _move("bound_enabled", "shared"), effect="group.move", group="bound_enabled",
        reached_from="*"),
    Row("R13 disable", _enable("bound_enabled", on=False), effect="vpc_domain.disable", group="bound_enabled"),
    Row("R13 disable on an unbound instance", _enable("unbound_enabled", on=False), effect="vpc_domain.disable",
        group="unbound_enabled"),
    Row("R17 enable on a busy instance", _enable("busy_enabled", on=False), NOT_RUNNING, group="busy_enabled",
        reached_from="vpc-orders"),
    Row("R17 bind a busy instance", _bind("busy", "vpc-hybrid"), NOT_RUNNING),
    Row("R17 unbind a busy instance", _unbind("busy"), NOT_RUNNING),
    Row("R17 move away from a busy instance", _move("busy_enabled", "bound"), NOT_RUNNING),
    Row("R17 move to a busy instance", _move("shared_disabled", "busy"), NOT_RUNNING),
    Row("R18 enable a group that moves", _enable("moving"), MOVING, group="moving", reached_from="*"),
    Row("R18 disable a group that moves", _enable("moving", on=False), MOVING),
    Row("R18 move a group that moves", _move("moving", "bound"), MOVING),
)  # fmt: skip


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.rule)
def test_the_decision_table(alibaba: AlibabaCaller, row: Row) -> None:
    reply = row.ask(alibaba)
    assert code_of(reply) == ((400, row.code) if row.code else (200, ""))
    assert [effect[0] for effect in alibaba.effects()] == ([row.effect] if row.effect else [])
    if row.group:
        assert alibaba.told(row.group)["reachable_from"] == _vpcs(alibaba, row.reached_from)


def _vpcs(alibaba: AlibabaCaller, reached_from: str) -> list[str]:
    if reached_from in ("", "*"):
        return list(reached_from)
    return [alibaba.vpc(reached_from)[0]]


def test_r1_a_shared_domain_leads_into_the_carrier_range(alibaba: AlibabaCaller) -> None:
    alibaba.enable("shared_disabled")
    assert IPv4Address(alibaba.told("shared_disabled")["resolves_to"]) in IPv4Network("100.64.0.0/10")


def test_r3_a_dedicated_domain_leads_into_the_bound_vswitch(alibaba: AlibabaCaller) -> None:
    for number in (0, 1):
        alibaba.bind("bound", "vpc-orders", number)
        vpc = next(row for row in alibaba.described["vpcs"] if row["name"] == "vpc-orders")
        address = IPv4Address(alibaba.told("bound_enabled")["resolves_to"])
        assert address in IPv4Network(vpc["vswitches"][number]["cidr"])


def test_r2_is_possible_once_the_instance_is_bound(alibaba: AlibabaCaller) -> None:
    assert code_of(alibaba.enable("unbound_disabled")) == (400, NOT_BOUND)
    alibaba.bind("unbound", "vpc-orders")
    assert alibaba.enable("unbound_disabled").status == 200
    assert alibaba.group("unbound_disabled")["VpcDomain"]


def test_r3_the_ledger_tells_which_domain(alibaba: AlibabaCaller) -> None:
    group = alibaba.seeded("bound_disabled")
    domain = f"{group}-cn-hangzhou-vpc.alicloudapi.com"
    alibaba.enable("bound_disabled")
    alibaba.enable("bound_disabled")
    alibaba.enable("bound_disabled", on=False)
    alibaba.enable("bound_disabled", on=False)
    assert alibaba.effects() == [
        ("vpc_domain.enable", group, None, domain),
        ("vpc_domain.disable", group, domain, None),
    ]
    assert {row["gateway_id"] for row in alibaba.cloud.ledger()} == {alibaba.seeded("bound")}


def test_r4_a_binding_takes_its_time(alibaba: AlibabaCaller, cloud: SimulatedCloud) -> None:
    cloud.world.delay = 30
    assert alibaba.bind("unbound", "vpc-orders").status == 200
    during = alibaba.instance("unbound")
    assert during["Status"] == "WAIT_SWITCH"
    assert "UserVpcId" not in during
    assert code_of(alibaba.bind("unbound", "vpc-hybrid")) == (400, NOT_RUNNING)
    assert code_of(alibaba.enable("unbound_disabled")) == (400, NOT_RUNNING)
    cloud.world.advance(30)
    after = alibaba.instance("unbound")
    assert (after["Status"], after["UserVpcId"], after["UserVswitchId"]) == ("RUNNING", *alibaba.vpc("vpc-orders"))


def test_r4_another_accounts_vpc_needs_its_owner_named(alibaba: AlibabaCaller) -> None:
    owner = contoso_of(alibaba.cloud).account.id
    assert alibaba.bind("unbound", "vpc-contoso", VpcOwnerId=owner).status == 200
    assert alibaba.instance("unbound")["VpcOwnerId"] == owner


def test_r4_the_vswitch_has_to_be_in_the_vpc(alibaba: AlibabaCaller) -> None:
    _, elsewhere = alibaba.vpc("vpc-hybrid")
    assert code_of(alibaba.bind("unbound", "vpc-orders", VswitchId=elsewhere)) == (400, "InvalidVswitchId")


def test_r5_the_old_vpc_loses_every_group_of_the_instance_at_once(
    alibaba: AlibabaCaller, cloud: SimulatedCloud
) -> None:
    cloud.world.delay = 30
    old, new = alibaba.vpc("vpc-orders"), alibaba.vpc("vpc-partners")
    roles = ("bound_with_domain", "bound_enabled")
    alibaba.bind("bound", "vpc-partners")
    assert [alibaba.told(role)["reachable_from"] for role in roles] == [[old[0]]] * 2
    cloud.world.advance(30)
    assert [alibaba.told(role)["reachable_from"] for role in roles] == [[new[0]]] * 2
    assert alibaba.told("elsewhere_enabled")["reachable_from"] == [new[0]]
    assert alibaba.told("bound_disabled")["reachable_from"] == []
    assert alibaba.effects() == [("vpc.bind", alibaba.seeded("bound"), "/".join(old), "/".join(new))]


def test_r5_the_domains_keep_their_names(alibaba: AlibabaCaller) -> None:
    before = alibaba.group("bound_enabled")["VpcDomain"]
    alibaba.bind("bound", "vpc-partners")
    assert alibaba.group("bound_enabled")["VpcDomain"] == before


def test_r6_the_same_binding_again_changes_nothing(alibaba: AlibabaCaller) -> None:
    assert alibaba.bind("bound", "vpc-orders").status == 200
    assert alibaba.effects() == []
    assert alibaba.instance("bound")["Status"] == "RUNNING"


def test_r7_an_unbind_names_the_vpc(alibaba: AlibabaCaller) -> None:
    other, _ = alibaba.vpc("vpc-hybrid")
    assert code_of(alibaba.unbind("bound", VpcId="")) == (400, "MissingVpcId")
    assert code_of(alibaba.unbind("bound", VpcId=other)) == (400, "NotFoundVpc")
    assert code_of(alibaba.unbind("unbound", VpcId=other)) == (400, NOT_BOUND)
    assert alibaba.unbind("bound").status == 200
    assert "UserVpcId" not in alibaba.instance("bound")
    assert alibaba.group("bound_enabled")["VpcDomain"]
    assert alibaba.told("bound_enabled")["resolves_to"] is None


def test_r8_a_move_takes_its_time_and_brings_the_destinations_settings(
    alibaba: AlibabaCaller, cloud: SimulatedCloud
) -> None:
    cloud.world.delay = 60
    before = alibaba.group("shared_enabled")
    assert alibaba.move("shared_enabled", "bound_elsewhere").status == 200
    during = alibaba.group("shared_enabled")
    assert (during["MigrationStatus"], during["InstanceId"]) == ("Running", before["InstanceId"])
    assert alibaba.told("shared_enabled")["reachable_from"] == ["*"]
    cloud.world.advance(60)
    after = alibaba.group("shared_enabled")
    assert (after["MigrationStatus"], after["InstanceId"]) == ("Success", alibaba.seeded("bound_elsewhere"))
    assert (before["TrafficLimit"], after["TrafficLimit"]) == (500, 5000)
    assert (before["HttpsPolicy"], after["HttpsPolicy"]) == ("HTTPS2_TLS1_0", "HTTPS2_TLS1_2")
    assert after["VpcDomain"] == before["VpcDomain"]
    assert alibaba.told("shared_enabled")["reachable_from"] == [alibaba.vpc("vpc-partners")[0]]


def test_r9_is_possible_once_the_domain_is_off_or_the_target_bound(alibaba: AlibabaCaller) -> None:
    assert code_of(alibaba.move("shared_enabled", "unbound")) == (400, TARGET_NOT_BOUND)
    alibaba.enable("shared_enabled", on=False)
    assert alibaba.move("shared_enabled", "unbound").status == 200
    alibaba.bind("integration", "vpc-hybrid")
    assert alibaba.move("bound_enabled", "integration").status == 200
    assert alibaba.told("bound_enabled")["reachable_from"] == [alibaba.vpc("vpc-hybrid")[0]]


def test_r10_the_domain_stays_off(alibaba: AlibabaCaller) -> None:
    alibaba.move("shared_disabled", "bound")
    assert "VpcDomain" not in alibaba.group("shared_disabled")


def test_a_move_leads_to_another_instance_that_exists(alibaba: AlibabaCaller) -> None:
    assert code_of(alibaba.move("bound_enabled", "bound")) == (400, "Simulated.SameInstance")
    group = alibaba.seeded("bound_enabled")
    nowhere = alibaba.gateway("ModifyApiGroupInstance", GroupId=group, TargetInstanceId="apigateway-hz-0")
    assert code_of(nowhere) == (400, "NotFoundInstance")
    assert code_of(alibaba.gateway("ModifyApiGroupInstance", GroupId=group)) == (400, "MissingTargetInstanceId")
    assert code_of(alibaba.move("bound_enabled", "shared_abroad")) == (400, "NotFoundInstance")


def test_r13_enabling_again_brings_the_same_name(alibaba: AlibabaCaller) -> None:
    before = alibaba.group("bound_enabled")["VpcDomain"]
    alibaba.enable("bound_enabled", on=False)
    assert "VpcDomain" not in alibaba.group("bound_enabled")
    alibaba.enable("bound_enabled")
    assert alibaba.group("bound_enabled")["VpcDomain"] == before


def test_r17_the_instance_is_free_again_after_its_time(alibaba: AlibabaCaller, cloud: SimulatedCloud) -> None:
    cloud.world.delay = 5
    alibaba.bind("bound", "vpc-hybrid")
    assert code_of(alibaba.move("bound_enabled", "shared")) == (400, NOT_RUNNING)
    cloud.world.advance(5)
    assert alibaba.move("bound_enabled", "shared").status == 200


def test_a_token_makes_a_binding_happen_once(alibaba: AlibabaCaller) -> None:
    assert alibaba.bind("unbound", "vpc-orders", Token="t").status == 200
    alibaba.bind("unbound", "vpc-hybrid")
    assert alibaba.bind("unbound", "vpc-orders", Token="t").status == 200
    assert alibaba.instance("unbound")["UserVpcId"] == alibaba.vpc("vpc-hybrid")[0]
    assert len(alibaba.effects()) == 2
    assert code_of(alibaba.bind("unbound", "vpc-hybrid", Token="t")) == (400, "Simulated.TokenUsedOtherwise")
    assert code_of(alibaba.bind("unbound", "vpc-hybrid", Token="t" * 65)) == (400, "InvalidToken")


def test_a_refused_act_does_not_use_its_token_up(alibaba: AlibabaCaller) -> None:
    assert code_of(alibaba.bind("busy", "vpc-hybrid", Token="t"))[0] == 400
    alibaba.cloud.world.set_text(alibaba.seeded("busy"), "status", "RUNNING")
    assert alibaba.bind("busy", "vpc-hybrid", Token="t").status == 200
    assert [effect[0] for effect in alibaba.effects()] == ["vpc.bind"]
