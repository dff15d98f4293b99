"""Several calls to clouds at once: `gather` for a page's cards, `all_of` for the pages of one list.

One pool per process. A caller works through its own calls too and takes back what no thread has started, so it
only ever waits for work that is already running: calls may nest (pages inside a gathered call) without stalling.
For calls to clouds only: nothing in here may touch a database.
"""

import os
import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar, cast

from console.clouds.errors import CloudError

T = TypeVar("T")
D = TypeVar("D")

#: Threads beside the callers' own: 2 x 16 request threads with three calls each, one of them made by the caller.
THREADS: Final = 64
#: Most calls in flight for one caller, out of manners towards the cloud (reliability 6.4).
AT_ONCE: Final = 16


@dataclass(frozen=True, slots=True)
class Answer(Generic[T]):
    """What one call gave: a value, or the error of the cloud."""

    value: T | None
    error: CloudError | None = None

    @property
    def ok(self) -> bool:
        return self.error is None

    def value_or(self, default: D) -> T | D:
        """The value, or `default` where the call failed."""
        return default if self.error is not None else cast("T", self.value)

    def unwrap(self) -> T:
        """The value; raises the call's CloudError where it failed."""
        if self.error is not None:
            raise self.error
        return cast("T", self.value)


def gather(**calls: Callable[[], Any]) -> dict[str, Answer[Any]]:
    """Make the calls at once; each name gets its Answer. Only CloudError is caught: anything else is a bug."""
    return dict(zip(calls, _run(tuple(calls.values())), strict=True))


def all_of(calls: Sequence[Callable[[], T]]) -> list[T]:
    """Make the calls at once and give their values in order; raises the first error in that order."""
    return [answer.unwrap() for answer in _run(calls)]


def _run(calls: Sequence[Callable[[], T]]) -> list[Answer[T]]:
    answers: list[Answer[T] | None] = [None] * len(calls)
    todo = deque(enumerate(calls))

    def work() -> None:
        while True:
            try:
                position, call = todo.popleft()
            except IndexError:
                return
            answers[position] = _answer(call)

    helpers = [_pool().submit(copy_context().run, work) for _ in range(min(len(calls), AT_ONCE) - 1)]
    try:
        work()
    finally:
        started = [helper for helper in helpers if not helper.cancel()]
    for helper in started:
        helper.result()
    return cast("list[Answer[T]]", answers)


def _answer(call: Callable[[], T]) -> Answer[T]:
    try:
        return Answer(call())
    except CloudError as error:
        return Answer(None, error)


_lock = threading.Lock()
_shared: ThreadPoolExecutor | None = None


def _pool() -> ThreadPoolExecutor:
    global _shared
    if _shared is None:
        with _lock:
            if _shared is None:
                _shared = ThreadPoolExecutor(THREADS, thread_name_prefix="cloud")
    return _shared


def _forget_pool() -> None:
    """A forked child has none of its parent's threads."""
    global _shared, _lock
    _shared, _lock = None, threading.Lock()


os.register_at_fork(after_in_child=_forget_pool)
