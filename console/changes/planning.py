"""Plan: what would happen to each object, from a fresh read of the cloud. Nothing is written."""

from collections.abc import Sequence, Sized
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from console import clock
from console.changes.kinds.kind import Kind, Parameters, Place, Sight, Verdict

#: No identifier of any cloud comes near it.
LONGEST_TARGET: Final = 200
#: More objects than this are acted on in the background, so that nobody waits for a page.
AT_ONCE: Final = 10


def in_background(targets: Sized) -> bool:
    """Whether an act on so many objects is a long one."""
    return len(targets) > AT_ONCE


class PlanRefused(Exception):
    """The request itself cannot be planned; the text says why, in words for the person who asked."""


@dataclass(frozen=True, slots=True)
class PlannedItem:
    """One object of a plan."""

    target: str
    sight: Sight
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Plan:
    """What was seen and what would be done."""

    kind: Kind
    place: Place
    parameters: Parameters
    items: tuple[PlannedItem, ...]
    #: Since when the world may have moved: the reading began then.
    read_at: datetime = field(default_factory=clock.now)

    @property
    def acts(self) -> tuple[PlannedItem, ...]:
        """The objects that something would be done to."""
        return tuple(item for item in self.items if item.verdict.will_do)

    @property
    def rest(self) -> tuple[PlannedItem, ...]:
        """The objects that would be skipped or are refused, each with its reason."""
        return tuple(item for item in self.items if not item.verdict.will_do)

    @property
    def calls(self) -> tuple[tuple[str, ...], ...]:
        """The objects that go out in one call each: by themselves, but in long acts as many as the cloud takes."""
        targets = [item.target for item in self.acts]
        size = self.kind.in_one_call(self.place) if in_background(targets) else 1
        return tuple(tuple(targets[start : start + size]) for start in range(0, len(targets), size))


def make_plan(kind: Kind, place: Place, targets: Sequence[str], parameters: Parameters | None = None) -> Plan:
    """Look at the objects and judge each. Duplicates are collapsed, the order is kept.

    Raises PlanRefused for no or too many objects, and CloudError when the cloud cannot be read.
    """
    wanted = tuple(dict.fromkeys(targets))
    if not wanted:
        raise PlanRefused(f"Name at least one {kind.noun}.")
    if len(wanted) > kind.most:
        raise PlanRefused(f"At most {kind.most} at a time; these are {len(wanted)}.")
    if any(len(target) > LONGEST_TARGET for target in wanted):
        raise PlanRefused(f"That is too long to be a {kind.noun}.")
    asked = parameters or {}
    read_at = clock.now()
    sights = kind.look_for(place, wanted, asked)
    items = (PlannedItem(t, sights[t], kind.judge(place, t, sights[t], asked)) for t in wanted)
    return Plan(kind, place, asked, tuple(items), read_at)
