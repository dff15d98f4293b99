"""Where rows to verify come from: the table, or the lines of an export. Both can be read as often as needed."""

import json
from collections.abc import Iterator
from datetime import UTC
from functools import lru_cache
from operator import attrgetter
from pathlib import Path
from typing import Any

from django.db import connection
from django.utils.dateparse import parse_datetime

from console.audit import canonical, words
from console.audit.chain import Row
from console.audit.models import Entry

_PORTION = 5_000
#: No row has such a number.
_BEYOND_ALL = 2**63 - 1
_LENGTH_OF_MOMENT = len("2026-11-20T22:00:00.123456Z")
#: The time as `canonical.moment` writes it, made by the database.
_AT = {
    "sqlite": "replace(at, ' ', 'T') || 'Z'",
    "postgresql": """to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')""",
}
_READ = (
    f"SELECT seq, {{at}}, {', '.join(Row._fields[2:])}, words FROM audit_entry"  # noqa: S608 - names of ours only
    f" WHERE seq > %s AND seq <= %s ORDER BY seq LIMIT {_PORTION}"
)
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
    """The rows of this console's own table. No long transaction: writers go on while it is read.

    `edited_words` is the first row read so far whose search words are not those of its content.
    """

    def __init__(self, after: int = -_BEYOND_ALL, until: int = _BEYOND_ALL) -> None:
        """All rows, or those after one number up to another."""
        self.edited_words: int | None = None
        self._after = after
        self._until = until

    def rows(self) -> Iterator[Row]:
        """The rows, oldest first. Raises Unreadable."""
        # Straight from the database: making model values and times of each row would take as long as all the rest.
        statement, after = _READ.format(at=_AT[connection.vendor]), self._after
        while portion := self._portion(statement, after):
            for values in portion:
                row = _of_table(values)
                try:
                    if words.of_row(row) != values[-1] and self.edited_words is None:
                        self.edited_words = row.seq
                except TypeError as error:
                    raise Unreadable(row.seq, "holds something that is no text") from error
                yield row
            after = portion[-1][0]

    def _portion(self, statement: str, after: int) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(statement, [after, self._until])
            return list(cursor.fetchall())

    def first(self) -> int:
        """The lowest number, 1 when there are no rows."""
        number = Entry.objects.order_by("seq").values_list("seq", flat=True).first()
        return 1 if number is None else number

    def last(self) -> int:
        """The highest number, 0 when there are no rows."""
        return Entry.objects.order_by("-seq").values_list("seq", flat=True).first() or 0


class File:
    """The lines of a JSON-lines export, or of a part of it from one byte up to another."""

    def __init__(self, path: Path, begin: int = 0, end: int | None = None) -> None:
        self.path = path
        self._begin = begin
        self._end = end

    def rows(self) -> Iterator[Row]:
        """All rows in the order of the file. Raises Unreadable, and OSError when the file cannot be read."""
        last, place = 0, self._begin
        with self.path.open("rb") as lines:
            lines.seek(place)
            while (self._end is None or place < self._end) and (line := lines.readline(_LONGEST_LINE)):
                place += len(line)
                try:
                    row = _of_object(canonical.loads(line.decode("utf-8")))
                except ValueError as error:
                    raise Unreadable(last + 1, f"is no row of an export ({error})", cut=line[-1:] != b"\n") from error
                last = row.seq
                yield row

    def size(self) -> int:
        """In bytes. Raises OSError."""
        return self.path.stat().st_size

    def edge(self, place: int) -> tuple[Row, int]:
        """The first row that begins behind a byte, and the byte behind its line. Raises Unreadable and OSError."""
        with self.path.open("rb") as lines:
            lines.seek(place)
            lines.readline(_LONGEST_LINE)
            begin = lines.tell()
            lines.readline(_LONGEST_LINE)
            behind = lines.tell()
        for row in File(self.path, begin, behind).rows():
            return row, behind
        raise Unreadable(0, "is not there")


def row_of(entry: Entry) -> Row:
    """A row of the table as it is exported and hashed."""
    return Row._make((entry.seq, canonical.moment(entry.at), *_TEXTS(entry)))


def _of_table(values: tuple[Any, ...]) -> Row:
    row = Row._make(values[:-1])
    if type(row.previous_hash) is not str:  # of the other columns `words` asks
        raise Unreadable(row.seq, "holds something that is no text")
    if len(row.at) != _LENGTH_OF_MOMENT:
        row = row._replace(at=_moment(row))
    # The hash is computed with these two as they stand, so each must be one JSON value: text that closes the
    # value and opens the next field could otherwise move words from one field to another unseen.
    if not (_is_json(row.before) and _is_json(row.after)):
        raise Unreadable(row.seq, "has a before or after that is no JSON")
    return row


def _moment(row: Row) -> str:
    """A time that SQLite keeps in another of its ways, such as one without a fraction."""
    try:
        at = parse_datetime(row.at.removesuffix("Z"))
    except ValueError:
        at = None
    if at is None:
        raise Unreadable(row.seq, "has a time that is none")
    return canonical.moment(at if at.tzinfo else at.replace(tzinfo=UTC))


@lru_cache(maxsize=256)
def _is_json(text: str) -> bool:
    """Many rows have the same; so few are kept that long ones do no harm."""
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


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
