"""The acts of the tab in the vendor's words: what is asked, what is warned of. The engine does the rest.

Warnings carry facts; what the cloud does not tell, such as traffic, is called unknown (features T-01).
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from console.changes.kinds.connection import status_of
from console.changes.planning import Plan, PlannedItem
from console.changes.wording import Cell, Notice, TypedWord
from console.clouds.types import EVERYONE, ConnectionStatus
from console.vpc_endpoints.display import EMPTY, STATUS_LABELS, TONES
from console.web.moments import UNKNOWN, age_text, local_text

#: What must be typed before every account is let in.
EVERYONE_WORD: Final = "every account"
_ID: Final = "id id-whole"


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _status(item: PlannedItem) -> str:
    return STATUS_LABELS.get(status_of(item.sight)) or str(item.sight.facts["status"])


def _listed(item: PlannedItem) -> str:
    return "on the whitelist" if item.sight.facts["owner_is_whitelisted"] else "not on the whitelist"


class _ConnectionWording:
    columns = ("VPC Endpoint ID", "Packet ID", "Status", "Owner", "Owner is", "Created", "Age", "Last change")

    def cells(self, item: PlannedItem) -> tuple[Cell, ...]:
        """The object, its owner, state and age."""
        facts = item.sight.facts
        created, updated = _time(facts["created_at"]), _time(facts["updated_at"])
        return (
            Cell(item.target, _ID),
            Cell(facts["packet_id"] or EMPTY, "digits"),
            Cell(_status(item), f"status status-{TONES[status_of(item.sight)]}"),
            Cell(facts["owner"] or UNKNOWN, _ID),
            Cell(_listed(item)),
            Cell(local_text(created)),
            Cell(age_text(created)),
            Cell(local_text(updated)),
        )


class AcceptWording(_ConnectionWording):
    """Accept."""

    act = "Accept"
    harmful = False

    def title(self, plan: Plan) -> str:
        """Counted."""
        return "Accept This Connection" if len(plan.items) == 1 else f"Accept {len(plan.items)} Connections"

    def notices(self, plan: Plan) -> Sequence[Notice]:
        """What the account can do after."""
        owners = sorted({item.sight.facts["owner"] for item in plan.acts})
        who = f"account {owners[0]}" if len(owners) == 1 else f"these {len(owners)} accounts"
        lines = [f"The VPC of {who} can then reach every API that this gateway exposes."]
        if any(not item.sight.facts["owner_is_whitelisted"] for item in plan.acts):
            lines.append("An owner is not on the whitelist (any more). Accepting does not put it there.")
        return [Notice("info", "", tuple(lines))]

    def typed_word(self, plan: Plan) -> TypedWord | None:
        """Accepting is put right by rejecting."""
        return None


class RejectWording(_ConnectionWording):
    """Reject."""

    act = "Reject"
    harmful = True

    def title(self, plan: Plan) -> str:
        """Counted."""
        return "Reject This Connection" if len(plan.items) == 1 else f"Reject {len(plan.items)} Connections"

    def notices(self, plan: Plan) -> Sequence[Notice]:
        """The vendor's notice (source 000), then what is known and what is not."""
        lines = ["Services that run using the connection may be affected once it is rejected. Exercise caution."]
        live = [i for i in plan.acts if status_of(i.sight) is ConnectionStatus.ACCEPTED]
        if live:
            ages = ", ".join(age_text(_time(item.sight.facts["created_at"])) for item in live[:3])
            many = "This connection is" if len(live) == 1 else f"{len(live)} of these connections are"
            lines.append(f"{many} accepted now; created {ages} ago. Whether traffic runs over it is unknown.")
        else:
            lines.append("No traffic can run over a connection that waits for acceptance.")
        lines.append("You can accept it again later.")
        return [Notice("warning", "", tuple(lines))]

    def typed_word(self, plan: Plan) -> TypedWord | None:
        """Rejecting several at once is wide damage."""
        if len(plan.items) < 2:
            return None
        return TypedWord("reject", f"{len(plan.items)} connections are rejected at once.")


class _WhitelistWording:
    def typed_word(self, plan: Plan) -> TypedWord | None:
        """None unless everybody is let in."""
        return None


class AddWording(_WhitelistWording):
    """Add Account."""

    act = "Add"
    harmful = False
    columns = ("Account ID", "What will happen")

    def title(self, plan: Plan) -> str:
        """Counted."""
        return "Add Account" if len(plan.items) == 1 else f"Add {len(plan.items)} Accounts"

    def notices(self, plan: Plan) -> Sequence[Notice]:
        """What being on the whitelist means."""
        if _lets_everybody_in(plan):
            lines = (
                "Every account of this cloud will be able to create a VPC endpoint for this gateway, "
                "also accounts that you do not know.",
                "Their connections still wait for your acceptance. Remove the entry to close the gateway again.",
            )
            return [Notice("danger", "Open to every account", lines)]
        return [Notice("info", "", ("The account may then create VPC endpoints that ask to connect to this gateway.",))]

    def cells(self, item: PlannedItem) -> tuple[Cell, ...]:
        """The entry and its effect."""
        if item.target == EVERYONE:
            return (Cell(item.target, _ID), Cell("Every account may ask to connect"))
        return (Cell(item.target, _ID), Cell("May ask to connect"))

    def typed_word(self, plan: Plan) -> TypedWord | None:
        """For the entry that lets everybody in."""
        if not _lets_everybody_in(plan):
            return None
        return TypedWord(EVERYONE_WORD, "This opens the gateway to accounts that you do not know.")


def _lets_everybody_in(plan: Plan) -> bool:
    return any(item.target == EVERYONE for item in plan.acts)


class RemoveWording(_WhitelistWording):
    """Remove."""

    act = "Remove"
    harmful = True
    columns = ("Account ID", "On the whitelist since", "For")

    def title(self, plan: Plan) -> str:
        """Counted."""
        return "Remove This Account" if len(plan.items) == 1 else f"Remove {len(plan.items)} Accounts"

    def notices(self, plan: Plan) -> Sequence[Notice]:
        """Whether removal cuts connections is not documented by the vendor (features T-06)."""
        lines = (
            "The account can then create no new VPC endpoint for this gateway.",
            "Connections of the account that are accepted now may stay up: the cloud does not say. "
            "To cut one, reject it under Connections.",
        )
        return [Notice("warning", "", lines)]

    def cells(self, item: PlannedItem) -> tuple[Cell, ...]:
        """The entry and its age."""
        created = _time(item.sight.facts["created_at"])
        return (Cell(item.target, _ID), Cell(local_text(created)), Cell(age_text(created)))


class RenameWording:
    """Edit name, or enable the service. Knows the name that was asked for, to show what it becomes."""

    act = "Save"
    harmful = False
    columns = ("Gateway", "Service name now", "Service name after")

    def __init__(self, region: str, name: str) -> None:
        self.region = region
        self.name = name

    def title(self, plan: Plan) -> str:
        """Enabling is another act than renaming."""
        return "Rename VPC Endpoint Service" if plan.items[0].sight.exists else "Enable VPC Endpoint Service"

    def notices(self, plan: Plan) -> Sequence[Notice]:
        """What the name becomes, and what cannot be undone (huawei-contract 4.3)."""
        lines = []
        if not plan.items[0].sight.exists:
            lines.append("This enables the VPC endpoint service of this gateway. It cannot be undone.")
        if not plan.parameters["name"]:
            lines.append(
                "With an empty name the service is called {region}.{VPC endpoint service ID}, with no middle part."
            )
        lines.append("Whoever connects by the old name must be told the new one. The service ID stays the same.")
        lines.append("The new name shows some time after the cloud has taken it.")
        return [Notice("warning", "", tuple(lines))]

    def cells(self, item: PlannedItem) -> tuple[Cell, ...]:
        """Old and new full name."""
        now = item.sight.facts["service_name"]
        service_id = now.rpartition(".")[2] if now else "{VPC endpoint service ID}"
        after = ".".join(filter(None, (self.region, self.name, service_id)))
        return (Cell(item.sight.facts["gateway"]), Cell(now or "none", _ID), Cell(after, _ID))

    def typed_word(self, plan: Plan) -> TypedWord | None:
        """A name is put right by another."""
        return None
