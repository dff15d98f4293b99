"""Endpoints of PrivateLink as their owners see them: create, find, delete (alibaba-contract 4.1, 4.2)."""

from dataclasses import dataclass, field
from typing import Final

from console.patterns import Pattern
from console.simcloud.alibaba import link_connections, link_services
from console.simcloud.alibaba.identity import AlibabaAccount
from console.simcloud.alibaba.link_services import new_id, stop_if_dry
from console.simcloud.alibaba.networks import find_vpc, find_vswitch
from console.simcloud.alibaba.records import AlibabaVpc, LinkEndpoint, LinkService
from console.simcloud.alibaba.refusals import invalid, refuse
from console.simcloud.ledger import Act, Change
from console.simcloud.world import World

_NAME: Final = Pattern("[A-Za-z\u4e00-\u9fff][^/\\s]{1,127}", 128)


@dataclass(frozen=True, slots=True)
class EndpointRequest:
    """What a consumer asks for. The service is named by id or name; no zones: all that fit."""

    vpc_id: str
    service_id: str = ""
    service_name: str = ""
    name: str = ""
    description: str = ""
    #: Items of `ZoneId` and `VSwitchId`.
    zones: list[dict[str, str]] = field(default_factory=list)
    security_groups: list[str] = field(default_factory=list)


def visible_services(world: World, account: AlibabaAccount, region: str) -> list[LinkService]:
    """The services in a region that an account is whitelisted for."""
    return [
        service
        for service in world.alibaba.services.values()
        if service.region_id == region and link_services.admits(world, service, account)
    ]


def create(
    world: World, act: Act, account: AlibabaAccount, region: str, request: EndpointRequest, *, dry_run: bool
) -> LinkEndpoint:
    """Create an endpoint: Creating now; then Connected where the service accepts by itself, else Disconnected.

    Raises Refusal, `EndpointServiceNotFound` among others when the account is not whitelisted."""
    service = _connectable_service(world, account, region, request)
    vpc = find_vpc(world.alibaba, region, account.id, request.vpc_id, invalid("VpcId"))
    if request.name and not _NAME.fullmatch(request.name):
        raise invalid("EndpointName")
    link_services.check_description("EndpointDescription", request.description)
    zones = _zones(world, service, vpc, request)
    stop_if_dry(dry_run=dry_run)
    now = world.clock.now()
    end = "Connected" if service.auto_accept else "Disconnected"
    endpoint = LinkEndpoint(
        new_id("ep"),
        region,
        account.id,
        now,
        service_id=service.id,
        service_account=service.account,
        vpc_id=vpc.id,
        modified_at=now,
        connection_status="Connecting" if service.auto_accept else "Disconnected",
        status="Creating",
        name=request.name,
        description=request.description,
        zones=zones,
        security_groups=request.security_groups,
        next_status=end,
        next_zone_status="Connected" if service.auto_accept else "Wait",
        due_at=now + world.delay,
    )
    world.place(endpoint)
    world.commit(act, [Change("endpoint.create", endpoint.id, service.id, None, end)], [endpoint])
    return endpoint


def find(world: World, account: AlibabaAccount, region: str, endpoint_id: str) -> LinkEndpoint:
    """The account's endpoint. Raises Refusal `EndpointNotFound`."""
    endpoint = world.alibaba.endpoints.get(endpoint_id)
    if endpoint is None or endpoint.account != account.id or endpoint.region_id != region:
        raise refuse("EndpointNotFound")
    return endpoint


def delete(world: World, act: Act, endpoint: LinkEndpoint, *, dry_run: bool) -> None:
    """Delete an endpoint: Deleting now, gone later. Raises Refusal while something else is going on."""
    if link_connections.is_in_between(endpoint):
        raise refuse("EndpointOperationDenied")
    stop_if_dry(dry_run=dry_run)
    change = Change("endpoint.delete", endpoint.id, endpoint.service_id, endpoint.connection_status, None)
    now = world.clock.now()
    endpoint.status = endpoint.connection_status = "Deleting"
    for zone in endpoint.zones:
        zone["ZoneStatus"] = "Deleting"
    endpoint.modified_at, endpoint.next_status, endpoint.due_at = now, "", now + world.delay
    world.alibaba.schedule(endpoint)
    world.commit(act, [change], [endpoint])


def _connectable_service(world: World, account: AlibabaAccount, region: str, request: EndpointRequest) -> LinkService:
    for service in visible_services(world, account, region):
        if request.service_id in ("", service.id) and request.service_name in ("", service.name):
            link_services.require_active(service)
            return service
    raise refuse("EndpointServiceNotFound")


def _zones(world: World, service: LinkService, vpc: AlibabaVpc, request: EndpointRequest) -> list[dict[str, str]]:
    """Where the endpoint stands: one vSwitch in each wanted zone of the service."""
    resources = {resource["ZoneId"]: resource["ResourceId"] for resource in service.resources}
    wanted = request.zones
    if not wanted:
        inside = [row for row in world.alibaba.vswitches.values() if row.vpc_id == vpc.id]
        wanted = [{"ZoneId": row.zone_id, "VSwitchId": row.id} for row in inside if row.zone_id in resources]
    zones: list[dict[str, str]] = []
    for zone in wanted:
        vswitch = find_vswitch(world.alibaba, vpc, zone.get("VSwitchId", ""), lambda: invalid("VSwitchId"))
        if zone.get("ZoneId", vswitch.zone_id) != vswitch.zone_id or vswitch.zone_id not in resources:
            raise refuse("EndpointZoneNotFound")
        zones.append(
            {
                "ZoneId": vswitch.zone_id,
                "ZoneStatus": "Creating",
                "VSwitchId": vswitch.id,
                "EniId": new_id("eni"),
                "ResourceId": resources[vswitch.zone_id],
            }
        )
    return zones
