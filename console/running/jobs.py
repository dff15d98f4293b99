"""What a worker does over and over: each job in a thread of its own, so that a slow cloud holds up one of them only."""

import logging
import os
import socket
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final

from django.db import close_old_connections

from console.access import session_store, waits
from console.audit import checkpoints, delivery, refusal_counts, retention, verification
from console.changes import background, old_acts, orphans, seen, settling
from console.heartbeats import processes
from console.heartbeats.models import Process
from console.observations import pruning
from console.recurring import RecurringFailure
from console.running.status.watching import Watch

logger = logging.getLogger(__name__)

#: So many long acts at once, so that one that waits for its cloud holds up no other.
LONG_ACTS: Final = 4
#: A job that has not returned for so long is stuck: the longest, a call after a pause of its cloud, comes back before.
STUCK_AFTER: Final = 45 * 60.0
#: This worker among others, on this machine and elsewhere.
WORKER: Final = f"{socket.gethostname()[:24]}-{os.getpid()}-{uuid.uuid4().hex[:8]}"


@dataclass(frozen=True, slots=True)
class Job:
    """`run` says whether there was something to do; if not, it is called again after `rest` seconds."""

    name: str
    rest: float
    run: Callable[[], bool]


def _carry_out(worker: str) -> bool:
    return background.advance(worker, seconds=5.0)


JOBS: Final = (
    Job("settle open changes", 2.0, lambda: settling.settle_open() > 0),
    Job("tell of acts at removed clouds", 60.0, orphans.report),
    *(Job(f"carry out long acts {n}", 1.0, partial(_carry_out, f"{WORKER}-{n}")) for n in range(LONG_ACTS)),
    Job("sign the audit log", 5.0, checkpoints.sign_when_due),
    Job("deliver checkpoints", 5.0, delivery.deliver_due),
    Job("write down what was refused", 30.0, refusal_counts.settle_ended),
    Job("verify the audit log", 1.0, verification.advance),
    Job("cut the audit log", 3600.0, retention.cut_by_policy),
    Job("forget old acts", 3600.0, old_acts.forget_old),
    Job("forget old confirmations", 3600.0, lambda: seen.forget_old_plans() < 0),
    Job("forget sessions that are over", 600.0, session_store.forget_expired),
    Job("forget old waits", 3600.0, waits.forget_old),
    Job("forget processes that ended", 3600.0, processes.forget_old),
    Job("forget old observations", 3600.0, lambda: pruning.forget_old() < 0),
)


class Repeated:
    """One job, done over and over."""

    def __init__(self, job: Job) -> None:
        self.job = job
        #: `time.monotonic()` when the job was called; None while it rests.
        self._called_at: float | None = None
        self._failure = RecurringFailure(logger, f"job failed: {job.name}")

    def until(self, stopping: threading.Event) -> None:
        """A job that fails is logged and tried again; it never ends the worker."""
        while not stopping.is_set():
            close_old_connections()
            if not self._once():
                stopping.wait(self.job.rest)
        close_old_connections()

    def is_stuck(self) -> bool:
        """Whether it was called long ago and has not returned."""
        called_at = self._called_at
        return called_at is not None and time.monotonic() - called_at > STUCK_AFTER

    def _once(self) -> bool:
        self._called_at = time.monotonic()
        try:
            busy = self.job.run()
        except Exception as error:  # noqa: BLE001 -- logged, with its traceback; no job may end the worker
            self._failure.happened(type(error).__name__, error)
            return False
        finally:
            self._called_at = None
        self._failure.ended()
        return busy


def work(stopping: threading.Event, jobs: tuple[Job, ...] = JOBS) -> None:
    """Do all jobs until `stopping` is set, and say meanwhile that this worker runs."""
    repeated = [Repeated(job) for job in jobs]
    watch = Watch(Process.Kind.WORKER, lambda: [one.job.name for one in repeated if one.is_stuck()])
    threads = [threading.Thread(target=one.until, args=(stopping,), name=one.job.name, daemon=True) for one in repeated]
    for thread in (watch, *threads):
        thread.start()
    stopping.wait()
    for thread in threads:
        thread.join(timeout=10.0)
    watch.stop()
