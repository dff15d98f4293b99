"""Walks a chain from its first row and names the first place where it does not hold, and how it was broken.

Signed checkpoints show what no chain can: that it was recomputed as a whole, or that its last rows were cut off. For
that they must lie where whoever rewrites the table cannot reach, or the key must.

Of the table everything is compared that is exported, and what the search goes by: the words of each row, and on SQLite
that its index knows the row. Not compared are `Entry.actor_id`, which nothing can be worked out from again, the list of
open Changes, and whether SQLite's index has every single word of a row that it knows.
"""

from collections.abc import Collection
from dataclasses import replace
from itertools import chain as one_after_the_other
from pathlib import Path

from django.db import connection

from console.audit import chain, checkpoints, search_index, statements
from console.audit.anchors import compare, read_anchor, surplus
from console.audit.breaks import Break, Kind, Link, Whole
from console.audit.models import Head
from console.audit.salvage import salvage
from console.audit.side_by_side import walk_file, walk_table
from console.audit.sources import File, Table, Unreadable
from console.audit.statements import Followed, Untrue
from console.audit.walk import Marks, Progress, walk


def verify_table(
    roots: Collection[str] = (), progress: Progress | None = None, accepted: Collection[str] = ()
) -> Whole | Break:
    """Check the table against the chain, its head, its checkpoints and their anchor, as all are now.

    `roots` are public keys in base64 of which one at least must have signed, `accepted` those that are believed
    although no key endorsed them (`statements.follow`). What is appended meanwhile is left alone.
    """
    while True:
        begin = _begin()
        found = _verify_table(roots, progress, accepted)
        if isinstance(found, Whole) or _begin() == begin:
            return found  # else rows were cut by retention under our hands: look again


def verify_file(
    path: Path,
    installation: str = "",
    signed: Path | None = None,
    roots: Collection[str] = (),
    accepted: Collection[str] = (),
) -> Whole | Break:
    """Check an export alone; with the installation id also that row 1 began there.

    `signed` is a file of checkpoints to compare with. Raises OSError.
    """
    followed = _of_file(signed, roots, accepted) if signed else Followed()
    if installation and followed.installation not in ("", installation):
        return Break(1, Kind.FOREIGN, "the checkpoints are of another installation")
    source, marks = File(path), Marks(followed.marks)
    origin = installation or followed.installation
    link = _beginning(source, followed, marks, chain.genesis(origin) if origin else None)
    found = walk_file(source, link, marks) or walk(source, link, marks, missing=Kind.GAP)
    if isinstance(found, Whole):
        found = marks.truncated(link.seq) or found
    if isinstance(found, Whole) and found.rows == 0:
        found = Break(1, Kind.TRUNCATED, "the file has no rows")
    found = _with_damage(found, followed.damage)
    if isinstance(found, Break):
        return found
    unknown = [] if roots or not signed else ["signed by keys that were not compared: give --public-key"]
    return replace(marks.agreed(found), remark="; ".join([*unknown, *map(str, followed.unendorsed)]))


def _begin() -> tuple[int, int]:
    """Where the log begins, by its checkpoints and by its rows. Both move only when rows are cut."""
    return checkpoints.first_row(), Table().first()


def _verify_table(roots: Collection[str], progress: Progress | None, accepted: Collection[str]) -> Whole | Break:
    anchor = read_anchor()  # before the table: nothing is in the file that the table does not have already
    followed = checkpoints.followed(roots, accepted)
    outside = compare(followed, anchor)
    more = surplus(followed, outside, roots, accepted)
    source, marks = Table(), Marks(one_after_the_other(followed.marks, more))
    last = source.last()
    head = Head.objects.first()  # after the last row: a row is never seen before the head that names it
    if head is None:
        if last == 0 and not marks.rows and not followed.damage:
            return outside.broken or Whole(0, 0, "")
        return _with_damage(Break(1, Kind.FORGED, "the head of the chain is missing"), followed.damage)
    if followed.installation not in ("", head.installation):
        return Break(1, Kind.FOREIGN, "the checkpoints are of another installation")
    found = _between_ends(source, head, last, marks, followed, progress)
    if isinstance(found, Whole) and (followed.damage or not outside.broken):
        found = search_broken(source, head.seq - found.rows + 1, head.seq) or found
    elif isinstance(found, Break) and source.edited_words is not None and source.edited_words < found.seq:
        besides = f"; besides, {Kind.EDITED}: the search words of row {source.edited_words}"
        found = replace(found, text=found.text + besides)
    found = _with_damage(found, followed.damage, _not_there(followed, source.first()))
    if isinstance(found, Break):
        return found
    return outside.broken or replace(marks.agreed(found), remark="; ".join(map(str, followed.unendorsed)))


def _between_ends(
    source: Table, head: Head, last: int, marks: Marks, followed: Followed, progress: Progress | None
) -> Whole | Break:
    first = followed.marks[-1].first if followed.marks else 1
    low = source.first()
    if followed.damage:
        first = max(first, low)  # what is not there may be what the damaged checkpoint names as cut
    elif first - 1 not in marks.by_row and first > 1:
        return Break(first, Kind.SIGNATURE, f"no checkpoint covers row {first - 1}, up to which rows were cut")
    begin = min(first, low) if last else first  # rows that were cut may still be there
    link = _link_before(begin, marks, chain.genesis(head.installation))
    found = walk_table(link, head.seq, marks, progress) or walk(
        source, link, marks, missing=Kind.DELETED, until=head.seq, progress=progress
    )
    if isinstance(found, Break):
        strange = begin < first and found.seq < first
        return Break(begin, Kind.INSERTED, f"the log begins with row {first}") if strange else found
    return end_broken(link, head, last) or marks.truncated(link.seq) or found


def end_broken(link: Link, head: Head, last: int) -> Break | None:
    """Whether the rows end where the head says."""
    if link.seq < head.seq:
        return Break(link.seq + 1, Kind.TRUNCATED, f"rows {link.seq + 1} to {head.seq} are missing at the end")
    if link.hash != head.hash:
        return Break(link.seq, Kind.FORGED, "the head of the chain names another hash than the last row has")
    if last > head.seq:
        return Break(head.seq + 1, Kind.INSERTED, f"row {last} lies beyond the head of the chain, {head.seq}")
    return None


def search_broken(source: Table, first: int, last: int) -> Break | None:
    """What the search goes by is no part of the hash, so it is worked out again from what is."""
    if source.edited_words is not None:
        return Break(source.edited_words, Kind.EDITED, "its search words are not those of its content")
    lost = search_index.first_lost(connection, first, last)
    return None if lost is None else Break(lost, Kind.EDITED, "it was taken out of the index behind the search")


def _link_before(first: int, marks: Marks, genesis: str | None) -> Link:
    """What a log that begins with this row must follow: a covered row, or nothing that anybody knows."""
    if first <= 1:
        return Link(first - 1, genesis)
    mark = marks.by_row.get(first - 1)
    return Link(first - 1, mark.hash if mark else None)


def _beginning(source: File, followed: Followed, marks: Marks, genesis: str | None) -> Link:
    """Where an export may begin: with row 1, or with a row before which a checkpoint proves what was cut."""
    try:
        row = next(iter(source.rows()), None)
    except Unreadable:
        row = None  # the walk will say so
    cut = row is not None and row.seq > 1 and any(mark.first == row.seq for mark in followed.marks)
    if row is not None and ((cut and row.seq - 1 in marks.by_row) or followed.damage):
        return _link_before(max(row.seq, 1), marks, genesis)
    return Link(0, genesis)


def _of_file(path: Path, roots: Collection[str], accepted: Collection[str]) -> Followed:
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            return statements.follow(filter(str.strip, file), roots, accepted)
    except Untrue as untrue:
        with path.open(encoding="utf-8", errors="replace") as file:
            return salvage(filter(str.strip, file), untrue, roots, accepted)


def _not_there(followed: Followed, low: int) -> str:
    first = followed.marks[-1].first if followed.marks else 1
    if low <= first:
        return ""
    return f"; rows {first} to {low - 1} are missing, and no sound checkpoint says that they were cut"


def _with_damage(found: Whole | Break, damage: Untrue | None, more: str = "") -> Whole | Break:
    """A broken row comes first, and a damaged checkpoint is named beside it; alone it is the break."""
    if damage is None:
        return found
    told = damaged(damage, more)
    return told if isinstance(found, Whole) else replace(found, text=f"{found.text}; besides, {told.kind}: {told.text}")


def damaged(damage: Untrue, more: str = "") -> Break:
    """The break that a damaged checkpoint is by itself."""
    return Break(damage.seq, Kind.SIGNATURE, f"checkpoint {damage.number}: {damage}{more}")
