"""What a look at the cloud proves about a Change whose end is not known.

An effect belongs to one act. It is credited to a Change when the cloud shows it and no other act of ours explains it.
"Not done" is proven only when an effect would have come by now, the object is as it was, and no act of ours touched it
since. What later acts saw right before they were sent counts as a look, too. What is left cannot be told.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Q

from console.changes.kinds.kind import Sight
from console.changes.kinds.registry import KINDS
from console.changes.models import Change, Stage
from console.web.moments import utc_text

#: A call with its time-outs and its waiting after 429 has ended by then; what is still open belongs to nobody. Seconds.
LONGEST_ACT: Final = 60
#: Acts that may have touched an object.
_SENT: Final = (Stage.INTENDED, Stage.UNKNOWN, Stage.UNKNOWABLE, Stage.SUCCEEDED)
_MOST_ACTS: Final = 20


@dataclass(frozen=True, slots=True)
class Finding:
    """How a Change ended, in words, and the code for an end that is not success."""

    stage: Stage
    why: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class _Look:
    """What was seen of the object, and the later act that saw it; None for a look of the console itself.

    The cloud was asked after `since` and had answered by `until`: what happened before is seen, what happened after is
    not, and of what happened between nobody knows.
    """

    since: datetime
    until: datetime
    sight: Sight
    act: Change | None = None

    def says(self, what: str) -> str:
        if self.act is None:
            return f"The cloud shows {what}."
        return (
            f"The cloud showed {what} before {self.act.actor_name} acted on it ({self.act.act}) at {_when(self.act)}."
        )


def weigh(change: Change, sight: Sight, began: datetime, ended: datetime) -> Finding | None:
    """What the sight of the object, which was read from `began` to `ended`, proves; None when that is nothing yet."""
    kind = KINDS[change.kind]
    others = _other_acts(change)
    later = [act for act in others if act.claimed_at >= change.claimed_at]
    own = _Look(began, ended, sight)
    for look in (*_looks_of(change, later), own):
        touched = any(_may_have_touched(act, change, look) for act in others if act is not look.act)
        if kind.shows(look.sight, change.parameters):
            return _credit(change, look, others, began)
        if look.act and look.since >= proven_from(change) and not touched and _is_untouched(change, look.sight):
            return Finding(Stage.FAILED, look.says("that it was not done"), "not_done")
    if began < proven_from(change) or kind.is_under_way(sight):
        return None
    if not touched and kind.shows(sight, change.parameters) is False:
        if _is_untouched(change, sight):
            return Finding(Stage.FAILED, "The cloud shows that it was not done.", "not_done")
        if began < shown_by(change):
            return None  # something has moved: it may be about to show
    return Finding(Stage.UNKNOWABLE, "The object is gone or has gone on since.", "cannot_be_known")


def weigh_again(change: Change, sight: Sight, began: datetime, ended: datetime) -> Finding | None:
    """For a Change that was found not done, or not to be known: another end that is seen now; None where it stays."""
    finding = weigh(change, sight, began, ended)
    if finding is None or finding.stage == change.stage:
        return None
    if finding.stage is not Stage.SUCCEEDED:
        return finding if change.stage == Stage.UNKNOWABLE else None
    found_at = utc_text(change.settled_at) if change.settled_at else "first"
    return Finding(Stage.SUCCEEDED, f"{finding.why} At {found_at} it had shown nothing of it.")


def _may_have_touched(act: Change, change: Change, look: _Look) -> bool:
    """Whether the act may have changed the object between this Change and the look: a later one, or one on a late way
    that leads to what is seen."""
    if _begun(act) > look.until:
        return False
    is_late = proven_from(act) >= _begun(change) and _could_explain(act, change, look)
    return act.claimed_at >= change.claimed_at or is_late


def _credit(change: Change, look: _Look, others: Sequence[Change], now: datetime) -> Finding | None:
    """Whose effect it is that was seen: this Change's, another act's that is known to have done it, or nobody knows.
    None while one of several may still turn out to have done nothing."""
    rivals = [act for act in others if act is not look.act and _could_explain(act, change, look)]
    known = next((act for act in rivals if _was_taken(act)), None)
    if not rivals or _was_taken(change):
        return Finding(Stage.SUCCEEDED, f"{look.says('it done')} {KINDS[change.kind].remark(look.sight)}".rstrip())
    if known:
        return _done_by(known, change)
    if now < max(proven_from(one) for one in (change, *rivals)):
        return None
    by = f"{rivals[0].actor_name} tried the same at {_when(rivals[0])}"
    return Finding(Stage.UNKNOWABLE, f"{look.says('it done')} {by}; which act did it is not known.", "cannot_be_known")


def _done_by(other: Change, change: Change) -> Finding:
    """The effect is another act's; what that act saw before it tells whether this one had done nothing."""
    did = f"{other.actor_name} did the same at {_when(other)}"
    if other.claimed_at >= proven_from(change) and _is_untouched(change, sight_before(other)):
        return Finding(Stage.FAILED, f"{did}. Before that the cloud showed that it was not done.", "not_done")
    return Finding(
        Stage.UNKNOWABLE, f"{did}. Whether this act had done anything before is not known.", "cannot_be_known"
    )


def _could_explain(act: Change, change: Change, look: _Look) -> bool:
    return (
        _see_alike(act, change)
        and _begun(act) <= look.until
        and KINDS[act.kind].shows(look.sight, act.parameters) is True
    )


def _see_alike(act: Change, change: Change) -> bool:
    """Whether both acts look at the object in the same way, so that what one saw says something about the other."""
    return type(KINDS[act.kind]).look is type(KINDS[change.kind]).look


def _was_taken(change: Change) -> bool:
    """Whether the cloud answered to the call itself that it was taken; an UNKNOWN without an error is one whose effect
    did not show at first."""
    return change.stage == Stage.SUCCEEDED or (change.stage == Stage.UNKNOWN and not change.error_code)


def _is_untouched(change: Change, sight: Sight) -> bool:
    kind = KINDS[change.kind]
    return kind.shows(sight, change.parameters) is False and kind.unmoved(sight_before(change), sight)


def proven_from(change: Change) -> datetime:
    """From when on "the effect is not there" proves that it was not done."""
    return change.settle_after or _begun(change) + timedelta(seconds=LONGEST_ACT)


def shown_by(change: Change) -> datetime:
    """When even the latest effect of its kind has shown."""
    return _begun(change) + timedelta(seconds=KINDS[change.kind].shows_within)


def _begun(change: Change) -> datetime:
    return change.intended_at or change.claimed_at


def sight_before(change: Change) -> Sight:
    """What was seen of the object before the act."""
    return Sight.from_json(change.before or {"exists": False})


def _other_acts(change: Change) -> Sequence[Change]:
    """Our own other acts on the object that may have been sent since, or whose effect may have come since; oldest
    first."""
    same = Change.objects.filter(cloud=change.cloud, gateway_id=change.gateway_id, target=change.target)
    open_then = Q(settled_at=None) | Q(settled_at__gte=change.claimed_at)
    since = same.filter(Q(claimed_at__gte=change.claimed_at) | open_then, stage__in=_SENT).exclude(pk=change.pk)
    return list(since.order_by("claimed_at")[:_MOST_ACTS])


def _looks_of(change: Change, later: Sequence[Change]) -> Iterator[_Look]:
    """What later acts that look at the object in the same way saw of it, between their claim and their intent."""
    for act in later:
        if act.intended_at and act.before and _see_alike(act, change):
            yield _Look(act.claimed_at, act.intended_at, sight_before(act), act)


def _when(change: Change) -> str:
    return utc_text(_begun(change))
