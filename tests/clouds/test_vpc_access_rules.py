"""The decision table of source 003 as pure functions (alibaba-contract 3, rules R1 to R18)."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.clouds import vpc_access_rules as rules
from console.clouds.vpc_access import ApiGroup, ApiGroupId, ApiInstance, ApiInstanceId, Migration, OwnDomain
from console.clouds.vpc_access_rules import Loss, Ruling


def instance(name: str, **changes: Any) -> ApiInstance:
    usual = ApiInstance(
        id=ApiInstanceId(f"apigateway-{name}"),
        name=name,
        shared=False,
        status="RUNNING",
        is_changing=False,
        vpc_id="",
        vswitch_id="",
        vpc_owner="",
        backend_vpc_id="",
        edition="",
        region="cn-hangzhou",
        zone="",
        request_limit=2500,
        https_policy="HTTPS2_TLS1_2",
        vpc_egress="100.104.254.0/26",
        internet_egress="",
        self_calling=True,
        ipv6=True,
        created_at=None,
    )
    return replace(usual, **changes)


SHARED = instance("shared", shared=True)
UNBOUND = instance("unbound")
IN_A = instance("in a", vpc_id="vpc-a", vswitch_id="vsw-a1")
ALSO_IN_A = instance("also in a", vpc_id="vpc-a", vswitch_id="vsw-a2")
IN_B = instance("in b", vpc_id="vpc-b", vswitch_id="vsw-b")
BUSY = instance("busy", vpc_id="vpc-a", status="WAIT_SWITCH", is_changing=True)


def group(place: ApiInstance, domain: str = "g-vpc.example", **changes: Any) -> ApiGroup:
    usual = ApiGroup(
        id=ApiGroupId("0" * 32),
        name="orders",
        description="",
        instance_id=place.id,
        shared=place.shared,
        region="cn-hangzhou",
        base_path="/",
        public_domain="g.example",
        vpc_domain=domain,
        self_calling_domain="",
        own_domains=(),
        migration=Migration.NONE,
        raw_migration="",
        migration_error="",
        request_limit=500,
        https_policy="",
        created_at=None,
        modified_at=None,
    )
    return replace(usual, **changes)


def off(place: ApiInstance) -> ApiGroup:
    """A group without a VPC domain."""
    return group(place, "")


def moving(place: ApiInstance) -> ApiGroup:
    return group(place, migration=Migration.RUNNING)


def lost(vpc_id: str) -> tuple[Loss, ...]:
    return (Loss(ApiGroupId("0" * 32), "orders", "g-vpc.example", vpc_id),)


#: Rule, what it rules; whether it is allowed, needless or refused; a part of what it says; who loses what.
TABLE: list[tuple[str, Ruling, str, str, tuple[Loss, ...]]] = [
    ("R1 enable on shared", rules.enabling(off(SHARED), SHARED), "allowed", "every VPC of the region", ()),
    ("R1 its address", rules.enabling(off(SHARED), SHARED), "allowed", "100.x.x.x", ()),
    ("R2 enable on unbound", rules.enabling(off(UNBOUND), UNBOUND), "refused", "Bind the instance to a VPC first", ()),
    ("R3 enable on bound", rules.enabling(off(IN_A), IN_A), "allowed", "Only callers in VPC vpc-a", ()),
    ("R3 enabled already", rules.enabling(group(IN_A), IN_A), "needless", "already", ()),
    ("R4 bind", rules.binding(UNBOUND, "vpc-a", "vsw-a1", [off(UNBOUND)]), "allowed", "only callers in vpc-a", ()),
    ("R4 takes minutes", rules.binding(UNBOUND, "vpc-a", "vsw-a1", []), "allowed", "minutes", ()),
    ("R4 nobody loses", rules.binding(UNBOUND, "vpc-a", "vsw-a1", [group(UNBOUND)]), "allowed", "", ()),
    ("R4 shared", rules.binding(SHARED, "vpc-a", "vsw-a1", []), "refused", "bound to no VPC", ()),
    ("R5 rebind", rules.binding(IN_A, "vpc-b", "vsw-b", [group(IN_A), off(IN_A)]), "allowed", "loses", lost("vpc-a")),
    ("R5 no undo", rules.binding(IN_A, "vpc-b", "vsw-b", []), "allowed", "no undo", ()),
    ("R5 other groups", rules.binding(IN_A, "vpc-b", "vsw-b", [group(IN_B)]), "allowed", "", ()),
    ("R6 other vSwitch", rules.binding(IN_A, "vpc-a", "vsw-a2", [group(IN_A)]), "allowed", "short time", ()),
    ("R6 the same", rules.binding(IN_A, "vpc-a", "vsw-a1", [group(IN_A)]), "needless", "already", ()),
    ("R7 unbind", rules.unbinding(IN_A, [group(IN_A), off(IN_A)]), "allowed", "No VPC will reach", lost("vpc-a")),
    ("R7 unbound", rules.unbinding(UNBOUND, []), "needless", "no VPC", ()),
    ("R8 shared to bound", rules.moving(group(SHARED), SHARED, IN_A), "allowed", "Every other VPC", lost("")),
    ("R8 through DNS", rules.moving(group(SHARED), SHARED, IN_A), "allowed", "1 to 10 minutes", lost("")),
    ("R9 shared to unbound", rules.moving(group(SHARED), SHARED, UNBOUND), "refused", "Bind that instance", ()),
    ("R10 not enabled", rules.moving(off(SHARED), SHARED, UNBOUND), "allowed", "to 2500 requests a second", ()),
    ("R11 to unbound", rules.moving(group(IN_A), IN_A, UNBOUND), "refused", "disable the group's VPC domain first", ()),
    ("R11 to another VPC", rules.moving(group(IN_A), IN_A, IN_B), "allowed", "VPC vpc-a loses it", lost("vpc-a")),
    ("R11 to the same VPC", rules.moving(group(IN_A), IN_A, ALSO_IN_A), "allowed", "", ()),
    ("R11 from nowhere", rules.moving(group(UNBOUND), UNBOUND, IN_A), "allowed", "Only callers in VPC vpc-a", ()),
    ("R12 to shared", rules.moving(group(IN_A), IN_A, SHARED), "allowed", "More callers will reach it", ()),
    ("R8 to where it is", rules.moving(group(IN_A), IN_A, IN_A), "needless", "already", ()),
    ("R13 disable", rules.disabling(group(IN_A), IN_A), "allowed", "Whoever calls g-vpc.example fails", lost("vpc-a")),
    ("R13 on shared", rules.disabling(group(SHARED), SHARED), "allowed", "fails", lost("")),
    ("R13 reached by nobody", rules.disabling(group(UNBOUND), UNBOUND), "allowed", "fails", ()),
    ("R13 disabled already", rules.disabling(off(IN_A), IN_A), "needless", "no VPC domain", ()),
    ("R16 own name", rules.binding_domain(group(IN_A), IN_A, "x.example"), "allowed", "CNAME", ()),
    ("R16 on shared", rules.binding_domain(group(SHARED), SHARED, "x.example"), "refused", "dedicated", ()),
    ("R16 nothing to lead to", rules.binding_domain(off(IN_A), IN_A, "x.example"), "refused", "Enable the VPC", ()),
    ("R17 enable", rules.enabling(off(BUSY), BUSY), "refused", "WAIT_SWITCH", ()),
    ("R17 disable", rules.disabling(group(BUSY), BUSY), "refused", "WAIT_SWITCH", ()),
    ("R17 bind", rules.binding(BUSY, "vpc-b", "vsw-b", []), "refused", "WAIT_SWITCH", ()),
    ("R17 unbind", rules.unbinding(BUSY, []), "refused", "WAIT_SWITCH", ()),
    ("R17 move from", rules.moving(group(BUSY), BUSY, IN_A), "refused", "WAIT_SWITCH", ()),
    ("R17 move to", rules.moving(group(IN_A), IN_A, BUSY), "refused", "WAIT_SWITCH", ()),
    ("R17 own name", rules.binding_domain(group(BUSY), BUSY, "x.example"), "refused", "WAIT_SWITCH", ()),
    ("R18 enable", rules.enabling(replace(moving(IN_A), vpc_domain=""), IN_A), "refused", "moving the group", ()),
    ("R18 disable", rules.disabling(moving(IN_A), IN_A), "refused", "moving the group", ()),
    ("R18 move", rules.moving(moving(IN_A), IN_A, IN_B), "refused", "moving the group", ()),
    ("R18 own name", rules.binding_domain(moving(IN_A), IN_A, "x.example"), "refused", "moving the group", ()),
]


@pytest.mark.parametrize(("rule", "ruling", "outcome", "says", "losses"), TABLE, ids=[row[0] for row in TABLE])
def test_the_table_of_the_source(rule: str, ruling: Ruling, outcome: str, says: str, losses: tuple[Loss, ...]) -> None:
    found = "refused" if ruling.refusal else "needless" if ruling.needless else "allowed"
    assert (found, ruling.allowed) == (outcome, outcome == "allowed")
    assert says in " ".join((ruling.refusal, ruling.needless, *ruling.warnings))
    assert ruling.losses == losses


def test_a_rebind_names_every_group_that_is_cut_off_and_no_other() -> None:
    orders = group(IN_A, "orders-vpc.example", id=ApiGroupId("1" * 32), name="orders")
    billing = group(IN_A, "billing-vpc.example", id=ApiGroupId("2" * 32), name="billing")
    ruling = rules.binding(IN_A, "vpc-b", "vsw-b", [orders, off(IN_A), billing, group(IN_B)])
    assert [(loss.group_name, loss.domain, loss.vpc_id) for loss in ruling.losses] == [
        ("orders", "orders-vpc.example", "vpc-a"),
        ("billing", "billing-vpc.example", "vpc-a"),
    ]


def test_a_move_says_what_else_the_target_brings() -> None:
    target = instance("t", vpc_id="vpc-a", self_calling=False, ipv6=False, backend_vpc_id="vpc-c")
    said = " ".join(rules.moving(group(IN_A, self_calling_domain="s.example"), IN_A, target).warnings)
    for part in ("self-calling domain", "no IPv6", "vpc-c", "100.104.254.0/26", "HTTPS2_TLS1_2"):
        assert part in said
    plain = " ".join(rules.moving(group(IN_A), IN_A, ALSO_IN_A).warnings)
    assert "self-calling" not in plain
    assert "IPv6" not in plain


def test_disabling_names_the_own_names_that_fail_with_it() -> None:
    own = OwnDomain("orders.example.com", vpc_only=True, cname_resolved=True, in_effect=True)
    assert "orders.example.com" in " ".join(rules.disabling(group(IN_A, own_domains=(own,)), IN_A).warnings)


def test_a_group_has_five_own_names_at_most_and_each_once() -> None:
    own = tuple(OwnDomain(f"n{n}.example", vpc_only=True, cname_resolved=None, in_effect=None) for n in range(5))
    assert rules.binding_domain(group(IN_A, own_domains=own), IN_A, "x.example").refusal
    assert rules.binding_domain(group(IN_A, own_domains=own), IN_A, "N1.example").needless


def test_from_where_a_domain_is_reached_is_told_in_words() -> None:
    said = [rules.reached_from(one) for one in (SHARED, IN_A, UNBOUND)]
    assert said == ["every VPC of the region", "VPC vpc-a only", "no VPC"]
    assert [rules.takes_own_domains(one) for one in (group(SHARED), group(IN_A), off(IN_A))] == [False, True, False]


PLACES = st.sampled_from([SHARED, UNBOUND, IN_A, ALSO_IN_A, IN_B, BUSY])
VPCS = st.sampled_from([("vpc-a", "vsw-a1"), ("vpc-a", "vsw-a2"), ("vpc-b", "vsw-b")])


@settings(max_examples=60, deadline=None)
@given(place=PLACES, vpc=VPCS, kinds=st.lists(st.tuples(PLACES, st.booleans()), max_size=5))
def test_whoever_a_binding_cuts_off_reached_it_before_and_does_not_after(
    place: ApiInstance, vpc: tuple[str, str], kinds: list[tuple[ApiInstance, bool]]
) -> None:
    groups = [group(on) if enabled else off(on) for on, enabled in kinds]
    ruling = rules.binding(place, *vpc, groups)
    for loss in ruling.losses:
        assert ruling.allowed
        assert loss.vpc_id == place.vpc_id != vpc[0]
    if ruling.allowed and place.is_bound and place.vpc_id != vpc[0]:
        assert len(ruling.losses) == sum(one.is_enabled and one.instance_id == place.id for one in groups)


@settings(max_examples=60, deadline=None)
@given(source=PLACES, target=PLACES, enabled=st.booleans())
def test_a_group_with_a_domain_never_moves_where_nobody_reaches_it(
    source: ApiInstance, target: ApiInstance, enabled: bool
) -> None:
    ruling = rules.moving(group(source) if enabled else off(source), source, target)
    if ruling.allowed and enabled:
        assert target.shared or target.is_bound
    if ruling.losses:
        assert enabled
        assert rules.reached_from(source) != rules.reached_from(target)
