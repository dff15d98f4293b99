"""What a worker does over and over (`console.running.jobs`), each job a task of its own."""

from collections.abc import Callable
from functools import partial

from django.db import DatabaseError

from console.audit import checkpoints
from console.changes import background, settling
from tests.simulation.scheduler import Process, Scheduler


def work(scheduler: Scheduler, worker: Process) -> None:
    """Begin its jobs. They end with the process."""
    jobs: tuple[tuple[str, float, Callable[[], bool]], ...] = (
        ("settles", 2.0, lambda: settling.settle_open() > 0),
        ("carries out", 2.0, partial(_carry_out, scheduler, worker.name)),
        ("signs", 10.0, checkpoints.sign_when_due),
    )
    for name, rest, job in jobs:
        scheduler.spawn(f"{worker.name} {name}", partial(_repeat, scheduler, job, rest), worker)


def _carry_out(scheduler: Scheduler, name: str) -> bool:
    return background.advance(name, seconds=5.0, sleep=scheduler.sleep)


def _repeat(scheduler: Scheduler, job: Callable[[], bool], rest: float) -> None:
    while True:
        try:
            is_busy = job()
        except DatabaseError:
            is_busy = False
        scheduler.sleep(0.0 if is_busy else rest)
