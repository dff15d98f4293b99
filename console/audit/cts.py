"""The log in the shape of the cloud's own trace service, so that both can be laid side by side.

The fields are those of a trace of Cloud Trace Service (Open Telekom Cloud user guide, "Trace Structure"; reliability.md
2.2): times in milliseconds since 1970, `user`, `request`, `response` and `message` as JSON in text, a rating of normal,
warning (failed) or incident (serious).
"""

import json
import uuid
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, Final

from console.audit import canonical
from console.audit.catalog import State
from console.audit.chain import Row

FIELDS: Final = (
    *("time", "record_time", "user", "source_ip", "service_type", "resource_type", "resource_name", "resource_id"),
    *("trace_name", "trace_id", "trace_rating", "trace_type", "request", "response", "code", "api_version", "message"),
)
#: Ends that are no success. What nobody knows the end of, and what only a wrong-doer does, is more than a warning.
_RATINGS: Final = {State.FAILED: "warning", State.REFUSED: "warning", State.STALE: "warning", State.UNKNOWN: "incident"}
_INCIDENTS: Final = frozenset({"request.forged", "clock.set_back", "console.error"})
#: What an act is about, by the first part of its name, in the words of the cloud's traces.
_RESOURCES: Final = {
    "connection": ("APIG", "vpcEndpointConnection"),
    "permission": ("APIG", "vpcEndpointPermission"),
    "service": ("APIG", "instance"),
    "endpoint": ("VPCEP", "endpoint"),
}
_SYSTEM: Final = "System"


def lines(rows: Iterable[Row]) -> Iterator[str]:
    """One trace a line. A trace and the cloud's own belong together when `message` names the cloud's request id."""
    for row in rows:
        yield json.dumps(trace(row), ensure_ascii=False, separators=(",", ":")) + "\n"


def trace(row: Row) -> dict[str, Any]:
    """A row as a trace. `trace_id` is made from the row's hash: the same row always has the same."""
    moment = round(datetime.fromisoformat(row.at).timestamp() * 1000)
    service, resource = _RESOURCES.get(row.action.partition(".")[0], ("Console", row.action.partition(".")[0]))
    message: dict[str, object] = {
        "state": row.state,
        "reason": row.reason,
        "cloud": row.cloud,
        "gateway_id": row.gateway_id,
    }
    message |= {"request_id": row.cloud_request_id, "audit_row": row.seq, "audit_hash": row.hash}
    values = (
        *(moment, moment, canonical.dumps({"name": row.actor, "role": row.role}), row.ip, service, resource),
        *(row.target, row.target, _trace_name(row.action), str(uuid.UUID(row.hash[:32])), rating(row)),
        *("SystemAction" if row.role == _SYSTEM else "ConsoleAction", row.before, row.after, row.error_code, ""),
        canonical.dumps({name: value for name, value in message.items() if value != ""}),
    )
    return dict(zip(FIELDS, values, strict=True))


def rating(row: Row) -> str:
    """normal, warning or incident."""
    if row.action in _INCIDENTS or (row.action == "audit.verify" and row.state == State.FAILED):
        return "incident"
    return next((name for state, name in _RATINGS.items() if state.value == row.state), "normal")


def _trace_name(action: str) -> str:
    """`connection.reject` as the cloud would write it: rejectConnection."""
    about, _, verb = action.partition(".")
    words = [*verb.split("_"), *about.split("_")]
    return words[0] + "".join(word.capitalize() for word in words[1:])
