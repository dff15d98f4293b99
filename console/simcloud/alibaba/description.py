"""What `--describe` and the control door tell about the simulated Alibaba Cloud (house part 5)."""

from typing import Any

from console.simcloud.alibaba import groups
from console.simcloud.alibaba.estate import Estate
from console.simcloud.alibaba.identity import CONTOSO, NORTHWIND, REGION, AlibabaAccount
from console.simcloud.alibaba.records import ApiGroup, ApiInstance, LinkService


def describe(estate: Estate) -> dict[str, Any]:
    """Credentials and ids of the demo account, and the same fields of the second one under `consumer`."""
    return {
        **_account(estate, NORTHWIND),
        "instances": [_instance(row) for row in estate.instances.values()],
        "api_groups": [_group(estate, row) for row in estate.groups.values()],
        "services": [_service(estate, row) for row in estate.services.values()],
        "consumer": _account(estate, CONTOSO),
    }


def _instance(instance: ApiInstance) -> dict[str, Any]:
    return {
        "id": instance.id,
        "name": instance.name,
        "type": instance.kind,
        "status": instance.status,
        "region_id": instance.region_id,
        "vpc_id": instance.user_vpc_id or None,
        "vswitch_id": instance.user_vswitch_id or None,
        "seeded_as": instance.seeded_as,
    }


def _group(estate: Estate, group: ApiGroup) -> dict[str, Any]:
    return {
        "id": group.id,
        "name": group.name,
        "instance_id": group.instance_id,
        "vpc_domain": group.vpc_domain or None,
        # What no call tells: who reaches the domain now ("*" is every VPC of the region), and where it leads.
        "reachable_from": groups.reachable_from(estate, group),
        "resolves_to": groups.resolves_to(estate, group),
        "own_domains": [row.id for row in estate.own_domains.values() if row.group_id == group.id],
        "seeded_as": group.seeded_as,
    }


def _service(estate: Estate, service: LinkService) -> dict[str, Any]:
    return {
        "id": service.id,
        "name": service.name,
        "account_id": str(service.account),
        "auto_accept": service.auto_accept,
        "users": [str(row.user_id) for row in estate.users.values() if row.service_id == service.id],
        "endpoints": [
            {"id": row.id, "account_id": str(row.account), "status": row.connection_status}
            for row in estate.endpoints.values()
            if row.service_id == service.id
        ],
        "seeded_as": service.seeded_as,
    }


def _account(estate: Estate, account: AlibabaAccount) -> dict[str, Any]:
    return {
        "access_key_id": account.access_key_id,
        "access_key_secret": account.access_key_secret,
        "account_id": str(account.id),
        "region_id": REGION,
        "vpcs": [
            {"id": vpc.id, "name": vpc.name, "cidr": vpc.cidr, "region_id": vpc.region_id}
            | {"vswitches": _vswitches(estate, vpc.id)}
            for vpc in estate.vpcs.values()
            if vpc.account == account.id
        ],
    }


def _vswitches(estate: Estate, vpc_id: str) -> list[dict[str, str]]:
    rows = [row for row in estate.vswitches.values() if row.vpc_id == vpc_id]
    return [{"id": row.id, "name": row.name, "cidr": row.cidr, "zone_id": row.zone_id} for row in rows]
