"""One pass along a chain, with what checkpoints say about its rows."""

from collections.abc import Callable, Iterable
from dataclasses import replace

from console.audit import chain
from console.audit.breaks import Break, Kind, Link, Source, Whole, diagnose
from console.audit.chain import Row
from console.audit.sources import Unreadable
from console.audit.statements import Mark

#: Called with the number of rows checked so far, every few thousand.
Progress = Callable[[int], None]
_STEP = 5_000


class Marks:
    """What checkpoints say about rows, in the order of the rows."""

    def __init__(self, marks: Iterable[Mark]) -> None:
        self.all = list(marks)
        self.by_row = {mark.seq: mark for mark in self.all}
        self.rows = sorted(self.by_row)

    def agreed(self, found: Whole) -> Whole:
        """The same with how many checkpoints agree with it, and how far the last of them reaches."""
        if not self.all:
            return found
        last = self.by_row[self.rows[-1]]
        return replace(found, checkpoints=len(self.all), signed=last.seq, signed_at=last.at)

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


def walk(
    source: Source,
    link: Link,
    marks: Marks,
    *,
    missing: Kind,
    until: int | None = None,
    progress: Progress | None = None,
) -> Whole | Break:
    """Follow the chain from `link`, which moves along, to its end or to the row `until`."""
    count, start, marked, seal = 0, link.seq, marks.by_row, chain.seal
    try:
        for row in source.rows():
            seq = row.seq
            if until is not None and not start < seq <= until:
                break
            follows = seq == link.seq + 1 and (row.previous_hash == link.hash or link.hash is None)
            if not follows or seal(row) != row.hash:
                return diagnose(source, link, row, missing)
            if seq in marked and (broken := marks.broken(row)):
                return broken
            link.seq, link.hash = seq, row.hash
            count += 1
            if progress is not None and count % _STEP == 0:
                progress(count)
    except Unreadable as error:
        return Break(error.seq, Kind.TRUNCATED if error.cut else Kind.EDITED, str(error))
    return Whole(count, link.seq, link.hash or "")
