"""Reading VPCEP: services, VPC endpoints, what is found by name, quotas (huawei-contract 5). Tolerant as `wire`."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

from console.clouds.huawei import wire
from console.clouds.reading import JsonObject, UnreadableAnswer, count, moment, text
from console.clouds.services import (
    EndpointService,
    FoundService,
    PortMapping,
    Quota,
    QuotaKind,
    ServiceStatus,
    ServiceType,
    Tag,
    VpcEndpoint,
)
from console.clouds.types import Connection, ServiceId

_SERVICE_STATUSES: Final = {status.value: status for status in ServiceStatus}
#: With the spelling of some pages of 2022 (contract 10 #12).
_SERVICE_TYPES: Final = {kind.value: kind for kind in ServiceType} | {"gataway": ServiceType.GATEWAY}
_USUAL_PROTOCOL: Final = "TCP"
_ACTIVE: Final = "active"
_DISABLED: Final = "disable"


def service_from_wire(row: JsonObject) -> EndpointService:
    """A service, in a list or on its own (contract 5.1 and 5.2)."""
    raw_status = text(row.get("status"))
    return EndpointService(
        id=ServiceId(wire.id_of(row)),
        name=wire.parse_service_name(text(row.get("service_name"))),
        status=_SERVICE_STATUSES.get(raw_status, ServiceStatus.OTHER),
        raw_status=raw_status,
        service_type=_service_type(row),
        approval_required=flag(row.get("approval_enabled")),
        server_type=text(row.get("server_type")),
        backend_id=text(row.get("port_id")),
        vpc_id=text(row.get("vpc_id")),
        ports=tuple(_ports(row.get("ports"))),
        description=text(row.get("description")),
        tags=tuple(_tags(row.get("tags"))),
        connection_count=count(row.get("connection_count")),
        created_at=moment(row.get("created_at")),
        updated_at=moment(row.get("updated_at") or row.get("update_at")),
        failure=wire.failure_from_wire(row.get("error")),
    )


def _service_type(row: JsonObject) -> ServiceType:
    return _SERVICE_TYPES.get(text(row.get("service_type")), ServiceType.OTHER)


def flag(value: Any) -> bool | None:
    """A boolean, or its text as in printed examples (contract 10 #13); None for everything else."""
    if isinstance(value, bool):
        return value
    return {"true": True, "false": False}.get(text(value).lower())


def _objects(value: Any) -> Iterator[JsonObject]:
    return (item for item in value if isinstance(item, dict)) if isinstance(value, list) else iter(())


def _texts(value: Any) -> tuple[str, ...]:
    """A list of texts, or a single one."""
    return tuple(found for item in (value if isinstance(value, list) else [value]) if (found := text(item)))


def _ports(value: Any) -> Iterator[PortMapping]:
    """Ports may be numbers or texts; a mapping with an unreadable one is left out."""
    for item in _objects(value):
        client_port, server_port = count(item.get("client_port")), count(item.get("server_port"))
        if client_port is not None and server_port is not None:
            yield PortMapping(client_port, server_port, text(item.get("protocol")) or _USUAL_PROTOCOL)


def _tags(value: Any) -> Iterator[Tag]:
    for item in _objects(value):
        if key := text(item.get("key")):
            yield Tag(key, text(item.get("value")))


def found_service_from_wire(row: JsonObject) -> FoundService:
    """What anybody may learn of a service (contract 5.3 and 5.4)."""
    return FoundService(
        id=ServiceId(wire.id_of(row)),
        name=wire.parse_service_name(text(row.get("service_name"))),
        service_type=_service_type(row),
        created_at=moment(row.get("created_at")),
        charged=flag(row.get("is_charge")),
        owner=text(row.get("owner")),
    )


def described_service_from_wire(row: JsonObject) -> FoundService | None:
    """The answer to Verify; without an id, as one cloud says "not found", it is None (contract 5.3)."""
    return found_service_from_wire(row) if text(row.get("id")) else None


def connection_from_wire(row: JsonObject) -> Connection:
    """As API Gateway's, with a description (contract 5.5)."""
    return replace(wire.connection_from_wire(row), description=text(row.get("description")))


def endpoint_from_wire(row: JsonObject) -> VpcEndpoint:
    """A VPC endpoint; address and names come only when it is connected (contract 5.7). Its status is a connection's."""
    base = wire.connection_from_wire(row)
    return VpcEndpoint(
        id=base.id,
        packet_id=base.packet_id,
        status=base.status,
        raw_status=base.raw_status,
        service_id=ServiceId(text(row.get("endpoint_service_id"))),
        service_name=wire.parse_service_name(text(row.get("endpoint_service_name"))),
        service_type=_service_type(row),
        vpc_id=text(row.get("vpc_id")),
        subnet_id=text(row.get("subnet_id")),
        address=text(row.get("ip")),
        domain_names=_texts(row.get("dns_names") or row.get("dns_name")),
        dns_enabled=flag(row.get("enable_dns")) or False,
        access_control=flag(row.get("enable_whitelist")) or False,
        whitelist=_texts(row.get("whitelist")),
        route_tables=_texts(row.get("routetables")),
        description=text(row.get("description")),
        tags=tuple(_tags(row.get("tags"))),
        frozen=tuple(word for word in _texts(row.get("active_status")) if word != _ACTIVE),
        disabled=text(row.get("enable_status")) == _DISABLED,
        created_at=base.created_at,
        updated_at=base.updated_at,
        failure=base.failure,
    )


def quota_from_wire(document: JsonObject, *, kind: QuotaKind) -> Quota:
    """One row of the quotas (contract 5.8). Raises UnreadableAnswer where it is missing or has no numbers."""
    quotas = document.get("quotas")
    for row in _objects(quotas.get("resources") if isinstance(quotas, dict) else None):
        used, total = count(row.get("used")), count(row.get("quota"))
        if row.get("type") == kind.value and used is not None and total is not None:
            return Quota(kind, used, total)
    raise UnreadableAnswer(f"the answer has no quota for {kind.value}")
