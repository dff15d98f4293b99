"""What `--describe` and the control door tell: where the cloud is, who may call, what is in it (house part 5)."""

from typing import Any

from console.simcloud import route_tables
from console.simcloud.alibaba.description import describe as describe_alibaba
from console.simcloud.identity import CONSUMER, DEMO, REGION, Account
from console.simcloud.records import Gateway
from console.simcloud.world import World


def describe(world: World, base_url: str) -> dict[str, Any]:
    """Addresses, credentials and ids, ready for JSON. The credentials open nothing but the simulated cloud."""
    with world.turn():
        return {
            "base_url": base_url,
            **_account(world, DEMO),
            "gateways": [_gateway(world, gateway) for gateway in world.gateways.values()],
            "consumer": _account(world, CONSUMER),
            "alibaba": describe_alibaba(world.alibaba),
        }


def _account(world: World, account: Account) -> dict[str, Any]:
    return {
        "region": REGION,
        "project_id": account.project_id,
        "domain_id": account.domain_id,
        "domain_name": account.domain_name,
        "user_name": account.user_name,
        "password": account.password,
        "access_key": account.access_key,
        "secret_key": account.secret_key,
        "vpcs": [
            {"id": vpc.id, "name": vpc.name, "cidr": vpc.cidr, "subnets": _subnets(world, vpc.id)}
            | {"ports": _ports(world, vpc.id), "route_tables": _route_tables(world, vpc.id)}
            for vpc in world.vpcs.values()
            if vpc.project_id == account.project_id
        ],
    }


def _subnets(world: World, vpc_id: str) -> list[dict[str, Any]]:
    rows = [subnet for subnet in world.subnets.values() if subnet.vpc_id == vpc_id]
    return [{"id": subnet.id, "name": subnet.name, "cidr": subnet.cidr} for subnet in rows]


def _ports(world: World, vpc_id: str) -> list[dict[str, Any]]:
    rows = [port for port in world.ports.values() if world.subnets[port.subnet_id].vpc_id == vpc_id]
    return [{"id": port.id, "subnet_id": port.subnet_id, "ip": port.ip} for port in rows]


def _route_tables(world: World, vpc_id: str) -> list[dict[str, Any]]:
    return [{"id": table.id, "default": table.is_default} for table in route_tables.of_vpc(world, vpc_id)]


def _gateway(world: World, gateway: Gateway) -> dict[str, Any]:
    service = world.services.get(gateway.service_id or "")
    return {
        "id": gateway.id,
        "name": gateway.name,
        "status": gateway.status,
        "seeded_as": gateway.seeded_as,
        "service_id": service.id if service else None,
        "service_name": service.full_name if service else None,
        "connections": len(world.connections[service.id]) if service else 0,
    }
