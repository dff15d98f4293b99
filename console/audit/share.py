"""One share of a chain, checked by a process of its own. See `side_by_side`, which starts it.

The process begins here, without Django: what needs it is imported once that is there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Final

from console.audit.statements import Mark

#: What is told at the end, in place of a number of rows.
WHOLE: Final = -1
BROKEN: Final = -2


@dataclass(frozen=True)
class Share:
    """The rows behind number and hash of one row, up to another. To the first belong all with lower numbers too."""

    #: The name by which Django knows the database.
    database: str
    after: int
    hash: str | None
    until: int
    is_first: bool
    #: What checkpoints say about these rows.
    marks: Sequence[Mark]


def check(share: Share, told: Connection) -> None:
    """Check it and tell how far it is, and at the end whether it holds. Ends when nobody listens any more."""
    import django

    django.setup()
    from django.db import connection

    connection.settings_dict["NAME"] = share.database
    try:
        told.send(WHOLE if _holds(share, told) else BROKEN)
    except (BrokenPipeError, KeyboardInterrupt):
        return  # whoever asked is gone, or was told to stop by the same key


def _holds(share: Share, told: Connection) -> bool:
    from console.audit.breaks import Kind, Link, Whole
    from console.audit.sources import Table
    from console.audit.walk import Marks, walk

    source = Table(until=share.until) if share.is_first else Table(share.after, share.until)
    link = Link(share.after, share.hash)
    found = walk(source, link, Marks(share.marks), missing=Kind.DELETED, until=share.until, progress=told.send)
    return isinstance(found, Whole) and link.seq == share.until and source.edited_words is None
