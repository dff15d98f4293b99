"""Where rows to verify come from: the table, or the lines of an export. Both can be read as often as needed."""

import json
from collections.abc import Iterator
from operator import attrgetter
from pathlib import Path
from typing import Any

from console.audit import canonical
from console.audit.chain import Row
from console.audit.models import Entry

_PORTION = 5_000
#: Longest line an export can have, in bytes; more is not read.
_LONGEST_LINE = 1_000_000
_FIELDS = frozenset(Row._fields)
_JSON_FIELDS = ("before", "after")
_TEXTS = attrgetter(*Row._fields[2:])


class Unreadable(Exception):
    """A line, or a field of a row, is not what the log writes. `cut` says that the file just ends there."""

    def __init__(self, seq: int, text: str, *, cut: bool = False) -> None:
        super().__init__(text)
        self.seq = seq
        self.cut = cut


class Table:
    """The rows of this console's own table. No long transaction: writers go on while it is read."""

    def rows(self) -> Iterator[Row]:
        """All rows, oldest first. Raises Unreadable."""
        entries = Entry.objects.order_by("seq").values_list(*Row._fields)
        portion = list(entries[:_PORTION])
        while portion:
            yield from map(_of_table, portion)
            portion = list(entries.filter(seq__gt=portion[-1][0])[:_PORTION])

    def first(self) -> int:
        """The lowest number, 1 when there are no rows."""
        number = Entry.objects.order_by("seq").values_list("seq", flat=True).first()
        return 1 if number is None else number

    def last(self) -> int:
        """The highest number, 0 when there are no rows."""
        return Entry.objects.order_by("-seq").values_list("seq", flat=True).first() or 0


class File:
    """The lines of a JSON-lines export."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def rows(self) -> Iterator[Row]:
        """All rows in the order of the file. Raises Unreadable, and OSError when the file cannot be read."""
        last = 0
        with self._path.open("rb") as lines:
            while line := lines.readline(_LONGEST_LINE):
                try:
                    row = _of_object(canonical.loads(line.decode("utf-8")))
                except ValueError as error:
                    raise Unreadable(last + 1, f"is no row of an export ({error})", cut=line[-1:] != b"\n") from error
                last = row.seq
                yield row


def row_of(entry: Entry) -> Row:
    """A row of the table as it is exported and hashed."""
    return Row._make((entry.seq, canonical.moment(entry.at), *_TEXTS(entry)))


def _of_table(values: tuple[Any, ...]) -> Row:
    row = Row._make((values[0], canonical.moment(values[1]), *values[2:]))
    # The hash is computed with these two as they stand, so each must be one JSON value: text that closes the
    # value and opens the next field could otherwise move words from one field to another unseen.
    for text in (row.before, row.after):
        if text != "null":
            try:
                json.loads(text)
            except (ValueError, RecursionError) as error:
                raise Unreadable(row.seq, "has a before or after that is no JSON") from error
    return row


def _of_object(fields: Any) -> Row:
    if not isinstance(fields, dict) or fields.keys() != _FIELDS:
        raise ValueError("it does not have exactly the fields of a row")
    for name, value in fields.items():
        if name not in _JSON_FIELDS and type(value) is not (int if name == "seq" else str):
            raise ValueError(f"the field {name} has the wrong type")
    fields["before"], fields["after"] = canonical.dumps(fields["before"]), canonical.dumps(fields["after"])
    row = Row(**fields)
    "".join(row[1:]).encode()  # half a surrogate pair cannot be hashed: UnicodeEncodeError
    return row
