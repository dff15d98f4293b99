"""Beside the work of each process: its heartbeat, and a line in the log when an invariant begins or ceases to hold."""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from typing import Final

from django.db import DatabaseError, close_old_connections

from console.heartbeats.models import Process
from console.heartbeats.processes import BEAT_EVERY, Heart
from console.recurring import RecurringFailure
from console.running.status.findings import Finding, State
from console.running.status.invariants import all_findings

logger = logging.getLogger(__name__)

#: Seconds from the start of a process to its first look at the invariants, when all processes should be up, and
#: between two looks.
FIRST_LOOK: Final = 20.0
LOOK_EVERY: Final = 30.0
#: So long a process that ends waits for a heartbeat that is being written. Seconds.
_LAST_BEAT: Final = 5.0
_LEVELS: Final = {State.OK: logging.INFO, State.WARNING: logging.WARNING, State.PROBLEM: logging.ERROR}
#: `console.clock` and `changes.orphans` log these themselves.
_LOGGED_ELSEWHERE: Final = ("clock", "removed-clouds")


class Log:
    """Says what changed since the last time."""

    def __init__(self) -> None:
        self._states: dict[tuple[str, str, int], State] = {}

    def note(self, findings: Sequence[Finding]) -> None:
        """A line for each finding whose state is another than before; at first, for each that does not hold."""
        places: dict[tuple[str, str], int] = {}
        for finding in findings:
            about = (finding.name, finding.cloud)
            places[about] = places.get(about, 0) + 1
            if finding.state is not State.UNKNOWN and finding.name not in _LOGGED_ELSEWHERE:
                self._note((*about, places[about]), finding)

    def _note(self, key: tuple[str, str, int], finding: Finding) -> None:
        before = self._states.get(key, State.OK)
        self._states[key] = finding.state
        if before is not finding.state:
            text = f"{finding.title}: {finding.sentence} {finding.to_do}".rstrip()
            logger.log(_LEVELS[finding.state], "status: %s", text)


class Watch(threading.Thread):
    """Runs until `stop`, or until the process ends."""

    def __init__(self, kind: Process.Kind, stuck: Callable[[], Sequence[str]] = tuple) -> None:
        """`stuck` names the jobs of this process that do not return."""
        super().__init__(name="status", daemon=True)
        self._heart = Heart(kind)
        self._stuck = stuck
        self._stopping = threading.Event()
        self._log = Log()
        self._unwritten = RecurringFailure(logger, "no heartbeat was written")

    def run(self) -> None:
        """A heartbeat every few seconds, and a look at the invariants now and then."""
        next_look = time.monotonic() + FIRST_LOOK
        while not self._stopping.is_set():
            close_old_connections()
            try:
                self._heart.beat(self._stuck())
            except DatabaseError as error:
                self._unwritten.happened(type(error).__name__)
            else:
                self._unwritten.ended()
            if time.monotonic() >= next_look:
                self._log.note(all_findings())
                next_look = time.monotonic() + LOOK_EVERY
            self._stopping.wait(BEAT_EVERY)
        close_old_connections()

    def stop(self) -> None:
        """The process ends as it should: the others need not miss it."""
        self._stopping.set()
        self.join(_LAST_BEAT)  # else it might write its row once more
        try:
            self._heart.stop()
        except DatabaseError as error:
            logger.info("no last heartbeat was written (%s)", type(error).__name__)
