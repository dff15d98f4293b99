"""What happened to the rows of a list from read to read: which appeared, changed their status, or went, and when.

Told once for everybody: what is news to a person follows from the moment up to which they have seen the list.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final

from console.observations.parts import RowKind

#: News older than this are forgotten, and so are the looks that they would be news to.
REMEMBERED: Final = timedelta(days=30)
#: Most rows that are remembered as gone.
_MOST_GONE: Final = 5_000


@dataclass(frozen=True, slots=True)
class RowPast:
    """What is remembered of a row that is there. Moments are those of the read that first showed it, in epoch seconds;
    0 for never."""

    appeared: float = 0.0
    changed: float = 0.0
    #: The status before the last change.
    before: str = ""


@dataclass(frozen=True, slots=True)
class History:
    """Rows without a past are not listed: they were there at the first read and have not changed."""

    rows: dict[str, RowPast] = field(default_factory=dict)
    #: (row, moment of the read that no longer had it), oldest first.
    gone: tuple[tuple[str, float], ...] = ()

    def as_json(self) -> Any:
        """Plain JSON."""
        return [
            {key: [past.appeared, past.changed, past.before] for key, past in self.rows.items()},
            [list(entry) for entry in self.gone],
        ]

    @classmethod
    def from_json(cls, content: Any) -> "History":
        """The reverse of `as_json`."""
        rows, gone = content
        return cls({key: RowPast(*past) for key, past in rows.items()}, tuple((key, at) for key, at in gone))


def continued(past: History, kind: RowKind, before: Sequence[Any], now: Sequence[Any], asked_at: datetime) -> History:
    """The history after one more read, which began at `asked_at`."""
    moment, oldest = asked_at.timestamp(), (asked_at - REMEMBERED).timestamp()
    states = {kind.identify(row): kind.state(row) for row in before}
    rows: dict[str, RowPast] = {}
    present: set[str] = set()
    for row in now:
        key, state = kind.identify(row), kind.state(row)
        present.add(key)
        known = past.rows.get(key, RowPast())
        if key not in states:
            known = RowPast(appeared=moment)
        elif states[key] != state:
            known = replace(known, changed=moment, before=states[key])
        if max(known.appeared, known.changed) > oldest:
            rows[key] = known
    gone = [entry for entry in past.gone if entry[1] > oldest and entry[0] not in present]
    gone += [(key, moment) for key in states if key not in present]
    return History(rows, tuple(gone[-_MOST_GONE:]))
