"""Walks a chain from its first row and names the first place where it does not hold, and how it was broken.

Signed checkpoints show what no chain can: that it was recomputed as a whole, or that its last rows were cut off. For
that they must lie where whoever rewrites the table cannot reach, or the key must.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from itertools import chain as one_after_the_other
from pathlib import Path

from console.audit import chain, checkpoints, statements
from console.audit.anchors import compare, read_anchor, surplus
from console.audit.breaks import Break, Kind, Link, Source, Whole, diagnose
from console.audit.chain import Row
from console.audit.models import Head
from console.audit.sources import File, Table, Unreadable
from console.audit.statements import Followed, Mark, Untrue

#: Called with the number of rows checked so far, every few thousand.
Progress = Callable[[int], None]
_STEP = 5_000


class _Marks:
    """What checkpoints say about rows, in the order of the rows."""

    def __init__(self, marks: Iterable[Mark]) -> None:
        self.by_row = {mark.seq: mark for mark in marks}
        self.rows = sorted(self.by_row)

    def broken(self, row: Row) -> Break | None:
        """The break when a checkpoint says otherwise. The rows from the checkpoint before on may all be rewritten."""
        mark = self.by_row[row.seq]
        if mark.hash == row.hash:
            return None
        place = self.rows.index(row.seq)
        good = self.rows[place - 1] if place else 0
        return Break(
            good + 1,
            Kind.FORGED,
            f"rows {good + 1} to {row.seq} were rewritten with all their hashes: "
            f"checkpoint {mark.number} names another hash for row {row.seq}",
        )

    def truncated(self, last: int) -> Break | None:
        """The break when a checkpoint covers rows after the last one."""
        if not self.rows or self.rows[-1] <= last:
            return None
        mark = self.by_row[self.rows[-1]]
        gone = f"rows {last + 1} to {mark.seq} are missing at the end: checkpoint {mark.number} covers them"
        return Break(last + 1, Kind.TRUNCATED, gone)


def verify_table(roots: Collection[str] = (), progress: Progress | None = None) -> Whole | Break:
    """Check the table against the chain, its head, its checkpoints and their anchor, as all are now.

    `roots` are public keys in base64 of which one at least must have signed. What is appended meanwhile is left alone.
    """
    while True:
        first = checkpoints.first_row()
        found = _verify_table(roots, progress)
        if isinstance(found, Whole) or checkpoints.first_row() == first:
            return found  # else rows were cut by retention under our hands: look again


def verify_file(
    path: Path, installation: str = "", signed: Path | None = None, roots: Collection[str] = ()
) -> Whole | Break:
    """Check an export alone; with the installation id also that row 1 began there.

    `signed` is a file of checkpoints to compare with. Raises OSError.
    """
    try:
        followed = _of_file(signed, roots) if signed else Followed()
    except Untrue as untrue:
        return _untrue(untrue)
    if installation and followed.installation not in ("", installation):
        return Break(1, Kind.FOREIGN, "the checkpoints are of another installation")
    source, marks = File(path), _Marks(followed.marks)
    link = _beginning(source, followed, installation or followed.installation)
    found = _walk(source, link, marks, missing=Kind.GAP)
    if isinstance(found, Break):
        return found
    if found.rows == 0:
        return Break(1, Kind.TRUNCATED, "the file has no rows")
    remark = "" if roots or not signed else "signed by keys that were not compared: give --public-key"
    return marks.truncated(link.seq) or replace(found, checkpoints=len(followed.marks), remark=remark)


def _verify_table(roots: Collection[str], progress: Progress | None) -> Whole | Break:
    try:
        anchor = read_anchor()  # before the table: nothing is in the file that the table does not have already
        followed = statements.follow(checkpoints.lines(), roots)
        outside = compare(followed, anchor)
        more = surplus(followed, outside, roots)
    except Untrue as untrue:
        return _untrue(untrue)
    source, marks = Table(), _Marks(one_after_the_other(followed.marks, more))
    last = source.last()
    head = Head.objects.first()  # after the last row: a row is never seen before the head that names it
    if head is None:
        if last == 0 and not marks.rows:
            return outside.broken or Whole(0, 0, "")
        return Break(1, Kind.FORGED, "the head of the chain is missing")
    if followed.installation not in ("", head.installation):
        return Break(1, Kind.FOREIGN, "the checkpoints are of another installation")
    found = _between_ends(source, head, last, marks, followed, progress)
    if isinstance(found, Break):
        return found
    return outside.broken or replace(found, checkpoints=len(followed.marks) + len(more))


def _between_ends(
    source: Table, head: Head, last: int, marks: _Marks, followed: Followed, progress: Progress | None
) -> Whole | Break:
    first = followed.marks[-1].first if followed.marks else 1
    link = Link(0, chain.genesis(head.installation))
    if first > 1:
        if first - 1 not in marks.by_row:
            return Break(first, Kind.SIGNATURE, f"no checkpoint covers row {first - 1}, up to which rows were cut")
        link = Link(first - 1, marks.by_row[first - 1].hash)
    found = _walk(source, link, marks, missing=Kind.DELETED, until=head.seq, progress=progress)
    if isinstance(found, Break):
        return found
    if link.seq < head.seq:
        return Break(link.seq + 1, Kind.TRUNCATED, f"rows {link.seq + 1} to {head.seq} are missing at the end")
    if link.hash != head.hash:
        return Break(link.seq, Kind.FORGED, "the head of the chain names another hash than the last row has")
    if last > head.seq:
        return Break(head.seq + 1, Kind.INSERTED, f"row {last} lies beyond the head of the chain, {head.seq}")
    return marks.truncated(link.seq) or found


def _walk(
    source: Source,
    link: Link,
    marks: _Marks,
    *,
    missing: Kind,
    until: int | None = None,
    progress: Progress | None = None,
) -> Whole | Break:
    """Follow the chain from `link`, which moves along, to its end or to the row `until`."""
    count, start, marked = 0, link.seq, marks.by_row
    try:
        for row in source.rows():
            if until is not None and not start < row.seq <= until:
                if row.seq <= start:
                    continue  # cut, and about to be deleted
                break
            holds = row.seq == link.seq + 1 and link.hash in (None, row.previous_hash) and chain.seal(row) == row.hash
            if not holds:
                return diagnose(source, link, row, missing)
            if row.seq in marked and (broken := marks.broken(row)):
                return broken
            link.seq, link.hash = row.seq, row.hash
            count += 1
            if progress is not None and count % _STEP == 0:
                progress(count)
    except Unreadable as error:
        return Break(error.seq, Kind.TRUNCATED if error.cut else Kind.EDITED, str(error))
    return Whole(count, link.seq, link.hash or "")


def _beginning(source: File, followed: Followed, installation: str) -> Link:
    """Where an export may begin: with row 1, or with a row before which a checkpoint proves what was cut."""
    try:
        row = next(iter(source.rows()), None)
    except Unreadable:
        row = None  # the walk will say so
    if row is not None and any(mark.first == row.seq > 1 for mark in followed.marks):
        covering = [mark for mark in followed.marks if mark.seq == row.seq - 1]
        if covering:
            return Link(row.seq - 1, covering[-1].hash)
    return Link(0, chain.genesis(installation) if installation else None)


def _of_file(path: Path, roots: Collection[str]) -> Followed:
    with path.open(encoding="utf-8", errors="replace") as file:
        return statements.follow((line for line in file if line.strip()), roots)


def _untrue(untrue: Untrue) -> Break:
    return Break(untrue.seq, Kind.SIGNATURE, f"checkpoint {untrue.number}: {untrue}")
