"""Carry out what was confirmed: claim, look again, send each (house.md part 2)."""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import DatabaseError

from console.access.actor import Actor
from console.access.guard import Refused
from console.access.reach import Reach
from console.changes import book, reasons
from console.changes.clearance import Clearance, outcome_of_refusal, why_not_allowed
from console.changes.invalidation import invalidate_after
from console.changes.kinds.kind import Kind, Place, Sight
from console.changes.models import Batch, Change, Stage
from console.changes.planning import Plan, PlannedItem, in_background
from console.changes.seen import Seen
from console.changes.sending import send
from console.clouds.budget import remaining
from console.clouds.errors import CloudError
from console.database_failures import Failure, failure_of

#: A person waits for the answer, so long at most where no page sets a time. Seconds.
PATIENCE: Final = 20.0


@dataclass(frozen=True, slots=True)
class Acted:
    """The act was carried out; each Change says how it ended. `repeated` when the form had been sent before."""

    changes: tuple[Change, ...]
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class Queued:
    """A long act, or the rest of a slow one: written down, and carried out in the background from now on."""

    batch: Batch
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class Moved:
    """Nothing was sent, since the world had moved: what was shown, and what is there now."""

    shown: dict[str, dict[str, Any]]
    plan: Plan


@dataclass(frozen=True, slots=True)
class Interrupted:
    """The database failed after the act had begun. What was sent then is settled later, by reading the cloud."""

    failure: Failure
    #: Those that came to their end before, which is written down.
    ended: tuple[Change, ...]
    #: Those that were sent and whose end is not written down. Each has the stage and the words of how it ended, where
    #: that is known; else it is INTENDED.
    unwritten: tuple[Change, ...]
    #: Nothing was sent for these, and nothing will be.
    unsent: tuple[Change, ...]


class RuleMoved(Exception):
    """Another rule for reasons holds than the one that was shown."""


class ReasonRefused(Exception):
    """The reason does not keep the rule; the text says what is wrong with it."""


def carry_out(
    kind: Kind, place: Place, seen: Seen, *, actor: Actor, reach: Reach, reason: str
) -> Acted | Queued | Moved | Interrupted:
    """Do what the person confirmed, unless something moved since.

    Raises Refused when the person may not, RuleMoved and ReasonRefused for the reason,
    SomebodyElseActs when an act on an object has not ended,
    CloudError when the objects cannot be read again, and DatabaseError when the intents cannot be written down;
    in each case nothing was sent.
    """
    permission = kind.permission_in(place.realm)
    for host in kind.acts_at(place.host, seen.parameters):
        if not reach.may(permission, place.cloud.name, host):
            raise Refused(kind.action.value, permission, place.cloud.name, host)
    _check_reason(kind, place, seen, reason)
    is_long = in_background(seen.targets)
    try:
        batch = book.claim(seen, kind.action.value, place, actor, reason, in_background=is_long)
    except book.AlreadySent as earlier:
        return _again(earlier.batch)
    if is_long:
        return Queued(batch)
    changes = list(batch.changes.order_by("position"))
    try:
        return _check_and_send(Clearance(kind, place), seen, batch, changes, actor)
    finally:
        invalidate_after(changes)


def _check_and_send(
    clearance: Clearance, seen: Seen, batch: Batch, changes: list[Change], actor: Actor
) -> Acted | Queued | Moved | Interrupted:
    sights = _look_again(clearance, seen, changes, actor)
    plan = _plan_of(clearance.kind, clearance.place, seen, sights)
    if _moved(seen, plan) or book.acted_since(batch, seen):
        for change in changes:
            book.settle(change, Stage.STALE, actor, after=sights[change.target].as_json())
        return Moved(seen.sights, plan)
    try:
        is_through = _send_each(clearance, changes, actor)
    except book.NotMineAnyMore:  # this process slept, was taken for dead, and what it had not sent was called off
        is_through = True
        for change in changes:
            change.refresh_from_db()
    except DatabaseError as error:
        if (failure := failure_of(error)) is None or all(change.stage == Stage.CLAIMED for change in changes):
            raise
        return _interrupted(changes, failure, error)
    return Acted(tuple(changes)) if is_through else Queued(batch)


def _interrupted(changes: Sequence[Change], failure: Failure, error: DatabaseError) -> Interrupted:
    unsent = tuple(change for change in changes if change.stage == Stage.CLAIMED)
    unwritten = tuple(change for change in changes if change.stage == Stage.INTENDED)
    ended = tuple(change for change in changes if change not in unsent and change not in unwritten)
    if isinstance(error, book.OutcomeNotKept):
        for change in unwritten:
            change.stage = error.stage
            for name, value in error.outcome.items():
                setattr(change, name, value)
    return Interrupted(failure, ended, unwritten, unsent)


def _check_reason(kind: Kind, place: Place, seen: Seen, reason: str) -> None:
    rule = reasons.rule_for(kind.action.value, place.cloud.name, place.host)
    if rule != seen.rule:
        raise RuleMoved
    if complaint := rule.complaint(reason):
        raise ReasonRefused(complaint)


def _again(batch: Batch) -> Acted | Queued:
    if batch.in_background:
        return Queued(batch, repeated=True)
    return Acted(tuple(batch.changes.order_by("position")), repeated=True)


def _look_again(clearance: Clearance, seen: Seen, changes: list[Change], actor: Actor) -> dict[str, Sight]:
    try:
        return clearance.look(seen.targets, seen.parameters)
    except CloudError as error:
        cancel(changes, actor, error.code, "The cloud could not be read again before the act.")
        raise


def cancel(changes: Iterable[Change], actor: Actor, code: str, why: str) -> None:
    """These were certainly never sent, and will not be."""
    for change in changes:
        book.settle(change, Stage.CANCELLED, actor, error_code=code, explanation=why)


def refuse(changes: Iterable[Change], actor: Actor, why: str) -> None:
    """These were never sent, and will not be, since the person may not do it any more; `why` says what they lost."""
    for change in changes:
        book.settle(change, Stage.REFUSED, actor, **outcome_of_refusal(why))


def _plan_of(kind: Kind, place: Place, seen: Seen, sights: dict[str, Sight]) -> Plan:
    items = (PlannedItem(t, s, kind.judge(place, t, s, seen.parameters)) for t, s in sights.items())
    return Plan(kind, place, seen.parameters, tuple(items))


def _moved(seen: Seen, plan: Plan) -> bool:
    return any(not i.verdict.will_do or i.sight.as_json() != seen.sights[i.target] for i in plan.items)


def _send_each(clearance: Clearance, changes: Sequence[Change], actor: Actor) -> bool:
    """False when the cloud was so slow that a worker goes on with the rest, as with a long act.

    Half of the time that is left is for beginning calls, the other half for the answer to the last of them.
    """
    deadline = time.monotonic() + remaining(PATIENCE) / 2
    for position, change in enumerate(changes):
        if position and time.monotonic() > deadline:
            book.hand_over(changes[position:])
            return False
        if not send(clearance, change, actor, following=changes[position + 1 : position + 2]):
            _call_off(clearance.kind, changes[position + 1 :], actor)
            return True
    return True


def _call_off(kind: Kind, changes: Sequence[Change], actor: Actor) -> None:
    if changes and (why := why_not_allowed(kind, changes[0])):
        refuse(changes, actor, why)
    else:
        cancel(changes, actor, "not_sent", "Not sent, because an earlier call of this act failed.")
