"""Endpoint services of PrivateLink: create, find, change, delete (alibaba-contract 4.1, 4.2)."""

import uuid
from dataclasses import dataclass, field
from typing import Any, Final

from console.patterns import Pattern
from console.simcloud.alibaba.identity import AlibabaAccount
from console.simcloud.alibaba.records import LinkService, LinkUser
from console.simcloud.alibaba.refusals import invalid, refuse
from console.simcloud.ledger import Act, Change
from console.simcloud.world import World

#: Connections that keep a service from being deleted.
_IN_USE: Final = ("Connecting", "Connected", "Disconnecting", "Pending")
_DESCRIPTION: Final = Pattern(r".{2,256}", 256, dot_all=True)


@dataclass(frozen=True, slots=True)
class ServiceRequest:
    """What an owner asks for."""

    description: str = ""
    auto_accept: bool = False
    resource_kind: str = "slb"
    payer: str = "Endpoint"
    zone_affinity: bool = True
    resources: list[dict[str, str]] = field(default_factory=list)
    tags: list[dict[str, str]] = field(default_factory=list)


def new_id(prefix: str) -> str:
    """An id in the vendor's form."""
    return f"{prefix}-bp1{uuid.uuid4().hex[:18]}"


def of_account(world: World, account: AlibabaAccount, region: str) -> list[LinkService]:
    """The account's services in a region."""
    rows = world.alibaba.services.values()
    return [row for row in rows if row.account == account.id and row.region_id == region]


def find(world: World, account: AlibabaAccount, region: str, service_id: str) -> LinkService:
    """The account's service. Raises Refusal `EndpointServiceNotFound`, with HTTP 400."""
    for service in of_account(world, account, region):
        if service.id == service_id:
            return service
    raise refuse("EndpointServiceNotFound")


def require_active(service: LinkService) -> None:
    """Raises Refusal `EndpointServiceOperationDenied` while the service is being made, changed or deleted."""
    if service.status != "Active":
        raise refuse("EndpointServiceOperationDenied")


def stop_if_dry(*, dry_run: bool) -> None:
    """A dry run ends where the effect would begin; success is reported as a refusal (alibaba-contract 4)."""
    if dry_run:
        raise refuse("DryRunOperation")


def check_description(name: str, text: str) -> None:
    """Raises Refusal for a description that is too short, too long or begins like an address."""
    if text and (text.startswith(("http://", "https://")) or not _DESCRIPTION.fullmatch(text)):
        raise invalid(name)


def admits(world: World, service: LinkService, account: AlibabaAccount) -> bool:
    """Whether the account finds the service: it is on the whitelist."""
    return f"{service.id}/{account.id}" in world.alibaba.users


def create(
    world: World, act: Act, account: AlibabaAccount, region: str, request: ServiceRequest, *, dry_run: bool
) -> LinkService:
    """Create a service: Creating now, Active later; its owner is on the whitelist. Raises Refusal."""
    check_description("ServiceDescription", request.description)
    stop_if_dry(dry_run=dry_run)
    now = world.clock.now()
    service = LinkService(
        new_id("epsrv"),
        region,
        account.id,
        now,
        description=request.description,
        resource_kind=request.resource_kind,
        status="Creating",
        auto_accept=request.auto_accept,
        payer=request.payer,
        zone_affinity=request.zone_affinity,
        resources=request.resources,
        tags=request.tags,
        due_at=now + world.delay,
    )
    user_id = f"{service.id}/{account.id}"
    owner = LinkUser(user_id, region, account.id, now, service_id=service.id, user_id=account.id)
    world.place(service)
    world.place(owner)
    world.commit(act, [Change("service.create", service.id, service.id, None, "Active")], [service, owner])
    return service


def update(world: World, act: Act, service: LinkService, values: dict[str, Any], *, dry_run: bool) -> None:
    """Change fields, named as the record names them: Pending now, Active later. Raises Refusal."""
    require_active(service)
    check_description("ServiceDescription", values.get("description", ""))
    stop_if_dry(dry_run=dry_run)
    changes: list[Change] = []
    for name, after in values.items():
        before = getattr(service, name)
        if after != before:
            setattr(service, name, after)
            change = Change("service.update", service.id, service.id, f"{name}: {before}", f"{name}: {after}")
            changes.append(change)
    if not changes:
        return
    service.status, service.next_status = "Pending", "Active"
    service.due_at = world.clock.now() + world.delay
    world.alibaba.schedule(service)
    world.commit(act, changes, [service])


def delete(world: World, act: Act, service: LinkService, *, dry_run: bool) -> None:
    """Delete a service: Deleting now, gone later. Raises Refusal while it has connections."""
    require_active(service)
    connections = [row for row in world.alibaba.endpoints.values() if row.service_id == service.id]
    if any(row.connection_status in _IN_USE for row in connections):
        raise refuse("EndpointServiceConnectionDependence")
    stop_if_dry(dry_run=dry_run)
    service.status, service.next_status = "Deleting", ""
    service.due_at = world.clock.now() + world.delay
    world.alibaba.schedule(service)
    world.commit(act, [Change("service.delete", service.id, service.id, "Active", None)], [service])
