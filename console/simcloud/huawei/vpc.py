"""VPC v1: networks, subnets, used addresses and ports, as far as pickers need them (huawei-contract 7)."""

from collections.abc import Sequence
from typing import Any, Final

from console.patterns import Pattern
from console.simcloud import networks, route_tables
from console.simcloud.clock import zoneless
from console.simcloud.errors import Refusal
from console.simcloud.huawei.call import Call, Route, json_answer
from console.simcloud.records import Port, RouteTable, Subnet, Vpc
from console.simcloud.wire import Answer

_MOST: Final = 2000
_LIMIT: Final = Pattern(r"[0-9]+", 4)


def _page(call: Call, rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Paging by `marker` (the last id seen) and `limit`; without counters (1.6)."""
    query = call.request.query()
    limit, marker = query.get("limit", str(_MOST)), query.get("marker")
    if not _LIMIT.fullmatch(limit) or int(limit) > _MOST:
        raise Refusal(400, "VPC.0002", "Invalid limit.")
    start = 0
    if marker is not None:
        ids = [row["id"] for row in rows]
        if marker not in ids:
            raise Refusal(404, "VPC.0003")
        start = ids.index(marker) + 1
    return list(rows[start : start + int(limit)])


def _own_vpcs(call: Call) -> list[Vpc]:
    project = call.caller.project
    return [vpc for vpc in call.world.vpcs.values() if project is not None and vpc.project_id == project.id]


def _own_subnets(call: Call) -> list[Subnet]:
    own = {vpc.id for vpc in _own_vpcs(call)}
    return [subnet for subnet in call.world.subnets.values() if subnet.vpc_id in own]


def list_vpcs(call: Call) -> Answer:
    """`GET /vpcs`."""
    wanted = call.request.query().get("id")
    rows = [_vpc(vpc) for vpc in _own_vpcs(call) if wanted in (None, vpc.id)]
    return json_answer({"vpcs": _page(call, rows)})


def _vpc(vpc: Vpc) -> dict[str, Any]:
    return {
        "id": vpc.id,
        "name": vpc.name,
        "description": "",
        "cidr": vpc.cidr,
        "status": "OK",
        "enterprise_project_id": "0",
        "routes": [],
        "tenant_id": vpc.project_id,
        "created_at": zoneless(vpc.created_at),
        "updated_at": zoneless(vpc.created_at),
    }


def list_subnets(call: Call) -> Answer:
    """`GET /subnets`; `id` equals `neutron_network_id` and is what VPCEP wants."""
    wanted = call.request.query().get("vpc_id")
    rows = [_subnet(call, subnet) for subnet in _own_subnets(call) if wanted in (None, subnet.vpc_id)]
    return json_answer({"subnets": _page(call, rows)})


def _subnet(call: Call, subnet: Subnet) -> dict[str, Any]:
    row = {
        "id": subnet.id,
        "name": subnet.name,
        "description": "",
        "cidr": subnet.cidr,
        "gateway_ip": networks.gateway_ip(subnet),
        "dhcp_enable": True,
        "primary_dns": "100.125.4.25",
        "secondary_dns": "100.125.129.199",
        "dnsList": ["100.125.4.25", "100.125.129.199"],
        "availability_zone": "eu-west-101a",
        "vpc_id": subnet.vpc_id,
        "status": "ACTIVE",
        "neutron_network_id": subnet.id,
        "neutron_subnet_id": f"{subnet.id[:-4]}ffff",
        "ipv6_enable": False,
        "tenant_id": call.world.vpcs[subnet.vpc_id].project_id,
        "created_at": zoneless(subnet.created_at),
        "updated_at": zoneless(subnet.created_at),
    }
    if call.world.profile.counts_addresses:
        row["available_ip_address_count"] = networks.available_count(call.world, subnet)
    return row


def list_private_ips(call: Call, subnet_id: str) -> Answer:
    """`GET /subnets/{id}/privateips`: the addresses in use."""
    subnet = next((subnet for subnet in _own_subnets(call) if subnet.id == subnet_id), None)
    if subnet is None:
        raise Refusal(404, "VPC.0003")
    rows = [
        {
            "id": owner_id,
            "ip_address": address,
            "subnet_id": subnet.id,
            "status": "ACTIVE",
            "device_owner": device_owner,
            "tenant_id": call.world.vpcs[subnet.vpc_id].project_id,
        }
        for address, (owner_id, device_owner) in networks.used(call.world, subnet).items()
    ]
    return json_answer({"privateips": _page(call, rows)})


def list_ports(call: Call) -> Answer:
    """`GET /ports`: servers' interfaces, filtered by `device_id` and `network_id`."""
    query = call.request.query()
    own = {subnet.id for subnet in _own_subnets(call)}
    rows = [
        _port(port)
        for port in call.world.ports.values()
        if port.subnet_id in own
        and query.get("device_id", port.device_id) == port.device_id
        and query.get("network_id", port.subnet_id) == port.subnet_id
    ]
    return json_answer({"ports": _page(call, rows)})


def _port(port: Port) -> dict[str, Any]:
    return {
        "id": port.id,
        "name": port.name,
        "status": "ACTIVE",
        "device_id": port.device_id,
        "device_owner": port.device_owner,
        "network_id": port.subnet_id,
        "fixed_ips": [{"subnet_id": f"{port.subnet_id[:-4]}ffff", "ip_address": port.ip}],
        "admin_state_up": True,
    }


def list_route_tables(call: Call) -> Answer:
    """`GET /routetables`, filtered by `id` and `vpc_id`; the default one of each VPC first."""
    query = call.request.query()
    rows = [
        _route_table(table, vpc)
        for vpc in _own_vpcs(call)
        if query.get("vpc_id", vpc.id) == vpc.id
        for table in route_tables.of_vpc(call.world, vpc.id)
        if query.get("id", table.id) == table.id
    ]
    return json_answer({"routetables": _page(call, rows)})


def _route_table(table: RouteTable, vpc: Vpc) -> dict[str, Any]:
    return {
        "id": table.id,
        "name": table.name,
        "description": "",
        "default": table.is_default,
        "vpc_id": vpc.id,
        "subnets": [],
        "tenant_id": vpc.project_id,
        "created_at": zoneless(table.created_at),
        "updated_at": zoneless(table.created_at),
    }


_BASE: Final = "/v1/(?P<project_id>[^/]+)"

ROUTES: Final = (
    Route("GET", f"{_BASE}/vpcs", list_vpcs),
    Route("GET", f"{_BASE}/subnets", list_subnets),
    Route("GET", f"{_BASE}/subnets/(?P<subnet_id>[^/]+)/privateips", list_private_ips),
    Route("GET", f"{_BASE}/ports", list_ports),
    Route("GET", f"{_BASE}/routetables", list_route_tables),
)
