"""What every process takes for the time, and for chance: `time`, `datetime.now`, `os.urandom` and the database's clock.

Each process has a wall clock of its own, which drifts and jumps. The clock of the database is the true time.
"""

import os
import random
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, tzinfo
from typing import Any, Final
from unittest.mock import patch

from console import clock
from console.changes import clearance
from console.clouds import attempt, pauses, recording
from console.clouds.huawei import client
from console.simcloud.clock import Clock
from tests.simulation.scheduler import BEGINNING, Scheduler, current_process, current_task

#: Modules that ask `datetime.now`.
_ASKING: Final = (clock, client, pauses, recording)
_real_time, _real_monotonic, _real_sleep = time.time, time.monotonic, time.sleep


class CloudClock(Clock):
    """The simulated cloud goes by the true time."""

    def __init__(self, scheduler: Scheduler) -> None:
        super().__init__(frozen=True)
        self._scheduler = scheduler

    def now(self) -> float:
        return self._scheduler.now


@contextmanager
def owned_by(scheduler: Scheduler, seed: str) -> Iterator[None]:
    """Inside, the tasks of the simulation know no other time and no other chance."""
    chance = random.Random(f"{seed} bytes")

    def wall() -> float:
        process = current_process()
        return process.wall(scheduler.now) if process else _outside(_real_time, scheduler.now)

    def monotonic() -> float:
        process = current_process()
        return process.monotonic(scheduler.now) if process else _outside(_real_monotonic, scheduler.now - BEGINNING)

    def sleep(seconds: float) -> None:
        if current_task():
            scheduler.sleep(seconds)
        else:
            _real_sleep(seconds)

    replaced: list[tuple[Any, str, Any]] = [
        (time, "time", wall),
        (time, "monotonic", monotonic),
        (time, "sleep", sleep),
        (clearance, "_clock", monotonic),
        (attempt, "_clock", monotonic),
        (clock, "source", lambda: datetime.fromtimestamp(scheduler.now, UTC)),
        (os, "urandom", chance.randbytes),
        *((module, "datetime", _datetime_by(wall)) for module in _ASKING),
    ]
    state = random.getstate()
    random.seed(f"{seed} waits")
    with ExitStack() as stack:
        stack.callback(random.setstate, state)
        for owner, name, instead in replaced:
            stack.enter_context(patch.object(owner, name, instead))
        yield


def _outside(real: Callable[[], float], simulated: float) -> float:
    """For the world around the processes the true time; for whoever is no task at all the machine's own."""
    return simulated if current_task() else real()


class _Kind(type):
    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, datetime)


def _datetime_by(wall: Callable[[], float]) -> type[datetime]:
    class OwnDatetime(datetime, metaclass=_Kind):
        """As `datetime`, whose `now` is the process's own."""

        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Any:
            return datetime.fromtimestamp(wall(), tz)

    return OwnDatetime
