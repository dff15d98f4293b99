"""Whole lists, in each of the cloud's two ways to page: by number (API Gateway, VPC) and by token (PrivateLink)."""

from collections.abc import Callable
from typing import Final, TypeVar

from console.clouds.paging import MOST_ROWS, Page
from console.clouds.reading import JsonObject, text

T = TypeVar("T")

#: The most rows that every one of the cloud's lists gives at once.
PAGE_SIZE: Final = 50


def read_numbered(fetch: Callable[[int], Page[T]], identity: Callable[[T], str]) -> list[T]:
    """Every row, each `identity` once. `fetch` takes the number of a page, from 1.

    Ends at the total, or with a page that brings nothing new: older servers ignore the number and give everything.
    """
    found: dict[str, T] = {}
    number, before = 1, -1
    while before < len(found) < MOST_ROWS:
        before = len(found)
        page = fetch(number)
        found |= {identity(row): row for row in page.rows}
        if page.total is not None and len(found) >= page.total:
            break
        number += 1
    return list(found.values())


def read_tokened(fetch: Callable[[str], tuple[list[T], str]], identity: Callable[[T], str]) -> list[T]:
    """Every row, each `identity` once. `fetch` takes the token of a page, "" for the first, and gives the next one.

    The totals of such lists are not to be believed (alibaba-contract 4.2); an empty token ends them.
    """
    found: dict[str, T] = {}
    token, used = "", set[str]()
    while token not in used and len(found) < MOST_ROWS:
        used.add(token)
        rows, token = fetch(token)
        for row in rows:
            found.setdefault(identity(row), row)
        if not token:
            break
    return list(found.values())


def next_token(document: JsonObject) -> str:
    """Where the next page begins; "" on the last one, whether the cloud says so or says nothing."""
    return text(document.get("NextToken"))
