"""Processes that a demo starts and stops; each also ends by itself when the demo is gone."""

import os
import subprocess
import sys
from types import TracebackType
from typing import Final, Self

from django.conf import settings

#: How long one may take to stop, in seconds.
_PATIENCE: Final = 5


class Child:
    """A Python program of ours, running beside the demo. Use as a context manager: it is stopped at the end."""

    def __init__(self, *arguments: str) -> None:
        # Its own session: Ctrl-C is for the console, which then stops it in order.
        self.process = subprocess.Popen(  # noqa: S603 -- our own program with our own arguments
            [sys.executable, *arguments],
            cwd=settings.ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def first_line(self) -> str:
        """What it prints first; "" when it ended instead."""
        return self.process.stdout.readline() if self.process.stdout else ""

    def stop(self) -> None:
        """End it; by force when it does not listen."""
        self.process.terminate()
        try:
            self.process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        if self.process.stdout:
            self.process.stdout.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def start_worker() -> Child:
    """The process that settles open changes and carries out long acts."""
    return Child("manage.py", "worker", "--exit-with-parent", str(os.getpid()))
