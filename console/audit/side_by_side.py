"""A long chain checked in shares, side by side in processes of their own: one processor alone takes too long.

Every row carries the hash of the row before it. So a share that begins behind row n needs nothing but the hash of that
row to be checked, and whether row n deserves it is shown by the share that ends with it. When all shares hold, the
whole chain holds, exactly as if one walk had gone along it. When one does not, nothing is concluded: the walk from the
beginning names the break.
"""

import multiprocessing
import os
from collections.abc import Sequence
from contextlib import ExitStack
from multiprocessing.connection import Connection, wait
from typing import Final

from django.db import connection

from console.audit import share
from console.audit.breaks import Link, Whole
from console.audit.models import Entry
from console.audit.share import Share
from console.audit.walk import Marks, Progress

#: Fewer rows are checked sooner by one process than others are started.
LEAST: Final = 100_000
#: More would keep a database from its other work.
MOST_AT_ONCE: Final = 4


def walk_side_by_side(link: Link, until: int, marks: Marks, progress: Progress | None = None) -> Whole | None:
    """As `walk` along the whole table where all of it holds; then `link` is moved along. Else None, and nothing moved.

    None too where it would not be quicker, or others do not see what this process sees.
    """
    processes = min(_processors(), MOST_AT_ONCE)
    if processes < 2 or until - link.seq < LEAST or not _is_seen_by_others():
        return None
    shares = _shares(link, until, marks, processes)
    if shares is None or not _all_hold(shares, progress):
        return None
    found = Whole(until - link.seq, until, _hash_of(until))
    link.seq, link.hash = found.last, found.hash
    return found


def _processors() -> int:
    """Those that this process may use, which may be fewer than the machine has."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _is_seen_by_others() -> bool:
    in_memory = connection.vendor == "sqlite" and connection.is_in_memory_db()  # type: ignore[attr-defined]
    return not (connection.in_atomic_block or in_memory)


def _hash_of(seq: int) -> str:
    return Entry.objects.filter(seq=seq).values_list("hash", flat=True).first() or ""


def _shares(link: Link, until: int, marks: Marks, count: int) -> Sequence[Share] | None:
    """Equal numbers of rows each; None when a row where one ends is missing."""
    ends = [link.seq + (until - link.seq) * number // count for number in range(1, count + 1)]
    hashes = [link.hash, *map(_hash_of, ends)]
    if "" in hashes:
        return None
    begins = [link.seq, *ends]
    return [
        Share(
            database=str(connection.settings_dict["NAME"]),
            after=begins[number],
            hash=hashes[number],
            until=until_here,
            is_first=number == 0,
            marks=[mark for mark in marks.all if begins[number] < mark.seq <= until_here],
        )
        for number, until_here in enumerate(ends)
    ]


def _all_hold(shares: Sequence[Share], progress: Progress | None) -> bool:
    """Whether every process says so. The first that does not ends the others, and so does whatever ends this one."""
    checked: dict[Connection, int] = {}
    with ExitStack() as stack:
        for each in shares:
            checked[_begin(each, stack)] = 0
        going_on = list(checked)
        while going_on:
            ready = wait(going_on)
            for told in [each for each in going_on if each in ready]:
                said = _said(told)
                if said == share.BROKEN:
                    return False
                if said == share.WHOLE:
                    going_on.remove(told)
                    continue
                checked[told] = said
                if progress is not None:
                    progress(sum(checked.values()))
    return True


def _begin(each: Share, stack: ExitStack) -> Connection:
    """A process that checks this share, until the stack is closed; what it tells comes from here."""
    context = multiprocessing.get_context("spawn")  # a fork would share this process's connection to the database
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=share.check, args=(each, theirs), daemon=True)
    process.start()
    theirs.close()  # so that its end is told by this pipe
    stack.callback(process.join)
    stack.callback(process.terminate)
    stack.callback(ours.close)
    return ours


def _said(told: Connection) -> int:
    """Rows checked so far, or how it ended; a process that died has not shown that its share holds."""
    try:
        return int(told.recv())
    except EOFError:
        return share.BROKEN
