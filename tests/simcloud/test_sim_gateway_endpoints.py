"""Endpoints of the cloud's gateway services: route tables and policies instead of an address. And access control."""

from typing import Any

import pytest

from tests.simcloud.caller import Caller
from tests.simcloud.parties import NOTHING, Customer, Provider, public_service


@pytest.fixture
def storage(caller: Caller) -> str:
    return public_service(caller.cloud, "obs")


@pytest.fixture
def archive(caller: Caller) -> Customer:
    """The demo account in a network whose route tables lead nowhere yet."""
    return Customer(caller, "vpc-clients")


def tables(customer: Customer) -> list[str]:
    return [table["id"] for table in customer.vpc["route_tables"]]


def test_without_route_tables_the_default_one_is_bound(archive: Customer, storage: str) -> None:
    created = archive.create(storage, subnet_id=None, enable_dns=True).body
    assert (created["service_type"], created["routetables"]) == ("gateway", tables(archive))
    shown = archive.show(created["id"])
    assert (shown["status"], shown["enable_dns"]) == ("accepted", False)
    assert {"ip", "subnet_id", "dns_names", "whitelist"}.isdisjoint(shown)
    assert shown["policy_statement"][0]["Effect"] == "Allow"


@pytest.mark.parametrize(
    ("ids", "code"), [(["x"], "EndPoint.1019"), ("x", "EndPoint.1019"), ([NOTHING], "EndPoint.4026")]
)
def test_a_bad_route_table_has_its_code(archive: Customer, storage: str, ids: object, code: str) -> None:
    assert archive.create(storage, routetables=ids).code == code


def test_a_route_table_is_of_the_same_network_and_free(archive: Customer, storage: str, caller: Caller) -> None:
    elsewhere = tables(Customer(caller, "vpc-reports"))
    assert archive.create(storage, routetables=elsewhere).code == "EndPoint.4027"
    assert archive.create(storage).status == 200
    assert archive.create(storage).code == "EndPoint.2039"
    assert archive.create(public_service(caller.cloud, "sfs")).status == 200


def test_an_interface_endpoint_has_no_route_tables(archive: Customer, caller: Caller) -> None:
    service = public_service(caller.cloud, "dns")
    assert archive.create(service, routetables=tables(archive)).code == "EndPoint.1019"
    created = archive.create(service).body
    assert (created["routetables"], "policy_statement" in created) == ([], False)
    for below, body in (("/routetables", {"routetables": tables(archive)}), ("/policy", {"policy_statement": []})):
        assert archive.ask("PUT", created["id"], below, body).code == "EndPoint.0002"
    assert archive.ask("DELETE", created["id"], "/policy").code == "EndPoint.0002"


def test_route_tables_are_bound_again_as_far_as_possible(caller: Caller) -> None:
    orders = Customer(caller, "vpc-orders")
    default, batch = tables(orders)
    files = public_service(caller.cloud, "sfs")
    endpoint_id = orders.created(files)
    body = {"routetables": [batch, NOTHING]}
    reply = orders.ask("PUT", endpoint_id, "/routetables", body).body
    assert reply["routetables"] == [batch]
    assert [row["id"] for row in reply["error"][0]["bind_failed"]] == [NOTHING]
    assert orders.ask("PUT", endpoint_id, "/routetables", {"routetables": [default, batch]}).body == {
        "routetables": [default, batch],
        "error": [],
    }
    assert orders.ask("PUT", endpoint_id, "/routetables", {"routetables": []}).code == "EndPoint.2040"
    caller.cloud.world.set_text(endpoint_id, "status", "failed")
    assert orders.ask("PUT", endpoint_id, "/routetables", {"routetables": [batch]}).code == "EndPoint.2047"
    actions = [row["action"] for row in caller.cloud.ledger()]
    assert actions == ["endpoint.create", "endpoint.route_tables", "endpoint.route_tables"]


def test_a_policy_is_replaced_and_reset(archive: Customer, storage: str) -> None:
    deny = {"Effect": "Deny", "Action": ["obs:object:Delete*"], "Resource": ["obs:*:*:bucket:x"]}
    created = archive.create(storage, policy_statement=[deny]).body
    assert created["policy_statement"] == [deny]
    changed = archive.ask("PUT", created["id"], "/policy", {"policy_statement": []})
    assert (changed.status, changed.body["policy_statement"]) == (200, [])
    reset = archive.ask("DELETE", created["id"], "/policy").body
    assert reset["policy_statement"][0]["Effect"] == "Allow"
    assert archive.caller.effects()[1:] == [("endpoint.policy", created["id"])] * 2


@pytest.mark.parametrize(
    "statements",
    [
        None,
        "x",
        [{}],
        [{"Effect": "Maybe", "Action": ["*"], "Resource": ["*"]}],
        [{"Effect": "Allow", "Action": [], "Resource": ["*"]}],
        [{"Effect": "Allow", "Action": ["*"], "Resource": "*"}],
        [{"effect": "Allow", "Action": ["*"], "Resource": ["*"]}],
        [{"Effect": "Allow", "Action": ["*"], "Resource": ["*"]}] * 11,
    ],
)
def test_a_bad_policy_is_refused(archive: Customer, storage: str, statements: Any) -> None:
    endpoint_id = archive.created(storage)
    assert archive.ask("PUT", endpoint_id, "/policy", {"policy_statement": statements}).code == "EndPoint.0002"


@pytest.fixture
def connected(provider: Provider, customer: Customer) -> str:
    """The consumer's accepted endpoint."""
    service_id = provider.created(approval_enabled=False)
    provider.admit(service_id, "*")
    return customer.created(service_id)


def test_access_control_is_replaced_whole(customer: Customer, connected: str) -> None:
    def control(**body: object) -> tuple[list[str], bool]:
        shown = customer.ask("PUT", connected, "", body).body
        return shown["whitelist"], shown["enable_whitelist"]

    assert control(enable_whitelist=True, whitelist=["10.0.0.0/8", "192.168.1.1"]) == (
        ["10.0.0.0/8", "192.168.1.1"],
        True,
    )
    assert control(enable_whitelist=True, whitelist=["10.1.0.0/16"]) == (["10.1.0.0/16"], True)
    assert control(enable_whitelist=True) == ([], True)
    assert control(whitelist=["10.1.0.0/16"]) == ([], False)
    assert control() == ([], False)
    rows = [row for row in customer.caller.cloud.ledger() if row["action"] == "endpoint.access_control"]
    assert [row["after"] for row in rows] == ["on: 10.0.0.0/8, 192.168.1.1", "on: 10.1.0.0/16", "on: ", "off"]


@pytest.mark.parametrize(
    ("entries", "code"),
    [
        ([f"10.0.0.{number}" for number in range(1, 21)], ""),
        (["128.0.0.0/1"], ""),
        (["10.0.0.1/32"], ""),
        ([f"10.0.0.{number}" for number in range(1, 22)], "EndPoint.2045"),
        (["0.0.0.0"], "EndPoint.2044"),
        (["0.0.0.0/0"], "EndPoint.2044"),
        (["10.0.0.0/33"], "EndPoint.2044"),
        (["10.0.0.0/255.0.0.0"], "EndPoint.2044"),
        (["10.0.0.01"], "EndPoint.2044"),
        (["10.0.0.1/24"], "EndPoint.2044"),
        (["*"], "EndPoint.2044"),
        (["::1"], "EndPoint.2044"),
        ([""], "EndPoint.2044"),
        (["10.0.0.1", "10.0.0.1"], "EndPoint.2044"),
        ([7], "EndPoint.2044"),
        ("10.0.0.1", "EndPoint.2044"),
    ],
)
def test_access_control_has_bounds(customer: Customer, connected: str, entries: object, code: str) -> None:
    reply = customer.ask("PUT", connected, "", {"enable_whitelist": True, "whitelist": entries})
    assert (reply.status, code) == (200, "") or (reply.status, reply.code) == (400, code)


@pytest.mark.parametrize(
    ("status", "code"),
    [("failed", "EndPoint.2047"), ("deleting", "EndPoint.2018"), ("creating", "EndPoint.2019"), ("rejected", "")],
)
def test_access_control_needs_a_steady_endpoint(customer: Customer, connected: str, status: str, code: str) -> None:
    customer.caller.cloud.world.set_text(connected, "status", status)
    reply = customer.ask("PUT", connected, "", {"enable_whitelist": False})
    assert (reply.status, code) == (200, "") or reply.code == code


def test_access_control_is_for_interface_endpoints(archive: Customer, storage: str) -> None:
    assert archive.ask("PUT", archive.created(storage), "", {"enable_whitelist": False}).code == "EndPoint.0002"


def test_another_accounts_endpoint_is_not_changed(provider: Provider, connected: str) -> None:
    for method, below in (("PUT", ""), ("PUT", "/routetables"), ("PUT", "/policy"), ("DELETE", "/policy")):
        reply = provider.caller.vpcep(method, f"/vpc-endpoints/{connected}{below}", {})
        assert (reply.status, reply.code) == (404, "EndPoint.0005")
