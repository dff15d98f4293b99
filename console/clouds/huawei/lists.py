"""Whole lists of one service, in each of the cloud's ways to page (huawei-contract 1.6)."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Final, Protocol, TypeVar

from console.clouds.budget import time_budget
from console.clouds.errors import CloudRefused, CloudUnavailable
from console.clouds.huawei import wire
from console.clouds.huawei.client import HuaweiClient
from console.clouds.paging import MOST_ROWS, Listing, Page, listing, read_all
from console.clouds.reading import JsonObject

T = TypeVar("T")
Query = tuple[tuple[str, str], ...]

#: VPCEP, to an offset that is not less than the number of objects (contract, corrections).
_NO_SUCH_OFFSET: Final = "endpoint.0010"
_LONG_AGO: Final = datetime(1, 1, 1, tzinfo=UTC)


class _Dated(Protocol):
    @property
    def created_at(self) -> datetime | None: ...


def newest_first(row: _Dated) -> datetime:
    """For sorting downwards; rows without a time come last."""
    return row.created_at or _LONG_AGO


class OffsetLists:
    """Lists with `offset`, `limit` and a counter, in the cloud's own order: sort keys differ from cloud to cloud."""

    def __init__(self, client: HuaweiClient, service: str, *, total: str) -> None:
        """`total` is the counter's name in the answers."""
        self._client = client
        self._service = service
        self._total = total
        #: How long each list was when it was last read, by path: a guess that saves a round trip.
        self._lengths: dict[str, int] = {}

    def read(
        self,
        path: str,
        name: str,
        decode: Callable[[JsonObject], T],
        *,
        identity: Callable[[T], str],
        page_size: int,
    ) -> Listing[T]:
        """The whole list called `name`; every page of it within one time budget."""

        def fetch(offset: int) -> Page[T]:
            try:
                return self.page(path, name, decode, (("offset", str(offset)), ("limit", str(page_size))))
            except CloudRefused as refusal:
                if offset and refusal.vendor_code.lower() == _NO_SUCH_OFFSET:
                    return Page([], None, is_beyond=True)
                raise

        with time_budget(self._client.total_time):
            rows = read_all(fetch, identity=identity, page_size=page_size, expected=self._lengths.get(path, 0))
        self._lengths[path] = len(rows) + rows.unreadable
        return rows

    def page(self, path: str, name: str, decode: Callable[[JsonObject], T], query: Query) -> Page[T]:
        """One page of it."""
        page_of = partial(wire.page_from_wire, name=name, decode=decode, total_name=self._total)
        return self._client.read(self._service, path, page_of, query)


class MarkerLists:
    """Lists with `marker`, the last id seen, and `limit`; without counters, so read until a short page."""

    #: The most rows that VPC gives at once.
    page_size: Final = 2000

    def __init__(self, client: HuaweiClient, service: str) -> None:
        self._client = client
        self._service = service

    def read(
        self,
        path: str,
        name: str,
        decode: Callable[[JsonObject], T],
        *,
        identity: Callable[[T], str],
        query: Query = (),
    ) -> Listing[T]:
        """The whole list called `name`, within one time budget. Raises CloudUnavailable where it does not end."""
        page_of = partial(wire.page_from_wire, name=name, decode=decode)
        asked = (*query, ("limit", str(self.page_size)))
        pages: list[Page[T]] = []
        with time_budget(self._client.total_time):
            while len(pages) * self.page_size < MOST_ROWS:
                last = pages[-1].rows if pages else ()
                marker = (("marker", identity(last[-1])),) if last else ()
                pages.append(self._client.read(self._service, path, page_of, (*asked, *marker)))
                if pages[-1].length < self.page_size or not pages[-1].rows:
                    return listing(pages, identity)
        raise CloudUnavailable(f"the list of {name} does not end")
