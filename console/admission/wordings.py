"""Deciding and whitelisting in the vendor's words: what is asked, what is warned of. The engine does the rest.

Warnings carry facts; what the cloud does not tell, such as traffic, is called unknown (features T-01).
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from console.admission.display import EMPTY, NOT_PROVIDED, STATUS_LABELS, TONES
from console.changes.addresses import HOST_WORDS
from console.changes.kinds.connection import status_of
from console.changes.kinds.kind import Realm
from console.changes.planning import Plan, PlannedItem
from console.changes.wording import Cell, Notice, TypedWord
from console.clouds.types import EVERYONE, ConnectionStatus, Traits
from console.web.moments import UNKNOWN, age_text, local_text

#: What must be typed before every account is let in.
EVERYONE_WORD: Final = "every account"
_ID: Final = "id id-whole"
#: What an accepted connection reaches.
_OFFERS: Final = {
    Realm.GATEWAY: "every API that this gateway exposes",
    Realm.SERVICE: "everything behind this service",
}


def _this(plan: Plan) -> str:
    return f"this {HOST_WORDS[plan.place.realm]}"


def _count(plan: Plan) -> int:
    """How many something would be done to; where that is nothing, how many were asked for."""
    return len(plan.acts) or len(plan.items)


def _waiting(plan: Plan) -> str:
    """A gateway always asks; a service of one's own may have been set not to (huawei-contract 6.2)."""
    if plan.place.realm is Realm.GATEWAY:
        return "Their connections still wait for your acceptance."
    return "Where the service asks for no approval, they are connected at once."


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _status(item: PlannedItem) -> str:
    return STATUS_LABELS.get(status_of(item.sight)) or str(item.sight.facts["status"])


def _listed(item: PlannedItem) -> str:
    return "on the whitelist" if item.sight.facts["owner_is_whitelisted"] else "not on the whitelist"


class _ConnectionWording:
    columns = ("VPC Endpoint ID", "Packet ID", "Status", "Owner", "Owner is", "Created", "Age", "Last change")

    def __init__(self, traits: Traits) -> None:
        self.traits = traits

    def cells(self, item: PlannedItem) -> tuple[Cell, ...]:
        """The object, its owner, state and age."""
        facts = item.sight.facts
        created, updated = _time(facts["created_at"]), _time(facts["updated_at"])
        return (
            Cell(item.target, _ID),
            Cell(facts["packet_id"] or EMPTY, "digits") if self.traits.packet_id else Cell(NOT_PROVIDED),
            Cell(_status(item), f"status status-{TONES[status_of(item.sight)]}"),
            Cell(facts["owner"] or UNKNOWN, _ID),
            Cell(_listed(item)),
            Cell(local_text(created) if self.traits.created_at else NOT_PROVIDED),
            Cell(age_text(created)),
            Cell(local_text(updated)),
        )


class AcceptWording(_ConnectionWording):
    """Accept."""

    act = "Accept"
    harmful = False

    def title(self, plan: Plan) -> str:
        """Counted."""
        return "Accept This Connection" if _count(plan) == 1 else f"Accept {_count(plan)} Connections"

    def notices(self, plan: Plan) -> Sequence[Notice]:
        """What the account can do after."""
        owners = sorted({item.sight.facts["owner"] for item in plan.acts})
        who = f"account {owners[0]}" if len(owners) == 1 else f"these {len(owners)} accounts"
        lines = [f"The VPC of {who} can then reach {_OFFERS[plan.place.realm]}."]
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
        return "Reject This Connection" if _count(plan) == 1 else f"Reject {_count(plan)} Connections"

    def notices(self, plan: Plan) -> Sequence[Notice]:
        """The vendor's notice (source 000), then what is known and what is not."""
        lines = ["Services that run using the connection may be affected once it is rejected. Exercise caution."]
        live = [i for i in plan.acts if status_of(i.sight) is ConnectionStatus.ACCEPTED]
        if live:
            ages = ", ".join(age_text(_time(item.sight.facts["created_at"])) for item in live[:3])
            many = "This connection is" if len(live) == 1 else f"{len(live)} of these connections are"
            created = f"; created {ages} ago" if self.traits.created_at else ""
            lines.append(f"{many} accepted now{created}. Whether traffic runs over it is unknown.")
        else:
            lines.append("No traffic can run over a connection that waits for acceptance.")
        lines.append("You can accept it again later.")
        return [Notice("warning", "", tuple(lines))]

    def typed_word(self, plan: Plan) -> TypedWord | None:
        """Rejecting several at once is wide damage."""
        if len(plan.acts) < 2:
            return None
        return TypedWord("reject", f"{len(plan.acts)} connections are rejected at once.")


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
        return "Add Account" if _count(plan) == 1 else f"Add {_count(plan)} Accounts"

    def notices(self, plan: Plan) -> Sequence[Notice]:
        """What being on the whitelist means."""
        if _lets_everybody_in(plan):
            lines = (
                f"Every account of this cloud will be able to create a VPC endpoint for {_this(plan)}, "
                "also accounts that you do not know.",
                f"{_waiting(plan)} Remove the entry to close it again.",
            )
            return [Notice("danger", "Open to every account", lines)]
        return [
            Notice("info", "", (f"The account may then create VPC endpoints that ask to connect to {_this(plan)}.",))
        ]

    def cells(self, item: PlannedItem) -> tuple[Cell, ...]:
        """The entry and its effect."""
        if item.target == EVERYONE:
            return (Cell(item.target, _ID), Cell("Every account may ask to connect"))
        return (Cell(item.target, _ID), Cell("May ask to connect"))

    def typed_word(self, plan: Plan) -> TypedWord | None:
        """For the entry that lets everybody in."""
        if not _lets_everybody_in(plan):
            return None
        return TypedWord(EVERYONE_WORD, f"This opens {_this(plan)} to accounts that you do not know.")


def _lets_everybody_in(plan: Plan) -> bool:
    return any(item.target == EVERYONE for item in plan.acts)


class RemoveWording(_WhitelistWording):
    """Remove."""

    act = "Remove"
    harmful = True
    columns = ("Account ID", "On the whitelist since", "For")

    def __init__(self, traits: Traits) -> None:
        self.traits = traits

    def title(self, plan: Plan) -> str:
        """Counted."""
        return "Remove This Account" if _count(plan) == 1 else f"Remove {_count(plan)} Accounts"

    def notices(self, plan: Plan) -> Sequence[Notice]:
        """Whether removal cuts connections is not documented by the vendor (features T-06)."""
        lines = (
            f"The account can then create no new VPC endpoint for {_this(plan)}.",
            "Connections of the account that are accepted now may stay up: the cloud does not say. "
            "To cut one, reject it under Connections.",
        )
        return [Notice("warning", "", lines)]

    def cells(self, item: PlannedItem) -> tuple[Cell, ...]:
        """The entry and its age."""
        created = _time(item.sight.facts["created_at"])
        since = local_text(created) if self.traits.permission_created_at else NOT_PROVIDED
        return (Cell(item.target, _ID), Cell(since), Cell(age_text(created)))
