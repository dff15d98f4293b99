"""API Gateway's VPC access through the port, against the simulated cloud (alibaba-contract 2 and 3)."""

from collections.abc import Callable
from typing import Any

import pytest

from console.clouds.errors import CloudError, CloudForbidden, CloudNotFound, CloudRefused, CloudUnavailable
from console.clouds.types import DRY_RUN, IntentId, Receipt
from console.clouds.vpc_access import ApiGroupId, ApiInstanceId, Migration
from console.simcloud import SimulatedCloud
from console.simcloud.alibaba.identity import NORTHWIND, REGION
from tests.clouds.alibaba_party import (
    INTENT,
    AlibabaParty,
    acts,
    alibaba_party,
    group_of,
    instance_of,
    reachable_from,
    vpc_of,
)

#: A write of the port, on the seeded world.
Write = Callable[[AlibabaParty, SimulatedCloud, IntentId], Receipt]


@pytest.fixture
def party(cloud: SimulatedCloud) -> AlibabaParty:
    return alibaba_party(cloud)


def effects(cloud: SimulatedCloud) -> list[str]:
    return [row["action"] for row in cloud.ledger()]


# Reads


def test_instances_are_listed_shared_ones_first_then_by_name(party: AlibabaParty) -> None:
    rows = party.access.list_instances()
    assert [(row.shared, row.name) for row in rows] == [
        (True, "Shared (VPC)"),
        (True, "Shared (VPC) 2"),
        (False, "back office"),
        (False, "partners"),
        (False, "production"),
        (False, "staging"),
        (False, "warehouse"),
    ]


def test_an_instance_says_which_vpc_it_is_bound_to(party: AlibabaParty, cloud: SimulatedCloud) -> None:
    bound = party.access.get_instance(instance_of(cloud, "bound"))
    assert (bound.vpc_id, bound.vswitch_id) == vpc_of(cloud, "vpc-orders")
    assert (bound.is_bound, bound.vpc_owner, bound.region) == (True, str(NORTHWIND.id), REGION)
    assert bound.created_at is not None


@pytest.mark.parametrize("role", ["unbound", "shared", "integration"])
def test_an_instance_without_a_binding_says_so(party: AlibabaParty, cloud: SimulatedCloud, role: str) -> None:
    """The VPC of an integration instance's backends is no binding (contract 2.1)."""
    found = party.access.get_instance(instance_of(cloud, role))
    assert (found.is_bound, found.vpc_id, found.vswitch_id) == (False, "", "")
    assert bool(found.backend_vpc_id) == (role == "integration")


def test_every_status_but_running_counts_as_changing(party: AlibabaParty, cloud: SimulatedCloud) -> None:
    found = party.access.get_instance(instance_of(cloud, "busy"))
    assert (found.is_changing, found.status) == (True, "WAIT_SWITCH")


@pytest.mark.parametrize("paging", ["paged", "ignored"])
def test_lists_end_whether_or_not_the_cloud_knows_pages(
    party: AlibabaParty, cloud: SimulatedCloud, paging: str
) -> None:
    cloud.world.switch(alibaba_instance_paging=paging)
    assert len(party.access.list_instances()) == 7


def test_groups_are_listed_by_name_with_their_vpc_domains(party: AlibabaParty, cloud: SimulatedCloud) -> None:
    rows = party.access.list_groups()
    assert [row.name for row in rows] == sorted((row.name for row in rows), key=str.casefold)
    domains = {row["id"]: row["vpc_domain"] or "" for row in cloud.describe()["alibaba"]["api_groups"]}
    assert {row.id: row.vpc_domain for row in rows} == domains
    assert len(acts(cloud, "DescribeApiGroup")) == len(rows)


def test_groups_of_one_instance_are_only_its_own(party: AlibabaParty, cloud: SimulatedCloud) -> None:
    rows = party.access.list_groups(instance_of(cloud, "bound"))
    assert [row.name for row in rows] == ["billing", "orders", "reports"]
    assert {row.instance_id for row in rows} == {instance_of(cloud, "bound")}


def test_a_group_that_goes_while_the_list_is_read_is_left_out(party: AlibabaParty, cloud: SimulatedCloud) -> None:
    before = len(party.access.list_groups())
    gone = {"fault": "status", "status": 400, "code": "NotFoundApiGroup", "times": 1}
    cloud.faults({"match": {"action": "DescribeApiGroup"}, **gone})
    assert len(party.access.list_groups()) == before - 1


def test_a_page_not_found_on_the_way_is_no_group_that_is_gone(party: AlibabaParty, cloud: SimulatedCloud) -> None:
    cloud.faults(
        {"match": {"action": "DescribeApiGroup"}, "times": 1, "fault": "status", "status": 404, "body": "none"}
    )
    with pytest.raises(CloudUnavailable, match="which the cloud lists, were not found"):
        party.access.list_groups()


def test_a_group_says_how_its_move_went(party: AlibabaParty, cloud: SimulatedCloud) -> None:
    moving = party.access.get_group(group_of(cloud, "moving"))
    assert (moving.migration, moving.is_moving) == (Migration.RUNNING, True)
    failed = party.access.get_group(group_of(cloud, "move_failed"))
    assert (failed.migration, failed.is_moving) == (Migration.FAILED, False)
    assert failed.migration_error


def test_a_group_says_which_own_names_lead_to_it(party: AlibabaParty, cloud: SimulatedCloud) -> None:
    (own,) = party.access.get_group(group_of(cloud, "bound_with_domain")).own_domains
    assert (own.name, own.vpc_only, own.cname_resolved, own.in_effect) == (
        "orders.northwind.example",
        True,
        True,
        True,
    )


def test_what_is_not_there_is_not_found(party: AlibabaParty) -> None:
    with pytest.raises(CloudNotFound):
        party.access.get_instance(ApiInstanceId("apigateway-hz-000000000000"))
    with pytest.raises(CloudNotFound) as caught:
        party.access.get_group(ApiGroupId("0" * 32))
    assert caught.value.vendor_code == "NotFoundApiGroup"


@pytest.mark.parametrize("bad", ["", ".", "a/b", "a b", "x" * 65, "ü", "?x=1"])
def test_what_cannot_be_an_id_never_reaches_the_cloud(party: AlibabaParty, cloud: SimulatedCloud, bad: str) -> None:
    instance, group = ApiInstanceId(bad), ApiGroupId(bad)
    for act in (
        lambda: party.access.get_instance(instance),
        lambda: party.access.list_groups(instance),
        lambda: party.access.get_group(group),
        lambda: party.access.enable_vpc_domain(group, intent=INTENT),
        lambda: party.access.bind_vpc(instance, "vpc-1", "vsw-1", intent=INTENT),
        lambda: party.access.move_group(group, instance, intent=INTENT),
    ):
        with pytest.raises(CloudNotFound):
            act()
    assert cloud.calls() == []


def test_vpcs_and_vswitches_are_offered_by_name(party: AlibabaParty, cloud: SimulatedCloud) -> None:
    vpcs = party.networks.list_vpcs()
    assert len(vpcs) == 13
    assert [vpc.name for vpc in vpcs] == sorted(vpc.name for vpc in vpcs)
    orders = next(vpc for vpc in vpcs if vpc.name == "vpc-orders")
    assert [(row.name, row.zone) for row in party.networks.list_subnets(orders.id)] == [
        ("orders-g", "cn-hangzhou-g"),
        ("orders-h", "cn-hangzhou-h"),
    ]
    assert party.networks.list_subnets("") == []


# Writes


def test_an_instance_is_bound_and_its_groups_are_reached_from_there(party: AlibabaParty, cloud: SimulatedCloud) -> None:
    cloud.world.delay = 2.0
    vpc_id, vswitch_id = vpc_of(cloud, "vpc-partners")
    instance_id = instance_of(cloud, "unbound")
    receipt = party.access.bind_vpc(instance_id, vpc_id, vswitch_id, intent=INTENT)
    assert party.access.get_instance(instance_id).is_changing
    cloud.world.advance(2)
    found = party.access.get_instance(instance_id)
    assert (found.vpc_id, found.vswitch_id, found.is_changing) == (vpc_id, vswitch_id, False)
    assert reachable_from(cloud, "unbound_enabled") == [vpc_id]
    assert receipt.request_id == cloud.ledger()[0]["request_id"]


def test_a_rebind_takes_every_domain_from_the_old_vpc(party: AlibabaParty, cloud: SimulatedCloud) -> None:
    old, new = vpc_of(cloud, "vpc-orders"), vpc_of(cloud, "vpc-partners")
    assert reachable_from(cloud, "bound_enabled") == [old[0]]
    party.access.bind_vpc(instance_of(cloud, "bound"), *new, intent=INTENT)
    for role in ("bound_enabled", "bound_with_domain"):
        assert reachable_from(cloud, role) == [new[0]]


def test_an_instance_is_unbound_and_reached_from_nowhere(party: AlibabaParty, cloud: SimulatedCloud) -> None:
    instance_id = instance_of(cloud, "bound")
    party.access.unbind_vpc(instance_id, vpc_of(cloud, "vpc-orders")[0], intent=INTENT)
    assert not party.access.get_instance(instance_id).is_bound
    assert reachable_from(cloud, "bound_enabled") == []


@pytest.mark.parametrize(("role", "reached"), [("shared_disabled", "*"), ("bound_disabled", "vpc-orders")])
def test_a_group_gets_its_vpc_domain_and_loses_it(
    party: AlibabaParty, cloud: SimulatedCloud, role: str, reached: str
) -> None:
    group_id = group_of(cloud, role)
    party.access.enable_vpc_domain(group_id, intent=INTENT)
    assert party.access.get_group(group_id).vpc_domain == f"{group_id}-{REGION}-vpc.alicloudapi.com"
    assert reachable_from(cloud, role) == [reached if reached == "*" else vpc_of(cloud, reached)[0]]
    party.access.disable_vpc_domain(group_id, intent=IntentId("change-2"))
    assert party.access.get_group(group_id).vpc_domain == ""
    assert effects(cloud) == ["vpc_domain.enable", "vpc_domain.disable"]


def test_a_group_moves_and_shows_where_it_is(party: AlibabaParty, cloud: SimulatedCloud) -> None:
    cloud.world.delay = 2.0
    group_id, target = group_of(cloud, "shared_enabled"), instance_of(cloud, "bound")
    party.access.move_group(group_id, target, intent=INTENT)
    on_its_way = party.access.get_group(group_id)
    assert (on_its_way.migration, on_its_way.instance_id) == (Migration.RUNNING, instance_of(cloud, "shared"))
    cloud.world.advance(2)
    arrived = party.access.get_group(group_id)
    assert (arrived.migration, arrived.instance_id) == (Migration.SUCCEEDED, target)
    assert reachable_from(cloud, "shared_enabled") == [vpc_of(cloud, "vpc-orders")[0]]


@pytest.mark.parametrize("word", ["Failed", "Fail"])
def test_a_move_may_fail_later_in_either_word(party: AlibabaParty, cloud: SimulatedCloud, word: str) -> None:
    cloud.world.switch(alibaba_migration="fails", alibaba_migration_failed=word)
    group_id = group_of(cloud, "shared_enabled")
    party.access.move_group(group_id, instance_of(cloud, "bound"), intent=INTENT)
    found = party.access.get_group(group_id)
    assert (found.migration, found.raw_migration) == (Migration.FAILED, word)


def test_an_own_name_is_bound_for_the_vpc_only(party: AlibabaParty, cloud: SimulatedCloud) -> None:
    group_id = group_of(cloud, "bound_enabled")
    party.access.bind_domain(group_id, "billing.northwind.example", intent=INTENT)
    (own,) = party.access.get_group(group_id).own_domains
    assert (own.name, own.vpc_only) == ("billing.northwind.example", True)


def test_a_name_is_never_taken_from_another_group(party: AlibabaParty, cloud: SimulatedCloud) -> None:
    with pytest.raises(CloudRefused) as caught:
        party.access.bind_domain(group_of(cloud, "bound_enabled"), "orders.northwind.example", intent=INTENT)
    assert (caught.value.vendor_code, caught.value.field) == ("DomainAlreadyBind", "domain")
    assert effects(cloud) == []


WRITES: dict[str, Write] = {
    "bind": lambda party, cloud, intent: party.access.bind_vpc(
        instance_of(cloud, "unbound"), *vpc_of(cloud, "vpc-orders"), intent=intent
    ),
    "unbind": lambda party, cloud, intent: party.access.unbind_vpc(
        instance_of(cloud, "bound"), vpc_of(cloud, "vpc-orders")[0], intent=intent
    ),
    "enable": lambda party, cloud, intent: party.access.enable_vpc_domain(
        group_of(cloud, "shared_disabled"), intent=intent
    ),
    "disable": lambda party, cloud, intent: party.access.disable_vpc_domain(
        group_of(cloud, "shared_enabled"), intent=intent
    ),
    "move": lambda party, cloud, intent: party.access.move_group(
        group_of(cloud, "shared_enabled"), instance_of(cloud, "bound"), intent=intent
    ),
    "bind a name": lambda party, cloud, intent: party.access.bind_domain(
        group_of(cloud, "bound_enabled"), "billing.northwind.example", intent=intent
    ),
}


@pytest.mark.parametrize("name", WRITES)
def test_every_write_needs_an_intent_and_rehearses_without_one_byte(
    party: AlibabaParty, cloud: SimulatedCloud, name: str
) -> None:
    with pytest.raises(ValueError, match="intent"):
        WRITES[name](party, cloud, IntentId(""))
    (rehearsed,) = WRITES[name](party, cloud, DRY_RUN).exchange
    assert (rehearsed.sent, rehearsed.call.method) == (False, "POST")
    assert f"RegionId={REGION}" in rehearsed.call.url
    assert NORTHWIND.access_key_id not in repr(rehearsed.call.headers) + rehearsed.call.url
    assert cloud.calls() == []
    receipt = WRITES[name](party, cloud, INTENT)
    assert [exchange.sent for exchange in receipt.exchange] == [True]
    assert len(effects(cloud)) == 1


def test_a_binding_that_reaches_the_cloud_twice_counts_once(party: AlibabaParty, cloud: SimulatedCloud) -> None:
    for _ in range(2):
        WRITES["bind"](party, cloud, INTENT)
    assert effects(cloud) == ["vpc.bind"]


# What the source forbids, at the cloud itself (contract 3)


FORBIDDEN: dict[str, tuple[Write, str]] = {
    "R2 enable on an unbound instance": (
        lambda party, cloud, intent: party.access.enable_vpc_domain(group_of(cloud, "unbound_disabled"), intent=intent),
        "Simulated.InstanceVpcNotBound",
    ),
    "R9 move an enabled group to an unbound instance": (
        lambda party, cloud, intent: party.access.move_group(
            group_of(cloud, "shared_enabled"), instance_of(cloud, "unbound"), intent=intent
        ),
        "Simulated.TargetInstanceVpcNotBound",
    ),
    "R11 the same from a dedicated one": (
        lambda party, cloud, intent: party.access.move_group(
            group_of(cloud, "bound_enabled"), instance_of(cloud, "unbound"), intent=intent
        ),
        "Simulated.TargetInstanceVpcNotBound",
    ),
    "R16 an own name on a shared instance": (
        lambda party, cloud, intent: party.access.bind_domain(
            group_of(cloud, "shared_enabled"), "catalogue.northwind.example", intent=intent
        ),
        "Simulated.OwnDomainOnSharedInstance",
    ),
    "R17 anything on a busy instance": (
        lambda party, cloud, intent: party.access.disable_vpc_domain(group_of(cloud, "busy_enabled"), intent=intent),
        "Simulated.InstanceNotRunning",
    ),
    "R18 anything on a group that moves": (
        lambda party, cloud, intent: party.access.disable_vpc_domain(group_of(cloud, "moving"), intent=intent),
        "Simulated.GroupIsMoving",
    ),
}


@pytest.mark.parametrize("rule", FORBIDDEN)
def test_what_the_source_forbids_is_a_certain_no(party: AlibabaParty, cloud: SimulatedCloud, rule: str) -> None:
    write, code = FORBIDDEN[rule]
    with pytest.raises(CloudRefused) as caught:
        write(party, cloud, INTENT)
    assert (caught.value.vendor_code, caught.value.status) == (code, 400)
    assert caught.value.request_id
    assert [exchange.sent for exchange in caught.value.exchange] == [True]
    assert effects(cloud) == []


# Secrets


def test_a_wrong_key_is_forbidden_and_its_echo_is_masked(cloud: SimulatedCloud) -> None:
    party = alibaba_party(cloud, secret="wrong-secret-canary")
    found: list[CloudError] = []
    for act in (party.access.list_instances, lambda: WRITES["enable"](party, cloud, INTENT)):
        with pytest.raises(CloudForbidden) as caught:
            act()
        found.append(caught.value)
    for error in found:
        assert error.vendor_code == "SignatureDoesNotMatch"
        assert error.reason.endswith("string to sign is ***")
        shown = _everything_in(error)
        assert NORTHWIND.access_key_id not in shown
        assert "canary" not in shown


def _everything_in(error: CloudError) -> str:
    kept: list[Any] = [str(error), error.reason, error.advice]
    for exchange in error.exchange:
        kept += [exchange.call.url, exchange.call.headers, exchange.answer and exchange.answer.body]
    return repr(kept)
