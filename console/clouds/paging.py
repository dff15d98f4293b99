"""Reading a list to its end in as few round trips as can be."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final, Generic, TypeVar

from console.clouds.errors import CloudUnavailable
from console.clouds.parallel import all_of

T = TypeVar("T")

#: Most rows that are read; a cloud that claims more is not believed.
MOST_ROWS: Final = 100_000


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some rows of a list, and how many the whole list has; `total` is None where the cloud does not say."""

    rows: Sequence[T]
    total: int | None


def read_all(
    fetch: Callable[[int], Page[T]], *, identity: Callable[[T], str], page_size: int, expected: int = 0
) -> list[T]:
    """Every row, each `identity` once. `fetch` takes a row offset and gives up to `page_size` rows.

    The first page says how many there are, and the rest follows at once; as many pages as `expected` rows need
    are fetched together with the first, so a good guess saves a round trip and a bad one costs nothing but calls.

    Rows that come or go while the pages are read shift the offsets: a row may then appear twice, or on no page.
    Twice is removed; where the totals differ from page to page, the list is read once more.
    """
    pages = _pages(fetch, page_size, expected)
    if len({page.total for page in pages}) > 1:
        pages = _pages(fetch, page_size, pages[-1].total or 0)
    rows = {identity(row): row for page in pages for row in page.rows}
    return list(rows.values())


def _pages(fetch: Callable[[int], Page[T]], page_size: int, expected: int) -> list[Page[T]]:
    guessed = range(0, min(max(expected, 1), MOST_ROWS), page_size)
    pages = all_of([partial(fetch, offset) for offset in guessed])
    first, total = pages[0], pages[0].total
    if total is None:
        return _pages_without_total(fetch, first)
    # The step is what the cloud really gives, which may be less than was asked for.
    step = len(first.rows)
    if total <= step:
        return [first]
    if step == 0 or total > MOST_ROWS:
        raise CloudUnavailable(f"a list of {total} rows with {step} on a page")
    if step != page_size:
        pages = [first]
    return pages + all_of([partial(fetch, offset) for offset in range(len(pages) * step, total, step)])


def _pages_without_total(fetch: Callable[[int], Page[T]], first: Page[T]) -> list[Page[T]]:
    """One page after the other until a short one."""
    pages, offset = [first], len(first.rows)
    while pages[-1].rows and len(pages[-1].rows) >= len(first.rows) and offset < MOST_ROWS:
        pages.append(fetch(offset))
        offset += len(pages[-1].rows)
    return pages
