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


def purpose_of(*, is_write: bool) -> Purpose:
    """What a call is for; a write is always an act."""
    return Purpose.ACT if is_write else _purpose.get()
