"""Worlds of any size: as many services and endpoints as a benchmark wants, with everything else unchanged."""

import pytest

from console.simcloud import SimulatedCloud, World
from tests.seeds import USUAL, Copies, grown
from tests.simcloud.caller import Caller


def test_fifty_services_and_a_thousand_endpoints_are_listed() -> None:
    with SimulatedCloud(World.seeded(services=50, endpoints=1000)) as cloud:
        caller = Caller(cloud)
        services = caller.vpcep("GET", "/vpc-endpoint-services", limit=1000).body
        endpoints = caller.vpcep("GET", "/vpc-endpoints", limit=1000).body
        assert (services["total_count"], len(services["endpoint_services"])) == (50, 50)
        assert (endpoints["total_count"], len(endpoints["endpoints"])) == (1000, 1000)
        assert len({row["id"] for row in endpoints["endpoints"]}) == 1000
        assert len({row["marker_id"] for row in endpoints["endpoints"]}) == 1000
        rest = caller.vpcep("GET", "/vpc-endpoints", limit=300, offset=900).body["endpoints"]
        assert rest == endpoints["endpoints"][900:]


def test_more_of_one_thing_leaves_the_ids_of_others_alone() -> None:
    usual, large = World.seeded(), World.seeded(services=50, endpoints=1000, connections=200)
    assert list(usual.gateways) == list(large.gateways)
    assert set(usual.services) <= set(large.services)
    small = World.seeded(services=1, endpoints=1)
    assert set(usual.services) == set(small.services)


def test_addresses_of_one_subnet_are_used_once() -> None:
    world = World.seeded(endpoints=1000)
    own = {subnet.id for subnet in world.subnets.values()}
    placed = [(row.subnet_id, row.ip) for row in world.endpoints.values() if row.subnet_id in own and row.ip]
    assert len(placed) == len(set(placed))


@pytest.mark.parametrize("name", ["services", "endpoints"])
def test_sizes_are_numbers_from_0(name: str) -> None:
    with pytest.raises(ValueError, match=f"{name} is a number from 0"):
        World.seeded(**{name: -1})


def test_the_empty_world_has_networks_and_the_clouds_own_services() -> None:
    with SimulatedCloud(World.seeded("empty")) as cloud:
        caller = Caller(cloud)
        assert caller.vpcep("GET", "/vpc-endpoint-services").body["total_count"] == 0
        assert caller.vpcep("GET", "/vpc-endpoints").body["total_count"] == 0
        assert caller.vpcep("GET", "/vpc-endpoint-services/public").body["total_count"] == 6
        assert caller.vpcep("GET", "/vpcs").body["vpcs"]


@pytest.mark.parametrize("now", [1_500_000_000.0, 1_800_000_123.75])
def test_the_copy_that_tests_begin_with_is_what_would_be_grown(now: float) -> None:
    """Also for the second who asks, whatever the first did with it."""
    copies = Copies()
    for record in copies.records(now):
        record.id = "changed"
    assert copies.records(now) == grown(USUAL, now) == grown(USUAL, now)
