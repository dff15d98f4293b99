"""Reading a list to its end in as few round trips as can be, and telling what it may lack."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, Generic, TypeVar

from console.clouds.errors import CloudUnavailable
from console.clouds.parallel import all_of
from console.clouds.reading import JsonObject, UnreadableAnswer

T = TypeVar("T")

#: Most rows that are read; a cloud that claims more is not believed.
MOST_ROWS: Final = 100_000


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some rows of a list, and how many the whole list has; `total` is None where the cloud does not say."""

    rows: Sequence[T]
    total: int | None
    #: Rows that could not be understood and are left out.
    unreadable: int = 0
    #: The cloud refused the offset, since no row of the list has it.
    is_beyond: bool = False

    @property
    def length(self) -> int:
        """How many rows the cloud gave."""
        return len(self.rows) + self.unreadable


class Listing(list[T]):
    """All rows of a list, as far as the cloud gave them: `lacking` are rows that it counts and that came on no page,
    `unreadable` those that came and could not be understood."""

    def __init__(self, rows: Iterable[T] = (), *, lacking: int = 0, unreadable: int = 0) -> None:
        super().__init__(rows)
        self.lacking = lacking
        self.unreadable = unreadable

    def __eq__(self, other: object) -> bool:
        """As lists, and for two of these also by what they lack."""
        same = super().__eq__(other)
        if same is not True or not isinstance(other, Listing):
            return same
        return (self.lacking, self.unreadable) == (other.lacking, other.unreadable)

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = None

    @property
    def is_whole(self) -> bool:
        """Whether what is not in it is not there."""
        return not (self.lacking or self.unreadable)

    def with_rows(self, rows: Iterable[T]) -> "Listing[T]":
        """Other rows of which as many are missing: those of this list in another order, or some of them."""
        return Listing(rows, lacking=self.lacking, unreadable=self.unreadable)

    def ordered(self, key: Callable[[T], Any], *, reverse: bool = False) -> "Listing[T]":
        """The same in another order."""
        return self.with_rows(sorted(self, key=key, reverse=reverse))

    def check_absence(self) -> None:
        """For whoever did not find something in it. Raises CloudUnavailable where it may be there all the same."""
        if not self.is_whole:
            raise CloudUnavailable(f"the cloud's list is not whole: {self.what_is_missing()}")

    def what_is_missing(self) -> str:
        """In words; "" where nothing is."""
        lacking = f"it may lack {self.lacking} {_rows(self.lacking)}" if self.lacking else ""
        unreadable = f"{self.unreadable} {_rows(self.unreadable)} could not be read" if self.unreadable else ""
        return ", and ".join(part for part in (lacking, unreadable) if part)


def _rows(count: int) -> str:
    return "row" if count == 1 else "rows"


def page_of(rows: Iterable[Any], decode: Callable[[JsonObject], T], total: int | None = None) -> Page[T]:
    """The rows that `decode` understands; it raises UnreadableAnswer for the others, which are counted."""
    good: list[T] = []
    unreadable = 0
    for row in rows:
        try:
            if row.__class__ is not dict:
                raise UnreadableAnswer("a row is not an object")
            good.append(decode(row))
        except UnreadableAnswer:
            unreadable += 1
    return Page(good, total, unreadable)


def listing(pages: Sequence[Page[T]], identity: Callable[[T], str]) -> Listing[T]:
    """The rows of the pages, each `identity` once."""
    rows = {identity(row): row for page in pages for row in page.rows}
    unreadable = sum(page.unreadable for page in pages)
    return Listing(rows.values(), lacking=max(0, _total(pages) - len(rows) - unreadable), unreadable=unreadable)


def _total(pages: Sequence[Page[T]]) -> int:
    return max((page.total for page in pages if page.total is not None), default=0)


def read_all(
    fetch: Callable[[int], Page[T]], *, identity: Callable[[T], str], page_size: int, expected: int = 0
) -> Listing[T]:
    """Every row, each `identity` once. `fetch` takes a row offset and gives up to `page_size` rows.

    The first page says how many there are, and the rest follows at once; as many pages as `expected` rows need
    are fetched together with the first, so a good guess saves a round trip and a bad one costs nothing but calls.
    A full page never ends the list, whatever the total says.

    Rows that come or go while the pages are read shift the offsets: a row may then appear twice, or on no page.
    Twice is removed; where totals differ, or there are fewer rows than that, the list is read once more.
    """
    pages = _pages(fetch, identity, page_size, expected)
    found = listing(pages, identity)
    shrank = any(page.is_beyond for page in pages[: -(-_total(pages) // max(pages[0].length, 1))])
    if found.lacking or shrank or len({page.total for page in pages if page.total is not None}) > 1:
        found = listing(_pages(fetch, identity, page_size, 0 if shrank else _total(pages)), identity)
    return found


def _pages(
    fetch: Callable[[int], Page[T]], identity: Callable[[T], str], page_size: int, expected: int
) -> list[Page[T]]:
    guessed = range(0, min(max(expected, 1), MOST_ROWS), page_size)
    pages = all_of([partial(fetch, offset) for offset in guessed])
    first, total = pages[0], pages[0].total
    # The step is what the cloud really gives, which may be less than was asked for.
    step = first.length
    if total is not None and total > step and (step == 0 or total > MOST_ROWS):
        raise CloudUnavailable(f"a list of {total} rows with {step} on a page")
    if step != page_size:
        pages = [first]
    if total is not None and total > step:
        pages += all_of([partial(fetch, offset) for offset in range(len(pages) * step, total, step)])
    elif total is not None and step < page_size:
        return pages
    return pages + _until_short(fetch, identity, pages, step)


def _until_short(
    fetch: Callable[[int], Page[T]], identity: Callable[[T], str], before: Sequence[Page[T]], step: int
) -> list[Page[T]]:
    """The pages that follow those before, as long as they are full; one without a new row is the end, too."""
    pages: list[Page[T]] = []
    known = {identity(row) for page in before for row in page.rows}
    last = before[-1]
    while step and last.length >= step and (len(before) + len(pages)) * step < MOST_ROWS:
        last = fetch((len(before) + len(pages)) * step)
        new = {identity(row) for row in last.rows} - known
        if not new:
            break
        known |= new
        pages.append(last)
    return pages
