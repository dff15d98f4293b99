"""Reading what VPCEP and VPC send: every printed example, and every odd field that the contract warns of."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.clouds.huawei import vpc_wire, vpcep_wire
from console.clouds.networks import Backend, RouteTable, Subnet, Vpc
from console.clouds.reading import UnreadableAnswer
from console.clouds.services import PortMapping, Quota, QuotaKind, ServiceStatus, ServiceType, Tag
from console.clouds.types import ConnectionStatus, ServiceName

ID = "5f0c1c2e-7d0b-4a3c-9a55-0b8f3b0f7e11"
#: Contract 5.1.
SERVICE = {
    "id": ID,
    "port_id": "4189d3c2-8882-4871-a3c2-d380272eed88",
    "vpc_id": "4189d3c2-8882-4871-a3c2-d380272eed80",
    "pool_id": "5289d3c2-8882-4871-a3c2-d380272eed80",
    "status": "creating",
    "approval_enabled": True,
    "service_name": f"eu-west-101.orders.{ID}",
    "service_type": "interface",
    "server_type": "VM",
    "project_id": "3b1f0c7a9d2e4f5688aa0c1d2e3f4051",
    "description": "",
    "tcp_proxy": "close",
    "tags": [],
    "ports": [{"client_port": 8080, "server_port": 80, "protocol": "TCP"}],
    "created_at": "2026-01-30T07:42:01Z",
    "updated_at": "2026-01-30T07:42:01Z",
}
#: Contract 5.3.
DESCRIBED = {
    "id": ID,
    "service_name": f"eu-west-101.apig.{ID}",
    "service_type": "interface",
    "created_at": "2025-01-03T07:48:26Z",
    "is_charge": True,
    "enable_policy": False,
}
#: Contract 5.7.
ENDPOINT = {
    "id": "2b7f8d4f-3c5e-4f90-8d21-88bb6c4e3f02",
    "status": "creating",
    "service_type": "interface",
    "marker_id": 422321321312321321,
    "active_status": ["active"],
    "enable_status": "enable",
    "vpc_id": "0d9a4f0e-1f5c-4c8e-8a55-0c2b6f7d1a01",
    "subnet_id": "61881173-3899-4981-a700-170253d469b6",
    "enable_dns": False,
    "endpoint_service_id": ID,
    "endpoint_service_name": f"eu-west-101.apig.{ID}",
    "project_id": "3b1f0c7a9d2e4f5688aa0c1d2e3f4051",
    "tags": [{"key": "env", "value": "test"}],
    "whitelist": [],
    "enable_whitelist": False,
    "specification_name": "default",
    "description": "",
    "endpoint_pool_id": "0e796c11-6cf1-484a-9b8c-f837cb925287",
    "created_at": "2026-05-02T11:01:03Z",
    "updated_at": "2026-05-02T11:01:03Z",
}
#: Contract 5.8.
QUOTAS = {
    "quotas": {
        "resources": [
            {"type": "endpoint", "used": 4, "quota": 50},
            {"type": "endpoint_service", "used": 1, "quota": 20},
        ]
    }
}


def test_service_of_the_contract_is_read_whole() -> None:
    found = vpcep_wire.service_from_wire(SERVICE)
    assert found.name == ServiceName(f"eu-west-101.orders.{ID}", "eu-west-101", "orders", ID)
    assert (found.status, found.raw_status) == (ServiceStatus.CREATING, "creating")
    assert (found.service_type, found.server_type, found.approval_required) == (ServiceType.INTERFACE, "VM", True)
    assert (found.backend_id, found.vpc_id) == (SERVICE["port_id"], SERVICE["vpc_id"])
    assert found.ports == (PortMapping(8080, 80, "TCP"),)
    assert (found.tags, found.description, found.failure, found.connection_count) == ((), "", "", None)
    assert found.created_at == found.updated_at == datetime(2026, 1, 30, 7, 42, 1, tzinfo=UTC)


def test_short_name_of_a_printed_example_is_kept() -> None:
    assert vpcep_wire.service_from_wire({**SERVICE, "service_name": "test123"}).name.full == "test123"


TEXT_PORTS = [{"client_port": "443", "server_port": "8443"}]
ODD_PORTS = [{"client_port": 1}, 7, {"client_port": "x", "server_port": 2}, {"client_port": 3, "server_port": 4}]


@pytest.mark.parametrize(
    ("field", "sent", "attribute", "read"),
    [
        ("status", "frozen", "status", ServiceStatus.OTHER),
        ("status", "frozen", "raw_status", "frozen"),
        ("status", ["available"], "status", ServiceStatus.OTHER),
        ("service_type", "gataway", "service_type", ServiceType.GATEWAY),
        ("service_type", "tunnel", "service_type", ServiceType.OTHER),
        ("approval_enabled", "false", "approval_required", False),
        ("approval_enabled", None, "approval_required", None),
        ("approval_enabled", 1, "approval_required", None),
        ("ports", TEXT_PORTS, "ports", (PortMapping(443, 8443, "TCP"),)),
        ("ports", ODD_PORTS, "ports", (PortMapping(3, 4, "TCP"),)),
        ("ports", {"client_port": 1}, "ports", ()),
        ("tags", [{"key": "a", "value": "b"}, {"key": "c"}, {"value": "d"}, "e"], "tags", (Tag("a", "b"), Tag("c"))),
        ("connection_count", "3", "connection_count", 3),
        ("connection_count", "many", "connection_count", None),
        ("error", [{"code": "EndPoint.4011", "message": "no port"}], "failure", "EndPoint.4011: no port"),
        ("error", [{"error_code": "X", "error_message": "y"}], "failure", "X: y"),
        ("error", [], "failure", ""),
        ("created_at", "2018-01-30T07:42:01.174", "created_at", datetime(2018, 1, 30, 7, 42, 1, 174000, tzinfo=UTC)),
        ("description", "a\x00b", "description", "a\ufffdb"),
    ],
)
def test_odd_fields_do_not_lose_the_service(field: str, sent: Any, attribute: str, read: Any) -> None:
    found = vpcep_wire.service_from_wire({**SERVICE, field: sent})
    assert getattr(found, attribute) == read
    assert found.id == ID


@pytest.mark.parametrize("decode", [vpcep_wire.service_from_wire, vpcep_wire.endpoint_from_wire])
def test_older_spelling_of_the_update_time_is_read(decode: Any) -> None:
    assert decode({"id": ID, "update_at": "2026-01-30T07:42:01Z"}).updated_at == datetime(
        2026, 1, 30, 7, 42, 1, tzinfo=UTC
    )


def test_found_service_of_the_contract_is_read_whole() -> None:
    found = vpcep_wire.described_service_from_wire(DESCRIBED)
    assert found is not None
    assert (found.id, found.name.name, found.service_type, found.charged) == (ID, "apig", ServiceType.INTERFACE, True)
    assert found.created_at == datetime(2025, 1, 3, 7, 48, 26, tzinfo=UTC)
    assert found.owner == ""


@pytest.mark.parametrize(("sent", "read"), [("true", True), ("False", False), (None, None), ("free", None)])
def test_charge_is_read_from_its_text(sent: Any, read: bool | None) -> None:
    assert vpcep_wire.found_service_from_wire({**DESCRIBED, "is_charge": sent}).charged is read


@pytest.mark.parametrize("nobody", ["", None, [], {}])
def test_described_service_without_an_id_is_none(nobody: Any) -> None:
    assert vpcep_wire.described_service_from_wire({**DESCRIBED, "id": nobody}) is None


def test_endpoint_of_the_contract_is_read_whole() -> None:
    found = vpcep_wire.endpoint_from_wire(ENDPOINT)
    assert (found.packet_id, found.status) == ("422321321312321321", ConnectionStatus.CREATING)
    assert (found.service_id, found.service_name.name, found.service_type) == (ID, "apig", ServiceType.INTERFACE)
    assert (found.address, found.domain_names, found.dns_enabled) == ("", (), False)
    assert (found.access_control, found.whitelist, found.route_tables) == (False, (), ())
    assert (found.tags, found.frozen, found.disabled, found.failure) == ((Tag("env", "test"),), (), False, "")


@pytest.mark.parametrize(
    ("field", "sent", "attribute", "read"),
    [
        ("status", "resting", "status", ConnectionStatus.OTHER),
        ("status", "resting", "raw_status", "resting"),
        ("marker_id", "201515772", "packet_id", "201515772"),
        ("active_status", "frozen", "frozen", ("frozen",)),
        ("active_status", ["active", "arrear_frozen"], "frozen", ("arrear_frozen",)),
        ("active_status", None, "frozen", ()),
        ("enable_status", "disable", "disabled", True),
        ("enable_status", "switching", "disabled", False),
        ("enable_dns", "true", "dns_enabled", True),
        ("enable_whitelist", "true", "access_control", True),
        ("whitelist", ["10.0.0.0/24", 7, None], "whitelist", ("10.0.0.0/24", "7")),
        ("ip", "10.0.0.9", "address", "10.0.0.9"),
        ("ip", None, "address", ""),
        ("dns_names", ["a.b", "c.d"], "domain_names", ("a.b", "c.d")),
        ("dns_name", "a.b", "domain_names", ("a.b",)),
        ("routetables", ["r1"], "route_tables", ("r1",)),
        ("routetables", None, "route_tables", ()),
        ("error", [{"error_code": "EndPoint.2022", "error_message": "no"}], "failure", "EndPoint.2022: no"),
    ],
)
def test_odd_fields_do_not_lose_the_endpoint(field: str, sent: Any, attribute: str, read: Any) -> None:
    found = vpcep_wire.endpoint_from_wire({**ENDPOINT, field: sent})
    assert getattr(found, attribute) == read
    assert found.id == ENDPOINT["id"]


def test_connection_of_a_service_has_the_owners_words() -> None:
    found = vpcep_wire.connection_from_wire({"id": ID, "status": "accepted", "description": "the shop's"})
    assert (found.status, found.description) == (ConnectionStatus.ACCEPTED, "the shop's")


@pytest.mark.parametrize(("kind", "used", "total"), [(QuotaKind.ENDPOINTS, 4, 50), (QuotaKind.SERVICES, 1, 20)])
def test_quotas_of_the_contract_are_read(kind: QuotaKind, used: int, total: int) -> None:
    assert vpcep_wire.quota_from_wire(QUOTAS, kind=kind) == Quota(kind, used, total)


@pytest.mark.parametrize(
    "document",
    [{}, {"quotas": None}, {"quotas": {"resources": [{"type": "endpoint", "used": 4}]}}, {"quotas": {"resources": 7}}],
)
def test_quota_that_is_not_told_is_no_number(document: dict[str, Any]) -> None:
    with pytest.raises(UnreadableAnswer):
        vpcep_wire.quota_from_wire(document, kind=QuotaKind.ENDPOINTS)


def test_networks_of_the_contract_are_read_whole() -> None:
    vpc = {"id": "v", "name": "vpc-orders", "description": "", "cidr": "192.168.0.0/16", "status": "OK", "routes": []}
    assert vpc_wire.vpc_from_wire(vpc) == Vpc("v", "vpc-orders", "192.168.0.0/16")
    subnet = {
        "id": "s",
        "name": "a",
        "cidr": "192.168.0.0/24",
        "gateway_ip": "192.168.0.1",
        "availability_zone": "az-1",
        "vpc_id": "v",
        "neutron_subnet_id": "never this one",
        "available_ip_address_count": 250,
    }
    assert vpc_wire.subnet_from_wire(subnet) == Subnet("s", "a", "v", "192.168.0.0/24", "192.168.0.1", 250, "az-1")
    table = {"id": "r", "name": "rtb", "default": True, "vpc_id": "v"}
    assert vpc_wire.route_table_from_wire(table) == RouteTable("r", "rtb", "v", is_default=True)


def test_nameless_network_without_a_block_is_kept() -> None:
    assert vpc_wire.vpc_from_wire({"id": "v"}) == Vpc("v", "", "")
    assert vpc_wire.subnet_from_wire({"id": "s"}).free is None


@pytest.mark.parametrize(
    ("owner", "server_type"),
    [
        ("compute:eu-west-101a", "VM"),
        ("neutron:LOADBALANCERV2", "LB"),
        ("network:LOADBALANCER", "LB"),
        ("network:dhcp", ""),
        ("neutron:VIP_PORT", ""),
        ("", ""),
        (None, ""),
    ],
)
def test_ports_tell_what_they_belong_to(owner: str | None, server_type: str) -> None:
    row = {
        "id": "p",
        "name": "n",
        "network_id": "s",
        "device_owner": owner,
        "fixed_ips": [7, {"ip_address": "10.0.0.5"}],
    }
    assert vpc_wire.port_from_wire(row) == Backend("p", "n", "", "s", "10.0.0.5", server_type)


DECODERS = (
    vpcep_wire.service_from_wire,
    vpcep_wire.endpoint_from_wire,
    vpcep_wire.found_service_from_wire,
    vpcep_wire.connection_from_wire,
    vpc_wire.vpc_from_wire,
    vpc_wire.subnet_from_wire,
    vpc_wire.port_from_wire,
    vpc_wire.route_table_from_wire,
    vpc_wire.used_address_from_wire,
)


@pytest.mark.parametrize("decode", DECODERS)
@pytest.mark.parametrize("row", [{}, {"id": None}, {"id": ""}, {"id": ["x"]}])
def test_only_a_row_without_an_id_is_refused(decode: Any, row: dict[str, Any]) -> None:
    with pytest.raises(UnreadableAnswer):
        decode(row)
    decode({"id": "x"})


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["key", "client_port", "code", "x"]), inner),
    max_leaves=8,
)
NAMES = sorted({*SERVICE, *ENDPOINT, *DESCRIBED, "ip", "dns_names", "error", "fixed_ips", "device_owner", "default"})


@settings(deadline=None, max_examples=60)
@given(row=st.dictionaries(st.sampled_from(NAMES), JSON))
def test_no_answer_crashes_the_reading(row: dict[str, Any]) -> None:
    for decode in DECODERS:
        decode({**row, "id": ID})
    try:
        vpcep_wire.quota_from_wire({"quotas": {"resources": [row]}}, kind=QuotaKind.SERVICES)
    except UnreadableAnswer:
        return
