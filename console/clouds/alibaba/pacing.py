"""One write at a time: PrivateLink refuses a second one of the same account meanwhile (alibaba-contract 4.2)."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from console.clouds.budget import remaining
from console.clouds.errors import CloudBusy

#: Most seconds that a write waits for its turn where no time budget is set.
LONGEST_WAIT: Final = 30.0


class Queue:
    """Lets the writes of this process pass one by one. Other processes are met with the cloud's own refusal."""

    def __init__(self) -> None:
        self._lock = threading.Lock()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Nobody else's block runs meanwhile. Raises CloudBusy when the turn does not come; then nothing was sent."""
        if not self._lock.acquire(timeout=remaining(LONGEST_WAIT)):
            raise CloudBusy("other acts of this account are still being sent, one after the other")
        try:
            yield
        finally:
            self._lock.release()
