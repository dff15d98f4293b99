"""What changed since a person last marked a list as seen.

A person's first look at a list is where their news begin. From then on marks stay, on every page and in every browser
of that person, until the person presses "Mark as seen"; going through pages or sorting must not lose the ones that
were not on the screen. What is older than `history.REMEMBERED` is forgotten.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from console import clock
from console.light_writes import NotKept, light_transaction, light_write
from console.observations.history import History
from console.observations.models import Look
from console.observations.parts import LISTS, Part
from console.observations.store import Where
from console.observations.watch import Observation
from console.transactions import run_again_when_called_off


@dataclass(frozen=True, slots=True)
class News:
    """What is new to one person in one list. Keys are those of the rows; moments are epoch seconds."""

    since: datetime
    #: Row -> when it was first seen.
    appeared: Mapping[str, float]
    #: Row -> when its new status was first seen, and the status before.
    changed: Mapping[str, tuple[float, str]]
    #: Row -> when it was first missed.
    gone: Mapping[str, float]

    def __bool__(self) -> bool:
        return bool(self.appeared or self.changed or self.gone)


def news_for(person_id: int, where: Where, seen_now: Mapping[Part, Observation[Any]]) -> dict[Part, News]:
    """The news of each list that is shown now; a list that the person sees for the first time has none."""
    lists = {part: shown for part, shown in seen_now.items() if part in LISTS and shown.as_of is not None}
    looks = Look.objects.filter(person_id=person_id, cloud=where.cloud, gateway_id=where.gateway_id)
    since = {Part(part): seen_at for part, seen_at in looks.values_list("part", "seen_at")}
    if first := {part: shown.as_of for part, shown in lists.items() if part not in since and shown.as_of}:
        with suppress(NotKept):  # then the news begin with a later look
            _remember(person_id, where, first)
    return {part: _since(since[part], shown.history) for part, shown in lists.items() if part in since}


def _since(seen_at: datetime, history: History) -> News:
    moment = seen_at.timestamp()
    appeared = {key: past.appeared for key, past in history.rows.items() if past.appeared > moment}
    changed = {
        key: (past.changed, past.before)
        for key, past in history.rows.items()
        if past.changed > moment and key not in appeared
    }
    return News(seen_at, appeared, changed, {key: at for key, at in history.gone if at > moment})


@light_write()
def mark_seen(person_id: int, where: Where, part: Part, until: datetime) -> None:
    """The person has seen this list as it was at `until`. Never moves back, and never into the future.

    Raises NotKept.
    """
    until = min(until, clock.now())
    mine = Look.objects.filter(person_id=person_id, cloud=where.cloud, gateway_id=where.gateway_id, part=part.value)
    if not mine.filter(seen_at__lt=until).update(seen_at=until):
        _remember(person_id, where, {part: until})


@light_write()
@run_again_when_called_off
def _remember(person_id: int, where: Where, looks: Mapping[Part, datetime]) -> None:
    rows = [
        Look(person_id=person_id, cloud=where.cloud, gateway_id=where.gateway_id, part=part.value, seen_at=at)
        for part, at in looks.items()
    ]
    with light_transaction():
        Look.objects.bulk_create(rows, ignore_conflicts=True)
