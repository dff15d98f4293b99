"""What a worker does over and over: each job in a thread of its own, so that a slow cloud holds up one of them only."""

import logging
import os
import socket
import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final

from django.db import DatabaseError, close_old_connections

from console.access import session_store, waits
from console.audit import checkpoints, delivery, refusal_counts, retention, verification
from console.changes import background, old_acts, orphans, seen, settling, transcripts
from console.observations import pruning

logger = logging.getLogger(__name__)

#: So many long acts at once, so that one that waits for its cloud holds up no other.
LONG_ACTS: Final = 4
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
    Job("compress what was sent and answered", 600.0, transcripts.compress_old),
    Job("forget old acts", 3600.0, old_acts.forget_old),
    Job("forget old confirmations", 3600.0, lambda: seen.forget_old_plans() < 0),
    Job("forget sessions that are over", 600.0, session_store.forget_expired),
    Job("forget old waits", 3600.0, waits.forget_old),
    Job("forget old observations", 3600.0, lambda: pruning.forget_old() < 0),
)


def work(stopping: threading.Event, jobs: tuple[Job, ...] = JOBS) -> None:
    """Do all jobs until `stopping` is set. A job that fails is logged and tried again; it never ends the worker."""
    threads = [threading.Thread(target=_repeat, args=(job, stopping), name=job.name, daemon=True) for job in jobs]
    for thread in threads:
        thread.start()
    stopping.wait()
    for thread in threads:
        thread.join(timeout=10.0)


def _repeat(job: Job, stopping: threading.Event) -> None:
    while not stopping.is_set():
        close_old_connections()
        try:
            busy = job.run()
        except DatabaseError:
            logger.exception("job failed: %s", job.name)
            busy = False
        except Exception:
            logger.exception("job has a bug: %s", job.name)
            busy = False
        if not busy:
            stopping.wait(job.rest)
    close_old_connections()
