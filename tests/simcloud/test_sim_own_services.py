"""Endpoint services made in VPCEP: creating, listing, changing, renaming, deleting."""

import pytest

from tests.simcloud.caller import Caller
from tests.simcloud.parties import NOTHING, Customer, Provider, public_service


def test_a_service_is_creating_and_then_available(provider: Provider) -> None:
    provider.caller.cloud.world.delay = 2
    created = provider.create(service_name="invoices", description="for partners").body
    assert created["status"] == "creating"
    assert created["service_name"] == f"eu-west-101.invoices.{created['id']}"
    assert (created["approval_enabled"], created["tcp_proxy"], created["service_type"]) == (True, "close", "interface")
    provider.caller.cloud.world.advance(2.1)
    shown = provider.show(created["id"])
    assert (shown["status"], shown["connection_count"], shown["error"]) == ("available", 0, [])
    (row,) = provider.caller.cloud.ledger()
    assert (row["action"], row["object"], row["after"]) == ("service.create", created["id"], "available")


def test_without_a_name_the_full_name_has_two_parts(provider: Provider) -> None:
    created = provider.create().body
    assert created["service_name"] == f"eu-west-101.{created['id']}"


def test_nobody_connects_before_it_is_available(provider: Provider, customer: Customer) -> None:
    provider.caller.cloud.world.delay = 2
    service_id = provider.created()
    provider.admit(service_id, customer.caller.account.domain_id)
    assert customer.create(service_id).code == "EndPoint.2004"
    provider.caller.cloud.world.advance(2.1)
    assert customer.create(service_id).status == 200


def test_a_service_in_the_reserved_block_fails(caller: Caller) -> None:
    provider = Provider(caller, "vpc-reserved")
    shown = provider.show(provider.created())
    assert shown["status"] == "failed"
    assert set(shown["error"][0]) == {"code", "message"}
    assert provider.update(shown["id"], description="x").code == "EndPoint.3045"
    assert provider.ask("DELETE", shown["id"]).status == 204


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"vpc_id": ""}, "EndPoint.2011"),
        ({"vpc_id": "x"}, "EndPoint.0020"),
        ({"vpc_id": NOTHING}, "EndPoint.2001"),
        ({"port_id": ""}, "EndPoint.3063"),
        ({"port_id": "x"}, "EndPoint.3003"),
        ({"port_id": NOTHING}, "EndPoint.3008"),
        ({"server_type": "BMS"}, "EndPoint.3021"),
        ({"server_type": None}, "EndPoint.3021"),
        ({"service_name": "a" * 17}, "EndPoint.3076"),
        ({"service_name": "a.b"}, "EndPoint.1003"),
        ({"service_name": "naïve"}, "EndPoint.1003"),
        ({"service_name": 7}, "EndPoint.1003"),
        ({"approval_enabled": "yes"}, "EndPoint.0002"),
        ({"service_type": "gateway"}, "EndPoint.0002"),
        ({"tcp_proxy": "proxy_vni"}, "EndPoint.0002"),
        ({"description": "<b>"}, "EndPoint.0002"),
        ({"description": "d" * 513}, "EndPoint.0002"),
        ({"tags": [{"key": ""}]}, "EndPoint.3066"),
        ({"ports": None}, "EndPoint.3004"),
        ({"ports": []}, "EndPoint.3004"),
    ],
)
def test_each_wrong_field_has_its_code(provider: Provider, changes: dict[str, object], code: str) -> None:
    reply = provider.create(**changes)
    assert (reply.status, reply.code) == (400, code)
    assert provider.caller.effects() == []


@pytest.mark.parametrize("name", ["", "a", "a" * 16, "A_z-9"])
def test_a_name_has_up_to_sixteen_plain_characters(provider: Provider, name: str) -> None:
    assert provider.create(service_name=name).status == 200


@pytest.mark.parametrize(
    ("mapping", "code"),
    [
        ({"client_port": 1, "server_port": 1}, ""),
        ({"client_port": 65535, "server_port": 65535}, ""),
        ({"client_port": 0, "server_port": 1}, "EndPoint.3004"),
        ({"client_port": 65536, "server_port": 1}, "EndPoint.3004"),
        ({"client_port": "80", "server_port": 1}, "EndPoint.3004"),
        ({"client_port": True, "server_port": 1}, "EndPoint.3004"),
        ({"server_port": 1}, "EndPoint.3004"),
        ({"client_port": 1, "server_port": 0}, "EndPoint.3043"),
        ({"client_port": 1, "server_port": 65536}, "EndPoint.3043"),
        ({"client_port": 1}, "EndPoint.3043"),
        ({"client_port": 1, "server_port": 1, "protocol": "UDP"}, "EndPoint.3075"),
    ],
)
def test_ports_have_bounds(provider: Provider, mapping: dict[str, object], code: str) -> None:
    reply = provider.create(ports=[mapping])
    assert (reply.status, code) == (200, "") or (reply.status, reply.code) == (400, code)


def test_two_hundred_mappings_are_the_most(provider: Provider) -> None:
    rows = [{"client_port": number, "server_port": 80} for number in range(1, 202)]
    assert provider.create(ports=rows).code == "EndPoint.3074"
    assert provider.create(ports=rows[:200]).status == 200


def test_a_client_port_leads_to_one_place(provider: Provider) -> None:
    rows = [{"client_port": 80, "server_port": 80}, {"client_port": 80, "server_port": 81}]
    assert provider.create(ports=rows).code == "EndPoint.3044"


def test_services_of_one_backend_do_not_share_a_server_port(provider: Provider) -> None:
    first = provider.created()
    assert provider.create(ports=[{"client_port": 9, "server_port": 80}]).code == "EndPoint.3044"
    second = provider.created(ports=[{"client_port": 9, "server_port": 81}])
    assert provider.update(second, ports=[{"client_port": 9, "server_port": 80}]).code == "EndPoint.3044"
    assert provider.update(first, ports=[{"client_port": 9, "server_port": 80}]).status == 200


def test_the_backend_must_be_in_the_network(provider: Provider, caller: Caller, consumer: Caller) -> None:
    elsewhere = Provider(caller, "vpc-orders").vpc["ports"][0]["id"]
    assert provider.create(port_id=elsewhere).code == "EndPoint.3042"
    foreign = Customer(consumer).vpc["ports"][0]["id"]
    assert provider.create(port_id=foreign).code == "EndPoint.3008"


def test_twenty_services_are_the_quota(provider: Provider) -> None:
    def quota() -> tuple[int, int]:
        (row,) = provider.caller.vpcep("GET", "/quotas", type="endpoint_service").body["quotas"]["resources"]
        return row["used"], row["quota"]

    used, most = quota()
    provider.caller.cloud.world.switch(services_per_backend=50)
    for number in range(most - used):
        assert provider.create(ports=[{"client_port": 1, "server_port": 1000 + number}]).status == 200
    assert quota() == (20, 20)
    assert provider.create().code == "Endpoint.1018"


def test_the_list_is_filtered_sorted_and_paged(provider: Provider) -> None:
    everything = provider.list(limit=100)["endpoint_services"]
    created = [row["created_at"] for row in everything]
    assert created == sorted(created, reverse=True)
    names = [row["service_name"] for row in everything]
    assert [row["service_name"] for row in provider.list(sort_dir="asc", limit=100)["endpoint_services"]] == names[::-1]
    assert [row["service_name"] for row in provider.list(limit=2, offset=1)["endpoint_services"]] == names[1:3]
    assert provider.list(endpoint_service_name="BILL")["total_count"] == 1
    assert provider.list(id=everything[0]["id"])["total_count"] == 1
    assert [row["status"] for row in provider.list(status="failed")["endpoint_services"]] == ["failed"]
    changed = provider.update(everything[-1]["id"], description="new").body
    newest = provider.list(sort_key="update_at", limit=1)["endpoint_services"][0]
    assert newest["id"] == changed["id"]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"sort_key": "name"}, "EndPoint.0017"),
        ({"sort_dir": "up"}, "EndPoint.0018"),
        ({"limit": 0}, "EndPoint.0006"),
        ({"limit": 1001}, "EndPoint.0006"),
        ({"offset": "x"}, "EndPoint.0010"),
    ],
)
@pytest.mark.parametrize("path", ["/vpc-endpoint-services", "/vpc-endpoint-services/public", "/vpc-endpoints"])
def test_a_bad_list_parameter_has_its_code(caller: Caller, path: str, query: dict[str, object], code: str) -> None:
    reply = caller.vpcep("GET", path, **query)
    assert (reply.status, reply.code) == (400, code)


def test_services_are_filtered_by_their_own_statuses(provider: Provider) -> None:
    reply = provider.caller.vpcep("GET", "/vpc-endpoint-services", status="accepted")
    assert (reply.status, reply.code) == (400, "EndPoint.0019")


def test_each_field_can_be_changed(provider: Provider) -> None:
    service_id = provider.created(service_name="one")
    fields = {
        "approval_enabled": False,
        "description": "another",
        "tcp_proxy": "proxy_open",
        "ports": [{"client_port": 1, "server_port": 2, "protocol": "TCP"}],
        "port_id": provider.vpc["ports"][1]["id"],
    }
    body = provider.update(service_id, service_name="two", **fields).body
    assert body["service_name"] == f"eu-west-101.two.{service_id}"
    shown = provider.show(service_id)
    assert {name: shown[name] for name in fields} == fields
    actions = [row["action"] for row in provider.caller.cloud.ledger()]
    assert (actions.count("service.update"), actions.count("service.rename")) == (5, 1)


def test_an_update_without_a_change_leaves_no_effect(provider: Provider) -> None:
    service_id = provider.created(description="same")
    provider.update(service_id, description="same", approval_enabled=True, service_name=None)
    assert [action for action, _ in provider.caller.effects()] == ["service.create"]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"ip": "10.0.0.1"}, "EndPoint.3055"),
        ({"ip": "10.0.0.1", "port_id": NOTHING}, "EndPoint.3052"),
        ({"port_id": "x"}, "EndPoint.3003"),
        ({"port_id": ""}, "EndPoint.3063"),
        ({"port_id": NOTHING}, "EndPoint.3008"),
        ({"ports": []}, "EndPoint.3004"),
        ({"service_name": "a b"}, "EndPoint.1003"),
        ({"service_name": "a" * 17}, "EndPoint.3076"),
        ({"approval_enabled": 1}, "EndPoint.0002"),
        ({"tcp_proxy": "ajar"}, "EndPoint.0002"),
        ({"description": ">"}, "EndPoint.0002"),
    ],
)
def test_a_bad_change_has_its_code(provider: Provider, fields: dict[str, object], code: str) -> None:
    service_id = provider.created()
    before = provider.show(service_id)
    reply = provider.update(service_id, **fields)
    assert (reply.status, reply.code) == (400, code)
    assert provider.show(service_id) == before


def test_a_service_is_renamed_by_its_own_call(provider: Provider) -> None:
    service_id = provider.created(service_name="one")
    assert provider.ask("PUT", service_id, "/name", {"endpoint_service_name": "two"}).body == {
        "endpoint_service_name": "two"
    }
    assert provider.show(service_id)["service_name"] == f"eu-west-101.two.{service_id}"
    provider.ask("PUT", service_id, "/name", {"endpoint_service_name": ""})
    assert provider.show(service_id)["service_name"] == f"eu-west-101.{service_id}"
    assert provider.ask("PUT", service_id, "/name", {}).code == "EndPoint.1003"
    assert provider.ask("PUT", service_id, "/name", {"endpoint_service_name": "x" * 17}).code == "EndPoint.3076"


def test_a_service_with_connections_is_not_deleted(provider: Provider, customer: Customer) -> None:
    service_id = provider.created()
    provider.admit(service_id, customer.caller.account.domain_id)
    endpoint_id = customer.created(service_id)
    provider.decide(service_id, "receive", endpoint_id)
    assert provider.show(service_id)["connection_count"] == 1
    assert provider.ask("DELETE", service_id).code == "EndPoint.3006"
    provider.decide(service_id, "reject", endpoint_id)
    assert provider.show(service_id)["connection_count"] == 0
    assert provider.ask("DELETE", service_id).status == 204


def test_a_deleted_service_goes_through_deleting(provider: Provider, customer: Customer) -> None:
    service_id = provider.created(service_name="short")
    provider.admit(service_id, "*")
    pending = customer.created(service_id)
    provider.caller.cloud.world.delay = 2
    assert provider.ask("DELETE", service_id).status == 204
    assert provider.show(service_id)["status"] == "deleting"
    assert provider.ask("DELETE", service_id).code == "EndPoint.3005"
    assert provider.update(service_id, description="x").code == "EndPoint.3045"
    assert customer.create(service_id).code == "EndPoint.2004"
    provider.caller.cloud.world.advance(2.1)
    assert provider.ask("GET", service_id).code == "EndPoint.0005"
    left = customer.show(pending)
    assert (left["status"], left["error"][0]["error_code"]) == ("failed", "EndPoint.2003")
    assert ".short." in left["endpoint_service_name"]
    assert customer.ask("DELETE", pending).status == 204
    provider.caller.cloud.world.advance(2.1)
    assert customer.ask("GET", pending).status == 404


def test_another_accounts_service_is_not_found(customer: Customer, provider: Provider) -> None:
    service_id = provider.created()
    for method, below, body in [
        ("GET", "", None),
        ("PUT", "", {}),
        ("DELETE", "", None),
        ("PUT", "/name", {"endpoint_service_name": "x"}),
        ("PUT", "/connections/description", {"connections": []}),
        ("POST", "/permissions/batch-create", {}),
        ("POST", "/permissions/batch-delete", {}),
        ("PUT", f"/permissions/{NOTHING}", {}),
    ]:
        reply = customer.caller.vpcep(method, f"/vpc-endpoint-services/{service_id}{below}", body)
        assert (reply.status, reply.code) == (404, "EndPoint.0005")


def test_public_services_are_the_clouds_own(provider: Provider, consumer: Caller) -> None:
    body = consumer.vpcep("GET", "/vpc-endpoint-services/public", limit=100).body
    kinds = {row["service_name"]: row["service_type"] for row in body["endpoint_services"]}
    assert kinds["com.myhuaweicloud.eu-west-101.dns"] == "interface"
    assert kinds["com.myhuaweicloud.eu-west-101.obs"] == "gateway"
    assert body["total_count"] == len(kinds)
    assert {row["is_charge"] for row in body["endpoint_services"]} == {False}
    own = {row["id"] for row in provider.list(limit=100)["endpoint_services"]}
    assert own.isdisjoint(row["id"] for row in body["endpoint_services"])
    found = consumer.vpcep("GET", "/vpc-endpoint-services/public", endpoint_service_name=".DNS").body
    assert [row["service_name"] for row in found["endpoint_services"]] == ["com.myhuaweicloud.eu-west-101.dns"]
    described = consumer.vpcep(
        "GET", "/vpc-endpoint-services/describe", endpoint_service_name="com.myhuaweicloud.eu-west-101.obs"
    ).body
    assert (described["service_type"], described["id"]) == ("gateway", public_service(consumer.cloud, "obs"))


def test_versions_are_listed(caller: Caller) -> None:
    versions = caller.ask("GET", "/").body["versions"]
    assert [version["id"] for version in versions] == ["v1", "v2"]
    assert caller.ask("GET", "/v1").body["version"] == versions[0]


def test_the_demo_lists_look_real(provider: Provider, customer: Customer) -> None:
    services = provider.list(limit=100)["endpoint_services"]
    assert {row["status"] for row in services} == {"available", "failed"}
    assert {row["server_type"] for row in services} == {"VM", "LB"}
    assert {row["approval_enabled"] for row in services} == {True, False}
    endpoints = provider.caller.vpcep("GET", "/vpc-endpoints", limit=100).body["endpoints"]
    assert {row["status"] for row in endpoints} == {"pendingAcceptance", "accepted", "rejected", "failed"}
    assert {row["service_type"] for row in endpoints} == {"interface", "gateway"}
    assert any(row["enable_whitelist"] for row in endpoints)
    assert len(customer.list(limit=100)["endpoints"]) >= 5
