"""Endpoint services made in VPCEP: create, find, change, delete (huawei-contract 5.1 to 5.4, 6.1)."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from console.patterns import Pattern
from console.simcloud import networks, port_mappings, tags
from console.simcloud.errors import MESSAGES, Refusal
from console.simcloud.identity import REGION, Account
from console.simcloud.ledger import Act, Change
from console.simcloud.records import EndpointService, full_name
from console.simcloud.world import World

NAME_MAXIMUM: Final = 16
_NAME: Final = Pattern(r"[A-Za-z0-9_-]*", 200)
#: Connections that count as used: they are counted in lists and keep a service from being deleted (5.2).
IN_USE: Final = ("creating", "accepted")

_NETWORK_FAILURE: Final = "EndPoint.4011"


@dataclass(frozen=True, slots=True)
class ServiceRequest:
    """What an owner asks for. Every field has passed its own check of form."""

    vpc_id: str
    port_id: str
    server_type: str
    ports: list[port_mappings.Mapping]
    name: str = ""
    approval_enabled: bool = True
    tcp_proxy: str = "close"
    description: str = ""
    tags: list[dict[str, str]] = field(default_factory=list)


def create(world: World, act: Act, account: Account, project_id: str, request: ServiceRequest) -> EndpointService:
    """Create a service: `creating` now, `available` later. Raises Refusal; then nothing changes."""
    check_name(request.name)
    tags.check(world, request.tags)
    if len(of_project(world, project_id)) >= world.switches.service_quota:
        raise Refusal(400, "Endpoint.1018")
    vpc = world.vpcs.get(request.vpc_id)
    if vpc is None or vpc.project_id != project_id:
        raise Refusal(400, "EndPoint.2001")
    _check_backend(world, request.port_id, request.vpc_id, request.ports, None)
    fails = world.switches.service_creation == "fails" or networks.overlaps_reserved(vpc.cidr)
    now = world.clock.now()
    service = EndpointService(
        id=str(uuid.uuid4()),
        region=REGION,
        name=request.name,
        project_id=project_id,
        domain_id=account.domain_id,
        created_at=now,
        updated_at=now,
        vpc_id=request.vpc_id,
        port_id=request.port_id,
        status="creating",
        approval_enabled=request.approval_enabled,
        description=request.description,
        server_type=request.server_type,
        ports=request.ports,
        tcp_proxy=request.tcp_proxy,
        tags=request.tags,
        next_status="failed" if fails else "available",
        due_at=now + world.delay,
    )
    world.place(service)
    world.commit(act, [Change("service.create", service.id, None, None, service.next_status)], [service])
    return service


def check_name(name: str) -> None:
    """Raises Refusal `EndPoint.1003` for bad characters in the middle part of a name, 3076 when it is too long."""
    if not _NAME.fullmatch(name):
        raise Refusal(400, "EndPoint.1003")
    if len(name) > NAME_MAXIMUM:
        raise Refusal(400, "EndPoint.3076")


def _check_backend(
    world: World, port_id: str, vpc_id: str, ports: list[port_mappings.Mapping], own: EndpointService | None
) -> None:
    """The backend's port must be in the VPC, and its services must get along."""
    port = world.ports.get(port_id)
    if port is None or world.vpcs[world.subnets[port.subnet_id].vpc_id].project_id != world.vpcs[vpc_id].project_id:
        raise Refusal(400, "EndPoint.3008")
    if world.subnets[port.subnet_id].vpc_id != vpc_id:
        raise Refusal(400, "EndPoint.3042")
    others = [row for row in world.services.values() if row.port_id == port_id and row is not own]
    port_mappings.require_no_conflict(ports, others)
    if len(others) >= world.switches.services_per_backend:
        raise Refusal(400, "EndPoint.3056")


def of_project(world: World, project_id: str) -> list[EndpointService]:
    """The services that a project may manage: its own, without those of gateways (huawei-contract 14, a switch)."""
    shows_gateways = world.switches.gateway_service_in_vpcep == "visible"
    return [
        row
        for row in world.services.values()
        if row.project_id == project_id and (shows_gateways or row.gateway_id is None)
    ]


def find(world: World, project_id: str, service_id: str) -> EndpointService:
    """The project's service; 404 for an unknown one and another tenant's alike."""
    service = world.services.get(service_id)
    if service is None or service.project_id != project_id:
        raise Refusal(404, "EndPoint.0005")
    if service.gateway_id is not None and world.switches.gateway_service_in_vpcep == "hidden":
        raise Refusal(404, "EndPoint.0005")
    return service


def count_in_use(world: World, service: EndpointService) -> int:
    """How many endpoints are connected to it or just connecting."""
    return sum(row.status in IN_USE for row in world.connections[service.id])


def update(world: World, act: Act, service: EndpointService, values: dict[str, Any]) -> None:
    """Change a service's fields, named as the record names them. Raises Refusal; then nothing changes."""
    if service.status != "available":
        raise Refusal(400, "EndPoint.3045")
    if "name" in values:
        check_name(values["name"])
    _check_new_backend(world, service, values)
    changes: list[Change] = []
    for name, after in values.items():
        before = getattr(service, name)
        if after != before:
            changes.append(_change(service, name, before, after))
            setattr(service, name, after)
    if changes:
        service.updated_at = world.clock.now()
        world.commit(act, changes, [service])


def _check_new_backend(world: World, service: EndpointService, values: dict[str, Any]) -> None:
    if "port_id" not in values and "ports" not in values:
        return
    if service.gateway_id is not None:
        raise Refusal(400, "EndPoint.3054")  # the gateway chose its backend itself
    port_id, ports = values.get("port_id", service.port_id), values.get("ports", service.ports)
    _check_backend(world, port_id, service.vpc_id, ports, service)


def _change(service: EndpointService, name: str, before: Any, after: Any) -> Change:
    """One ledger row for one changed field; a new name is a rename, as on a gateway."""
    if name == "name":
        new_name = full_name(service.region, after, service.id)
        return Change("service.rename", service.id, service.gateway_id, service.full_name, new_name)
    return Change("service.update", service.id, service.gateway_id, _field(name, before), _field(name, after))


def _field(name: str, value: Any) -> str:
    return f"{name}: {port_mappings.spelled(value) if name == 'ports' else value}"


def delete(world: World, act: Act, service: EndpointService) -> None:
    """Delete a service: `deleting` now, gone later. Refused with `EndPoint.3006` while endpoints are connected."""
    if service.status in ("creating", "deleting"):
        raise Refusal(400, "EndPoint.3005")
    if service.gateway_id is not None or count_in_use(world, service):
        raise Refusal(400, "EndPoint.3006")
    change = Change("service.delete", service.id, None, service.status, None)
    now = world.clock.now()
    service.status, service.updated_at = "deleting", now
    service.next_status, service.due_at = "", now + world.delay
    world.schedule(service)
    world.commit(act, [change], [service])


def errors_of(service: EndpointService) -> Sequence[dict[str, str]]:
    """Why a failed service failed; nothing for all others."""
    if service.status != "failed":
        return []
    return service.error or [{"code": _NETWORK_FAILURE, "message": MESSAGES[_NETWORK_FAILURE]}]
