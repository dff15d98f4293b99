"""What a feature says about its acts. The confirmation itself is the same everywhere."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from console.changes.planning import Plan, PlannedItem


@dataclass(frozen=True, slots=True)
class Notice:
    """A block of words above the table. `tone` is info, warning or danger."""

    tone: str
    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TypedWord:
    """What must be typed to go on, and why."""

    word: str
    why: str


@dataclass(frozen=True, slots=True)
class Cell:
    """One fact in the table of objects. `css` is the class of its text: id, digits or a status."""

    text: str
    css: str = ""


class Wording(Protocol):
    """The words of one kind of act. Facts only: what is not known is called unknown."""

    @property
    def act(self) -> str:
        """The submit button, such as "Reject"."""

    @property
    def harmful(self) -> bool:
        """Whether the act takes something away from somebody."""

    @property
    def columns(self) -> tuple[str, ...]:
        """The heads of the table of objects."""

    def title(self, plan: Plan) -> str:
        """The heading, such as "Reject This Connection"."""

    def notices(self, plan: Plan) -> Sequence[Notice]:
        """What will happen, worst first."""

    def cells(self, item: PlannedItem) -> tuple[Cell, ...]:
        """One object's facts, one for each column."""

    def typed_word(self, plan: Plan) -> TypedWord | None:
        """The word for wide damage, or None."""
