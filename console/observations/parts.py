"""The parts of a gateway, or of a whole cloud, that are read, and kept, for themselves."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any, Final

from console.clouds.types import Connection, ConnectionStatus, Gateway, GatewayDetail, Permission
from console.observations.records import RecordCodec


class Part(StrEnum):
    """One read of a cloud about one gateway, or about all of them."""

    DETAIL = "detail"
    CONNECTIONS = "connections"
    PERMISSIONS = "permissions"
    #: The account that owns the gateway.
    ACCOUNT = "account"
    #: The list of a cloud's gateways; belongs to no single one of them.
    GATEWAYS = "gateways"


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
_DETAIL: Final = RecordCodec(GatewayDetail)
_ROWS: Final = {part: kind.codec for part, kind in LISTS.items()} | {Part.GATEWAYS: RecordCodec(Gateway)}


def dump(part: Part, value: Any) -> Any:
    """A part's value as plain JSON."""
    if part in _ROWS:
        return [_ROWS[part].dump(row) for row in value]
    return _DETAIL.dump(value) if part is Part.DETAIL else value


def load(part: Part, content: Any) -> Any:
    """The reverse of `dump`."""
    if part in _ROWS:
        return [_ROWS[part].load(row) for row in content]
    return _DETAIL.load(content) if part is Part.DETAIL else content


def shape(part: Part) -> str:
    """What content of this part looks like in this version of the console."""
    if part in _ROWS:
        return _ROWS[part].shape
    return _DETAIL.shape if part is Part.DETAIL else "text"
