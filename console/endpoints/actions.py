"""What is said about creating, deleting and restricting VPC endpoints. The engine does the rest."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from console.admission.display import EMPTY, STATUS_LABELS, TONES
from console.changes.kinds.connection import status_of
from console.changes.kinds.tags import CHANGE_KEY, tags_of
from console.changes.planning import Plan, PlannedItem
from console.changes.wording import Cell, Notice, TypedWord
from console.clouds.services import ServiceType
from console.clouds.types import ConnectionStatus
from console.endpoints.display import TYPES
from console.web.moments import UNKNOWN, age_text, local_text

_ID: Final = "id id-whole"


class DeleteWording:
    """Delete."""

    act = "Delete"
    harmful = True
    columns: tuple[str, ...] = (
        "ID",
        "VPC Endpoint Service Name",
        "Service owner",
        "Status",
        "Private IP Address",
        "Created",
        "Age",
    )

    def cells(self, item: PlannedItem) -> tuple[Cell, ...]:
        """The endpoint and its service. Who owns that, the cloud does not tell a consumer."""
        facts = item.sight.facts
        created = datetime.fromisoformat(facts["created_at"]) if facts["created_at"] else None
        status = status_of(item.sight)
        return (
            Cell(item.target, _ID),
            Cell(facts["service_name"] or UNKNOWN, _ID),
            Cell(UNKNOWN),
            Cell(STATUS_LABELS.get(status, facts["status"]), f"status status-{TONES.get(status, 'unknown')}"),
            Cell(facts["address"] or EMPTY),
            Cell(local_text(created)),
            Cell(age_text(created)),
        )

    def typed_word(self, plan: Plan) -> TypedWord | None:
        """One endpoint is no wide damage."""
        return None

    def title(self, plan: Plan) -> str:
        """What the dialog is called."""
        return "Delete This VPC Endpoint"

    def notices(self, plan: Plan) -> Sequence[Notice]:
        """What stops working; whether anybody uses it is not known."""
        lines = ["It cannot be had back: a new one gets another ID, and perhaps another address."]
        for item in plan.acts:
            if status_of(item.sight) is ConnectionStatus.ACCEPTED:
                lines.insert(0, _what_stops(item.sight.facts))
        return [Notice("danger", "Deleted for good", tuple(lines))]


def _what_stops(facts: Mapping[str, Any]) -> str:
    address = f" by {facts['address']} or a name of this endpoint" if facts["address"] else ""
    return (
        f"Whatever in this VPC reaches {facts['service_name'] or 'the service'}{address} stops working at once. "
        "Whether traffic runs over it is unknown."
    )


class AccessControlWording:
    """Set who may use an endpoint."""

    act = "Save"
    harmful = False
    columns = ()

    def title(self, plan: Plan) -> str:
        """What the dialog is called."""
        return "Access Control"

    def notices(self, plan: Plan) -> Sequence[Notice]:
        """Who loses access."""
        return [notice for item in plan.acts for notice in _consequences(item.sight.facts, plan.parameters)]

    def cells(self, item: PlannedItem) -> tuple[Cell, ...]:
        """The specification stands in place of a table."""
        return ()

    def typed_word(self, plan: Plan) -> TypedWord | None:
        """The list can be set again."""
        return None


def control_specification(endpoint_id: str, wanted: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What access control is to be; nothing for a request that cannot be read."""
    if not wanted:
        return []
    return [("VPC endpoint", endpoint_id), ("Access Control", _control(wanted["whitelist"], on=wanted["enabled"]))]


def _control(whitelist: Sequence[str], *, on: bool) -> str:
    return f"On: {', '.join(whitelist) or 'nobody, since the list is empty'}" if on else "Off"


def _consequences(now: Mapping[str, Any], wanted: Mapping[str, Any]) -> list[Notice]:
    if not wanted["enabled"]:
        line = "Every address of the VPC can use the endpoint. The list that there is now is given up."
        return [Notice("warning", "Open to the whole VPC", (line,))]
    before = now["whitelist"] if now["access_control"] else []
    lost = [entry for entry in before if entry not in wanted["whitelist"]]
    if not wanted["whitelist"]:
        return [Notice("danger", "Closed to everybody", ("The list is empty: no address can use the endpoint.",))]
    if not now["access_control"]:
        return [Notice("warning", "", ("Addresses that are not on the list cannot use the endpoint any more.",))]
    return [Notice("warning", "", (f"These cannot use the endpoint any more: {', '.join(lost)}.",))] if lost else []


class CreateWording:
    """The last page of the wizard."""

    act = "Submit"
    harmful = False
    columns = ()

    def __init__(self, *, charged: bool | None) -> None:
        self.charged = charged

    def title(self, plan: Plan) -> str:
        """The vendor's word for this page."""
        return "Confirm Specifications"

    def notices(self, plan: Plan) -> Sequence[Notice]:
        """What follows, as far as it is known."""
        lines = ["Where the service asks for approval, the endpoint waits until the service's owner accepts it."]
        if self.charged:
            lines.append("The vendor charges for its use.")
        return [Notice("info", "", tuple(lines))]

    def cells(self, item: PlannedItem) -> tuple[Cell, ...]:
        """The specification stands in place of a table."""
        return ()

    def typed_word(self, plan: Plan) -> TypedWord | None:
        """An endpoint can be deleted again."""
        return None


def specification(region: str, target: str, wanted: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The new endpoint, in the order of the wizard; nothing for a request that cannot be read."""
    if not wanted:
        return []
    tags = [f"{tag.key}={tag.value}" for tag in tags_of(wanted["tags"])]
    if wanted["tagged"]:
        tags.append(f"{CHANGE_KEY}={target} (the console's own mark: by it a lost answer is found again)")
    gateway = wanted["service_type"] == ServiceType.GATEWAY
    return [
        ("Region", region),
        ("VPC Endpoint Service Name", wanted["service_name"]),
        ("Type", TYPES[ServiceType(wanted["service_type"])]),
        *(_routes(wanted) if gateway else _placed(wanted)),
        ("Tags", ", ".join(tags) or "None"),
        ("Description", wanted["description"] or "None"),
    ]


def _placed(wanted: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [
        ("Private Domain Name", "Yes" if wanted["dns"] else "No"),
        ("VPC", f"{wanted['vpc_name']} ({wanted['vpc_id']})"),
        ("Subnet", f"{wanted['subnet_name']} ({wanted['subnet_id']})"),
        ("Private IP Address", wanted["address"] or "Automatic"),
        ("Access Control", _control(wanted["whitelist"], on=wanted["access_control"])),
    ]


def _routes(wanted: Mapping[str, Any]) -> list[tuple[str, str]]:
    tables = ", ".join(wanted["route_tables"]) or "The default route table of the VPC"
    return [("VPC", f"{wanted['vpc_name']} ({wanted['vpc_id']})"), ("Route Tables", tables)]
