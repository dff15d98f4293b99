"""Checks a part of the log quickly: whole segments between signed checkpoints, chosen by chance.

What lies between two checkpoints is proven by both: it begins after a row whose hash the one has signed, and must end
in the hash that the other has signed. So a segment that holds is as good as proven by the whole check. Of all others a
sample says nothing but that whoever changed a row could not know which would be looked at. What no checkpoint covers
yet is always checked.
"""

import random
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from console.audit import chain, checkpoints
from console.audit.breaks import Break, Kind, Link, Whole, reach
from console.audit.models import Head
from console.audit.sources import Table
from console.audit.statements import Followed, Mark
from console.audit.verify import damaged, end_broken, search_broken
from console.audit.walk import Marks, walk

#: Whoever changes rows must not be able to foresee which are looked at.
_CHANCE: Final = random.SystemRandom()


@dataclass(frozen=True)
class Sampled:
    """What was looked at holds: `rows` of the `signed` ones, in `segments` of `all_segments`, and those behind."""

    rows: int
    signed: int
    segments: int
    all_segments: int
    #: How far signatures reach, in words.
    reach: str

    def __str__(self) -> str:
        share = 100 * self.rows / self.signed if self.signed else 0
        return (
            f"a sample holds: {self.rows} of {self.signed} signed rows ({share:.1f} %), that is {self.segments} of "
            f"{self.all_segments} segments between checkpoints, and all rows behind the last; "
            f"only the whole check proves all; {self.reach}"
        )


@dataclass(frozen=True)
class _Segment:
    """The rows after number and hash of one checkpoint, up to what another names."""

    after: int
    hash: str
    mark: Mark


def verify_sample(
    percent: float,
    roots: Collection[str] = (),
    chance: random.Random = _CHANCE,
    accepted: Collection[str] = (),
) -> Sampled | Break:
    """Check at least so much of the signed rows of the table, and all that no checkpoint covers yet.

    `roots` and `accepted` as in `verify.verify_table`, and the checkpoints are followed as there; their anchor is not
    compared. When one of them is damaged that is the answer, and the whole check says more.
    """
    while True:
        first = checkpoints.first_row()
        found = _verify_sample(percent, checkpoints.followed(roots, accepted), chance)
        if isinstance(found, Sampled) or checkpoints.first_row() == first:
            return found  # else rows were cut by retention under our hands: look again


def _verify_sample(percent: float, followed: Followed, chance: random.Random) -> Sampled | Break:
    if followed.damage:
        return damaged(followed.damage)
    last, head = Table().last(), Head.objects.first()
    if head is None:
        return Break(1, Kind.FORGED, "the head of the chain is missing")
    segments = _segments(followed, chain.genesis(head.installation))
    signed = sum(each.mark.seq - each.after for each in segments)
    chosen = _choose(segments, signed * percent / 100, chance)
    marks, rows = Marks(followed.marks), 0
    for each in chosen:
        found = _check(Link(each.after, each.hash), each.mark.seq, marks)
        if isinstance(found, Break):
            return found
        rows += found.rows
    end = segments[-1].mark if segments else None
    link = Link(end.seq, end.hash) if end else Link(0, chain.genesis(head.installation))
    found = _check(link, head.seq, marks)
    broken = found if isinstance(found, Break) else end_broken(link, head, last)
    said = reach(end.seq, end.at, head.seq) if end else reach(0, "", head.seq)
    said = "; ".join([said, *map(str, followed.unendorsed)])
    return broken or Sampled(rows, signed, len(chosen), len(segments), said)


def _segments(followed: Followed, genesis: str) -> list[_Segment]:
    """All of them, oldest first; they begin where the log does."""
    first = followed.marks[-1].first if followed.marks else 1
    after, last_hash, found = 0, genesis, []
    for mark in followed.marks:
        if mark.seq >= first and mark.seq > after:
            found.append(_Segment(after, last_hash, mark))
        after, last_hash = mark.seq, mark.hash
    return found


def _choose(segments: list[_Segment], wanted: float, chance: random.Random) -> list[_Segment]:
    """Segments by chance until they have so many rows, oldest first."""
    mixed = chance.sample(segments, len(segments))
    chosen: list[_Segment] = []
    while mixed and wanted > 0:
        chosen.append(mixed.pop())
        wanted -= chosen[-1].mark.seq - chosen[-1].after
    return sorted(chosen, key=lambda each: each.after)


def _check(link: Link, until: int, marks: Marks) -> Whole | Break:
    """The rows between; that none of them is missing at the end is shown by where the link has come to."""
    first, source = link.seq + 1, Table(link.seq, until)
    found = walk(source, link, marks, missing=Kind.DELETED, until=until)
    if isinstance(found, Break):
        return found
    if link.seq < until:
        return Break(link.seq + 1, Kind.DELETED, f"rows {link.seq + 1} to {until} are missing")
    return search_broken(source, first, until) or found
