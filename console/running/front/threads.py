"""Threads that run the application, and the queue before them. Both are bounded."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from typing import Final, TypeVar

from console.running.front.answers import Refused

Result = TypeVar("Result")

#: So many may wait for each thread; a later one would wait too long.
QUEUE: Final = 8


class Threads:
    """A fixed number of threads that live as long as the process, and keep their database connections so long.

    Used by the event loop only, so the counter needs no lock.
    """

    def __init__(self, name: str, count: int, queue: int = QUEUE) -> None:
        """So many threads, with `queue` places for waiting before each."""
        self._executor = ThreadPoolExecutor(count, thread_name_prefix=name)
        self._places = count * (1 + queue)
        self._taken = 0

    async def run(self, work: Callable[[], Result]) -> Result:
        """Its result, or what it raises. Raises Refused (503) when no place is free."""
        if self._taken >= self._places:
            raise Refused(HTTPStatus.SERVICE_UNAVAILABLE)
        self._taken += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._executor, work)
        finally:
            self._taken -= 1
