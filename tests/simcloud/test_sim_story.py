"""The whole story across two accounts, with what each side sees at each step."""

from console.simcloud import SimulatedCloud
from tests.simcloud.caller import Caller
from tests.simcloud.parties import Customer, Provider

DELAY = 2.0


def test_a_service_is_published_found_connected_accepted_and_taken_away(provider: Provider, customer: Customer) -> None:
    world = provider.caller.cloud.world
    world.delay = DELAY
    service_id = provider.created(service_name="orders2")
    world.advance(DELAY)
    name = provider.show(service_id)["service_name"]
    found = customer.caller.vpcep("GET", "/vpc-endpoint-services/describe", endpoint_service_name=name).body
    assert found["id"] == service_id
    assert customer.create(found["id"]).code == "EndPoint.2012"
    provider.admit(service_id, customer.caller.account.domain_id)
    endpoint_id = customer.created(found["id"], enable_dns=True, port_ip="172.16.0.230")
    assert provider.connection(service_id, endpoint_id)["status"] == "creating"
    world.advance(DELAY)
    connection = provider.connection(service_id, endpoint_id)
    assert (connection["status"], connection["domain_id"]) == (
        "pendingAcceptance",
        customer.caller.account.domain_id,
    )
    waiting = customer.show(endpoint_id)
    assert (waiting["enable_dns"], "ip" in waiting, "dns_names" in waiting) == (False, False, False)
    provider.decide(service_id, "receive", endpoint_id)
    assert "ip" not in customer.show(endpoint_id)
    world.advance(DELAY)
    accepted = customer.show(endpoint_id)
    assert (accepted["ip"], accepted["enable_dns"], len(accepted["dns_names"])) == ("172.16.0.230", True, 1)
    provider.decide(service_id, "reject", endpoint_id)
    assert customer.show(endpoint_id)["ip"] == "172.16.0.230"
    provider.decide(service_id, "receive", endpoint_id)
    world.advance(DELAY)
    again = customer.show(endpoint_id)
    assert (again["status"], again["ip"], again["marker_id"]) == ("accepted", "172.16.0.230", accepted["marker_id"])
    customer.ask("DELETE", endpoint_id)
    world.advance(DELAY)
    assert provider.connection(service_id, endpoint_id) is None
    assert provider.ask("DELETE", service_id).status == 204


def test_a_rejected_newcomer_has_no_address(provider: Provider, customer: Customer) -> None:
    service_id = provider.created()
    provider.admit(service_id, "*")
    endpoint_id = customer.created(service_id)
    provider.decide(service_id, "reject", endpoint_id)
    shown = customer.show(endpoint_id)
    assert (shown["status"], "ip" in shown) == ("rejected", False)


def test_approval_switched_off_lets_newcomers_in_and_leaves_the_waiting(provider: Provider, customer: Customer) -> None:
    service_id = provider.created()
    provider.admit(service_id, "*")
    waiting = customer.created(service_id)
    customer.show(waiting)
    provider.update(service_id, approval_enabled=False)
    newcomer = customer.created(service_id)
    assert customer.show(newcomer)["status"] == "accepted"
    assert customer.show(waiting)["status"] == "pendingAcceptance"


def test_the_own_account_needs_approval_too(caller: Caller, provider: Provider) -> None:
    service_id = provider.created()
    endpoint = Customer(caller, "vpc-clients")
    assert endpoint.show(endpoint.created(service_id))["status"] == "pendingAcceptance"


def test_a_gateways_service_is_connected_to_and_seen_in_apig(caller: Caller, customer: Customer) -> None:
    name = caller.service_name()
    found = customer.caller.vpcep("GET", "/vpc-endpoint-services/describe", endpoint_service_name=name).body
    endpoint_id = customer.created(found["id"])
    (row,) = caller.connections(id=endpoint_id).body["connections"]
    assert (row["status"], row["domain_id"]) == ("pendingAcceptance", customer.caller.account.domain_id)
    caller.decide("receive", endpoint_id)
    assert "ip" in customer.show(endpoint_id)
    assert caller.cloud.ledger()[0]["gateway_id"] == caller.gateway_id()


def test_an_endpoint_in_the_reserved_block_fails(caller: Caller, provider: Provider) -> None:
    service_id = provider.created()
    endpoint = Customer(caller, "vpc-reserved")
    shown = endpoint.show(endpoint.created(service_id))
    assert (shown["status"], shown["error"][0]["error_code"]) == ("failed", "EndPoint.2022")
    assert "ip" not in shown


def test_both_accounts_really_are_two(cloud: SimulatedCloud, caller: Caller, consumer: Caller) -> None:
    described = cloud.describe()
    other = described["consumer"]
    for name in ("access_key", "secret_key", "project_id", "domain_id", "user_name", "password"):
        assert described[name] != other[name]
    own = {vpc["id"] for vpc in described["vpcs"]}
    assert own.isdisjoint(vpc["id"] for vpc in other["vpcs"])
    for vpc in described["vpcs"] + other["vpcs"]:
        assert vpc["subnets"]
        assert vpc["ports"]
        assert vpc["route_tables"][0]["default"]
    assert own == {vpc["id"] for vpc in caller.vpcep("GET", "/vpcs").body["vpcs"]}
    crossed = consumer.ask("GET", f"/v1/{caller.account.project_id}/vpc-endpoints")
    assert (crossed.status, crossed.code) == (400, "EndPoint.0014")


def test_a_new_endpoint_takes_a_free_address(provider: Provider, customer: Customer) -> None:
    def free() -> int:
        subnets = customer.caller.vpcep("GET", "/subnets", vpc_id=customer.vpc["id"]).body["subnets"]
        return int(subnets[0]["available_ip_address_count"])

    service_id = provider.created()
    provider.admit(service_id, "*")
    before = free()
    endpoint_id = customer.created(service_id)
    assert free() == before - 1
    subnet = customer.vpc["subnets"][0]["id"]
    used = customer.caller.vpcep("GET", f"/subnets/{subnet}/privateips").body["privateips"]
    assert [row["id"] for row in used if row["device_owner"] == "network:vpc_endpoint"].count(endpoint_id) == 1
