"""A forked child that says how far it has come, and that always ends.

A fork copies only the thread that forks: a lock that another thread holds at that moment would stay locked in the
child for ever. So the parent has no other thread, which is checked, and a wait that takes too long is a failure that
shows where the child stood.
"""

import faulthandler
import os
import select
import signal
import threading
import traceback
from collections.abc import Callable
from typing import NoReturn

#: How long a child may live, in seconds.
LIFETIME = 40
#: How long its parent waits for its next mark: until it is dead for sure.
_PATIENCE = LIFETIME + 10

#: Tells the parent one mark, a single byte.
Tell = Callable[[bytes], object]


class Mortal:
    """A child that runs `life` and is to be killed, by itself or by its parent."""

    def __init__(self, life: Callable[[Tell], None]) -> None:
        assert threading.active_count() == 1, threading.enumerate()
        self._reading, writing = os.pipe()
        self._pid = os.fork()
        if self._pid == 0:
            _live(life, writing)
        os.close(writing)

    def comes_to(self, *marks: bytes) -> None:
        """Wait until it tells one of these marks, or dies."""
        while (heard := self._hear()) and heard not in marks:
            pass

    def kill(self) -> None:
        """As the system would when it needs the memory."""
        os.kill(self._pid, signal.SIGKILL)

    def is_killed(self) -> bool:
        """Wait for its end; whether it was killed, and did not end in another way."""
        self.comes_to()
        os.close(self._reading)
        _pid, status = os.waitpid(self._pid, 0)  # at once: only the dead have closed their end of the pipe
        return os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL

    def _hear(self) -> bytes:
        """Its next mark; b"" when it is dead."""
        ready, _, _ = select.select([self._reading], [], [], _PATIENCE)
        if not ready:
            self.kill()
            os.waitpid(self._pid, 0)
            raise AssertionError("a child neither went on nor ended")
        return os.read(self._reading, 1)


def _live(life: Callable[[Tell], None], writing: int) -> NoReturn:
    """The child. Whatever happens, it does not come back into its parent's code."""
    faulthandler.dump_traceback_later(LIFETIME, exit=True)
    try:
        life(lambda mark: os.write(writing, mark))
    except BaseException:  # noqa: BLE001 - told to whoever reads the output of the test
        traceback.print_exc()
    finally:
        os._exit(1)
