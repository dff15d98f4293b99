"""How often the pages of one person may read clouds, so that nobody uses up what a cloud grants to all.

A page is admitted, or refused, when it begins to read; what it reads then is counted, and the next page is judged by
it. So a long list is read whole. Confirmations have an allowance of their own, and what is read right before and after
an act has none. Each process counts for itself. The worker is nobody's page.
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Final

from console.clouds.errors import CloudBusy
from console.clouds.traffic import Purpose, purpose

#: Calls of one person in flight.
AT_ONCE: Final = 20
_MINUTE: Final = 60.0
#: Seconds until a page is tried again that came while too many calls were in flight.
_SOON: Final = 1.0
#: People whose calls are over are forgotten when there are so many.
_MANY: Final = 1000


class TooManyReads(CloudBusy):
    """Nothing was sent: the person's pages have read clouds too often. `retry_after` says when they may again."""


@dataclass(slots=True)
class _Calls:
    """Those of one person and purpose: when they began, oldest first, and how many are in flight."""

    begun: deque[float] = field(default_factory=deque)
    in_flight: int = 0

    def lasts_after(self, moment: float) -> bool:
        return bool(self.begun) and self.begun[-1] > moment


@dataclass(slots=True, eq=False)
class _Page:
    person: int
    a_minute: int
    admitted: set[Purpose] = field(default_factory=set)


_page: ContextVar[_Page | None] = ContextVar("page_of_a_person", default=None)


class Allowance:
    """Counts the calls of all people. `clock` gives seconds and only moves forward."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._calls: dict[tuple[int, Purpose], _Calls] = {}

    def refusal(self) -> TooManyReads | None:
        """Why this page may not read a cloud now; None where it may, and from then on as long as it lasts."""
        page, reason = _page.get(), purpose()
        if page is None or reason is Purpose.ACT or reason in page.admitted:
            return None
        with self._lock:
            calls = self._of(page.person, reason)
            now = self._clock()
            while calls.begun and calls.begun[0] <= now - _MINUTE:
                calls.begun.popleft()
            surplus = len(calls.begun) - page.a_minute
            wait = calls.begun[surplus] + _MINUTE - now if surplus >= 0 else 0.0
            if calls.in_flight >= AT_ONCE:
                wait = max(wait, _SOON)
            if not wait:
                page.admitted.add(reason)
                return None
        return TooManyReads(
            f"your pages have read clouds more than {page.a_minute} times within a minute; nothing was sent. "
            f"Try again in {wait:.0f} s",
            retry_after=wait,
        )

    @contextmanager
    def counted(self) -> Iterator[None]:
        """One call to a cloud. Raises TooManyReads, unsent, where the page may not read."""
        page, reason = _page.get(), purpose()
        if page is None or reason is Purpose.ACT:
            yield
            return
        if refusal := self.refusal():
            raise refusal
        with self._lock:
            calls = self._of(page.person, reason)
            calls.begun.append(self._clock())
            calls.in_flight += 1
        try:
            yield
        finally:
            with self._lock:
                calls.in_flight -= 1

    def forget(self) -> None:
        """Begin to count anew."""
        with self._lock:
            self._calls.clear()

    def _of(self, person: int, reason: Purpose) -> _Calls:
        if len(self._calls) > _MANY:
            oldest = self._clock() - _MINUTE
            self._calls = {key: one for key, one in self._calls.items() if one.in_flight or one.lasts_after(oldest)}
        return self._calls.setdefault((person, reason), _Calls())


@contextmanager
def page_of(person: int, a_minute: int) -> Iterator[None]:
    """What is read inside, in whichever thread of `parallel`, is read by one page of this person, whose pages may read
    so often in a minute."""
    token = _page.set(_Page(person, a_minute))
    try:
        yield
    finally:
        _page.reset(token)


#: That of this process.
ALLOWANCE: Final = Allowance()
