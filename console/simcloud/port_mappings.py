"""Port mappings of an endpoint service: which ports are open and where they lead (huawei-contract 5.1, 11)."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from console.simcloud.errors import Refusal
from console.simcloud.records import EndpointService

#: Per request (huawei-contract 12.1).
MAXIMUM: Final = 200

Mapping = dict[str, Any]


def read(rows: object) -> list[Mapping]:
    """Mappings from a request's body, each checked. Raises Refusal 3004, 3043, 3044, 3074 or 3075."""
    if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) for row in rows):
        raise Refusal(400, "EndPoint.3004")
    if len(rows) > MAXIMUM:
        raise Refusal(400, "EndPoint.3074")
    mappings = [_read_one(row) for row in rows]
    if len({(row["protocol"], row["client_port"]) for row in mappings}) < len(mappings):
        raise Refusal(400, "EndPoint.3044")
    return mappings


def _read_one(row: dict[str, Any]) -> Mapping:
    protocol = row.get("protocol", "TCP")
    if protocol != "TCP":
        raise Refusal(400, "EndPoint.3075")
    client_port = _number(row.get("client_port"), "EndPoint.3004")
    server_port = _number(row.get("server_port"), "EndPoint.3043")
    return {"client_port": client_port, "server_port": server_port, "protocol": protocol}


def _number(value: object, code: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 65535:
        raise Refusal(400, code)
    return value


def require_no_conflict(mappings: Sequence[Mapping], others: Iterable[EndpointService]) -> None:
    """Services with one backend may not share a server port (5.1). Raises Refusal `EndPoint.3044`."""
    wanted = {(row["server_port"], row["protocol"]) for row in mappings}
    for other in others:
        if any((row["server_port"], row["protocol"]) in wanted for row in other.ports):
            raise Refusal(400, "EndPoint.3044")


def spelled(mappings: Sequence[Mapping]) -> str:
    """Mappings on one line, for the ledger."""
    return ", ".join(f"{row['protocol']} {row['client_port']}:{row['server_port']}" for row in mappings)
