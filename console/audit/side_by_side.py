"""A long chain checked in shares, side by side in processes of their own: one processor alone takes too long.

Every row carries the hash of the row before it. So a share that begins behind row n needs nothing but number and hash
of that row to be checked, and whether row n deserves them is shown by the share that ends with it. When all shares hold
and each ends where the next begins, the whole chain holds, exactly as if one walk had gone along it. Otherwise nothing
is concluded: the walk from the beginning names the break.
"""

import multiprocessing
import os
from collections.abc import Sequence
from contextlib import ExitStack
from itertools import pairwise
from multiprocessing.connection import Connection, wait
from typing import Final

from django.db import connection

from console.audit.breaks import Link, Whole
from console.audit.models import Entry
from console.audit.share import InFile, InTable, Share, check
from console.audit.sources import File, Unreadable
from console.audit.walk import Marks, Progress

#: Fewer rows, or bytes of a file, are checked sooner by one process than others are started.
LEAST: Final = 100_000
LEAST_BYTES: Final = 50_000_000
#: More would keep a machine from its other work.
MOST_AT_ONCE: Final = 4


def walk_table(link: Link, until: int, marks: Marks, progress: Progress | None = None) -> Whole | None:
    """As `walk` along the whole table where all of it holds; then `link` is moved along. Else None, and nothing moved.

    None too where it would not be quicker, or others do not see what this process sees.
    """
    count = _processes()
    if count < 2 or until - link.seq < LEAST or not _is_seen_by_others():
        return None
    ends = [link.seq + (until - link.seq) * number // count for number in range(1, count + 1)]
    hashes = dict(Entry.objects.filter(seq__in=ends).values_list("seq", "hash"))
    if len(hashes) < count:
        return None
    begins = [link, *(Link(seq, hashes[seq]) for seq in ends[:-1])]
    name = str(connection.settings_dict["NAME"])
    lows = [None, *ends[:-1]]  # whatever lies below the first row is in the way too
    rows = [InTable(name, low, end) for low, end in zip(lows, ends, strict=True)]
    return _walk(link, _shares(begins, rows, ends, marks), progress)


def walk_file(file: File, link: Link, marks: Marks) -> Whole | None:
    """As `walk_table`, along the lines of an export. Raises OSError."""
    count, size = _processes(), file.size()
    if count < 2 or size < LEAST_BYTES:
        return None
    try:
        edges = [file.edge(size * number // count) for number in range(1, count)]
    except Unreadable:
        return None
    begins = [link, *(Link(row.seq, row.hash) for row, _ in edges)]
    # The row on an edge is the last one of a share; the next begins behind it.
    places = [0, *(behind for _, behind in edges), size]
    rows = [InFile(file.path, begin, end) for begin, end in pairwise(places)]
    return _walk(link, _shares(begins, rows, [row.seq for row, _ in edges], marks), None)


def _processes() -> int:
    """As many as there are processors that this process may use, which may be fewer than the machine has."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(usable, MOST_AT_ONCE)


def _is_seen_by_others() -> bool:
    in_memory = connection.vendor == "sqlite" and connection.is_in_memory_db()  # type: ignore[attr-defined]
    return not (connection.in_atomic_block or in_memory)


def _shares(
    begins: Sequence[Link], rows: Sequence[InTable | InFile], ends: Sequence[int], marks: Marks
) -> Sequence[Share]:
    """Where no end is given the share goes on as far as its rows do."""
    found = []
    for number, (begin, those) in enumerate(zip(begins, rows, strict=True)):
        until = ends[number] if number < len(ends) else None
        mine = [mark for mark in marks.all if begin.seq < mark.seq and (until is None or mark.seq <= until)]
        found.append(Share(those, begin.seq, begin.hash, until, mine))
    return found


def _walk(link: Link, shares: Sequence[Share], progress: Progress | None) -> Whole | None:
    """Along all of them at once. The first that does not hold ends the others, and so does whatever ends this one."""
    checked, ended = [0] * len(shares), dict[int, Whole]()
    with ExitStack() as stack:
        told = [_begin(each, stack) for each in shares]
        while len(ended) < len(shares):
            ready = wait([one for number, one in enumerate(told) if number not in ended])
            for number in [number for number, one in enumerate(told) if one in ready]:
                said = _said(told[number])
                if said is None:
                    return None
                if isinstance(said, Whole):
                    ended[number] = said
                    continue
                checked[number] = said
                if progress is not None:
                    progress(sum(checked))
    return _joined(link, shares, [ended[number] for number in range(len(shares))])


def _begin(share: Share, stack: ExitStack) -> Connection:
    """A process that checks this share, until the stack is closed; what it tells comes from here."""
    context = multiprocessing.get_context("spawn")  # a fork would share this process's connection to the database
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=check, args=(share, theirs), daemon=True)
    process.start()
    theirs.close()  # so that its death is told by this pipe
    for end in (process.join, process.terminate, ours.close):
        stack.callback(end)
    return ours


def _said(told: Connection) -> int | Whole | None:
    """Rows checked so far, or how it ended; a process that died has not shown that its share holds."""
    try:
        said: int | Whole | None = told.recv()
    except EOFError:
        return None
    return said


def _joined(link: Link, shares: Sequence[Share], ended: Sequence[Whole]) -> Whole | None:
    """All as one, when each ends where the next begins; then `link` is moved along."""
    for whole, following in zip(ended, shares[1:], strict=False):
        if (whole.last, whole.hash) != (following.after, following.hash):
            return None
    if shares[-1].until is not None and ended[-1].last != shares[-1].until:
        return None
    link.seq, link.hash = ended[-1].last, ended[-1].hash
    return Whole(sum(whole.rows for whole in ended), ended[-1].last, ended[-1].hash)
