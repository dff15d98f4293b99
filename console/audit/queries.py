"""Reads the log: a page by its place, one row, everything for an export. Nothing here counts, sorts or skips rows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Q, QuerySet

from console import clock
from console.access.reach import Scope
from console.audit import words
from console.audit.catalog import Action
from console.audit.chain import Row
from console.audit.filters import Filters
from console.audit.models import Entry, OpenChange
from console.audit.search import find
from console.audit.sources import row_of

#: Beyond every row number there will be.
_ABOVE_ALL = 2**63 - 1
#: Rows an export reads at a time.
_PORTION = 2_000
#: After this a Change without an end is shown as open; before, somebody is probably still waiting for it.
OPEN_AFTER = timedelta(minutes=1)


@dataclass(frozen=True)
class Page:
    """Rows, newest first, and whether there are others on both sides."""

    entries: Sequence[Entry]
    newer: bool
    older: bool


def page(scopes: Sequence[Scope], filters: Filters, *, size: int, before: int | None, after: int | None) -> Page:
    """The rows below the number `before`, or those next above `after`, or the newest. Costs the same anywhere."""
    if after is not None:
        found = _select(scopes, filters, low=after, newest_first=False, count=size + 1)
        if len(found) > size:
            return Page(found[size - 1 :: -1], newer=True, older=True)
        before = None  # the newest page, and a full one
    found = _select(scopes, filters, high=before, count=size + 1)
    return Page(found[:size], newer=before is not None, older=len(found) > size)


def one(scopes: Sequence[Scope], seq: int) -> Entry | None:
    """The row of this number if it is within the scopes."""
    return Entry.objects.filter(_within(scopes), seq=seq).first()


def same_change(scopes: Sequence[Scope], entry: Entry, most: int) -> list[Entry]:
    """The rows of the entry's Change, oldest first."""
    if not entry.change_id:
        return []
    return _select(scopes, Filters({"change_id": entry.change_id}), newest_first=False, count=most)


def open_changes(scopes: Sequence[Scope], most: int) -> list[Entry]:
    """The newest row of each Change that has had no certain end for a minute, newest first."""
    old = OpenChange.objects.filter(_within(scopes), at__lt=clock.now() - OPEN_AFTER)
    numbers = list(old.order_by("-entry_id").values_list("entry_id", flat=True)[:most])
    return list(Entry.objects.filter(seq__in=numbers).order_by("-seq"))


def oldest_first(scopes: Sequence[Scope], filters: Filters) -> Iterator[Row]:
    """Every row, read in portions so that neither memory nor a transaction grows with the log."""
    last, end = 0, newest_number() + 1
    while portion := _select(scopes, filters, low=last, high=end, newest_first=False, count=_PORTION):
        yield from map(row_of, portion)
        last = portion[-1].seq


def newest_number() -> int:
    """The number of the newest row, 0 when there is none."""
    return Entry.objects.order_by("-seq").values_list("seq", flat=True).first() or 0


def _select(
    scopes: Sequence[Scope],
    filters: Filters,
    *,
    count: int,
    low: int = 0,
    high: int | None = None,
    newest_first: bool = True,
) -> list[Entry]:
    """Up to `count` rows between the two numbers (both excluded)."""
    rows = Entry.objects.filter(_within(scopes), **filters.equal)
    rows, first, last = _in_time(rows, filters)
    low, high = max(low, first - 1), min(high or _ABOVE_ALL, last + 1)
    if filters.text:
        # The words of the other filters stand in the rows too and make a common word rare.
        sought = words.asked(filters.text) + [word for value in filters.equal.values() for word in words.exactly(value)]
        return find(rows, sought, low, min(high, newest_number() + 1), newest_first=newest_first, count=count)
    rows = rows.filter(seq__gt=low, seq__lt=high)
    return list(rows.order_by("-seq" if newest_first else "seq")[:count])


def _in_time(rows: QuerySet[Entry], filters: Filters) -> tuple[QuerySet[Entry], int, int]:
    """The rows of the period, and the first and last number in it.

    As long as the clock was never set back, times and numbers rise together, and a period is a range of numbers: that
    is as quick as the list itself, whatever else is filtered. Afterwards the times themselves are compared.
    """
    if filters.since is None and filters.until is None:
        return rows, 1, _ABOVE_ALL - 1
    if Entry.objects.filter(action=Action.CLOCK_SET_BACK).exists():
        if filters.since is not None:
            rows = rows.filter(at__gte=filters.since)
        if filters.until is not None:
            rows = rows.filter(at__lt=filters.until)
        return rows, 1, _ABOVE_ALL - 1
    numbers = Entry.objects.values_list("seq", flat=True)
    first: int | None = 1
    last: int | None = _ABOVE_ALL - 1
    if filters.since is not None:
        first = numbers.filter(at__gte=filters.since).order_by("at", "seq").first()
    if filters.until is not None:
        last = numbers.filter(at__lt=filters.until).order_by("-at", "-seq").first()
    return rows, first or _ABOVE_ALL - 1, last or 0


def _within(scopes: Sequence[Scope]) -> Q:
    """Rows inside one of the scopes; without a scope none. Rows about no cloud belong to those who see everything."""
    within = Q(pk__in=[])
    for scope in scopes:
        if not scope.cloud:
            return Q()
        within |= Q(cloud=scope.cloud, gateway_id=scope.gateway_id) if scope.gateway_id else Q(cloud=scope.cloud)
    return within
