"""VPC endpoints of the consumer: creating across accounts, seeing and deleting them."""

from itertools import pairwise
from typing import Any

import pytest

from console.simcloud.identity import DEMO
from tests.simcloud.caller import Caller, Reply


class Shop:
    """The consumer with what it needs to create endpoints."""

    def __init__(self, consumer: Caller, service_id: str) -> None:
        self.consumer = consumer
        self.service_id = service_id
        description = consumer.cloud.describe()["consumer"]
        self.vpc: dict[str, Any] = description["vpcs"][0]

    def create(self, **changes: object) -> Reply:
        body = {
            "endpoint_service_id": self.service_id,
            "vpc_id": self.vpc["id"],
            "subnet_id": self.vpc["subnets"][0]["id"],
            **changes,
        }
        return self.consumer.vpcep("POST", "/vpc-endpoints", body)

    def show(self, endpoint_id: str) -> Reply:
        return self.consumer.vpcep("GET", f"/vpc-endpoints/{endpoint_id}")


@pytest.fixture
def shop(consumer: Caller) -> Shop:
    return Shop(consumer, consumer.cloud.world.gateway_named("main").service_id or "")


def test_a_whitelisted_account_knocks_and_is_let_in(shop: Shop, caller: Caller) -> None:
    caller.cloud.world.delay = 2
    created = shop.create(description="shop", enable_dns=True).body
    assert (created["status"], created["active_status"]) == ("creating", ["active"])
    assert "ip" not in created
    assert caller.status_of(created["id"]) == "creating"
    caller.cloud.world.advance(2.1)
    assert caller.status_of(created["id"]) == "pendingAcceptance"
    assert caller.connections(limit=1).body["connections"][0]["marker_id"] == created["marker_id"]
    waiting = shop.show(created["id"]).body
    assert (waiting["enable_dns"], "ip" in waiting) == (False, False)
    caller.decide("receive", created["id"])
    caller.cloud.world.advance(2.1)
    connected = shop.show(created["id"]).body
    assert (connected["status"], connected["enable_dns"]) == ("accepted", True)
    assert connected["ip"].startswith("172.16.0.")
    assert connected["dns_names"]
    assert [(row["action"], row["actor"]) for row in caller.cloud.ledger()] == [
        ("endpoint.create", "contoso/deploy-bot"),
        ("connection.accept", "northwind/console-bot"),
    ]


def test_an_account_that_is_not_whitelisted_is_refused(shop: Shop, caller: Caller) -> None:
    shop.service_id = caller.cloud.world.gateway_named("many_connections").service_id or ""
    reply = shop.create()
    assert (reply.status, reply.code) == (400, "EndPoint.2012")
    caller.add(shop.consumer.account.domain_id, role="many_connections")
    assert shop.create().status == 200
    caller.remove(shop.consumer.account.domain_id, role="many_connections")
    assert shop.create().code == "EndPoint.2012"
    caller.add("*", role="many_connections")
    assert shop.create().status == 200


def test_the_own_account_needs_no_record_but_approval(caller: Caller) -> None:
    vpc = next(vpc for vpc in caller.cloud.describe()["vpcs"] if vpc["name"] == "vpc-orders")
    body = {
        "endpoint_service_id": caller.cloud.world.gateway_named("main").service_id,
        "vpc_id": vpc["id"],
        "subnet_id": vpc["subnets"][0]["id"],
    }
    created = caller.vpcep("POST", "/vpc-endpoints", body).body
    assert caller.status_of(created["id"]) == "pendingAcceptance"


def test_without_approval_it_is_accepted_by_itself(shop: Shop, caller: Caller) -> None:
    caller.cloud.world.services[shop.service_id].approval_enabled = False
    created = shop.create().body
    assert caller.status_of(created["id"]) == "accepted"
    assert "ip" in shop.show(created["id"]).body
    assert caller.cloud.ledger()[0]["after"] == "accepted"


def test_packet_ids_rise_irregularly_and_stay_small(shop: Shop) -> None:
    markers = [shop.create().body["marker_id"] for _ in range(10)]
    assert markers == sorted(set(markers))
    assert 167_960_000 < markers[0] < markers[-1] < 2**31
    assert len({later - earlier for earlier, later in pairwise(markers)}) > 1


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"endpoint_service_id": ""}, "EndPoint.2029"),
        ({"endpoint_service_id": None}, "EndPoint.2029"),
        ({"endpoint_service_id": "nonsense"}, "EndPoint.3062"),
        ({"endpoint_service_id": "00000000-0000-4000-8000-000000000000"}, "EndPoint.2003"),
        ({"vpc_id": ""}, "EndPoint.2011"),
        ({"vpc_id": "x"}, "EndPoint.0020"),
        ({"vpc_id": "00000000-0000-4000-8000-000000000000"}, "EndPoint.2001"),
        ({"subnet_id": ""}, "EndPoint.2010"),
        ({"subnet_id": 7}, "EndPoint.0023"),
        ({"port_ip": "300.1.1.1"}, "EndPoint.2041"),
        ({"port_ip": "172.16.00.9"}, "EndPoint.2041"),
        ({"port_ip": 7}, "EndPoint.2041"),
        ({"port_ip": "10.0.0.1"}, "EndPoint.2043"),
        ({"port_ip": "172.16.0.0"}, "EndPoint.2043"),
        ({"port_ip": "172.16.0.1"}, "EndPoint.2043"),
        ({"port_ip": "172.16.0.253"}, "EndPoint.2043"),
        ({"port_ip": "172.16.0.20"}, "EndPoint.2042"),
        ({"enable_whitelist": True, "whitelist": ["0.0.0.0"]}, "EndPoint.2044"),
        ({"enable_whitelist": True, "whitelist": ["10.0.0.0/0"]}, "EndPoint.2044"),
        ({"enable_whitelist": True, "whitelist": ["10.0.0.1/24"]}, "EndPoint.2044"),
        ({"enable_whitelist": True, "whitelist": ["::1"]}, "EndPoint.2044"),
        ({"enable_whitelist": True, "whitelist": ["10.0.0.1", "10.0.0.1"]}, "EndPoint.2044"),
        ({"enable_whitelist": True, "whitelist": [f"10.0.0.{n}" for n in range(21)]}, "EndPoint.2045"),
        ({"whitelist": "10.0.0.1"}, "EndPoint.2044"),
        ({"enable_dns": "yes"}, "EndPoint.2033"),
        ({"description": "<b>"}, "EndPoint.0002"),
        ({"tags": [{"key": "", "value": "x"}]}, "EndPoint.3066"),
        ({"tags": [{"key": "a"}, {"key": "a"}]}, "EndPoint.3067"),
        ({"tags": [{"key": "a=b"}]}, "EndPoint.3068"),
        ({"tags": ["a"]}, "EndPoint.3068"),
        ({"tags": [{"key": f"k{n}"} for n in range(11)]}, "EndPoint.3069"),
        ({"tags": [{"key": "k" * 37}]}, "EndPoint.3072"),
        ({"tags": [{"key": "k", "value": "v" * 44}]}, "EndPoint.3073"),
    ],
)
def test_each_wrong_field_has_its_code(shop: Shop, changes: dict[str, object], code: str) -> None:
    reply = shop.create(**changes)
    assert (reply.status, reply.code) == (400, code)
    assert shop.consumer.effects() == []


def test_a_chosen_address_is_kept_and_then_taken(shop: Shop, caller: Caller) -> None:
    created = shop.create(port_ip="172.16.0.99", tags=[{"key": "env", "value": ""}]).body
    assert created["tags"] == [{"key": "env", "value": ""}]
    assert shop.create(port_ip="172.16.0.99").code == "EndPoint.2042"
    caller.decide("receive", created["id"])
    assert shop.show(created["id"]).body["ip"] == "172.16.0.99"


def test_the_gateways_own_subnet_is_refused(caller: Caller) -> None:
    gateway = caller.cloud.world.gateway_named("main")
    body = {"endpoint_service_id": gateway.service_id, "vpc_id": gateway.vpc_id, "subnet_id": gateway.subnet_id}
    assert caller.vpcep("POST", "/vpc-endpoints", body).code == "EndPoint.0002"


def test_fifty_endpoints_are_the_quota(shop: Shop) -> None:
    rows = shop.consumer.vpcep("GET", "/quotas", type="endpoint").body["quotas"]["resources"]
    assert rows[0]["quota"] == 50
    for _ in range(50 - rows[0]["used"]):
        assert shop.create().status == 200
    assert shop.create().code == "Endpoint.1018"


def test_the_list_shows_only_own_endpoints(shop: Shop, caller: Caller) -> None:
    body = shop.consumer.vpcep("GET", "/vpc-endpoints", limit=100).body
    own = [row for row in caller.cloud.world.endpoints.values() if row.domain_id == shop.consumer.account.domain_id]
    assert body["total_count"] == len(own) == len(body["endpoints"])
    assert {row["project_id"] for row in body["endpoints"]} == {shop.consumer.account.project_id}
    created = [row["created_at"] for row in body["endpoints"]]
    assert created == sorted(created, reverse=True)
    assert shop.consumer.vpcep("GET", "/vpc-endpoints", endpoint_service_name="nothing").body["total_count"] == 0
    assert shop.consumer.vpcep("GET", "/vpc-endpoints", id=own[0].id).body["total_count"] == 1
    assert shop.consumer.vpcep("GET", "/vpc-endpoints", vpc_id=DEMO.project_id).body["total_count"] == 0


def test_another_accounts_endpoint_is_not_found(shop: Shop, caller: Caller) -> None:
    created = shop.create().body["id"]
    for method in ("GET", "DELETE"):
        reply = caller.vpcep(method, f"/vpc-endpoints/{created}")
        assert (reply.status, reply.code) == (404, "EndPoint.0005")


def test_a_deleted_endpoint_goes_through_deleting(shop: Shop, caller: Caller) -> None:
    caller.cloud.world.delay = 2
    waiting = next(
        row.id
        for row in caller.cloud.world.connections_of("main")
        if row.domain_id == shop.consumer.account.domain_id and row.status == "accepted"
    )
    assert shop.consumer.vpcep("DELETE", f"/vpc-endpoints/{waiting}").status == 204
    assert caller.status_of(waiting) == "deleting"
    assert shop.consumer.vpcep("DELETE", f"/vpc-endpoints/{waiting}").code == "EndPoint.2018"
    caller.cloud.world.advance(2.1)
    assert caller.status_of(waiting) is None
    (row,) = caller.cloud.ledger()
    assert (row["action"], row["before"], row["after"]) == ("endpoint.delete", "accepted", None)
    assert row["gateway_id"] == caller.gateway_id()
