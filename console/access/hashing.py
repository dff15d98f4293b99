"""How many threads of a server process may look at passwords: hashing one takes a processor for a good part of a
second, and anybody may ask for it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

#: Seconds that a try waits for its turn.
PATIENCE: Final = 3.0


class Busy(Exception):
    """Too many passwords are looked at already; this one was not."""


class Places:
    """One password is looked at at a time, and `waiting` more may wait for their turn."""

    def __init__(self, waiting: int, patience: float = PATIENCE) -> None:
        self._turn = threading.Lock()
        self._inside = threading.BoundedSemaphore(waiting + 1)
        self._patience = patience

    @contextmanager
    def one(self) -> Iterator[None]:
        """Look at one password inside. Raises Busy."""
        if not self._inside.acquire(blocking=False):
            raise Busy
        try:
            if not self._turn.acquire(timeout=self._patience):
                raise Busy
            try:
                yield
            finally:
                self._turn.release()
        finally:
            self._inside.release()


#: Those of strangers, and those of people whose browser or session is known, whom strangers must not hold up.
_places: dict[bool, Places] = {}


def limit_for(threads: int) -> None:
    """This process serves pages with so many threads; half of them never look at passwords."""
    for known in (True, False):
        _places[known] = Places(max(threads // 4 - 1, 0))


@contextmanager
def place(*, known: bool) -> Iterator[None]:
    """Look at one password inside. Raises Busy. Without word from the server there is no limit."""
    if places := _places.get(known):
        with places.one():
            yield
    else:
        yield
