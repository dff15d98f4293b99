"""A Change: one thing to do to one object of one cloud, and how it ended. A Batch: the Changes of one act."""

import uuid
from typing import Final

from django.db import models

from console import clock
from console.audit.catalog import Action


class Stage(models.TextChoices):
    """Where a Change stands. QUEUED and CLAIMED come before the intent; the others are told to the audit log."""

    QUEUED = "queued", "Waiting"
    CLAIMED = "claimed", "Claimed"
    INTENDED = "intended", "In progress"
    SUCCEEDED = "succeeded", "Done"
    FAILED = "failed", "Not done"
    UNKNOWN = "unknown", "Unknown"
    STALE = "stale", "Not sent: the object had changed"
    CANCELLED = "cancelled", "Not sent"
    REFUSED = "refused", "Not sent: not allowed any more"
    UNKNOWABLE = "unknowable", "Cannot be known"


#: Realm of the rows from before there were several.
_GATEWAY: Final = "vpc_endpoints"
_ACTS: Final = {action.value: action.label for action in Action}
#: In characters.
LONGEST_REASON: Final = 200
LONGEST_EXPLANATION: Final = 600
#: Stages in which nobody else may start on the same object.
BUSY: Final = (Stage.QUEUED, Stage.CLAIMED, Stage.INTENDED)
#: How a Change ends that certainly did nothing.
MADE_NOTHING: Final = (Stage.FAILED, Stage.STALE, Stage.CANCELLED, Stage.REFUSED)
#: Stages that still need an answer from the cloud.
OPEN: Final = (Stage.CLAIMED, Stage.INTENDED, Stage.UNKNOWN)


class Batch(models.Model):
    """One act of one person: everything that they confirmed together.

    A short act is carried out while the person waits; a long one in the background, by whichever worker holds the
    lease. `nonce` is that of the confirmation: the same form sent twice acts once.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    nonce = models.CharField(max_length=32, unique=True)
    kind = models.CharField(max_length=40)
    cloud = models.CharField(max_length=32)
    #: The gateway, or in another realm the host (`kinds.kind.Place`); "" for the project as a whole.
    gateway_id = models.CharField(max_length=64, blank=True)
    realm = models.CharField(max_length=20, default=_GATEWAY)
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=150)
    actor_role = models.CharField(max_length=100)
    reason = models.CharField(max_length=LONGEST_REASON, blank=True)
    in_background = models.BooleanField(default=False)
    #: Objects of the act that nothing is done to: [target, "skipped" or "refused", because].
    left_out = models.JSONField(default=list)

    created_at = models.DateTimeField(default=clock.now)
    #: When the last call was made; at once for what is carried out while the person waits.
    finished_at = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True)
    stopped_by = models.CharField(max_length=150, blank=True)
    #: Which worker is at it, and until when it may be silent before another takes over.
    worker = models.CharField(max_length=64, blank=True)
    lease_until = models.DateTimeField(null=True)
    #: The cloud asked to slow down until then.
    paused_until = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["created_at"], condition=models.Q(finished_at=None), name="batches_unfinished"),
            models.Index(fields=["cloud", "gateway_id", "in_background", "-created_at"], name="long_acts_of_a_host"),
            models.Index(fields=["finished_at"], name="batches_by_end"),
        ]

    @property
    def act(self) -> str:
        """What it does, in words."""
        return _ACTS[self.kind]


class Transcript(models.Model):
    """What was sent and answered in one call, kept once for all Changes of the act that the call was for."""

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="+", db_index=False)
    #: `transcripts.digest_of` the content.
    digest = models.CharField(max_length=64)
    #: JSON text, compressed by zlib.
    content = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch", "digest"], name="one_transcript_of_a_call")]


class _Lean(models.Manager["Change"]):
    """Leaves the wire where it is: only a Change's own page asks for it, and it is longer than all the rest."""

    def get_queryset(self) -> models.QuerySet["Change"]:
        return super().get_queryset().defer("wire")


class Change(models.Model):
    """A durable intent. Written before the cloud is called; its id travels with the call.

    `before` and `after` are what the cloud said about the object, `settle_after` is the moment from which
    "the effect is not there" proves that it never will be.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="changes")
    #: Its place in the order of the act.
    position = models.PositiveIntegerField(default=0)
    kind = models.CharField(max_length=40)
    cloud = models.CharField(max_length=32)
    gateway_id = models.CharField(max_length=64, blank=True)
    realm = models.CharField(max_length=20, default=_GATEWAY)
    target = models.CharField(max_length=200)
    parameters = models.JSONField(default=dict)
    stage = models.CharField(max_length=12, choices=Stage.choices)

    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=150)
    actor_role = models.CharField(max_length=100)
    #: Of the sessions of the person (`access.models.Person`); None for acts from before it was kept.
    actor_generation = models.PositiveIntegerField(null=True)
    reason = models.CharField(max_length=LONGEST_REASON, blank=True)
    request_id = models.CharField(max_length=32, blank=True)
    ip = models.CharField(max_length=45, blank=True)

    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    error_code = models.CharField(max_length=80, blank=True)
    #: The input that the cloud refused, by our name; "" where it is about none, or does not say.
    error_field = models.CharField(max_length=40, blank=True)
    #: The cloud's own words, or ours where it gave none. For people, never to branch on.
    explanation = models.CharField(max_length=LONGEST_EXPLANATION, blank=True)
    cloud_request_id = models.CharField(max_length=80, blank=True)

    claimed_at = models.DateTimeField(default=clock.now)
    intended_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    settle_after = models.DateTimeField(null=True)
    #: When the resolver looks next; moved on by whoever takes the Change up, so that workers do not crowd. None: never.
    look_after = models.DateTimeField(default=clock.now, null=True)
    #: What was sent and answered, secrets masked (`wire`), in Changes from before there were transcripts.
    wire = models.JSONField(null=True)
    #: The same; None where nothing was sent. It goes with the act and never alone: nobody looks for who names it.
    transcript = models.ForeignKey(
        Transcript, on_delete=models.DO_NOTHING, null=True, related_name="+", db_index=False, db_constraint=False
    )

    objects = _Lean()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["batch", "target"], name="one_change_per_act_and_object"),
            models.UniqueConstraint(
                fields=["cloud", "gateway_id", "target"],
                condition=models.Q(stage__in=[Stage.QUEUED, Stage.CLAIMED, Stage.INTENDED]),
                name="one_act_at_a_time_on_an_object",
            ),
        ]
        indexes = [
            models.Index(fields=["cloud", "gateway_id", "-claimed_at"], name="changes_of_a_gateway"),
            # Few of very many: their condition is one that a query's own words imply, else SQLite would read them all.
            models.Index(
                fields=["look_after"], condition=models.Q(look_after__isnull=False), name="changes_to_look_after"
            ),
            models.Index(fields=["batch", "stage", "position"], name="changes_of_an_act"),
        ]

    @property
    def is_open(self) -> bool:
        """Whether its end is not known yet."""
        return self.stage in OPEN

    @property
    def act(self) -> str:
        """What it does, in words."""
        return _ACTS[self.kind]


class ShownPlan(models.Model):
    """What a confirmation of many objects showed, kept here because a form cannot carry it. Read once, for a day."""

    nonce = models.CharField(primary_key=True, max_length=32)
    content = models.TextField()
    created_at = models.DateTimeField(default=clock.now, db_index=True)


class ReasonRule(models.Model):
    """Whether a reason is needed for a kind of act, and what it must look like.

    An empty kind means every act, an empty cloud everything, an empty gateway the whole cloud.
    """

    kind = models.CharField(max_length=40, blank=True)
    cloud = models.CharField(max_length=32, blank=True)
    gateway_id = models.CharField(max_length=64, blank=True)
    required = models.BooleanField(default=False)
    #: For RE2 (`reason_patterns`).
    pattern = models.CharField(max_length=80, blank=True)
    #: What the person who types the reason is shown of the pattern; "" in rules from before there were examples.
    example = models.CharField(max_length=80, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "cloud", "gateway_id"], name="one_rule_for_an_act_at_a_place"),
            models.CheckConstraint(
                condition=models.Q(gateway_id="") | ~models.Q(cloud=""), name="a_gateway_needs_its_cloud"
            ),
        ]
