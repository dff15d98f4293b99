"""How many pages may wait for clouds that do not answer: so many that half of the threads stay free (reliability R12).

A page takes a place when it begins to wait for a cloud and gives it back when it has stopped. With a place it waits as
long as its time budget lets it. Where all places are taken:

- A read goes ahead without one, but gets PATIENCE seconds for all its waiting. That is plenty for a cloud that answers,
  so with every thread busy at a cloud of 20 or 200 ms nobody queues and nothing is refused; and a cloud that hangs
  gets the other half of the threads for a moment only.
- A read of a host that holds half of the places or more for longer than PATIENCE is refused at once.
- A write, and what is read right before and after it, is never cut short, since its end would then be unknown. It
  waits for a place, ahead of the other reads, for PATIENCE seconds, and is otherwise not sent. A quarter more places
  than those reads have are for acts alone.

Queueing for a place instead would hold threads too, and a limit on all calls would slow down a healthy cloud. The
worker has no pages, and no limit.
"""

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Final

from console.clouds.budget import remaining, time_budget
from console.clouds.errors import CloudUnavailable

#: Seconds that a page without a place may wait for clouds in all.
PATIENCE: Final = 1.0


@dataclass(slots=True, eq=False)
class _Page:
    """One request of a browser. Its waits may overlap, in several threads. Changed under the bulkhead's lock."""

    host: str = ""
    #: Waits under way, and when the first of them began.
    waits: int = 0
    since: float = 0.0
    #: Seconds of those that have ended.
    waited: float = 0.0
    has_place: bool = False


_page: ContextVar[_Page | None] = ContextVar("page", default=None)


@contextmanager
def one_page() -> Iterator[None]:
    """What waits inside, in whichever thread of `parallel`, waits for one page."""
    token = _page.set(_Page())
    try:
        yield
    finally:
        _page.reset(token)


_cloud: ContextVar[str] = ContextVar("cloud", default="")


@contextmanager
def looking_at(cloud: str) -> Iterator[None]:
    """What waits inside for a host waits for this cloud, as those do who wait for the end of the same look."""
    token = _cloud.set(cloud)
    try:
        yield
    finally:
        _cloud.reset(token)


class Bulkhead:
    """The places of one process. `clock` gives seconds and only moves forward."""

    def __init__(self, places: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._places = places
        self._places_of_acts = places + max(places // 4, 1)
        self._clock = clock
        self._change = threading.Condition()
        self._holders: set[_Page] = set()
        self._acts_waiting = 0

    @contextmanager
    def waiting_for(self, host: str, *, is_act: bool = False) -> Iterator[None]:
        """Inside, this page waits for the host. Raises CloudUnavailable, unsent, where it may not wait (any longer)."""
        page = _page.get()
        if page is None:
            yield
            return
        patience = self._enter(page, host, is_act=is_act)
        try:
            if patience is None:
                yield
                return
            with time_budget(patience):
                try:
                    yield
                except CloudUnavailable as error:
                    if remaining(patience) > 0:
                        raise
                    late = _refusal(f"{host} did not answer at once", request_id=error.request_id)
                else:
                    return
            raise late
        finally:
            self._leave(page)

    def _enter(self, page: _Page, host: str, *, is_act: bool) -> float | None:
        """Seconds that it may wait; None for as long as it has."""
        with self._change:
            now = self._clock()
            page.host = _cloud.get() or host
            if not page.waits:
                page.since = now
            patience = None if page.has_place else self._place(page, now, is_act=is_act)
            page.waits += 1
            return patience

    def _place(self, page: _Page, now: float, *, is_act: bool) -> float | None:
        """Give the page a place; where there is none, seconds that it may wait without."""
        if is_act:
            self._wait_for_a_place(page.host)
        elif len(self._holders) + self._acts_waiting >= self._places:
            left = PATIENCE - page.waited - (now - page.since)
            if left <= 0 or self._stuck_at(page.host, now) * 2 >= self._places:
                raise _refusal(f"{page.host} was not asked")
            return left
        page.has_place = True
        self._holders.add(page)
        return None

    def _wait_for_a_place(self, host: str) -> None:
        self._acts_waiting += 1
        try:
            if not self._change.wait_for(
                lambda: len(self._holders) < self._places_of_acts, min(PATIENCE, remaining(PATIENCE))
            ):
                raise _refusal(f"{host} was not asked")
        finally:
            self._acts_waiting -= 1

    def _stuck_at(self, host: str, now: float) -> int:
        return sum(1 for holder in self._holders if holder.host == host and now - holder.since > PATIENCE)

    def _leave(self, page: _Page) -> None:
        with self._change:
            page.waits -= 1
            if page.waits:
                return
            page.waited += self._clock() - page.since
            if page.has_place:
                page.has_place = False
                self._holders.discard(page)
                self._change.notify_all()


def _refusal(what: str, *, request_id: str = "") -> CloudUnavailable:
    reason = f"{what}: as many pages as may are waiting for clouds already; try again in a moment"
    return CloudUnavailable(reason, request_id=request_id)


#: Without word from the server how many threads there are, there is no limit.
_bulkhead: Bulkhead | None = None


def limit_for(threads: int) -> None:
    """This process serves pages with so many threads; half of them stay free of waiting, of one none can."""
    global _bulkhead
    _bulkhead = Bulkhead(max(threads // 2, 1))


@contextmanager
def waiting_for(host: str, *, is_act: bool = False) -> Iterator[None]:
    """As `Bulkhead.waiting_for`, in this process."""
    if _bulkhead is None:
        yield
        return
    with _bulkhead.waiting_for(host, is_act=is_act):
        yield


def _open_all() -> None:
    """A forked child has none of its parent's threads."""
    global _bulkhead
    _bulkhead = None


os.register_at_fork(after_in_child=_open_all)
