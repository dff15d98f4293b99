"""Where services and endpoints can be placed: VPCs, subnets, backends, route tables, used addresses."""

import ipaddress

import pytest

from console.clouds.errors import CloudNotFound, CloudUnavailable
from console.clouds.huawei.lists import MarkerLists
from console.simcloud import SimulatedCloud
from console.simcloud.identity import CONSUMER
from tests.clouds.adapters import calls
from tests.clouds.raw_server import RawServer, answer, answering
from tests.clouds.vpcep_parties import FLAVOURS, NOTHING, Flavour, Party, party


@pytest.fixture(params=FLAVOURS, autouse=True)
def flavour(request: pytest.FixtureRequest, cloud: SimulatedCloud) -> Flavour:
    chosen = FLAVOURS[request.param]
    cloud.world.switch(**chosen.switches)
    return chosen


@pytest.fixture
def owner(cloud: SimulatedCloud, flavour: Flavour) -> Party:
    return party(cloud, flavour)


def test_vpcs_of_the_own_project_are_listed_by_name(cloud: SimulatedCloud, flavour: Flavour, owner: Party) -> None:
    rows = owner.networks.list_vpcs()
    names = [row.name for row in rows]
    assert names == sorted(names)
    assert {"vpc-orders", "vpc-shop", "vpc-reserved"} <= set(names)
    assert all(ipaddress.ip_network(row.cidr) for row in rows)
    other = party(cloud, flavour, CONSUMER).networks.list_vpcs()
    assert {row.id for row in rows}.isdisjoint(row.id for row in other)


def test_list_of_vpcs_is_asked_for_whole(cloud: SimulatedCloud, flavour: Flavour, owner: Party) -> None:
    """Elsewhere it would hold the default enterprise project only (huawei-contract 7)."""
    owner.networks.list_vpcs()
    (query,) = [str(call["query"]) for call in calls(cloud, "/vpcs")]
    assert ("enterprise_project_id=all_granted_eps" in query) == (flavour.profile.name == "otc")


def test_subnets_tell_their_free_addresses_where_the_cloud_does(owner: Party, flavour: Flavour) -> None:
    vpc_id = owner.vpc_id("vpc-orders")
    rows = owner.networks.list_subnets(vpc_id)
    assert [row.name for row in rows] == ["orders-a", "orders-b"]
    assert {row.vpc_id for row in rows} == {vpc_id}
    assert all(row.gateway_address.endswith(".1") and row.zone for row in rows)
    assert all((row.free is None) == (flavour.profile.name == "otc") for row in rows)


def test_backends_are_servers_and_load_balancers_of_the_vpc(owner: Party) -> None:
    vpc_id = owner.vpc_id("vpc-orders")
    subnets = {row.id for row in owner.networks.list_subnets(vpc_id)}
    rows = owner.networks.list_backends(vpc_id)
    assert {row.server_type for row in rows} == {"VM", "LB"}
    assert {row.vpc_id for row in rows} == {vpc_id}
    assert {row.subnet_id for row in rows} <= subnets
    assert all(row.name and row.address for row in rows)


def test_backends_take_two_calls_however_many_subnets(cloud: SimulatedCloud, owner: Party) -> None:
    owner.networks.list_vpcs()
    before = len(calls(cloud))
    owner.networks.list_backends(owner.vpc_id("vpc-orders"))
    assert len(calls(cloud)) == before + 3  # the VPC's id is one of them


def test_default_route_table_comes_first(owner: Party) -> None:
    rows = owner.networks.list_route_tables(owner.vpc_id("vpc-orders"))
    assert [row.is_default for row in rows] == [True, False]


def test_used_addresses_are_those_of_the_subnet(owner: Party) -> None:
    vpc_id = owner.vpc_id("vpc-orders")
    subnet = owner.networks.list_subnets(vpc_id)[0]
    used = owner.networks.used_addresses(subnet.id)
    assert {row.address for row in owner.networks.list_backends(vpc_id) if row.subnet_id == subnet.id} <= used
    assert all(ipaddress.ip_address(address) in ipaddress.ip_network(subnet.cidr) for address in used)


def test_unknown_subnet_is_not_found(owner: Party) -> None:
    with pytest.raises(CloudNotFound):
        owner.networks.used_addresses(NOTHING)
    assert owner.networks.list_subnets(NOTHING) == []


def test_long_lists_go_on_after_the_last_id(
    cloud: SimulatedCloud, owner: Party, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = owner.networks.list_vpcs()
    monkeypatch.setattr(MarkerLists, "page_size", 2)
    before = len(calls(cloud))
    assert owner.networks.list_vpcs() == whole
    assert len(calls(cloud)) - before == len(whole) // 2 + 1
    assert all("limit=2" in str(call["query"]) for call in calls(cloud, "/vpcs")[-2:])


def test_list_that_never_ends_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(MarkerLists, "page_size", 1)
    monkeypatch.setattr("console.clouds.huawei.lists.MOST_ROWS", 5)
    always = answer(200, {"vpcs": [{"id": "v"}]})
    with RawServer(answering(always)) as server:
        owner = party(server.url, FLAVOURS["huawei with an access key"])
        with pytest.raises(CloudUnavailable, match="does not end"):
            owner.networks.list_vpcs()
    assert len(server.requests) == 5
