"""Renaming in words: what is asked, what is warned of. The engine does the rest."""

from collections.abc import Sequence
from typing import Final

from console.changes.planning import Plan, PlannedItem
from console.changes.wording import Cell, Notice, TypedWord

_ID: Final = "id id-whole"


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
