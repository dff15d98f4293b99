"""What a look at the cloud proves about a Change whose end is not known.

"Done" is proven by what is seen, or by what a later act of ours saw. "Not done" is proven only when an effect would
have come by now, the object is as it was, and no later act of ours touched it; what went on since cannot be told.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from console.changes.kinds.kind import Sight
from console.changes.kinds.registry import KINDS
from console.changes.models import Change, Stage
from console.web.moments import utc_text

#: A call with its time-outs and its waiting after 429 has ended by then; what is still open belongs to nobody. Seconds.
LONGEST_ACT: Final = 60
#: Acts that may have touched an object.
_SENT: Final = (Stage.INTENDED, Stage.UNKNOWN, Stage.UNKNOWABLE, Stage.SUCCEEDED)


@dataclass(frozen=True, slots=True)
class Finding:
    """How a Change ended, in words, and the code for an end that is not success."""

    stage: Stage
    why: str
    code: str = ""


def weigh(change: Change, sight: Sight, began: datetime) -> Finding | None:
    """What the sight of the object, asked for at `began`, proves; None when that is nothing yet."""
    kind = KINDS[change.kind]
    shows = kind.shows(sight, change.parameters)
    later = _later_acts(change)
    if shows:
        why = f"The cloud shows it done.{_by_somebody_else(change, later)} {kind.remark(sight)}"
        return Finding(Stage.SUCCEEDED, why.rstrip())
    if witness := _witness(change, later):
        then = f"{witness.actor_name} acted on it ({witness.act}) at {_when(witness)}"
        return Finding(Stage.SUCCEEDED, f"The cloud showed it done before {then}.")
    if began < proven_from(change) or kind.is_under_way(sight):
        return None
    if shows is False and not later:
        if kind.unmoved(sight_before(change), sight):
            return Finding(Stage.FAILED, "The cloud shows that it was not done.", "not_done")
        if began < shown_by(change):
            return None  # something has moved: it may be about to show
    return Finding(Stage.UNKNOWABLE, "The object is gone or has gone on since.", "cannot_be_known")


def weigh_late(change: Change, sight: Sight) -> Finding | None:
    """For a Change that was found not done: whether its effect came after all."""
    if not KINDS[change.kind].shows(sight, change.parameters) or _later_acts(change):
        return None
    found_at = utc_text(change.settled_at) if change.settled_at else "first"
    return Finding(Stage.SUCCEEDED, f"The cloud shows it done now. At {found_at} it had shown nothing of it.")


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


def _later_acts(change: Change) -> Sequence[Change]:
    """Our own acts on the object that may have been sent since, oldest first."""
    same = Change.objects.filter(cloud=change.cloud, gateway_id=change.gateway_id, target=change.target)
    since = same.filter(claimed_at__gte=change.claimed_at, stage__in=_SENT).exclude(pk=change.pk)
    return list(since.order_by("claimed_at")[:20])


def _witness(change: Change, later: Sequence[Change]) -> Change | None:
    """The first later act of another kind that had seen this one done before it began."""
    kind = KINDS[change.kind]
    others = (act for act in later if act.kind != change.kind and type(KINDS[act.kind]).look is type(kind).look)
    return next((act for act in others if kind.shows(sight_before(act), change.parameters)), None)


def _by_somebody_else(change: Change, later: Sequence[Change]) -> str:
    """Whether our own book knows of another act that did the same meanwhile."""
    same = (act for act in later if act.kind == change.kind and act.stage == Stage.SUCCEEDED)
    other = next(same, None)
    return f" {other.actor_name} did the same at {_when(other)}; which act did it is not known." if other else ""


def _when(change: Change) -> str:
    return utc_text(_begun(change))
