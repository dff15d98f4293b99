"""What calls to clouds are for. A context variable, so it crosses into the threads of `parallel`."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from enum import StrEnum


class Purpose(StrEnum):
    """Why the console calls a cloud."""

    SHOW = "to show it"
    #: What a confirmation rests on.
    CONFIRM = "to confirm an act"
    #: The act, what is read right before it, and what came of it.
    ACT = "to act"


_purpose: ContextVar[Purpose] = ContextVar("purpose", default=Purpose.SHOW)


@contextmanager
def calling(purpose: Purpose) -> Iterator[None]:
    """Calls inside are for this purpose."""
    token = _purpose.set(purpose)
    try:
        yield
    finally:
        _purpose.reset(token)


def purpose() -> Purpose:
    """What the calls of this moment are for."""
    return _purpose.get()


def is_for_an_act(*, is_write: bool) -> bool:
    """Whether a call belongs to an act, so that what only shows must not hold it up."""
    return is_write or _purpose.get() is not Purpose.SHOW
