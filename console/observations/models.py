"""The tables of what was seen: a row per thing and part, and a row per person, thing and part."""

from django.conf import settings
from django.db import models


class Snapshot(models.Model):
    """The last whole answer of a cloud about one part of one thing, what went wrong since, and who reads it now.

    A list of 10,000 connections is one row: compressed JSON text. Holds no credential, and nothing that no page
    shows. Times are by `console.clock`.
    """

    cloud = models.CharField(max_length=100)
    #: Of the gateway, service, endpoint, instance or group; "" for the cloud as a whole.
    gateway_id = models.CharField(max_length=100)
    #: A value of `parts.Part`.
    part = models.CharField(max_length=20)

    #: When the read began whose answer `content` is: nothing in it is older. None while there is no content.
    asked_at = models.DateTimeField(null=True)
    #: Names what `content` holds (`content.pack`), "" while there is none.
    digest = models.CharField(max_length=80, blank=True)
    content = models.BinaryField(null=True)

    #: When the last read began that failed, None once one has succeeded after it.
    failed_at = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)
    #: The error as `troubles.as_json` writes it.
    failure = models.JSONField(null=True)
    next_try_at = models.DateTimeField(null=True)

    #: Something was done to the gateway then: what was asked before is not believed.
    outdated_at = models.DateTimeField(null=True)

    #: Which read is in flight, and until when it may be silent before another may begin.
    reader = models.CharField(max_length=32, blank=True)
    reading_until = models.DateTimeField(null=True)
    #: When the last read began, whatever came of it.
    read_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cloud", "gateway_id", "part"], name="one_snapshot_of_a_part"),
        ]


class Look(models.Model):
    """Up to which moment a person has seen a list."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    cloud = models.CharField(max_length=100)
    gateway_id = models.CharField(max_length=100)
    part = models.CharField(max_length=20)
    #: `asked_at` of what was seen: what turned up in a later read is news.
    seen_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "cloud", "gateway_id", "part"], name="one_look_of_a_person"),
        ]
