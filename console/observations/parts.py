"""The parts of a gateway or another thing, or of a whole cloud, that are read, and kept, for themselves."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any, Final

from console.clouds.services import EndpointService, Quota, VpcEndpoint
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


def _status(connection: Connection) -> str:
    other = connection.status is ConnectionStatus.OTHER
    return connection.raw_status if other else connection.status.value


LISTS: Final[Mapping[Part, RowKind]] = {
    Part.CONNECTIONS: RowKind(RecordCodec(Connection), lambda row: row.id, _status),
    Part.PERMISSIONS: RowKind(RecordCodec(Permission), lambda row: row.account, lambda _row: ""),
}
_ROWS: Final = {part: kind.codec for part, kind in LISTS.items()} | {
    Part.GATEWAYS: RecordCodec(Gateway),
    Part.SERVICES: RecordCodec(EndpointService),
    Part.ENDPOINTS: RecordCodec(VpcEndpoint),
    Part.INSTANCES: RecordCodec(ApiInstance),
    Part.GROUPS: RecordCodec(ApiGroup),
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
        return [_ROWS[part].dump(row) for row in value]
    return _RECORDS[part].dump(value) if part in _RECORDS else value


def load(part: Part, content: Any) -> Any:
    """The reverse of `dump`."""
    if part in _ROWS:
        return [_ROWS[part].load(row) for row in content]
    return _RECORDS[part].load(content) if part in _RECORDS else content


def shape(part: Part) -> str:
    """What content of this part looks like in this version of the console."""
    codec = _ROWS.get(part) or _RECORDS.get(part)
    return codec.shape if codec else "text"
