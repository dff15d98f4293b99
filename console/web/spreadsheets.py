"""Rows as CSV, line by line, for people who open it in a spreadsheet."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

#: A spreadsheet takes a cell that begins with one of these for a formula, or for the start of a new cell (CWE-1236).
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # noqa: RUF001 - the wide forms too


def csv_lines(heads: Sequence[str], rows: Iterable[Iterable[object]]) -> Iterator[str]:
    """The head and the rows. A quotation mark before what would be a formula makes it text."""
    writer = csv.writer(_Echo())
    yield writer.writerow(heads)
    for row in rows:
        yield writer.writerow(_harmless(str(cell)) for cell in row)


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


class _Echo:
    """What csv writes is handed back instead of stored."""

    def write(self, line: str) -> str:
        return line
