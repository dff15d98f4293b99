"""How acts ended, in sentences for people. Unknown is never called failed."""

from collections.abc import Iterator, Sequence
from typing import Final

from django.contrib import messages

from console.changes.execution import Acted, Interrupted
from console.changes.kinds.registry import KINDS
from console.changes.models import Change, Stage
from console.changes.wire import Wire, wire_of

#: Above this many objects of one end, they are counted and not named.
_NAMED: Final = 3
#: What is said to somebody whose form had come in already.
REPEATED: Final = "This form had been sent before. Nothing was sent again; this is how it ended."


def sentences(result: Acted) -> Iterator[tuple[int, str]]:
    """Level and sentence for each way that Changes of this act ended."""
    if result.repeated:
        yield messages.INFO, REPEATED
    for stage in Stage:
        ended = [change for change in result.changes if change.stage == stage]
        if ended:
            yield _LEVELS[stage], _sentence(ended, stage)


def sentences_of(result: Interrupted) -> Iterator[str]:
    """A sentence for each way that Changes ended, or did not begin, when the database failed on the way."""
    for stage in Stage:
        if ended := [change for change in result.ended if change.stage == stage]:
            yield _sentence(ended, stage)
    for change in result.unwritten:
        told = _sentence([change], Stage(change.stage))
        if change.stage == Stage.INTENDED:
            told = f"{_name([change])}: unknown whether it was {KINDS[change.kind].past}."
        yield f"{told} The console could not write that down."
    if result.unsent:
        yield f"{_name(result.unsent)}: nothing was sent."


def why_refused(change: Change) -> str:
    """What a refusal means and what to do, then the cloud's own words: to stand beside the field that it is about."""
    wire = wire_of(change)
    if not _has_answered(wire):
        return f"Not sent: {change.explanation}"
    advice = wire.advice if wire else None
    meaning = f"{advice.meaning} {advice.next_step} " if advice else ""
    return f"{meaning}The cloud says: {change.explanation} ({change.error_code})"


def _who_caused(change: Change) -> str:
    """A sentence about a failure: the cloud refused only where it answered to the call. The explanation says the rest.

    A call that was sent and not answered is no failure but unknown; whatever failed without an answer was not sent.
    """
    if change.error_code in _CAUSES:
        return _CAUSES[change.error_code]
    if _has_answered(wire_of(change)):
        return " The cloud refused."
    return "" if change.explanation.endswith("nothing was sent") else " Nothing was sent."


def _has_answered(wire: Wire | None) -> bool:
    return wire is not None and any(attempt.answer for attempt in wire.attempts)


#: Failures that are not told by whether the cloud answered: one was found by looking, the other is a matter of pace.
_CAUSES: Final = {"not_done": "", "busy": " Nothing was done."}
_LEVELS: Final = {
    Stage.QUEUED: messages.INFO,
    Stage.CLAIMED: messages.INFO,
    Stage.INTENDED: messages.INFO,
    Stage.SUCCEEDED: messages.SUCCESS,
    Stage.FAILED: messages.ERROR,
    Stage.UNKNOWN: messages.WARNING,
    Stage.STALE: messages.WARNING,
    Stage.CANCELLED: messages.WARNING,
    Stage.REFUSED: messages.ERROR,
    Stage.UNKNOWABLE: messages.WARNING,
}


def _name(changes: Sequence[Change]) -> str:
    noun = KINDS[changes[0].kind].noun
    what = f"{noun} {', '.join(change.target for change in changes)}"
    if len(changes) > _NAMED:
        what = f"{len(changes)} of {noun}"
    return what[0].upper() + what[1:]


def _sentence(changes: Sequence[Change], stage: Stage) -> str:
    first = changes[0]
    kind = KINDS[first.kind]
    what = _name(changes)
    why = f" {first.explanation}" if first.explanation else ""
    code = f" ({first.error_code})" if first.error_code else ""
    return {
        Stage.SUCCEEDED: f"{what}: {kind.past}.",
        Stage.FAILED: f"{what}: not {kind.past}.{_who_caused(first) if stage is Stage.FAILED else ''}{why}{code}",
        Stage.UNKNOWN: f"{what}: unknown whether it was {kind.past}. The cloud's answer was lost or an error; "
        f"check again before you decide anew.{code}",
        Stage.STALE: f"{what}: nothing was sent, it had changed.",
        Stage.CANCELLED: f"{what}: nothing was sent.{why}",
        Stage.REFUSED: f"{what}: not {kind.past}.{why}",
        Stage.UNKNOWABLE: f"{what}: whether it was {kind.past} cannot be known any more.{why}",
    }.get(stage, f"{what}: in progress.")
