"""Settle what is open by reading the cloud; never by guessing, never by sending again (N-04)."""

import logging
from datetime import datetime, timedelta
from typing import Final

from django.utils import timezone

from console.access.actor import SYSTEM, Actor
from console.changes import book
from console.changes.kinds.kind import Sight
from console.changes.kinds.registry import KINDS
from console.changes.models import OPEN, Change, Stage
from console.changes.places import place_of
from console.clouds.errors import CloudError
from console.web.moments import utc_text

logger = logging.getLogger(__name__)

#: A call with its time-outs and its waiting after 429 has ended by then; what is still open belongs to nobody. Seconds.
LONGEST_ACT: Final = 60
#: The first look after a lost answer, and the longest time between two looks. Seconds.
FIRST_LOOK: Final = 5
LAST_LOOK: Final = 60
_AT_A_TIME: Final = 50


def settle_open(limit: int = _AT_A_TIME) -> int:
    """Look at what is open and due; how many were settled. Any number of workers may do this at once.

    Whoever takes a Change up moves its next look on first, so that a cloud is not asked twice for the same thing.
    """
    now = timezone.now()
    due = Change.objects.filter(stage__in=OPEN, look_after__lte=now).order_by("look_after")
    settled = 0
    for change in due[:limit]:
        if not _take_up(change, now):
            continue
        try:
            settled += not check_again(change, SYSTEM).is_open
        except CloudError as error:
            logger.info("change %s is still open: the cloud could not be read (%s)", change.pk, error.code)
    return settled


def _take_up(change: Change, now: datetime) -> bool:
    age = (now - change.claimed_at).total_seconds()
    wait = min(max(FIRST_LOOK, age / 2), LAST_LOOK)
    mine = Change.objects.filter(pk=change.pk, look_after=change.look_after, stage__in=OPEN)
    return bool(mine.update(look_after=now + timedelta(seconds=wait)))


def check_again(change: Change, actor: Actor) -> Change:
    """Look at the cloud and settle the Change if what is seen proves its end; else leave it as it is.

    Raises CloudError when the cloud cannot be read. Safe to call by several people and processes at once.
    """
    if change.stage == Stage.CLAIMED:
        return _give_up_claim(change, actor)
    if change.stage not in (Stage.INTENDED, Stage.UNKNOWN):
        return change
    kind = KINDS[change.kind]
    place = place_of(change)
    sight = kind.look_for(place, [change.target], change.parameters)[change.target]
    shows = kind.shows(sight, change.parameters)
    late = timezone.now() >= _settle_after(change)
    if shows:
        _close(change, Stage.SUCCEEDED, actor, sight, f"The cloud shows it done.{_by_somebody_else(change)}")
    elif shows is False and late:
        _close(change, Stage.FAILED, actor, sight, "The cloud shows that it was not done.")
    elif shows is None and late and not kind.is_under_way(sight):
        _close(change, Stage.UNKNOWABLE, actor, sight, "The object is gone or has gone on since.")
    return change


def _by_somebody_else(change: Change) -> str:
    """Whether our own book knows of another act that did the same meanwhile."""
    same = Change.objects.filter(
        cloud=change.cloud,
        gateway_id=change.gateway_id,
        target=change.target,
        kind=change.kind,
        stage=Stage.SUCCEEDED,
        settled_at__gt=change.claimed_at,
    ).exclude(pk=change.pk)
    other = same.order_by("settled_at").first()
    if other is None:
        return ""
    return f" {other.actor_name} did the same at {utc_text(other.settled_at)}; which act did it is not known."


def _settle_after(change: Change) -> datetime:
    if change.settle_after is not None:
        return change.settle_after
    return (change.intended_at or change.claimed_at) + timedelta(seconds=LONGEST_ACT)


def _close(change: Change, stage: Stage, actor: Actor, sight: Sight, why: str) -> None:
    code = {Stage.FAILED: "not_done", Stage.UNKNOWABLE: "cannot_be_known"}.get(stage, "")
    if not book.settle(change, stage, actor, after=sight.as_json(), explanation=why, error_code=code):
        change.refresh_from_db()


def _give_up_claim(change: Change, actor: Actor) -> Change:
    """A claim that was never followed by an intent was certainly never sent."""
    if timezone.now() >= change.claimed_at + timedelta(seconds=LONGEST_ACT):
        why = "Never sent: the console stopped before it wrote the intent."
        if not book.settle(change, Stage.CANCELLED, actor, error_code="not_sent", explanation=why):
            change.refresh_from_db()
    return change
