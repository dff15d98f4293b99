"""One share of a chain, checked by a process of its own. See `side_by_side`, which starts it.

The process begins here, without Django: what needs it is imported once that is there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING

from console.audit.statements import Mark

if TYPE_CHECKING:
    from console.audit.breaks import Whole
    from console.audit.sources import File, Table


@dataclass(frozen=True)
class InTable:
    """The rows after one number up to another in the database that Django knows by this name; None: from the lowest."""

    database: str
    after: int | None
    until: int

    def open(self) -> "Table":
        """The source of these rows, in a process that has no other database."""
        from django.db import connection

        from console.audit.sources import Table

        connection.settings_dict["NAME"] = self.database
        return Table(until=self.until) if self.after is None else Table(self.after, self.until)


@dataclass(frozen=True)
class InFile:
    """The lines of an export from one byte up to another."""

    path: Path
    begin: int
    end: int

    def open(self) -> "File":
        """The source of these rows."""
        from console.audit.sources import File

        return File(self.path, self.begin, self.end)


@dataclass(frozen=True)
class Share:
    """The rows behind number and hash of one row, and no others after the row `until`; None: up to the end."""

    rows: InTable | InFile
    after: int
    hash: str | None
    until: int | None
    #: What checkpoints say about these rows.
    marks: Sequence[Mark]


def check(share: Share, told: Connection) -> None:
    """Tell how many rows are checked, and at the end a `Whole`, or None where the share does not hold.

    Ends when nobody listens any more.
    """
    import django

    django.setup()
    try:
        told.send(_check(share, told))
    except (BrokenPipeError, KeyboardInterrupt):
        return  # whoever asked is gone, or was told to stop by the same key


def _check(share: Share, told: Connection) -> "Whole | None":
    from console.audit.breaks import Kind, Link, Whole
    from console.audit.sources import Table
    from console.audit.walk import Marks, walk

    source, link = share.rows.open(), Link(share.after, share.hash)
    found = walk(source, link, Marks(share.marks), missing=Kind.DELETED, until=share.until, progress=told.send)
    is_edited = isinstance(source, Table) and source.edited_words is not None
    return found if isinstance(found, Whole) and not is_edited else None
