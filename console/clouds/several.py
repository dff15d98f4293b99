"""How many objects a call names: what a port takes, and what its vendor's call takes (`Traits.in_one_call`)."""

from collections.abc import Sequence
from typing import TypeVar

Named = TypeVar("Named")


def only(named: Sequence[Named]) -> Named:
    """The one object of a call that takes no second one. Raises ValueError."""
    return up_to(1, named)[0]


def up_to(most: int, named: Sequence[Named]) -> Sequence[Named]:
    """As many as one call may name. Raises ValueError for none and for more."""
    if not 1 <= len(named) <= most:
        raise ValueError(f"one call names 1 to {most}, not {len(named)}")
    return named
