"""Says that this process runs, and tells who else does."""

import os
import socket
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.utils.crypto import salted_hmac

from console import clock
from console.heartbeats.models import Process
from console.web.moments import length_text

#: Seconds between two heartbeats.
BEAT_EVERY: Final = 10.0
#: A process that is silent for longer has ended, or was stopped or cut off.
SILENT_AFTER: Final = timedelta(seconds=35)
_KEPT: Final = timedelta(days=1)


class Heart:
    """The heartbeat of one process."""

    def __init__(self, kind: Process.Kind) -> None:
        self._id = uuid.uuid4()
        self._kind = kind
        self._started_at: datetime | None = None

    def beat(self, stuck: Sequence[str] = ()) -> None:
        """Write down that this process runs, and which of its jobs do not return. Raises django.db.DatabaseError."""
        now = clock.now()
        self._started_at = self._started_at or now
        Process.objects.update_or_create(
            pk=self._id,
            defaults={
                "kind": self._kind,
                "host": socket.gethostname()[:64],
                "pid": os.getpid(),
                "started_at": self._started_at,
                "beat_at": now,
                "clock_ahead": clock.difference().total_seconds(),
                "key_check": key_check(),
                "stuck": ", ".join(stuck)[:300],
            },
        )

    def stop(self) -> None:
        """This process ends as it should. Raises django.db.DatabaseError."""
        Process.objects.filter(pk=self._id).delete()


@dataclass(frozen=True, slots=True)
class Workers:
    """What is known of the processes that work in the background."""

    running: int
    #: When the last one said that it runs; None when none is known.
    last_beat: datetime | None

    @property
    def silence(self) -> str:
        """Why nothing goes on in the background, in words; "" while a worker runs."""
        if self.running:
            return ""
        if self.last_beat is None:
            return "No worker runs."
        return f"No worker runs: the last sign of one is {length_text(clock.now() - self.last_beat)} old."


def workers() -> Workers:
    """Asks the database."""
    beats = Process.objects.filter(kind=Process.Kind.WORKER).values_list("beat_at", flat=True)
    earliest = clock.now() - SILENT_AFTER
    found = list(beats.order_by("-beat_at")[:100])
    return Workers(sum(at >= earliest for at in found), found[0] if found else None)


def running() -> list[Process]:
    """All processes that are not silent, the longest running first."""
    return list(Process.objects.filter(beat_at__gte=clock.now() - SILENT_AFTER).order_by("started_at"))


def forget_old() -> bool:
    """Delete the rows of processes that ended long ago without a word. Whether there were any."""
    deleted, _ = Process.objects.filter(beat_at__lt=clock.now() - _KEPT).delete()
    return deleted > 0


def key_check() -> str:
    """The same for the same SECRET_KEY: the start of an HMAC over a fixed text, from which no key can be found."""
    return salted_hmac("console.heartbeats", "the same key?", algorithm="sha256").hexdigest()[:16]
