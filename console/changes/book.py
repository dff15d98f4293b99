"""The book of Changes: each step is one committed row change together with its audit row, or neither."""

import copy
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db import IntegrityError, OperationalError, transaction
from django.db.models import QuerySet

from console import clock, database_file
from console.access.actor import Actor
from console.audit import journal
from console.audit.catalog import State
from console.changes import transcripts
from console.changes.kinds.kind import Answer, Place
from console.changes.kinds.registry import KINDS
from console.changes.models import BUSY, MADE_NOTHING, Batch, Change, Stage
from console.changes.seen import LeftOut, Seen
from console.database_failures import Failure
from console.transactions import run_again_when_called_off

#: How the stages of a Change are called in the audit log.
_STATES: Final = {
    Stage.INTENDED: State.INTENDED,
    Stage.SUCCEEDED: State.SUCCEEDED,
    Stage.FAILED: State.FAILED,
    Stage.UNKNOWN: State.UNKNOWN,
    Stage.STALE: State.STALE,
    Stage.CANCELLED: State.CANCELLED,
    Stage.REFUSED: State.REFUSED,
    Stage.UNKNOWABLE: State.UNKNOWN,
}
#: Before that somebody is surely still at it, and looking would only cost the cloud a call.
CALL_TAKES: Final = timedelta(seconds=15)
_LEFT_OUT: Final = {Answer.SKIPPED.value: State.SKIPPED, Answer.REFUSED.value: State.REFUSED}


class AlreadySent(Exception):
    """This very form was sent before; its act stands."""

    def __init__(self, batch: Batch) -> None:
        super().__init__()
        self.batch = batch


class NotMineAnyMore(Exception):
    """Somebody else took the Change on meanwhile."""


class OutcomeNotKept(OperationalError):
    """The Change was sent, and how it ended could not be written down. Reading the cloud later settles it."""

    def __init__(self, failure: Failure, stage: Stage, outcome: Mapping[str, Any]) -> None:
        """`outcome` are fields of the Change, as for `settle`."""
        super().__init__(f"the end of a sent change could not be written down: the database {failure}")
        self.failure, self.stage, self.outcome = failure, stage, outcome


class SomebodyElseActs(Exception):
    """Another act on one of these objects has not ended yet."""

    def __init__(self, change: Change | None) -> None:
        super().__init__()
        self.change = change


def claim(seen: Seen, kind: str, place: Place, actor: Actor, reason: str, *, in_background: bool) -> Batch:
    """Claim the objects, all or none, so that nobody else starts on them. Raises AlreadySent or SomebodyElseActs."""
    batch = Batch(
        nonce=seen.nonce,
        kind=kind,
        cloud=place.cloud.name,
        gateway_id=place.host,
        realm=place.realm.value,
        actor_id=actor.person_id,
        actor_name=actor.name,
        actor_role=actor.role,
        reason=reason,
        in_background=in_background,
        finished_at=None if in_background else clock.now(),
        left_out=[[item.target, item.answer, item.because] for item in seen.left_out],
    )
    stage = Stage.QUEUED if in_background else Stage.CLAIMED
    changes = [_change(batch, seen, position, actor, stage) for position in range(len(seen.targets))]
    changes.sort(key=lambda change: change.target)  # in the order of the index, else two claims lock each other out
    database_file.check()
    try:
        _write_claim(batch, changes, seen.left_out, actor)
    except IntegrityError as error:
        raise _explain_collision(seen, batch) from error
    return batch


@run_again_when_called_off
def _write_claim(batch: Batch, changes: Sequence[Change], left_out: Sequence[LeftOut], actor: Actor) -> None:
    with transaction.atomic(durable=True):
        batch.save(force_insert=True)
        Change.objects.bulk_create(changes, batch_size=200)
        note_left_out(left_out, batch, actor)


def _locked(changes: Sequence[Change]) -> QuerySet[Change]:
    """These rows, locked in the order of their keys until the transaction ends."""
    rows = Change.objects.filter(pk__in=[change.pk for change in changes])
    list(rows.order_by("pk").select_for_update().values_list("pk"))
    return rows


def _change(batch: Batch, seen: Seen, position: int, actor: Actor, stage: Stage) -> Change:
    target = seen.targets[position]
    return Change(
        id=uuid.UUID(target) if KINDS[batch.kind].creates else uuid.uuid4(),
        batch=batch,
        position=position,
        kind=batch.kind,
        cloud=batch.cloud,
        gateway_id=batch.gateway_id,
        realm=batch.realm,
        target=target,
        parameters=seen.parameters,
        stage=stage,
        actor_id=actor.person_id,
        actor_name=actor.name,
        actor_role=actor.role,
        actor_generation=actor.generation,
        reason=batch.reason,
        request_id=actor.request_id,
        ip=actor.ip,
        before=seen.sights[target],
        look_after=None if stage is Stage.QUEUED else clock.now(),
    )


def _explain_collision(seen: Seen, batch: Batch) -> Exception:
    if earlier := Batch.objects.filter(nonce=seen.nonce).first():
        return AlreadySent(earlier)
    if KINDS[batch.kind].creates and (made := Change.objects.filter(pk__in=seen.targets).first()):
        return AlreadySent(made.batch)  # the same form, gone back to and sent again
    same = Change.objects.filter(cloud=batch.cloud, gateway_id=batch.gateway_id, stage__in=BUSY)
    return SomebodyElseActs(same.filter(target__in=seen.targets[:500]).first())


def acted_since(batch: Batch, seen: Seen) -> bool:
    """Whether another act of ours on these objects was sent since they were read for this one.

    The cloud may not show yet what that act did, so that two people would decide on the same sight.
    """
    others = Change.objects.filter(cloud=batch.cloud, gateway_id=batch.gateway_id, claimed_at__lte=batch.created_at)
    sent = others.filter(intended_at__gte=seen.read_at, target__in=seen.targets).exclude(batch=batch)
    return sent.exclude(stage__in=MADE_NOTHING).exists()


def actor_of_change(change: Change) -> Actor:
    """Who confirmed it, for steps that are taken later and elsewhere."""
    return Actor(change.actor_id, change.actor_name, change.actor_role, change.ip, change.request_id)


@run_again_when_called_off
def intend(changes: Sequence[Change], actor: Actor) -> None:
    """Write the intents of one call, durably and all or none, BEFORE the cloud is called.

    Durable means: were this ever called inside another transaction, Django raises and the cloud is not called.
    Raises NotMineAnyMore.
    """
    database_file.check()
    now = clock.now()
    stage = changes[0].stage
    with transaction.atomic(durable=True):
        mine = _locked(changes).filter(stage=stage)
        if mine.update(stage=Stage.INTENDED, intended_at=now, look_after=now + CALL_TAKES) < len(changes):
            raise NotMineAnyMore
        for change in changes:
            write_down(_with(change, {"stage": Stage.INTENDED, "intended_at": now}), State.INTENDED, actor)
    for change in changes:  # only now: the transaction may be called off and run again
        change.stage, change.intended_at = Stage.INTENDED, now


@run_again_when_called_off
def hand_over(changes: Sequence[Change]) -> None:
    """A worker is to carry these out, of one act, that were claimed and not sent yet. Raises NotMineAnyMore."""
    with transaction.atomic(durable=True):
        mine = _locked(changes).filter(stage=Stage.CLAIMED)
        if mine.update(stage=Stage.QUEUED, look_after=None) < len(changes):
            raise NotMineAnyMore
        Batch.objects.filter(pk=changes[0].batch_id).update(in_background=True, finished_at=None)


@run_again_when_called_off
def hold(changes: Sequence[Change], seconds: float) -> None:
    """Somebody is still at these intents, and will be for so long: until then absence in the cloud proves nothing.

    Raises NotMineAnyMore when one was settled meanwhile; then none of them must be sent.
    """
    until = clock.now() + timedelta(seconds=seconds)
    with transaction.atomic():
        mine = _locked(changes).filter(stage=Stage.INTENDED)
        if mine.update(settle_after=until, look_after=until) < len(changes):
            raise NotMineAnyMore
    for change in changes:
        change.settle_after = change.look_after = until


@run_again_when_called_off
def settle(change: Change, stage: Stage, actor: Actor, **outcome: Any) -> bool:
    """Write how it ended; False when somebody settled it first, or holds it. `outcome` are fields of the Change, and
    `wire`: what was sent and answered."""
    now = clock.now()
    wire: dict[str, Any] | None = outcome.pop("wire", None)
    fields: dict[str, Any] = {"stage": stage, "settled_at": now, "look_after": None, **outcome}
    if stage is Stage.UNKNOWN:
        fields |= {"settled_at": None, "settle_after": settle_moment(now), "look_after": now}
    with transaction.atomic(durable=True):
        if wire:
            fields["transcript_id"] = transcripts.keep(change.batch_id, wire)
        # Held since it was read: then it may be sent this moment, and what was seen before proves nothing.
        as_read = Change.objects.filter(pk=change.pk, stage=change.stage, settle_after=change.settle_after)
        if not as_read.update(**fields):
            return False
        write_down(_with(change, fields), _STATES[stage], actor, wire=wire)
    for name, value in fields.items():  # only now: the transaction may be called off and run again
        setattr(change, name, value)
    return True


def _with(change: Change, fields: Mapping[str, Any]) -> Change:
    """A copy with these fields; the Change itself stays as it was read."""
    copied = copy.copy(change)
    for name, value in fields.items():
        setattr(copied, name, value)
    return copied


def settle_moment(now: datetime) -> datetime:
    """From when on "the effect is not there" proves that it never will be."""
    return now + timedelta(seconds=settings.SETTLE_SECONDS)


def write_down(change: Change, state: State, actor: Actor, *, wire: dict[str, Any] | None = None) -> None:
    """The audit row of one step of a Change. `wire` is what was sent and answered: the row seals it by its digest."""
    journal.record(
        action=KINDS[change.kind].action,
        state=state,
        actor=actor,
        cloud=change.cloud,
        gateway_id=change.gateway_id,
        target=change.target,
        change_id=str(change.pk),
        batch_id=str(change.batch_id),
        reason=change.reason,
        before=KINDS[change.kind].facts_here(change.before) if change.before is not None else None,
        after=_after(change, wire),
        error_code=change.error_code,
        cloud_request_id=change.cloud_request_id,
    )


def _after(change: Change, wire: dict[str, Any] | None) -> dict[str, Any] | None:
    seal = {"wire_sha256": transcripts.digest_of(wire)} if wire else {}
    if change.stage == Stage.REFUSED:
        return {"because": change.explanation, **seal}
    if change.after is not None:
        return {**KINDS[change.kind].facts_here(change.after), **seal}
    return {**({"asked": change.parameters} if change.parameters else {}), **seal} or None


def note_left_out(left_out: Sequence[LeftOut], batch: Batch, actor: Actor) -> None:
    """Audit rows for the objects that were in the act but are skipped or refused."""
    for item in left_out:
        journal.record(
            action=KINDS[batch.kind].action,
            state=_LEFT_OUT[item.answer],
            actor=actor,
            cloud=batch.cloud,
            gateway_id=batch.gateway_id,
            target=item.target,
            batch_id=str(batch.pk),
            reason=batch.reason,
            after={"because": item.because},
        )


def note_stopped(batch: Batch, actor: Actor) -> None:
    """Audit row of whoever stopped a long act, with how many of its objects nothing had been sent for yet."""
    journal.record(
        action=KINDS[batch.kind].action,
        state=State.CANCELLED,
        actor=actor,
        cloud=batch.cloud,
        gateway_id=batch.gateway_id,
        batch_id=str(batch.pk),
        after={"left": batch.changes.filter(stage=Stage.QUEUED).count()},
        error_code="stopped",
    )
