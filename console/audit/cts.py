"""The log in the shape of the cloud's own trace service, so that both can be laid side by side.

The fields are those of a trace of Cloud Trace Service (Open Telekom Cloud user guide, "Trace Structure"; reliability.md
2.2): times in milliseconds since 1970, `user`, `request`, `response` and `message` as JSON in text, a rating of normal,
warning (failed) or incident (serious). As in its own traces, `request`, `response` and `code` are blank where nothing
was sent. What only our log knows stands in `message`.
"""

import json
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, Final, NamedTuple

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
_SYSTEM: Final = "System"
#: Rows that the sources are asked about at a time.
_PORTION: Final = 200


class Call(NamedTuple):
    """What was sent to a cloud for a row, and what came back; "" where nothing did. Secrets are masked."""

    request: str
    response: str
    #: The HTTP status of the answer.
    code: str
    api_version: str
    #: Method and URL.
    address: str


class Operation(NamedTuple):
    """What the cloud's own traces call the act of a row. Without a call nothing was sent for this row."""

    service: str
    resource: str
    name: str
    call: Call | None = None
    #: What a reader must know of the call; "" for nothing.
    remark: str = ""


#: Tells for rows, by their numbers, what they were to a cloud. Rows that no cloud had a part in are left out.
Source = Callable[[Sequence[Row]], Mapping[int, Operation]]
_sources: Final[list[Source]] = []


def ask(source: Source) -> None:
    """From now on ask this source too. For rooms above, which know of the clouds; called while the apps are loaded."""
    _sources.append(source)


def lines(rows: Iterable[Row]) -> Iterator[str]:
    """One trace a line. A trace and the cloud's own belong together when `message` names the cloud's request id."""
    left = iter(rows)
    while portion := list(islice(left, _PORTION)):
        known: dict[int, Operation] = {}
        for source in _sources:
            known |= source(portion)
        for row in portion:
            yield json.dumps(trace(row, known.get(row.seq)), ensure_ascii=False, separators=(",", ":")) + "\n"


def trace(row: Row, known: Operation | None = None) -> dict[str, Any]:
    """A row as a trace. `trace_id` is made from the row's hash: the same row always has the same."""
    moment = round(datetime.fromisoformat(row.at).timestamp() * 1000)
    operation = known or Operation("Console", row.action.partition(".")[0], _own_name(row.action))
    call = operation.call or Call("", "", "", "", "")
    values = (
        *(moment, moment, canonical.dumps({"name": row.actor, "role": row.role}), row.ip),
        *(operation.service, operation.resource, row.target, row.target, operation.name),
        *(str(uuid.UUID(row.hash[:32])), rating(row), "SystemAction" if row.role == _SYSTEM else "ConsoleAction"),
        *(call.request, call.response, call.code, call.api_version, canonical.dumps(_message(row, operation))),
    )
    return dict(zip(FIELDS, values, strict=True))


def rating(row: Row) -> str:
    """normal, warning or incident."""
    if row.action in _INCIDENTS or (row.action == "audit.verify" and row.state == State.FAILED):
        return "incident"
    return next((name for state, name in _RATINGS.items() if state.value == row.state), "normal")


def _message(row: Row, operation: Operation) -> dict[str, object]:
    """What a trace has no field for."""
    told: dict[str, object] = {
        "action": row.action,
        "state": row.state,
        "reason": row.reason,
        "cloud": row.cloud,
        "gateway_id": row.gateway_id,
        "before": _value(row.before),
        "after": _value(row.after),
        "error_code": row.error_code,
        "request_id": row.cloud_request_id,
        "call": operation.call.address if operation.call else "",
        "remark": operation.remark,
        "audit_row": row.seq,
        "audit_hash": row.hash,
    }
    return {name: value for name, value in told.items() if value not in ("", None)}


def _value(text: str) -> object:
    """The value of a before or after; its text where somebody has made it something that the log never writes."""
    try:
        return canonical.loads(text)
    except ValueError:
        return text


def _own_name(action: str) -> str:
    """An act at the console itself, such as `person.add`, as the cloud would write it: addPerson."""
    about, _, verb = action.partition(".")
    words = [*verb.split("_"), *about.split("_")]
    return words[0] + "".join(word.capitalize() for word in words[1:])
