"""VPC v1: networks, subnets, used addresses, ports."""

import pytest

from tests.simcloud.caller import Caller


def test_networks_belong_to_their_project(caller: Caller, consumer: Caller) -> None:
    own = caller.vpcep("GET", "/vpcs").body["vpcs"]
    assert [vpc["name"] for vpc in own][:2] == ["vpc-gateways", "vpc-orders"]
    assert not own[0]["created_at"].endswith("Z")
    assert [vpc["name"] for vpc in consumer.vpcep("GET", "/vpcs").body["vpcs"]] == ["vpc-billing", "vpc-analytics"]
    assert caller.vpcep("GET", "/vpcs", id=own[1]["id"]).body["vpcs"] == own[1:2]


def test_subnets_are_filtered_by_network(caller: Caller) -> None:
    vpc = caller.vpcep("GET", "/vpcs").body["vpcs"][1]
    subnets = caller.vpcep("GET", "/subnets", vpc_id=vpc["id"]).body["subnets"]
    assert [subnet["name"] for subnet in subnets] == ["orders-a", "orders-b"]
    assert all(subnet["neutron_network_id"] == subnet["id"] != subnet["neutron_subnet_id"] for subnet in subnets)
    assert subnets[0]["gateway_ip"] == "10.20.0.1"
    assert len(caller.vpcep("GET", "/subnets").body["subnets"]) == 7


def test_used_addresses_and_free_ones_add_up(caller: Caller) -> None:
    for subnet in caller.vpcep("GET", "/subnets").body["subnets"]:
        used = caller.vpcep("GET", f"/subnets/{subnet['id']}/privateips").body["privateips"]
        assert {row["subnet_id"] for row in used} == {subnet["id"]}
        # A /24 has 256 addresses; network, broadcast, gateway and the last three are nobody's.
        assert subnet["available_ip_address_count"] == 256 - 6 - len(used)


def test_an_unknown_or_foreign_subnet_is_not_found(caller: Caller, consumer: Caller) -> None:
    foreign = consumer.vpcep("GET", "/subnets").body["subnets"][0]["id"]
    for subnet_id in ("nonsense", foreign):
        reply = caller.vpcep("GET", f"/subnets/{subnet_id}/privateips")
        assert (reply.status, reply.body["code"]) == (404, "VPC.0003")


def test_pages_follow_the_last_id(caller: Caller) -> None:
    everything = caller.vpcep("GET", "/subnets").body["subnets"]
    first = caller.vpcep("GET", "/subnets", limit=4).body["subnets"]
    rest = caller.vpcep("GET", "/subnets", limit=4, marker=first[-1]["id"]).body["subnets"]
    assert first + rest == everything
    assert caller.vpcep("GET", "/subnets", marker="nonsense").status == 404


@pytest.mark.parametrize("limit", ["-1", "2001", "x"])
def test_a_bad_limit_is_refused_in_vpcs_own_shape(caller: Caller, limit: str) -> None:
    reply = caller.vpcep("GET", "/vpcs", limit=limit)
    assert reply.status == 400
    assert set(reply.body) == {"code", "message"}


def test_ports_are_filtered_by_device_and_network(caller: Caller) -> None:
    ports = caller.vpcep("GET", "/ports").body["ports"]
    assert len(ports) == 16
    one = ports[0]
    assert caller.vpcep("GET", "/ports", device_id=one["device_id"]).body["ports"] == [one]
    assert len(caller.vpcep("GET", "/ports", network_id=one["network_id"]).body["ports"]) == 2


def test_ports_say_whose_they_are(caller: Caller) -> None:
    owners = {port["device_owner"].partition(":")[0] for port in caller.vpcep("GET", "/ports").body["ports"]}
    assert owners == {"compute", "neutron"}


def test_every_network_has_a_default_route_table_first(caller: Caller, consumer: Caller) -> None:
    vpcs = {vpc["name"]: vpc["id"] for vpc in caller.vpcep("GET", "/vpcs").body["vpcs"]}
    tables = caller.vpcep("GET", "/routetables").body["routetables"]
    assert {table["vpc_id"] for table in tables} == set(vpcs.values())
    orders = caller.vpcep("GET", "/routetables", vpc_id=vpcs["vpc-orders"]).body["routetables"]
    assert [table["default"] for table in orders] == [True, False]
    assert caller.vpcep("GET", "/routetables", id=orders[1]["id"]).body["routetables"] == orders[1:]
    assert consumer.vpcep("GET", "/routetables", id=orders[1]["id"]).body["routetables"] == []
