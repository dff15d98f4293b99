"""How many unfinished requests one client may have in this process."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus

from console.running.front.answers import Refused


class ClientRequests:
    """Counts them. Used by the event loop only, so it needs no lock."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._unfinished: Counter[str] = Counter()

    @contextmanager
    def one_more(self, client: str) -> Iterator[None]:
        """One request of this client, unfinished while inside. Raises Refused (429) where it has too many."""
        if self._unfinished[client] >= self._most:
            raise Refused(HTTPStatus.TOO_MANY_REQUESTS)
        self._unfinished[client] += 1
        try:
            yield
        finally:
            self._unfinished[client] -= 1
            if not self._unfinished[client]:
                del self._unfinished[client]  # or the addresses of years would be kept
