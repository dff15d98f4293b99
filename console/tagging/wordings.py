"""Changing tags in words."""

from collections.abc import Sequence

from console.changes.planning import Plan, PlannedItem
from console.changes.wording import Cell, Notice, TypedWord


class TagsWording:
    """Add Tags, or Remove."""

    columns = ("ID", "Tags now")

    def __init__(self, *, removes: bool) -> None:
        self.harmful = removes
        self.act = "Remove" if removes else "Add"

    def title(self, plan: Plan) -> str:
        """What the dialog is called."""
        return "Remove This Tag" if self.harmful else "Add Tags"

    def notices(self, plan: Plan) -> Sequence[Notice]:
        """Whoever finds things by their tags is the only one to notice."""
        if not self.harmful:
            return ()
        lines = ("Bills, rules and scripts that find it by this tag will not find it any more.",)
        return (Notice("warning", "A tag is taken away", lines),)

    def cells(self, item: PlannedItem) -> tuple[Cell, ...]:
        """The object and its tags."""
        tags = item.sight.facts.get("tags", {})
        return (Cell(item.target, "id id-whole"), Cell(", ".join(f"{k}={v}" for k, v in tags.items()) or "none"))

    def typed_word(self, plan: Plan) -> TypedWord | None:
        """Tags can be given again."""
        return None
