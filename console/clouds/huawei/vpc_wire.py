"""Reading VPC v1: networks and what is in them (huawei-contract 7). Tolerant as `wire`."""

from typing import Any, Final

from console.clouds.huawei import wire
from console.clouds.huawei.vpcep_wire import flag
from console.clouds.networks import Backend, RouteTable, Subnet, Vpc
from console.clouds.reading import JsonObject, count, text

#: How the owners of network ports are spelled that a service can stand in front of, in lower case.
_SERVER: Final = "compute:"
_LOAD_BALANCER: Final = "loadbalancer"


def vpc_from_wire(row: JsonObject) -> Vpc:
    """A VPC; its name and its block may be empty."""
    return Vpc(wire.id_of(row), text(row.get("name")), text(row.get("cidr")))


def subnet_from_wire(row: JsonObject) -> Subnet:
    """A subnet. Its `id`, and never its `neutron_subnet_id`, is what VPCEP wants."""
    return Subnet(
        id=wire.id_of(row),
        name=text(row.get("name")),
        vpc_id=text(row.get("vpc_id")),
        cidr=text(row.get("cidr")),
        gateway_address=text(row.get("gateway_ip")),
        free=count(row.get("available_ip_address_count")),
        zone=text(row.get("availability_zone")),
    )


def port_from_wire(row: JsonObject) -> Backend:
    """A network port. `server_type` is "" for one of which neither a server nor a load balancer is the owner."""
    return Backend(
        id=wire.id_of(row),
        name=text(row.get("name")),
        vpc_id="",
        subnet_id=text(row.get("network_id")),
        address=_first_address(row.get("fixed_ips")),
        server_type=_server_type(text(row.get("device_owner")).lower()),
    )


def _server_type(owner: str) -> str:
    if owner.startswith(_SERVER):
        return "VM"
    return "LB" if _LOAD_BALANCER in owner else ""


def _first_address(value: Any) -> str:
    rows = value if isinstance(value, list) else []
    return next((found for row in rows if isinstance(row, dict) and (found := text(row.get("ip_address")))), "")


def route_table_from_wire(row: JsonObject) -> RouteTable:
    """A route table."""
    return RouteTable(
        wire.id_of(row), text(row.get("name")), text(row.get("vpc_id")), is_default=flag(row.get("default")) or False
    )


def used_address_from_wire(row: JsonObject) -> tuple[str, str]:
    """A used address: the id of its record, by which the list is paged, and the address itself."""
    return wire.id_of(row), text(row.get("ip_address"))
