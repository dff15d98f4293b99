"""The parts of a gateway or another thing, or of a whole cloud, that are read, and kept, for themselves."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any, Final

from console.clouds.paging import Listing
from console.clouds.services import EndpointService, Quota, ServiceStatus, VpcEndpoint
from console.clouds.types import Connection, ConnectionStatus, Gateway, GatewayDetail, Permission
from console.clouds.vpc_access import ApiGroup, ApiInstance
from console.observations.records import RecordCodec


class Part(StrEnum):
    """One read of a cloud about one thing (a gateway, a service, ...), or about the cloud as a whole."""

    #: A gateway.
    DETAIL = "detail"
    CONNECTIONS = "connections"
    PERMISSIONS = "permissions"
    #: The account that owns the gateway.
    ACCOUNT = "account"
    #: One VPC endpoint service, VPC endpoint, instance or API group.
    SERVICE = "service"
    ENDPOINT = "endpoint"
    INSTANCE = "instance"
    GROUP = "group"
    #: The API groups on one instance.
    INSTANCE_GROUPS = "instance_groups"

    # What belongs to a cloud as a whole.
    GATEWAYS = "gateways"
    SERVICES = "services"
    SERVICE_QUOTA = "service_quota"
    ENDPOINTS = "endpoints"
    ENDPOINT_QUOTA = "endpoint_quota"
    INSTANCES = "instances"
    GROUPS = "groups"


#: Who owns a project does not change; everything else is good for one interval.
LASTS: Final = {Part.ACCOUNT: timedelta(days=1)}


@dataclass(frozen=True, slots=True)
class RowKind:
    """A list whose rows are followed from one read to the next."""

    codec: RecordCodec
    #: What makes two rows the same row.
    identify: Callable[[Any], str]
    #: What of a row is worth a mark when it differs; "" for nothing.
    state: Callable[[Any], str]


def _status(row: Connection | VpcEndpoint) -> str:
    return row.raw_status if row.status is ConnectionStatus.OTHER else row.status.value


def _service_status(row: EndpointService) -> str:
    return row.raw_status if row.status is ServiceStatus.OTHER else row.status.value


def _instance_state(row: ApiInstance) -> str:
    """Its status, and for a dedicated one the VPC that reaches it."""
    return row.status if row.shared else f"{row.status}, {f'bound to {row.vpc_id}' if row.is_bound else 'not bound'}"


def _group_state(row: ApiGroup) -> str:
    return "moving" if row.is_moving else "enabled" if row.is_enabled else "disabled"


LISTS: Final[Mapping[Part, RowKind]] = {
    Part.CONNECTIONS: RowKind(RecordCodec(Connection), lambda row: row.id, _status),
    Part.PERMISSIONS: RowKind(RecordCodec(Permission), lambda row: row.account, lambda _row: ""),
    Part.GATEWAYS: RowKind(RecordCodec(Gateway), lambda row: row.id, lambda row: row.status),
    Part.SERVICES: RowKind(RecordCodec(EndpointService), lambda row: row.id, _service_status),
    Part.ENDPOINTS: RowKind(RecordCodec(VpcEndpoint), lambda row: row.id, _status),
    Part.INSTANCES: RowKind(RecordCodec(ApiInstance), lambda row: row.id, _instance_state),
    Part.GROUPS: RowKind(RecordCodec(ApiGroup), lambda row: row.id, _group_state),
}
_ROWS: Final = {part: kind.codec for part, kind in LISTS.items()} | {
    Part.INSTANCE_GROUPS: RecordCodec(ApiGroup),
}
_RECORDS: Final = {
    Part.DETAIL: RecordCodec(GatewayDetail),
    Part.SERVICE: RecordCodec(EndpointService),
    Part.SERVICE_QUOTA: RecordCodec(Quota),
    Part.ENDPOINT: RecordCodec(VpcEndpoint),
    Part.ENDPOINT_QUOTA: RecordCodec(Quota),
    Part.INSTANCE: RecordCodec(ApiInstance),
    Part.GROUP: RecordCodec(ApiGroup),
}


def dump(part: Part, value: Any) -> Any:
    """A part's value as plain JSON."""
    if part in _ROWS:
        missing = [value.lacking, value.unreadable] if isinstance(value, Listing) else [0, 0]
        return [[_ROWS[part].dump(row) for row in value], *missing]
    return _RECORDS[part].dump(value) if part in _RECORDS else value


def load(part: Part, content: Any) -> Any:
    """The reverse of `dump`."""
    if part in _ROWS:
        rows, lacking, unreadable = content
        return Listing(map(_ROWS[part].load, rows), lacking=lacking, unreadable=unreadable)
    return _RECORDS[part].load(content) if part in _RECORDS else content


def shape(part: Part) -> str:
    """What content of this part looks like in this version of the console."""
    if part in _ROWS:
        return f"listing of {_ROWS[part].shape}"
    return _RECORDS[part].shape if part in _RECORDS else "text"
