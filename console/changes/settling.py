"""Settle what is open by reading the cloud; never by guessing, never by sending again (N-04)."""

import json
import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from django.db.models import Q

from console import clock
from console.access.actor import SYSTEM, Actor
from console.changes import book, evidence
from console.changes.evidence import LONGEST_ACT, Finding
from console.changes.invalidation import invalidate_after
from console.changes.kinds.kind import NoSuchCapability, Sight
from console.changes.kinds.registry import KINDS
from console.changes.models import OPEN, Change, Stage
from console.changes.places import place_of
from console.clouds.errors import CloudUnavailable
from console.clouds.parallel import gather
from console.observations.readers import Read
from console.wiring import UnknownCloud, clouds

logger = logging.getLogger(__name__)

#: The first look after a lost answer, and the longest time between two looks. Seconds.
FIRST_LOOK: Final = 5
LAST_LOOK: Final = 30
#: So many are taken up in one go. What happened to objects of one host is read there together.
_AT_A_TIME: Final = 250
#: An end other than success that was found by looking is looked at once more, not sooner than this. Seconds.
SECOND_LOOK: Final = 60
_LOOKED_AT: Final = (*OPEN, Stage.FAILED, Stage.UNKNOWABLE)


@dataclass(frozen=True, slots=True)
class _Look:
    """What the cloud showed of some objects, and when it was asked."""

    began: datetime
    ended: datetime
    sights: Mapping[str, Sight]

    def of(self, change: Change) -> evidence.Look | None:
        """Of its object; None where that was not asked for."""
        sight = self.sights.get(change.target)
        return evidence.Look(self.began, self.ended, sight) if sight else None


def settle_open(limit: int = _AT_A_TIME) -> int:
    """Look at what is open and due; how many were settled. Any number of workers may do this at once.

    Whoever takes a Change up moves its next look on first, so that a cloud is not asked twice for the same thing. What
    may have been sent to a cloud that the settings name no more waits until it is back (`orphans`).
    """
    now = clock.now()
    can_be_looked_at = Q(stage=Stage.CLAIMED) | Q(cloud__in=clouds().keys())
    due = Change.objects.filter(can_be_looked_at, look_after__lte=now, stage__in=_LOOKED_AT).order_by("look_after")
    groups = _alike([change for change in due[:limit] if _take_up(change, now)])
    answers = gather(**{str(number): partial(_look_at, group) for number, group in enumerate(groups)})
    settled = 0
    for group, answer in zip(groups, answers.values(), strict=True):
        if answer.ok:
            settled += _settled_together(group, answer.unwrap(), SYSTEM)
        else:
            logger.info("%d changes are still open: the cloud could not be read (%s)", len(group), answer.error)
    return settled


def _take_up(change: Change, now: datetime) -> bool:
    age = (now - change.claimed_at).total_seconds()
    next_look = now + timedelta(seconds=min(max(FIRST_LOOK, age / 2), LAST_LOOK))
    proven_from = evidence.proven_from(change)
    if now < proven_from < next_look:
        next_look = proven_from
    mine = Change.objects.filter(pk=change.pk, stage=change.stage, look_after=change.look_after)
    return bool(mine.update(look_after=next_look))


def _alike(changes: Iterable[Change]) -> list[list[Change]]:
    """Those that one look can tell about stand together: the same act with the same parameters at the same host."""
    groups: dict[str, list[Change]] = {}
    for change in changes:
        same = (change.kind, change.cloud, change.realm, change.gateway_id, change.parameters)
        groups.setdefault(json.dumps(same, sort_keys=True), []).append(change)
    return list(groups.values())


def check_again(change: Change, actor: Actor) -> Change:
    """Look at the cloud and settle the Change if what is seen proves its end; else leave it as it is.

    Raises CloudError when the cloud cannot be read. Safe to call by several people and processes at once.
    """
    if change.is_open:
        _settled_together([change], _look_at([change]), actor)
    return change


def settle_by_page(read: Read) -> None:
    """What a page has just read is evidence about what is open there, too.

    A call that is under way is left to its process, an answer that was lost a moment ago to the first look of a worker,
    and that an end cannot be known to another look.
    """
    where, now = read.where, clock.now()
    was_looked_at = Q(stage=Stage.UNKNOWN, intended_at__lte=now - timedelta(seconds=FIRST_LOOK))
    is_due = was_looked_at | Q(stage=Stage.INTENDED, look_after__lte=now)
    still = Change.objects.filter(is_due, cloud=where.cloud, gateway_id=where.gateway_id, look_after__isnull=False)
    for change in still.order_by("look_after")[:_AT_A_TIME]:
        if (sight := KINDS[change.kind].sight_in(read.values, change.target)) is None:
            continue
        look = evidence.Look(read.began, read.ended, sight)
        finding = evidence.weigh(change, look)
        if finding and finding.stage is not Stage.UNKNOWABLE:
            _close_found(change, finding, look, SYSTEM)
            invalidate_after([change])


def _look_at(alike: Sequence[Change]) -> _Look:
    """What the cloud shows of those that may have been sent. Raises CloudError. Touches no database."""
    began = clock.now()
    sent = [change for change in alike if change.stage != Stage.CLAIMED]
    if not sent:
        return _Look(began, began, {})
    targets = list(dict.fromkeys(change.target for change in sent))
    try:
        sights = KINDS[sent[0].kind].look_for(place_of(sent[0]), targets, sent[0].parameters)
    except (UnknownCloud, NoSuchCapability) as missing:
        raise CloudUnavailable("The settings name no such cloud any more, or no such service of it.") from missing
    return _Look(began, clock.now(), sights)


def _settled_together(alike: Sequence[Change], look: _Look, actor: Actor) -> int:
    """How many of them that was; their pages are invalidated once."""
    settled = sum(_settled_by(change, look, actor) for change in alike)
    if settled:
        invalidate_after(alike)
    return settled


def _settled_by(change: Change, looked: _Look, actor: Actor) -> bool:
    """Settle the Change as far as what was seen proves anything; whether that was so."""
    stage = change.stage
    look = looked.of(change)
    if stage == Stage.CLAIMED:
        _give_up_claim(change, actor)
    elif look and stage in (Stage.FAILED, Stage.UNKNOWABLE):
        _look_once_more(change, look, actor)
    elif look and (finding := evidence.weigh(change, look)):
        _close_found(change, finding, look, actor)
    return change.stage != stage


def _close_found(change: Change, finding: Finding, look: evidence.Look, actor: Actor) -> None:
    """An end that was found first; one other than success is looked at once more."""
    again = max(evidence.shown_by(change), look.began + timedelta(seconds=SECOND_LOOK))
    _close(change, finding, look.sight, actor, look_after=None if finding.stage is Stage.SUCCEEDED else again)


def _look_once_more(change: Change, look: evidence.Look, actor: Actor) -> None:
    if finding := evidence.weigh_again(change, look):
        _close(change, finding, look.sight, actor)
    else:
        Change.objects.filter(pk=change.pk, stage=change.stage).update(look_after=None)


def _close(change: Change, finding: Finding, sight: Sight, actor: Actor, *, look_after: datetime | None = None) -> None:
    """An end that was found."""
    found = {"after": sight.as_json(), "explanation": finding.why, "error_code": finding.code}
    if not book.settle(change, finding.stage, actor, **found, look_after=look_after):
        change.refresh_from_db()


def _give_up_claim(change: Change, actor: Actor) -> Change:
    """A claim that was never followed by an intent was certainly never sent."""
    if clock.now() >= change.claimed_at + timedelta(seconds=LONGEST_ACT):
        why = "Never sent: the console stopped before it wrote the intent."
        if not book.settle(change, Stage.CANCELLED, actor, error_code="not_sent", explanation=why):
            change.refresh_from_db()
    return change
