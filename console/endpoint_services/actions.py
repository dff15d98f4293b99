"""The acts of this feature in words: what will happen, what is warned of. The engine does the rest."""

from collections.abc import Callable, Sequence
from typing import Any, Final

from console.changes.kinds.kind import Parameters
from console.changes.kinds.publishing import ports_of
from console.changes.kinds.tags import CHANGE_KEY
from console.changes.planning import Plan, PlannedItem
from console.changes.wording import Cell, Notice, TypedWord
from console.clouds.limits import RESERVED_BLOCK
from console.endpoint_services.display import EMPTY, SERVER_TYPES, ports_text
from console.endpoint_services.queries import Openness

_ID: Final = "id id-whole"
#: What must be typed before nobody is asked any more.
OFF_WORD: Final = "off"
DELETE_WORD: Final = "delete"
#: The security group of every backend must let this in (huawei-contract 5.1 and 11).
REMINDER: Final = (
    f"The security group of the backend must allow inbound traffic from {RESERVED_BLOCK} on the service ports, and "
    f"the VPC must not use these addresses itself."
)


class _Wording:
    harmful = False

    def typed_word(self, plan: Plan) -> TypedWord | None:
        """None unless an act says otherwise."""
        return None


class CreateWording(_Wording):
    """Create VPC Endpoint Service."""

    act = "Create"
    columns = ("Change",)

    def title(self, plan: Plan) -> str:
        """The specification page's heading."""
        return "Create VPC Endpoint Service"

    def notices(self, plan: Plan) -> Sequence[Notice]:
        """What must be so for it to work, and what an approval that is off means."""
        told = [Notice("info", "", (REMINDER,))]
        if not plan.parameters["approval_required"]:
            lines = ("Every VPC endpoint of a whitelisted account will be accepted at once, without anybody looking.",)
            told.insert(0, Notice("warning", "Connection Approval is off", lines))
        return told

    def cells(self, item: PlannedItem) -> tuple[Cell, ...]:
        """The specification says it all."""
        return (Cell(item.target, _ID),)


def specification(parameters: Parameters, names: dict[str, str]) -> list[tuple[str, str]]:
    """What the new service is to be. `names` are those of the VPC and the backend, where they are known."""
    server_type: str = parameters["server_type"]
    tags = [f"{key}={value}" for key, value in parameters["tags"]]
    if parameters["tagged"]:
        tags.append(f"{CHANGE_KEY} (by it this very service is found again)")
    return [
        ("Name", parameters["name"] or EMPTY),
        ("VPC", _named(parameters["vpc_id"], names)),
        ("Backend Resource Type", SERVER_TYPES.get(server_type, server_type)),
        ("Backend resource", _named(parameters["backend_id"], names)),
        ("Port mapping (service port → terminal port)", ports_text(ports_of(parameters["ports"]))),
        ("Connection Approval", "On" if parameters["approval_required"] else "Off"),
        ("Description", parameters["description"] or EMPTY),
        ("Tags", ", ".join(tags) or EMPTY),
    ]


def _named(identifier: str, names: dict[str, str]) -> str:
    name = names.get(identifier, "")
    return f"{name} ({identifier})" if name else identifier


class UpdateWording(_Wording):
    """Change one property. `openness` is asked only when the approval is switched off."""

    act = "Save"
    columns = ("VPC endpoint service", "Now", "After")

    def __init__(self, parameters: Parameters, openness: Callable[[], Openness]) -> None:
        self.parameters = parameters
        self._openness = openness
        self.harmful = self._opens

    @property
    def _opens(self) -> bool:
        return self.parameters.get("approval_required") is False

    def title(self, plan: Plan) -> str:
        """By the property."""
        if "approval_required" in plan.parameters:
            return f"Turn Connection Approval {'Off' if self._opens else 'On'}"
        titles = {"name": "Rename VPC Endpoint Service", "ports": "Change Port Mapping", "description": "Describe"}
        return next((title for name, title in titles.items() if name in plan.parameters), "Change")

    def notices(self, plan: Plan) -> Sequence[Notice]:
        """What follows, worst first."""
        if "approval_required" in plan.parameters:
            return _about_openness(self._openness()) if self._opens else [Notice("info", "", _CLOSED)]
        lines = [_FOLLOWS[name] for name in plan.parameters if name in _FOLLOWS]
        return [Notice("warning", "", tuple(lines))] if lines else []

    def cells(self, item: PlannedItem) -> tuple[Cell, ...]:
        """The service, and the property before and after."""
        facts = item.sight.facts
        ((name, after),) = self.parameters.items()
        return (Cell(facts["service_name"], _ID), Cell(_in_words(name, facts[name])), Cell(_in_words(name, after)))

    def typed_word(self, plan: Plan) -> TypedWord | None:
        """For the switch that lets connections in without anybody looking."""
        if not self._opens:
            return None
        return TypedWord(OFF_WORD, "From then on nobody is asked before a VPC endpoint is connected.")


#: What else a changed property brings.
_FOLLOWS: Final = {
    "name": "Whoever connects by the old name must be told the new one. The service ID stays the same.",
    "ports": "All port mappings are replaced. Connections that use a terminal port that is gone stop working.",
}
_CLOSED: Final = (
    "New VPC endpoints then wait until somebody here accepts them. Connections that are accepted now stay.",
)


def _in_words(name: str, value: Any) -> str:
    if name == "ports":
        return ports_text(ports_of(value)) or EMPTY
    if name == "approval_required":
        return {True: "On", False: "Off"}.get(value, "unknown")
    return str(value) or EMPTY


def _about_openness(found: Openness) -> list[Notice]:
    if found.everyone:
        who = "The whitelist admits every account: anybody in this cloud can then connect without being asked."
    elif found.accounts is None:
        who = "Whom the whitelist admits could not be read."
    else:
        who = f"The whitelist admits {_counted(found.accounts, 'account')} besides our own."
    if found.waiting is None:
        waiting = "How many connections wait now could not be read."
    elif found.waiting:
        waiting = (
            f"{_counted(found.waiting, 'connection')} wait{'s' if found.waiting == 1 else ''} for acceptance now. "
            "Whether the cloud then accepts by itself what waits already is not documented: look at them afterwards."
        )
    else:
        waiting = "No connection waits for acceptance now."
    first = "Every new VPC endpoint of a whitelisted account is accepted at once, without anybody looking."
    return [Notice("danger", "Nobody will be asked any more", (first, who, waiting))]


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


class DeleteWording(_Wording):
    """Delete."""

    act = "Delete"
    harmful = True
    columns = ("VPC endpoint service", "ID", "Status")

    def title(self, plan: Plan) -> str:
        """As the vendor's dialogs are called."""
        return "Delete This VPC Endpoint Service"

    def notices(self, plan: Plan) -> Sequence[Notice]:
        """It is for ever, and what hangs on it."""
        lines = ["A deleted service cannot be had back, and a new one gets another ID and another name."]
        others = sum(item.sight.facts["not_connected"] for item in plan.acts)
        if others:
            lines.append(f"{_counted(others, 'VPC endpoint')} that wait or were rejected lose what they point at.")
        return [Notice("danger", "", tuple(lines))]

    def cells(self, item: PlannedItem) -> tuple[Cell, ...]:
        """The service."""
        facts = item.sight.facts
        return (Cell(facts["service_name"], _ID), Cell(item.target, _ID), Cell(facts["status"]))

    def typed_word(self, plan: Plan) -> TypedWord | None:
        """It cannot be undone."""
        return TypedWord(DELETE_WORD, "This cannot be undone.")


class DescribeWording(_Wording):
    """Describe a connection."""

    act = "Save"
    columns = ("VPC Endpoint ID", "Owner", "Description now", "Description after")

    def __init__(self, description: str) -> None:
        self.description = description

    def title(self, plan: Plan) -> str:
        """One connection."""
        return "Describe This Connection"

    def notices(self, plan: Plan) -> Sequence[Notice]:
        """Who reads it."""
        return [Notice("info", "", ("The words are kept in the cloud, where also others of this account read them.",))]

    def cells(self, item: PlannedItem) -> tuple[Cell, ...]:
        """Before and after."""
        facts = item.sight.facts
        now, after = facts["description"] or EMPTY, self.description or EMPTY
        return (Cell(item.target, _ID), Cell(facts["owner"], _ID), Cell(now), Cell(after))
