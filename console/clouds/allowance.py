"""How often the pages of one person may read clouds, so that nobody uses up what a cloud grants to all.

A page is admitted, or refused, when it begins to read. It then holds RESERVED calls until it has made as many or has
ended, so that pages that come together are judged together; what it reads beyond counts for the pages after it, so that
a long list is read whole. No more than AT_ONCE calls of a person are in flight; further ones wait for their turn.
Confirmations have an allowance of their own, and what is read right before and after an act has none. Each process
counts for itself. The worker is nobody's page, and a sign-in to a cloud is for everybody.
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Final

from console.clouds.budget import remaining
from console.clouds.errors import CloudBusy
from console.clouds.traffic import Purpose, purpose

#: Calls of one person in flight.
AT_ONCE: Final = 20
#: Calls that a page makes as a rule.
RESERVED: Final = 4
_MINUTE: Final = 60.0
#: Seconds that a call waits for its turn where the page has no time limit.
_LONGEST_WAIT: Final = 10.0
_AT_ONCE_ALREADY: Final = f"your pages read clouds {AT_ONCE} times at once already; nothing was sent"
#: People whose calls are over are forgotten when there are so many.
_MANY: Final = 1000


class TooManyReads(CloudBusy):
    """Nothing was sent: the person's pages have read clouds too often. `retry_after` says when they may again."""


@dataclass(slots=True)
class _Calls:
    """Those of one person and purpose: when they began, oldest first, how many are in flight, and how many more the
    pages that were admitted may make."""

    begun: deque[float] = field(default_factory=deque)
    in_flight: int = 0
    reserved: int = 0

    def is_over(self, now: float) -> bool:
        while self.begun and self.begun[0] <= now - _MINUTE:
            self.begun.popleft()
        return not (self.begun or self.in_flight or self.reserved)


@dataclass(slots=True, eq=False)
class _Page:
    person: int
    a_minute: int
    #: What is left of its reservation, by the purpose that it was admitted for.
    admitted: dict[Purpose, int] = field(default_factory=dict)


_page: ContextVar[_Page | None] = ContextVar("page_of_a_person", default=None)


class Allowance:
    """Counts the calls of all people. `clock` gives seconds and only moves forward."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._change = threading.Condition()
        self._calls: dict[tuple[int, Purpose], _Calls] = {}

    def refusal(self) -> TooManyReads | None:
        """Why this page may not read a cloud now; None where it may, and from then on as long as it lasts."""
        page, reason = _page.get(), purpose()
        if page is None or reason is Purpose.ACT:
            return None
        with self._change:
            return self._admit(page, reason)

    def _admit(self, page: _Page, reason: Purpose) -> TooManyReads | None:
        if reason in page.admitted:
            return None
        now, calls = self._clock(), self._of(page.person, reason)
        calls.is_over(now)
        if calls.in_flight + calls.reserved + RESERVED > AT_ONCE:
            return TooManyReads(
                f"your pages read clouds {AT_ONCE} times at once already; nothing was sent", retry_after=1
            )
        surplus = len(calls.begun) + calls.reserved + RESERVED - max(page.a_minute, RESERVED)
        if surplus > 0:
            wait = calls.begun[min(surplus, len(calls.begun)) - 1] + _MINUTE - now if calls.begun else 1.0
            many = f"your pages have read clouds {page.a_minute} times within a minute; nothing was sent"
            return TooManyReads(f"{many}. Try again in {wait:.0f} s", retry_after=wait)
        page.admitted[reason] = RESERVED
        calls.reserved += RESERVED
        return None

    @contextmanager
    def counted(self) -> Iterator[None]:
        """One call to a cloud. Raises TooManyReads, unsent, where the page may not read."""
        page, reason = _page.get(), purpose()
        if page is None or reason is Purpose.ACT:
            yield
            return
        calls = self._begin(page, reason)
        try:
            yield
        finally:
            with self._change:
                calls.in_flight -= 1
                self._change.notify()

    def _begin(self, page: _Page, reason: Purpose) -> _Calls:
        with self._change:
            if refusal := self._admit(page, reason):
                raise refusal
            calls = self._of(page.person, reason)
            if not self._change.wait_for(lambda: calls.in_flight < AT_ONCE, remaining(_LONGEST_WAIT)):
                raise TooManyReads(_AT_ONCE_ALREADY, retry_after=1)
            if page.admitted[reason]:
                page.admitted[reason] -= 1
                calls.reserved -= 1
            calls.begun.append(self._clock())
            calls.in_flight += 1
            return calls

    def leave(self, page: _Page) -> None:
        """The page has ended: what it did not use of its reservation is free."""
        with self._change:
            for reason, left in page.admitted.items():
                self._of(page.person, reason).reserved -= left
            page.admitted.clear()

    def forget(self) -> None:
        """Start counting from zero."""
        with self._change:
            self._calls.clear()

    def _of(self, person: int, reason: Purpose) -> _Calls:
        if len(self._calls) > _MANY:
            now = self._clock()
            self._calls = {key: calls for key, calls in self._calls.items() if not calls.is_over(now)}
        return self._calls.setdefault((person, reason), _Calls())


#: That of this process.
ALLOWANCE: Final = Allowance()


@contextmanager
def page_of(person: int, a_minute: int) -> Iterator[None]:
    """What is read inside, in whichever thread of `parallel`, is read by one page of this person, whose pages may read
    so often in a minute."""
    page = _Page(person, a_minute)
    token = _page.set(page)
    try:
        yield
    finally:
        _page.reset(token)
        ALLOWANCE.leave(page)
