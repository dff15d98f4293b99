"""The tables of the audit log. Only `journal` writes to them; the database refuses to change or delete an `Entry`.

Those of its proof follow: `checkpoints`, `delivery` and `verification` write to theirs.
"""

from django.db import models

from console.audit.fields import RowNumberField

#: Longest text each column takes, in characters; `journal` cuts before the database has to refuse.
LIMITS = {
    "actor": 150,
    "role": 60,
    "cloud": 100,
    "gateway_id": 100,
    "target": 300,
    "change_id": 64,
    "batch_id": 64,
    "reason": 1000,
    "error_code": 100,
    "cloud_request_id": 200,
    "request_id": 100,
    "ip": 60,
}


class Entry(models.Model):
    """One row of the log. Insert-only: an outcome is a later row, never a changed one.

    The exported fields are those of house.md part 5; `actor_id` and `words` stay inside and are not part of the hash.
    The verifier works `words` out again from the others.
    """

    #: 1, 2, 3 ... without holes; given by the head.
    seq = RowNumberField(primary_key=True)
    #: UTC. Never before the row above unless the clock was set back, which is a row of its own (`journal`).
    at = models.DateTimeField()
    #: The person's name as text, so that the row outlives the person.
    actor = models.CharField(max_length=LIMITS["actor"])
    #: The person's key, for our own use. On purpose no foreign key: nothing may cascade into the log.
    actor_id = models.BigIntegerField(null=True)
    #: The role in which the person acted, as its label.
    role = models.CharField(max_length=LIMITS["role"])
    #: A value of `catalog.Action`.
    action = models.CharField(max_length=60)
    cloud = models.CharField(max_length=LIMITS["cloud"])
    gateway_id = models.CharField(max_length=LIMITS["gateway_id"])
    target = models.CharField(max_length=LIMITS["target"])
    change_id = models.CharField(max_length=LIMITS["change_id"])
    batch_id = models.CharField(max_length=LIMITS["batch_id"])
    #: A value of `catalog.State`.
    state = models.CharField(max_length=20)
    reason = models.CharField(max_length=LIMITS["reason"])
    #: Canonical JSON (`canonical`), "null" where there is nothing to say.
    before = models.TextField()
    after = models.TextField()
    error_code = models.CharField(max_length=LIMITS["error_code"])
    cloud_request_id = models.CharField(max_length=LIMITS["cloud_request_id"])
    request_id = models.CharField(max_length=LIMITS["request_id"])
    ip = models.CharField(max_length=LIMITS["ip"])
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)
    #: Words to search by, separated by blanks (`words`).
    words = models.TextField()

    class Meta:
        # Each filter of the list page walks one of these backwards; the page never sorts and never counts.
        indexes = [
            models.Index(fields=["target", "seq"], name="audit_by_target"),
            models.Index(fields=["action", "seq"], name="audit_by_action"),
            models.Index(fields=["state", "seq"], name="audit_by_state"),
            models.Index(fields=["actor", "seq"], name="audit_by_actor"),
            models.Index(fields=["cloud", "seq"], name="audit_by_cloud"),
            models.Index(fields=["gateway_id", "seq"], name="audit_by_gateway_id"),
            models.Index(fields=["cloud", "gateway_id", "seq"], name="audit_by_gateway"),
            models.Index(fields=["change_id", "seq"], name="audit_by_change"),
            models.Index(fields=["batch_id", "seq"], name="audit_by_batch"),
            models.Index(fields=["request_id", "seq"], name="audit_by_request"),
            models.Index(fields=["at", "seq"], name="audit_by_time"),
        ]


class Head(models.Model):
    """The end of the chain, one single row. Whoever appends locks it first, so there is one order and no fork."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    #: Number of the last row, 0 before the first.
    seq = models.BigIntegerField(default=0)
    #: Hash of the last row; before the first, the genesis hash (`chain.genesis`).
    hash = models.CharField(max_length=64)
    #: Time of the last row.
    at = models.DateTimeField(null=True)
    #: Which installation the log belongs to: a UUID made with the first row and bound into the chain.
    installation = models.CharField(max_length=36)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="audit_one_head")]


class OpenChange(models.Model):
    """A Change whose end is still to be found out, kept by `journal` so that nobody must search a million rows.

    Derived from the log and not part of its proof.
    """

    change_id = models.CharField(max_length=LIMITS["change_id"], primary_key=True)
    #: The newest row of the Change; its state is intended or unknown.
    entry = models.ForeignKey(Entry, on_delete=models.DO_NOTHING, related_name="+")
    #: Time and place of that row, so that nobody has to look among all rows for the few that are open.
    at = models.DateTimeField()
    cloud = models.CharField(max_length=LIMITS["cloud"])
    gateway_id = models.CharField(max_length=LIMITS["gateway_id"])


class Checkpoint(models.Model):
    """A signed statement of how the log ended (`statements`). Insert-only; the line is what counts, the rest helps."""

    number = RowNumberField(primary_key=True)
    at = models.DateTimeField()
    seq = models.BigIntegerField()
    #: Rows before this one were cut when the checkpoint was signed; only those may be deleted (`triggers`).
    first = models.BigIntegerField(db_index=True)
    key_id = models.CharField(max_length=16)
    line = models.TextField()

    class Meta:
        indexes = [models.Index(fields=["key_id", "number"], name="audit_checkpoint_by_key")]


class Delivery(models.Model):
    """A checkpoint on its way out of this database."""

    class Channel(models.TextChoices):
        """How it travels."""

        FILE = "file", "File"
        WEBHOOK = "webhook", "Webhook"
        EMAIL = "email", "E-mail"

    class State(models.TextChoices):
        """How far it is."""

        WAITING = "waiting", "Waiting"
        DELIVERED = "delivered", "Delivered"
        GIVEN_UP = "given_up", "Given up"

    checkpoint = models.ForeignKey(Checkpoint, on_delete=models.DO_NOTHING, related_name="deliveries")
    channel = models.CharField(max_length=10, choices=Channel.choices)
    #: Who gets it, without secrets: machine and path, scheme and host, addresses.
    receiver = models.CharField(max_length=500)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveIntegerField(default=0)
    #: Not before; also the lease of whoever is at it.
    next_at = models.DateTimeField()
    delivered_at = models.DateTimeField(null=True)
    #: Why the last attempt failed, in words, "" when none did.
    problem = models.CharField(max_length=300, default="")

    class Meta:
        indexes = [models.Index(fields=["state", "channel", "receiver", "checkpoint"], name="audit_delivery_due")]


class KeyAcknowledgement(models.Model):
    """An administrator knows that this key signs although no key before it endorsed it (`unendorsed_keys`)."""

    key_id = models.CharField(max_length=16, primary_key=True)
    at = models.DateTimeField()
    #: The person's name as text.
    person = models.CharField(max_length=LIMITS["actor"])


class CheckpointFile(models.Model):
    """What was last written to a file of checkpoints, to be found there before more is added (`checkpoint_file`)."""

    #: The file, as `Delivery.receiver` names it.
    receiver = models.CharField(max_length=500, primary_key=True)
    #: The checkpoint that was written last; its line ends at the byte `end`, its last one included.
    number = models.BigIntegerField()
    end = models.BigIntegerField()
    #: Bytes of the line with its line break, and their SHA-256.
    length = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    #: How the file differed from what was written to it, in words; "" when it never did.
    problem = models.CharField(max_length=300, default="")
    noticed_at = models.DateTimeField(null=True)


class Verification(models.Model):
    """Somebody asked whether the log is whole. A short log is checked at once, a long one by a worker."""

    class State(models.TextChoices):
        """How far it is."""

        WAITING = "waiting", "Waiting for a worker"
        RUNNING = "running", "Running"
        WHOLE = "whole", "Whole"
        BROKEN = "broken", "Broken"
        STOPPED = "stopped", "Could not be done"

    #: The `access.actor.Actor` who asked.
    person_id = models.BigIntegerField(null=True)
    person = models.CharField(max_length=LIMITS["actor"])
    role = models.CharField(max_length=LIMITS["role"])
    ip = models.CharField(max_length=LIMITS["ip"])
    request_id = models.CharField(max_length=LIMITS["request_id"])
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    #: Rows checked so far, and rows there were when it was asked for.
    checked = models.BigIntegerField(default=0)
    rows = models.BigIntegerField()
    lease_until = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    result = models.TextField(default="")
    kind = models.CharField(max_length=20, default="")
    #: The first broken row.
    seq = models.BigIntegerField(null=True)


class RefusedQuarter(models.Model):
    """A quarter of an hour in which something was refused (`refusal_counts`). Adding a count locks it."""

    start = models.DateTimeField(primary_key=True)
    #: When its counts became rows; None while they are counted.
    settled_at = models.DateTimeField(null=True, db_index=True)
    #: Rows about one address that it became, the last one about the rest not among them.
    rows = models.PositiveIntegerField(default=0)


class RefusalCount(models.Model):
    """How often the same was refused in a quarter of an hour. Becomes a row of the log, and proves nothing before."""

    quarter = models.ForeignKey(RefusedQuarter, on_delete=models.DO_NOTHING, related_name="+", db_index=False)
    #: A value of `catalog.Action`; "" for all refusals of one person.
    kind = models.CharField(max_length=60)
    #: An IPv4 address or the /64 of an IPv6 address; "" for a person, who is counted wherever they are.
    address = models.CharField(max_length=LIMITS["ip"])
    #: Who was signed in, 0 for nobody.
    person_id = models.BigIntegerField(default=0)
    #: The name under which somebody tried to sign in, fit to be kept (`access.names`), or that of the person.
    name = models.CharField(max_length=LIMITS["actor"])
    count = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["quarter", "person_id", "kind", "address", "name"], name="audit_one_refusal_count"
            ),
        ]
