"""Hands answers over to clients: what is in memory without a thread, what is not from one of a few threads."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from typing import Any, Final

from console.running.front.answers import Answer, BrokenOff, ClientGone, Refused
from console.running.front.bodies import Receive
from console.running.front.threads import Threads
from console.running.front.wsgi import close

logger = logging.getLogger(__name__)

Send = Callable[[dict[str, Any]], Awaitable[None]]

#: Bytes handed over at a time. The server holds four of them for a client before it lets us wait.
PIECE: Final = 64 * 1024
#: Seconds for one piece, where `connections` cannot tell what a client reads. There it is less.
PATIENCE: Final = 60.0
#: How often a thread that waits looks whether the process ends. Seconds.
_LOOK: Final = 0.5


class Client:
    """The client of one request while it gets its answer."""

    def __init__(self, receive: Receive, send: Send, patience: float = PATIENCE) -> None:
        self._receive = receive
        self._send = send
        self._patience = patience
        self._loop = asyncio.get_running_loop()
        self._gone: asyncio.Task[None] | None = None

    async def take(self, answer: Answer) -> None:
        """Give it an answer that is in memory. Raises BrokenOff when it stops reading."""
        await self._begin(answer)
        body = answer.body
        while len(body) > PIECE:
            await self._take(body[:PIECE], more=True)
            body = body[PIECE:]
        await self._take(body, more=False)

    async def take_rest(self, answer: Answer, rest: Iterable[bytes], threads: Threads) -> None:
        """Give it a long answer, read in one of the threads and never faster than the client.

        Raises Refused (503) when no thread is free in time, ClientGone, and BrokenOff: it stops reading, or the
        answer fails.
        """
        self._gone = asyncio.create_task(self._disconnected())
        try:
            await threads.run(lambda: self._pour(answer, rest))
            await self._take(b"", more=False)
        except Refused:
            close(rest)
            raise
        finally:
            self._gone.cancel()

    def _pour(self, answer: Answer, rest: Iterable[bytes]) -> None:
        """In the thread."""
        try:
            self._wait(self._begin(answer))
            for portion in rest:
                for start in range(0, len(portion), PIECE):
                    self._wait(self._take(portion[start : start + PIECE], more=True))
        except (ClientGone, BrokenOff):
            raise
        except Exception as error:
            logger.exception("An answer failed in its middle")
            raise BrokenOff from error
        finally:
            close(rest)

    def _wait(self, step: Coroutine[Any, Any, None]) -> None:
        """Until the event loop has done it. Raises ClientGone when that was stopped: the process ends."""
        done = asyncio.run_coroutine_threadsafe(step, self._loop)
        while True:
            try:
                return done.result(_LOOK)
            except TimeoutError:
                if not self._loop.is_running():
                    raise ClientGone from None

    async def _begin(self, answer: Answer) -> None:
        await self._send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})

    async def _take(self, piece: bytes, *, more: bool) -> None:
        if self._gone is not None and self._gone.done():
            raise ClientGone
        message = {"type": "http.response.body", "body": piece, "more_body": more}
        try:
            async with asyncio.timeout(self._patience):
                await self._send(message)
        except TimeoutError:
            raise BrokenOff from None

    async def _disconnected(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
