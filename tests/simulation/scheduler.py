"""Virtual time, and who runs next: one seeded scheduler for all that the processes do.

A task runs until it reaches a scheduling point. Those are at calls to the cloud, sleeps and commits, and never inside
a transaction, for all processes share one database connection.
"""

import heapq
from collections.abc import Callable
from contextvars import copy_context
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final

from django.db import connection
from greenlet import getcurrent, greenlet

#: When every simulation begins, in seconds since the epoch.
BEGINNING: Final = 1_750_000_000.0
#: A step takes up to so long. Seconds.
LONGEST_STEP: Final = 0.02


class Killed(BaseException):
    """Stands for SIGKILL in every task of a process. Its clean-up can reach neither database nor network."""


@dataclass(eq=False)
class Process:
    """A server or a worker: its clock, and the memory that is gone with it."""

    name: str
    #: By how much its wall clock is ahead, and how much faster than true it runs (1.0001: 0.36 s an hour).
    ahead: float = 0.0
    rate: float = 1.0
    frozen_until: float = 0.0
    is_dead: bool = False
    #: Its adapters, with their tokens and pauses, by the name of the cloud.
    clouds: dict[str, Any] = field(default_factory=dict)
    tasks: set["Task"] = field(default_factory=set)

    def wall(self, now: float) -> float:
        """Seconds since the epoch, as this process sees them."""
        return BEGINNING + (now - BEGINNING) * self.rate + self.ahead

    def monotonic(self, now: float) -> float:
        """Seconds that only move forward."""
        return (now - BEGINNING) * self.rate + 1000.0


class Event:
    """Something that tasks wait for."""

    def __init__(self) -> None:
        self.is_set = False
        self.waiting: list[Task] = []


class Task(greenlet):  # type: ignore[misc]
    """Something that a process, or with none the world around, is doing."""

    def __init__(self, name: str, process: Process | None, run: Callable[[], Any], parent: greenlet) -> None:
        super().__init__(run, parent)
        self.name = name
        self.process = process
        #: Only the newest wake-up counts.
        self.ticket = 0
        #: Ids of the Changes whose call is being sent.
        self.sending: tuple[str, ...] = ()
        #: It has come to its end, or was killed.
        self.ended = Event()


def current_task() -> Task | None:
    """Who runs now; None outside of the simulation."""
    found = getcurrent()
    return found if isinstance(found, Task) else None


def current_process() -> Process | None:
    """Whose code runs now; None for the world around and outside of the simulation."""
    task = current_task()
    return task.process if task else None


class Scheduler:
    """`after_step` is called after every step of every task."""

    def __init__(self, seed: str) -> None:
        self.now = BEGINNING
        self.steps = 0
        self.after_step: Callable[[], None] = lambda: None
        self._random = Random(f"{seed} order")
        self._queue: list[tuple[float, float, int, Task]] = []
        self._loop = getcurrent()
        self._trouble: BaseException | None = None

    def spawn(self, name: str, run: Callable[[], Any], process: Process | None = None, after: float = 0.0) -> Task:
        """Begin a task, `after` so many seconds."""

        def guarded() -> None:
            try:
                run()
            except Killed:
                pass
            except BaseException as error:  # noqa: BLE001 - raised again by the loop
                self._trouble = error
            finally:
                if process:
                    process.tasks.discard(task)
                self.set(task.ended)

        task = Task(name, process, guarded, self._loop)
        task.gr_context = copy_context()
        if process:
            process.tasks.add(task)
        self._wake(task, self.now + after)
        return task

    def sleep(self, seconds: float) -> None:
        """Let others run for so long. Raises Killed where the process is killed meanwhile."""
        task = self._task()
        self._wake(task, self.now + max(seconds, 0.0))
        self._to_the_loop()

    def point(self) -> None:
        """A scheduling point: others may run before this task goes on."""
        self.sleep(self._random.uniform(0, LONGEST_STEP))

    def wait(self, event: Event, timeout: float = float("inf")) -> bool:
        """Whether the event came within `timeout` seconds."""
        task = self._task()
        if not event.is_set:
            event.waiting.append(task)
            task.ticket += 1
            if timeout != float("inf"):
                self._wake(task, self.now + timeout)
            self._to_the_loop()
        return event.is_set

    def set(self, event: Event) -> None:
        """It has come."""
        event.is_set = True
        for task in event.waiting:
            if not task.dead:
                self._wake(task, self.now)
        event.waiting.clear()

    def kill(self, process: Process) -> None:
        """As SIGKILL: nothing that the process has in memory is kept, and what it was doing stops where it is."""
        process.is_dead = True
        for task in sorted(process.tasks, key=lambda one: one.name):
            task.ticket += 1
            if task and task is not getcurrent():  # true for what has begun and not ended
                task.parent = getcurrent()  # where the dead give back control
                task.throw(Killed)
            self.set(task.ended)
        process.tasks.clear()

    def run(self, until: Callable[[], bool]) -> None:
        """Step after step, until the condition holds or nothing is left to do. Raises what a task could not handle."""
        while self._queue and not until():
            at, _tie, ticket, task = heapq.heappop(self._queue)
            if task.dead or ticket != task.ticket:
                continue
            self.now = max(self.now, at)
            process = task.process
            if process and process.frozen_until > self.now:
                self._wake(task, process.frozen_until + self._random.uniform(0, LONGEST_STEP))
                continue
            self.steps += 1
            task.switch()
            if self._trouble:
                trouble, self._trouble = self._trouble, None
                raise trouble
            self.after_step()

    def _task(self) -> Task:
        task = current_task()
        if task is None:
            raise RuntimeError("only tasks of the simulation wait")
        if task.process and task.process.is_dead:
            raise Killed
        return task

    def _wake(self, task: Task, at: float) -> None:
        task.ticket += 1
        heapq.heappush(self._queue, (at, self._random.random(), task.ticket, task))

    def _to_the_loop(self) -> None:
        assert not connection.in_atomic_block, "a scheduling point inside a transaction"
        self._loop.switch()
