"""Whole lists, in each of the cloud's two ways to page: by number (API Gateway, VPC) and by token (PrivateLink)."""

from collections.abc import Callable
from typing import Final, TypeVar

from console.clouds.paging import MOST_ROWS, Listing, Page, listing
from console.clouds.reading import JsonObject, text

T = TypeVar("T")

#: The most rows that every one of the cloud's lists gives at once.
PAGE_SIZE: Final = 50


def read_numbered(fetch: Callable[[int], Page[T]], identity: Callable[[T], str]) -> Listing[T]:
    """Every row, each `identity` once. `fetch` takes the number of a page, from 1.

    Ends with a short page once the total is there, or with a page that brings nothing new: older servers ignore the
    number and give everything. Read once more where there are fewer rows than the total.
    """
    found = listing(_numbered(fetch, identity), identity)
    return listing(_numbered(fetch, identity), identity) if found.lacking else found


def _numbered(fetch: Callable[[int], Page[T]], identity: Callable[[T], str]) -> list[Page[T]]:
    pages: list[Page[T]] = []
    known: set[str] = set()
    read = 0
    while read < MOST_ROWS:
        page = fetch(len(pages) + 1)
        new = {identity(row) for row in page.rows} - known
        if not new and not (page.unreadable and not pages):
            break
        pages.append(page)
        known |= new
        read += page.length
        if page.total is not None and page.length < PAGE_SIZE and read >= page.total:
            break
    return pages


def read_tokened(fetch: Callable[[str], tuple[Page[T], str]], identity: Callable[[T], str]) -> Listing[T]:
    """Every row, each `identity` once. `fetch` takes the token of a page, "" for the first, and gives the next one.

    The totals of such lists are not to be believed (alibaba-contract 4.2); an empty token ends them.
    """
    pages: list[Page[T]] = []
    token, used = "", set[str]()
    while token not in used and sum(page.length for page in pages) < MOST_ROWS:
        used.add(token)
        page, token = fetch(token)
        pages.append(page)
        if not token:
            break
    return listing(pages, identity)


def next_token(document: JsonObject) -> str:
    """Where the next page begins; "" on the last one, whether the cloud says so or says nothing."""
    return text(document.get("NextToken"))
