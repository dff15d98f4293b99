"""How a request looks: `?refresh=1` by a person, `?poll=1` by the page itself, or plainly."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar

from django.http import Http404, HttpRequest

from console import clock
from console.access.sessions import is_poll
from console.clouds.errors import CloudNotFound
from console.clouds.paging import Listing
from console.observations import store
from console.observations.parts import Part
from console.observations.store import Where
from console.observations.watch import Observation, Wish, interval, observe

Row = TypeVar("Row")

#: Not even a person who presses Refresh makes the console read a part sooner after the last time.
SMALLEST_INTERVAL: Final = timedelta(seconds=2)


def wants_refresh(request: HttpRequest) -> bool:
    """Whether a person wants the cloud to be read anew, whatever is known."""
    return "refresh" in request.GET and not is_poll(request)


def wish_of(request: HttpRequest) -> Wish:
    """What will do. Whoever opens a page also tries a cloud that failed a moment ago; a page by itself does not."""
    return Wish(not_before=_not_before(request), hurried=not wants_refresh(request) and not is_poll(request))


def _not_before(request: HttpRequest) -> datetime | None:
    """From when on an answer is good enough; None: by the interval alone."""
    if wants_refresh(request):
        return clock.now() - min(interval(), SMALLEST_INTERVAL)
    return None if is_poll(request) else clock.now() - interval()


def look(request: HttpRequest, where: Where, part: Part, read: Callable[[], Any]) -> Observation[Any]:
    """One part of one thing. Raises Http404 where the cloud has no such thing; what was known of it is forgotten."""
    shown = observe(where, {part: read}, wish_of(request))[part]
    if isinstance(shown.error, CloudNotFound):
        store.forget(where)
        raise Http404
    return shown


def known_to(shown: Observation[Listing[Row]], sees: Callable[[Row], bool]) -> Observation[Listing[Row]]:
    """A list without the rows that a person may not know of."""
    if shown.value is None:
        return shown
    return replace(shown, value=shown.value.with_rows(row for row in shown.value if sees(row)))
