"""From the intent to the end: intend, check, call, settle, read back. Nothing else sends a Change to a cloud."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

from django.db import DatabaseError

from console import context
from console.access.actor import Actor
from console.changes import book, wire
from console.changes.clearance import Clearance, NotCleared, outcome_of_refusal
from console.changes.evidence import sight_before
from console.changes.kinds.kind import Kind, Place, Sight
from console.changes.models import LONGEST_EXPLANATION, Change, Stage
from console.clouds.errors import (
    CloudBusy,
    CloudError,
    CloudForbidden,
    CloudOutcomeUnknown,
    CloudRefused,
    CloudUnavailable,
)
from console.clouds.types import IntentId, Receipt
from console.database_failures import failure_of

_NOTHING_SHOWS: Final = "The cloud took the call, but shows no effect of it so far."
_REPEATED: Final = "Something on the way sent the call more than once; the cloud made it at the first."
_MOVED: Final = "It had changed; not sent."
_MOVED_MEANWHILE: Final = "It had changed while the cloud made the call wait; not sent again."
_UNREAD: Final = "The cloud could not be read again right before the call. Nothing was sent."
_RECEIPT_CAME: Final = "The cloud's answer came after a look that had not shown it."
_UNDONE_PERHAPS: Final = "The cloud took the call, but shows no effect of it: it was undone since, or never done."
#: The call for these Changes, whose first one gave its id to the intent.
Call = Callable[[Sequence[Change], IntentId], Receipt]


def send(
    clearance: Clearance, change: Change, actor: Actor, call: Call | None = None, following: Sequence[Change] = ()
) -> bool:
    """One Change from its intent to its end; False when sending the next ones would be pointless.

    `following` are those that are sent next: they are read together with what came of this one.
    """
    book.intend([change], actor)
    return send_intended(clearance, change, actor, call, following)


def send_intended(
    clearance: Clearance, change: Change, actor: Actor, call: Call | None = None, following: Sequence[Change] = ()
) -> bool:
    """As `send`, for a Change whose intent stands already and that nothing was done for."""
    kind, place = clearance.kind, clearance.place
    intent = clearance.intent_for([change])
    context.has_sent.set(True)
    try:
        receipt = call([change], intent) if call else kind.call(place, change.target, change.parameters, intent)
    except NotCleared as no:
        _settle_not_cleared(kind, [change], no, actor)
        return bool(no.moved)
    except CloudError as error:
        sight = _shown_all_the_same(kind, place, change, error)
        if sight and kind.creates:
            _settle(change, Stage.SUCCEEDED, actor, **_refused_repeat(kind, sight, error))
            return True
        _settle_without_receipt([change], error, actor, is_shown=sight is not None)
        return not isinstance(error, CloudForbidden | CloudUnavailable)
    _settle_done(kind, [change], receipt, _read_back(clearance, change, receipt, following), actor)
    return True


def send_together(clearance: Clearance, changes: Sequence[Change], actor: Actor, call: Call) -> Sequence[Change]:
    """Several Changes in one call; returns those that must now be sent by themselves.

    All intents are durable before the call. A lost answer leaves every one of them unknown. A refusal was not carried
    out, but does not say because of which object: then all of them are given back, their intents standing.
    """
    book.intend(changes, actor)
    context.has_sent.set(True)
    left = list(changes)
    while left:
        try:
            receipt = call(left, clearance.intent_for(left))
        except NotCleared as no:
            left = _settle_not_cleared(clearance.kind, left, no, actor)
        except CloudError as error:
            if _is_about_some_of_them(error):
                return left
            _settle_without_receipt(left, error, actor)
            return ()
        else:
            _settle_done(clearance.kind, left, receipt, _read_back_together(clearance, left), actor)
            return ()
    return ()


def _settle_not_cleared(kind: Kind, changes: Sequence[Change], no: NotCleared, actor: Actor) -> list[Change]:
    """Those that were not sent because of the check come to their end; the others, which may be sent, are returned."""
    sent_before = {"wire": wire.of_success(no.exchange)} if no.exchange else {}
    left = []
    for change in changes:
        if no.refusal:
            told = outcome_of_refusal(no.refusal, again=bool(no.exchange))
            _settle(change, Stage.REFUSED, actor, **sent_before, **told)
        elif no.unread:
            _settle(change, Stage.CANCELLED, actor, error_code=no.unread.code, explanation=_UNREAD, **sent_before)
        elif sight := no.moved.get(change.target):
            _settle_moved(kind, change, sight, actor, sent_before)
        else:
            left.append(change)
    return left


def _settle_moved(kind: Kind, change: Change, sight: Sight, actor: Actor, sent_before: dict[str, Any]) -> None:
    after = sight.as_json()
    if kind.creates and sight.exists:  # by its mark: an earlier try of this very Change has made it
        why = " ".join(filter(None, (_REPEATED, kind.remark(sight))))[:LONGEST_EXPLANATION]
        _settle(change, Stage.SUCCEEDED, actor, after=after, explanation=why, **sent_before)
    else:
        why = _MOVED_MEANWHILE if sent_before else _MOVED
        _settle(change, Stage.STALE, actor, after=after, explanation=why, **sent_before)


def _is_about_some_of_them(error: CloudError) -> bool:
    """Whether others than the refused ones may still be taken: not where it is about us, or about the pace."""
    return isinstance(error, CloudRefused) and not isinstance(error, CloudForbidden | CloudBusy)


def _settle_done(
    kind: Kind, changes: Iterable[Change], receipt: Receipt, sights: dict[str, Sight], actor: Actor
) -> None:
    """The cloud took the call. Where its effect must show and does not, that is not believed but found out."""
    outcome = {"cloud_request_id": receipt.request_id, "wire": wire.of_success(receipt.exchange)}
    for change in changes:
        sight = sights.get(change.target)
        after = sight.as_json() if sight else None
        if sight and _shows_nothing(kind, change, sight):
            _settle(change, Stage.UNKNOWN, actor, after=after, explanation=_NOTHING_SHOWS, **outcome)
        else:
            remark = kind.remark(sight) if sight else ""
            _settle(change, Stage.SUCCEEDED, actor, after=after, explanation=remark, **outcome)


def _shows_nothing(kind: Kind, change: Change, sight: Sight) -> bool:
    if not kind.shows_at_once or kind.shows(sight, change.parameters) is not False:
        return False
    return kind.unmoved(sight_before(change), sight)


def _shown_all_the_same(kind: Kind, place: Place, change: Change, error: CloudError) -> Sight | None:
    """The effect that the cloud shows although it refused the call. What this very Change made can only have been made
    by a call before a repeat that was refused; any other effect may also be somebody else's of the same moment.
    """
    if not _is_about_some_of_them(error):
        return None
    try:
        sight = kind.look_for(place, [change.target], change.parameters)[change.target]
    except CloudError:
        return None
    return sight if kind.shows(sight, change.parameters) else None


def _refused_repeat(kind: Kind, sight: Sight, error: CloudError) -> dict[str, Any]:
    said = (_REPEATED, kind.remark(sight), f"It refused the repeat: {error.reason}")
    why = " ".join(filter(None, said))[:LONGEST_EXPLANATION]
    wired = {"wire": wire.of_error(error), "cloud_request_id": error.request_id}
    return {"after": sight.as_json(), "explanation": why, **wired}


def _settle_without_receipt(
    changes: Iterable[Change], error: CloudError, actor: Actor, *, is_shown: bool = False
) -> None:
    """`is_shown`: the cloud refused it, and yet shows the effect; whose that is, is found out."""
    stage = Stage.UNKNOWN if is_shown or isinstance(error, CloudOutcomeUnknown) else Stage.FAILED
    words = {
        "error_code": error.vendor_code or error.code,
        "error_field": error.field,
        "explanation": error.reason,
        "cloud_request_id": error.request_id,
        "wire": wire.of_error(error),
    }
    for change in changes:
        _settle(change, stage, actor, **words)


def _settle(change: Change, stage: Stage, actor: Actor, **outcome: Any) -> None:
    """Raises OutcomeNotKept."""
    try:
        _settle_or_take_over(change, stage, actor, outcome)
    except DatabaseError as error:
        if (failure := failure_of(error)) is None:
            raise
        raise book.OutcomeNotKept(failure, stage, outcome) from error


def _settle_or_take_over(change: Change, stage: Stage, actor: Actor, outcome: dict[str, Any]) -> None:
    if not book.settle(change, stage, actor, **outcome):
        wire.keep_late(change, outcome.get("wire"))
        change.refresh_from_db()  # somebody found out first, by reading the cloud
        if stage is Stage.SUCCEEDED and change.stage in (Stage.FAILED, Stage.UNKNOWABLE):
            _believe_receipt(change, actor, outcome)
        elif outcome.get("explanation") == _NOTHING_SHOWS and change.stage == Stage.FAILED:
            _doubt_look(change, actor, outcome)


def _believe_receipt(change: Change, actor: Actor, outcome: dict[str, Any]) -> None:
    """What the cloud answered to the call itself counts for more than what was found by looking."""
    why = " ".join(filter(None, (_RECEIPT_CAME, outcome.get("explanation"))))[:LONGEST_EXPLANATION]
    if not book.settle(change, Stage.SUCCEEDED, actor, **{**outcome, "explanation": why, "error_code": ""}):
        change.refresh_from_db()


def _doubt_look(change: Change, actor: Actor, outcome: dict[str, Any]) -> None:
    """The cloud answered that it took the call, and shows nothing of it: it may have been undone since, without a
    trace, so that it was found not done."""
    told = {"explanation": _UNDONE_PERHAPS, "error_code": "cannot_be_known"}
    if not book.settle(change, Stage.UNKNOWABLE, actor, **{**outcome, **told}):
        change.refresh_from_db()


def _read_back(clearance: Clearance, change: Change, receipt: Receipt, following: Sequence[Change]) -> dict[str, Sight]:
    """What came of it. Those that follow are read with it, which is their look right before they are sent."""
    try:
        if following:
            return clearance.look([one.target for one in (change, *following)], change.parameters)
        return {change.target: clearance.kind.read_back(clearance.place, change.target, receipt)}
    except CloudError:
        return {}  # the act is done; what it led to is simply not known yet


def _read_back_together(clearance: Clearance, changes: Sequence[Change]) -> dict[str, Sight]:
    try:
        targets = [change.target for change in changes]
        return clearance.kind.look_for(clearance.place, targets, changes[0].parameters)
    except CloudError:
        return {}
