"""The log as a file, written row by row while it is read."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from console.audit import chain, cts, downloads
from console.audit.chain import Row
from console.web import spreadsheets


@dataclass(frozen=True)
class Format:
    """A kind of file. `address` stands below the list's; `name` is the address's name."""

    name: str
    address: str
    title: str
    file_name: str
    content_type: str
    write: Callable[[Iterable[Row]], Iterator[str]]


def json_lines(rows: Iterable[Row]) -> Iterator[str]:
    """One JSON object a line, the fields in the order of house.md part 5. Can be verified (`chain`)."""
    for row in rows:
        yield chain.line(row) + "\n"


def csv_lines(rows: Iterable[Row]) -> Iterator[str]:
    """The same fields for spreadsheets. A quotation mark before what would be a formula makes it text."""
    return spreadsheets.csv_lines(Row._fields, rows)


JSON_LINES: Final = Format(
    "export_jsonl", "export.jsonl", "Export JSON lines", "audit.jsonl", downloads.JSON_LINES, json_lines
)
CSV: Final = Format("export_csv", "export.csv", "Export CSV", "audit.csv", downloads.CSV, csv_lines)
#: For laying beside the cloud's own trace; it cannot be verified.
CTS: Final = Format(
    "export_cts", "export-cts.jsonl", "Export as traces", "audit-cts.jsonl", downloads.JSON_LINES, cts.lines
)
FORMATS: Final = (CSV, JSON_LINES, CTS)
