"""The table of processes."""

import uuid

from django.db import models


class Process(models.Model):
    """One process that serves pages or works in the background, and when it last said that it runs."""

    class Kind(models.TextChoices):
        """What it does."""

        SERVER = "server", "Serves pages"
        WORKER = "worker", "Works in the background"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    host = models.CharField(max_length=64)
    #: The process ID on that host.
    pid = models.PositiveBigIntegerField()
    started_at = models.DateTimeField()
    #: By `console.clock`.
    beat_at = models.DateTimeField(db_index=True)
    #: Seconds by which its machine's clock was ahead of the database's.
    clock_ahead = models.FloatField(default=0.0)
    #: Tells whether two processes have the same SECRET_KEY, and nothing about the key (`processes`).
    key_check = models.CharField(max_length=16)
    #: Names of jobs that have not returned for long, "" where there are none.
    stuck = models.CharField(max_length=300, default="", blank=True)
