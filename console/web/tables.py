"""Tables over data that a cloud gave whole: search, sort and page the WHOLE set, with the state in the URL.

Addresses are worked out once per table, never per row.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

from django.http import QueryDict

Row = TypeVar("Row")

#: The vendor's page sizes (features 1.2).
SIZES: Final = (10, 20, 50)
_NEIGHBOURS: Final = 2


@dataclass(frozen=True, slots=True)
class Column(Generic[Row]):
    """A column: `key` gives what to sort by, None where sorting makes no sense."""

    name: str
    title: str
    key: Callable[[Row], Any] | None = None
    numeric: bool = False


@dataclass(frozen=True, slots=True)
class Header:
    """A column's head as the template shows it. `url` sorts by it, "" where it cannot be sorted."""

    name: str
    title: str
    url: str
    #: "ascending", "descending" or "none".
    sorted: str
    numeric: bool


@dataclass(frozen=True, slots=True)
class Pager:
    """Where in the whole set the page is. `links` are (number, url, current), `sizes` (size, url, current)."""

    number: int
    pages: int
    total: int
    first: int
    last: int
    previous_url: str
    next_url: str
    links: tuple[tuple[int, str, bool], ...]
    sizes: tuple[tuple[int, str, bool], ...]


@dataclass(frozen=True, slots=True)
class Arranged(Generic[Row]):
    """One page of a table, and everything around it."""

    rows: Sequence[Row]
    headers: tuple[Header, ...]
    page: Pager
    query: str
    #: How many rows there are before any search.
    whole: int


class Address:
    """The page's own address with some parameters changed. `prefix` tells two tables of one page apart."""

    def __init__(self, path: str, parameters: QueryDict, prefix: str = "") -> None:
        self.path = path
        self.prefix = prefix
        self.parameters = parameters

    def value(self, name: str) -> str:
        """What the URL says for a parameter of this table, without surrounding blanks."""
        return self.parameters.get(self.prefix + name, "").strip()

    def having(self, **changes: str | int | None) -> str:
        """The address with these parameters; None drops one. Never carries the poll counter."""
        query = self.parameters.copy()
        query.pop("polled", None)
        query.pop("poll", None)
        for name, value in changes.items():
            if value is None:
                query.pop(self.prefix + name, None)
            else:
                query[self.prefix + name] = str(value)
        return f"{self.path}?{query.urlencode()}" if query else self.path


def arrange(
    rows: Sequence[Row],
    columns: Sequence[Column[Row]],
    address: Address,
    *,
    text_of: Callable[[Row], str],
    size: int = 20,
) -> Arranged[Row]:
    """Search by `text_of`, sort as the URL says, cut one page. Unknown values fall back; a page too far is page 1."""
    found = found_by(rows, address, text_of=text_of)
    sorting, descending = _sorting(columns, address)
    if sorting is not None and sorting.key is not None:
        found.sort(key=sorting.key, reverse=descending)
    pager = _pager(address, len(found), size)
    headers = tuple(_header(column, sorting, descending, address) for column in columns)
    return Arranged(found[max(pager.first - 1, 0) : pager.last], headers, pager, address.value("q"), len(rows))


def found_by(rows: Sequence[Row], address: Address, *, text_of: Callable[[Row], str]) -> list[Row]:
    """The rows that hold every word of the search, all pages of them."""
    words = address.value("q").casefold().split()
    return [row for row in rows if _matches(text_of(row).casefold(), words)] if words else list(rows)


def _matches(text: str, words: Sequence[str]) -> bool:
    return all(word in text for word in words)


def _sorting(columns: Sequence[Column[Row]], address: Address) -> tuple[Column[Row] | None, bool]:
    asked = address.value("sort")
    name = asked.removeprefix("-")
    column = next((column for column in columns if column.name == name and column.key), None)
    return column, asked.startswith("-")


def _header(column: Column[Row], sorting: Column[Row] | None, descending: bool, address: Address) -> Header:  # noqa: FBT001
    if column.key is None:
        return Header(column.name, column.title, "", "none", column.numeric)
    if column is not sorting:
        return Header(column.name, column.title, address.having(sort=column.name, page=None), "none", column.numeric)
    # A second click turns the order round.
    url = address.having(sort=column.name if descending else f"-{column.name}", page=None)
    return Header(column.name, column.title, url, "descending" if descending else "ascending", column.numeric)


def _pager(address: Address, total: int, default_size: int) -> Pager:
    asked_size = address.value("size")
    size = int(asked_size) if asked_size in {str(size) for size in SIZES} else default_size
    pages = max(1, -(-total // size))
    asked = address.value("page")
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 9 else 1
    number = number if 1 <= number <= pages else 1
    near = [n for n in range(1, pages + 1) if n in (1, pages) or abs(n - number) <= _NEIGHBOURS]
    return Pager(
        number=number,
        pages=pages,
        total=total,
        first=(number - 1) * size + 1 if total else 0,
        last=min(number * size, total),
        previous_url=address.having(page=number - 1) if number > 1 else "",
        next_url=address.having(page=number + 1) if number < pages else "",
        links=tuple((n, address.having(page=n), n == number) for n in near),
        sizes=tuple((s, address.having(size=s, page=None), s == size) for s in SIZES),
    )
