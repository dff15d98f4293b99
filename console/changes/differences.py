"""What moved between the confirmation and now, side by side."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from console.changes.models import Change, Stage
from console.changes.planning import Plan

#: Facts in the words of the tab; others are named as they are, with blanks.
_LABELS: Final = {
    "exists": "Exists",
    "status": "Status",
    "owner": "Owner",
    "packet_id": "Packet ID",
    "created_at": "Created",
    "updated_at": "Updated",
    "owner_is_whitelisted": "Owner is on the whitelist",
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One fact of one object, as it was shown and as it is."""

    target: str
    label: str
    shown: str
    now: str


def between(shown: Mapping[str, Mapping[str, Any]], plan: Plan) -> list[Difference]:
    """The facts that differ, object by object."""
    return [one for item in plan.items for one in of(item.target, shown[item.target], item.sight.as_json())]


def of_stale(change: Change) -> list[Difference]:
    """What had changed about an object that nothing was sent for because of that; nothing for other ends."""
    return of(change.target, change.before or {}, change.after or {}) if change.stage == Stage.STALE else []


def of(target: str, shown: Mapping[str, Any], now: Mapping[str, Any]) -> list[Difference]:
    """The facts of one object that differ."""
    return [
        Difference(
            target, _LABELS.get(name, name.replace("_", " ")), in_words(shown.get(name)), in_words(now.get(name))
        )
        for name in {**shown, **now}
        if shown.get(name) != now.get(name)
    ]


def _label(name: str) -> str:
    return _LABELS.get(name, name.replace("_", " "))


def in_words(value: Any) -> str:
    """A fact for people."""
    if value is None:
        return "unknown"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return ", ".join(f"{name}={one}" for name, one in value.items()) or "none"
    if isinstance(value, list):
        return ", ".join(str(one) for one in value) or "none"
    return str(value) or "--"
