"""How long one act towards a cloud may take in all: sign-in, retries and pages of a list share one deadline, and
everything that one web page asks of clouds shares a nearer one (`console.web.time_limit`).

A context variable, so it crosses into the threads of `parallel`. Keeps a slow cloud from holding a page for
longer than one total budget, however many calls the page needs (reliability R12).
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_deadline: ContextVar[float | None] = ContextVar("cloud_deadline", default=None)


@contextmanager
def time_budget(seconds: float) -> Iterator[None]:
    """Everything inside ends within `seconds`, or within what an outer budget leaves, whichever is less."""
    mine = time.monotonic() + seconds
    outer = _deadline.get()
    token = _deadline.set(mine if outer is None else min(mine, outer))
    try:
        yield
    finally:
        _deadline.reset(token)


def remaining(default: float) -> float:
    """Seconds left, never below 0; `default` where no budget is set."""
    deadline = _deadline.get()
    return default if deadline is None else max(0.0, deadline - time.monotonic())
