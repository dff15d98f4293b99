"""Rows as pages show them: plain values, worked out once, nothing left to ask the database for."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.utils.html import escape

from console.audit import canonical
from console.audit.catalog import Action, State
from console.audit.models import Entry
from console.web.shown import Shown

_ACTIONS = {action.value: action.label for action in Action}
_STATES = {state.value: state.label for state in State}


@dataclass(frozen=True, slots=True)
class Line(Shown):
    """One row of the list. `number` is also the end of its address."""

    number: str
    at: datetime
    actor: str
    role: str
    sentence: str
    action: str
    cloud: str
    gateway_id: str
    target: str
    state: str
    state_label: str
    reason: str


@dataclass(frozen=True, slots=True)
class Fact:
    """A name and a value of the detail page; `url` leads to the rows that share the value."""

    label: str
    value: str
    url: str = ""
    copy: bool = False
    code: bool = False


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that an act changed. None stands for a field that is not there on that side."""

    field: str
    before: str | None
    after: str | None


def line(entry: Entry) -> Line:
    """A row for the list. Names that this version does not know are shown as they are stored."""
    return Line(
        number=str(entry.seq),
        at=entry.at,
        actor=entry.actor,
        role=entry.role,
        sentence=_ACTIONS.get(entry.action, entry.action),
        action=entry.action,
        cloud=entry.cloud,
        gateway_id=escape(entry.gateway_id),
        # Escaped once: both stand twice in a row's markup.
        target=escape(entry.target),
        state=entry.state,
        state_label=_STATES.get(entry.state, entry.state),
        reason=entry.reason,
    )


def facts(entry: Entry, list_url: str) -> list[Fact]:
    """Everything the row says apart from time, act, state, before and after."""

    def rows(field: str, value: str) -> str:
        return f"{list_url}?{urlencode({field: value})}" if value else ""

    return [
        Fact("Actor", entry.actor, rows("actor", entry.actor)),
        Fact("Role", entry.role),
        Fact("Cloud", entry.cloud, rows("cloud", entry.cloud)),
        Fact("Gateway ID", entry.gateway_id, rows("gateway", entry.gateway_id), copy=True),
        Fact("Target", entry.target, rows("target", entry.target), copy=True),
        Fact("Reason", entry.reason),
        Fact("Error code", entry.error_code, code=bool(entry.error_code)),
        Fact("Change", entry.change_id, rows("change", entry.change_id), copy=True),
        Fact("Batch", entry.batch_id, rows("batch", entry.batch_id), copy=True),
        Fact("Request", entry.request_id, rows("request", entry.request_id), copy=True),
        Fact("Cloud's request ID", entry.cloud_request_id, copy=True, code=bool(entry.cloud_request_id)),
        Fact("Address", entry.ip),
    ]


def proof(entry: Entry) -> list[Fact]:
    """The row's place in the chain."""
    return [
        Fact("Row", str(entry.seq)),
        Fact("Time (UTC)", canonical.moment(entry.at), code=True),
        Fact("Hash", entry.hash, copy=True, code=True),
        Fact("Hash of the row before", entry.previous_hash, copy=True, code=True),
    ]


def differences(before: str, after: str) -> list[Difference]:
    """The fields in which two canonical JSON values differ, by name. Where a side is no object it is one field."""
    old, new = _object(before), _object(after)
    changed = sorted(name for name in old.keys() | new.keys() if old.get(name, _ABSENT) != new.get(name, _ABSENT))
    return [Difference(name or "value", _text(old, name), _text(new, name)) for name in changed]


def numbers(lines: Sequence[Line]) -> str:
    """Which rows the page shows, for the pager."""
    return f"Rows {lines[0].number} to {lines[-1].number}" if lines else ""


_ABSENT = object()


def _object(text: str) -> Mapping[str, Any]:
    value = json.loads(text)
    if value is None:
        return {}
    return value if isinstance(value, dict) else {"": value}


def _text(values: Mapping[str, Any], name: str) -> str | None:
    if name not in values:
        return None
    value = values[name]
    return value if isinstance(value, str) else canonical.dumps(value)
