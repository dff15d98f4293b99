"""What a look at the cloud proves about a Change whose end is not known.

An effect belongs to one act. It is credited to a Change when the cloud shows it and no other act of ours explains it.
"Not done" is proven only when an effect would have come by now and the object is as it was, or, where acts of ours came
in between, when neither they nor the last look met a trace of it. Every look counts: those of workers, those of pages
(`settling.settle_by_page`), and what later acts saw right before they were sent. What is left cannot be told.

One thing nobody can know: an object that keeps no time of its last change, such as an account on a whitelist, looks
untouched when somebody else undid an effect before anybody looked.
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
class Look:
    """What was seen of the object. What it does not show had not come when the reading began; what it shows may have
    come until the reading had ended."""

    began: datetime
    ended: datetime
    sight: Sight
    #: The later act that saw it before it was sent; None for a look of the console itself.
    act: Change | None = None

    def says(self, what: str) -> str:
        """A sentence about what was seen, and by whom."""
        if self.act is None:
            return f"The cloud shows {what}."
        return (
            f"The cloud showed {what} before {self.act.actor_name} acted on it ({self.act.act}) at {_when(self.act)}."
        )


def weigh(change: Change, look: Look) -> Finding | None:
    """What this look at the object proves together with all earlier ones; None when that is nothing yet."""
    kind = KINDS[change.kind]
    others = _other_acts(change)
    later = [act for act in others if act.claimed_at >= change.claimed_at]
    done_by_another: Finding | None = None
    nothing_came = True
    for each in (*_looks_of(change, later), look):
        shows = kind.shows(each.sight, change.parameters)
        rivals = [act for act in others if act is not each.act and _could_explain(act, change, each)]
        known = next((act for act in reversed(rivals) if _was_taken(act)), None)
        if shows and (not known or _was_taken(change)):
            return _credit(change, each, rivals, look.began)
        if shows and known:
            done_by_another = _done_by(known)
        nothing_came = nothing_came and _shows_no_trace(change, each, others, known)
        if nothing_came and each.began >= proven_from(change) and not kind.is_under_way(each.sight):
            return _not_done(each, known)
    if done_by_another and not nothing_came:
        return done_by_another
    if look.began < proven_from(change) or kind.is_under_way(look.sight):
        return None
    if not later and kind.shows(look.sight, change.parameters) is False and look.began < shown_by(change):
        return None  # something has moved: it may be about to show
    return Finding(Stage.UNKNOWABLE, "The object is gone or has gone on since.", "cannot_be_known")


def _shows_no_trace(change: Change, look: Look, others: Sequence[Change], known: Change | None) -> bool:
    """Whether the Change can have done nothing since the look before this one.

    Before the first later act the object must be untouched. After it, the effect must not show, or be the one of the
    act before, as far as `known`. The look of an act right before its call and that call count as one moment. An
    earlier act that came late may have undone what was done.
    """
    if any(act.claimed_at < change.claimed_at and _could_explain(act, change, look) for act in others):
        return False
    acts = [act for act in others if act.claimed_at >= change.claimed_at and act is not look.act]
    since = [act for act in acts if _begun(act) <= look.ended]
    if not since:
        return _is_untouched(change, look.sight)
    if not KINDS[change.kind].shows_at_once or not all(_see_alike(act, change) for act in since):
        return False
    return known is since[-1] or KINDS[change.kind].shows(look.sight, change.parameters) is False


def weigh_again(change: Change, look: Look) -> Finding | None:
    """For a Change that was found not done, or not to be known: another end that is seen now; None where it stays."""
    finding = weigh(change, look)
    if finding is None or finding.stage == change.stage:
        return None
    if finding.stage is not Stage.SUCCEEDED:
        return finding if change.stage == Stage.UNKNOWABLE else None
    found_at = utc_text(change.settled_at) if change.settled_at else "first"
    return Finding(Stage.SUCCEEDED, f"{finding.why} At {found_at} it had shown nothing of it.")


def _credit(change: Change, look: Look, rivals: Sequence[Change], now: datetime) -> Finding | None:
    """Whose effect it is that was seen: this Change's, or nobody knows. None while one of several may still turn out to
    have done nothing."""
    if not rivals or _was_taken(change):
        return Finding(Stage.SUCCEEDED, f"{look.says('it done')} {KINDS[change.kind].remark(look.sight)}".rstrip())
    if now < max(proven_from(one) for one in (change, *rivals)):
        return None
    by = f"{rivals[0].actor_name} tried the same at {_when(rivals[0])}"
    return Finding(Stage.UNKNOWABLE, f"{look.says('it done')} {by}; which act did it is not known.", "cannot_be_known")


def _not_done(look: Look, known: Change | None) -> Finding:
    if known:
        why = f"{known.actor_name} did the same at {_when(known)}. Before that the cloud showed that it was not done."
        return Finding(Stage.FAILED, why, "not_done")
    return Finding(Stage.FAILED, look.says("that it was not done"), "not_done")


def _done_by(other: Change) -> Finding:
    why = f"{other.actor_name} did the same at {_when(other)}. Whether this act had done anything before is not known."
    return Finding(Stage.UNKNOWABLE, why, "cannot_be_known")


def _could_explain(act: Change, change: Change, look: Look) -> bool:
    if not _see_alike(act, change) or _begun(act) > look.ended or _had_shown(act, change):
        return False
    return KINDS[act.kind].shows(look.sight, act.parameters) is True


def _had_shown(act: Change, change: Change) -> bool:
    """Whether all that the earlier act could do had shown before the Change was begun, which saw nothing of it."""
    latest = proven_from(act) if KINDS[act.kind].shows_at_once else shown_by(act)
    return act.claimed_at < change.claimed_at and latest <= change.claimed_at


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
    """Our own other acts on the object that may have been sent since, or whose effect may have come since, and those
    that had done the very same, which may have come to show since; oldest first."""
    kind = KINDS[change.kind]
    may_show_for = timedelta(0) if kind.shows_at_once else timedelta(seconds=kind.shows_within)
    may_show = Q(settled_at__gte=change.claimed_at - may_show_for, kind=change.kind, parameters=change.parameters)
    same = Change.objects.filter(cloud=change.cloud, gateway_id=change.gateway_id, target=change.target)
    open_then = Q(settled_at=None) | Q(settled_at__gte=change.claimed_at) | may_show
    since = same.filter(Q(claimed_at__gte=change.claimed_at) | open_then, stage__in=_SENT).exclude(pk=change.pk)
    return list(since.order_by("claimed_at")[:_MOST_ACTS])


def _looks_of(change: Change, later: Sequence[Change]) -> Iterator[Look]:
    """What later acts that look at the object in the same way saw of it right before they were sent."""
    for act in later:
        if act.intended_at and act.before and _see_alike(act, change):
            yield _look_before(act)


def _look_before(act: Change) -> Look:
    """What an act saw between its claim and its intent, or it would not have been sent."""
    return Look(act.claimed_at, _begun(act), sight_before(act), act)


def _when(change: Change) -> str:
    return utc_text(_begun(change))
