"""Dedicated gateways: finding them and updating them, with the name of their endpoint service (huawei-contract 4)."""

import uuid
from typing import Final

from console.patterns import Pattern
from console.simcloud.errors import Refusal, bad_parameter
from console.simcloud.identity import REGION, owner_of
from console.simcloud.ledger import Act, Change
from console.simcloud.records import EndpointService, Gateway, Permission, Record, full_name
from console.simcloud.world import World

#: What an update may carry and what its value must look like (huawei-contract 4.3).
_PATTERNS: Final = {
    "instance_name": Pattern("[A-Za-z\u4e00-\u9fff][A-Za-z0-9_\u4e00-\u9fff-]{2,63}", 64),
    "description": Pattern(r"[^<>]*", 255),
    "maintain_begin": Pattern(r"(02|06|10|14|18|22):00:00", 8),
    "maintain_end": Pattern(r"(02|06|10|14|18|22):00:00", 8),
    "security_group_id": Pattern(r"[0-9a-f-]{36}", 36),
    "vpcep_service_name": Pattern(r"[A-Za-z0-9_-]*", 16),
}
_FIELDS: Final = {
    "instance_name": "name",
    "description": "description",
    "maintain_begin": "maintain_begin",
    "security_group_id": "security_group_id",
}


def find(world: World, project_id: str, gateway_id: str) -> Gateway:
    """The project's gateway; 404 `APIC.7302` for any other id, whatever its form."""
    gateway = world.gateways.get(gateway_id)
    if gateway is None or gateway.project_id != project_id:
        raise Refusal(404, "APIC.7302")
    return gateway


def require_writable(world: World, gateway: Gateway) -> None:
    """409 `APIC.7701` for a gateway that does not run (switch `frozen_gateway`)."""
    if gateway.status != "Running" and world.switches.frozen_gateway == "conflict":
        raise Refusal(409, "APIC.7701")


def update(world: World, act: Act, gateway: Gateway, fields: dict[str, object]) -> None:
    """Change a gateway. Unknown fields are passed over. Raises Refusal; then nothing changes."""
    values = {name: _valid(name, fields[name]) for name in _PATTERNS if fields.get(name) is not None}
    _check_window(values)
    require_writable(world, gateway)
    if world.switches.update_without_service_name == "empty" and gateway.service_id is not None:
        values.setdefault("vpcep_service_name", "")
    if "vpcep_service_name" in values and not gateway.offers_endpoints:
        raise bad_parameter("vpcep_service_name")
    changes, changed = _set_fields(gateway, values)
    if "vpcep_service_name" in values:
        more, records = _set_service_name(world, gateway, values["vpcep_service_name"])
        changes.extend(more)
        changed.extend(records)
    world.commit(act, changes, changed)


def _valid(name: str, value: object) -> str:
    if not isinstance(value, str) or not _PATTERNS[name].fullmatch(value):
        raise bad_parameter(name)
    return value


def _check_window(values: dict[str, str]) -> None:
    """Both ends or neither, and exactly four hours apart."""
    begin, end = values.get("maintain_begin"), values.get("maintain_end")
    if begin is None and end is None:
        return
    if begin is None or end is None or (int(end[:2]) - int(begin[:2])) % 24 != 4:
        raise Refusal(400, "APIC.7235")


def _set_fields(gateway: Gateway, values: dict[str, str]) -> tuple[list[Change], list[Record]]:
    changes: list[Change] = []
    for name, attribute in _FIELDS.items():
        before = getattr(gateway, attribute)
        if name in values and values[name] != before:
            setattr(gateway, attribute, values[name])
            changes.append(Change("gateway.update", gateway.id, gateway.id, before, values[name]))
    return changes, [gateway] if changes else []


def _set_service_name(world: World, gateway: Gateway, name: str) -> tuple[list[Change], list[Record]]:
    service = world.services.get(gateway.service_id or "")
    if service is None:
        return _enable(world, gateway, name) if name or world.switches.empty_name_enables else ([], [])
    wanted_now = service.name if service.next_name is None else service.next_name
    if name == wanted_now:
        return [], []
    before = full_name(service.region, wanted_now, service.id)
    after = full_name(service.region, name, service.id)
    service.next_name, service.due_at = name, world.clock.now() + world.delay
    world.schedule(service)
    return [Change("service.rename", service.id, gateway.id, before, after)], [service]


def _enable(world: World, gateway: Gateway, name: str) -> tuple[list[Change], list[Record]]:
    """Give a gateway its endpoint service, with its own account on the whitelist; it cannot be taken away."""
    now = world.clock.now()
    service = EndpointService(
        id=str(uuid.uuid4()),
        region=REGION,
        name=name,
        project_id=gateway.project_id,
        domain_id=owner_of(gateway.project_id),
        created_at=now,
        updated_at=now,
        vpc_id=gateway.vpc_id,
        gateway_id=gateway.id,
        status="creating",
        due_at=now + world.delay,
    )
    own = Permission(str(uuid.uuid4()), service.id, service.domain_id, now)
    gateway.service_id = service.id
    world.place(service)
    world.place(own)
    return [Change("service.rename", service.id, gateway.id, None, service.full_name)], [gateway, service, own]
