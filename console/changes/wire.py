"""The wire of a Change: the call that would be sent, and what was sent and answered (P-15, P-16, N-23).

Kept with the Change, secrets masked by the adapter before anything of it is kept. Every page and test that shows a
call goes through here.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final

from django.db import transaction

from console.changes.kinds.kind import Place
from console.changes.models import Change
from console.changes.planning import Plan
from console.changes.transcripts import keep, transcript_of
from console.clouds.advice import Advice, TryAgain
from console.clouds.curl import curl
from console.clouds.errors import CloudError
from console.clouds.exchange import Exchange, WireAnswer, WireCall
from console.clouds.types import DRY_RUN, Receipt

#: So many calls are shown on one confirmation; the others differ from them in the objects' IDs.
MOST_SHOWN: Final = 50
#: So many attempts of one Change are kept, the first and the last ones; more come only of a cloud that throttles long.
MOST_KEPT: Final = 10


@dataclass(frozen=True, slots=True)
class CallCard:
    """One call as a page shows it. `target` names its object, or its objects in short."""

    target: str
    call: WireCall
    curl: str

    @property
    def text(self) -> str:
        """All of the call, as it goes over the wire."""
        head = "".join(f"\n{name}: {value}" for name, value in self.call.headers)
        return f"{self.call.method} {self.call.url}{head}\n\n{self.call.body}".rstrip()


@dataclass(frozen=True, slots=True)
class AttemptCard:
    """One attempt as a page shows it. `number` counts from 1."""

    number: int
    card: CallCard
    answer: WireAnswer | None
    started_at: datetime
    milliseconds: int
    sent: bool
    failure: str

    @property
    def outcome(self) -> str:
        """How it ended, in words."""
        if self.answer is not None:
            return f"answered with status {self.answer.status}"
        return f"{'sent, and no whole answer came' if self.sent else 'never left this machine'}: {self.failure}"

    @property
    def answer_text(self) -> str:
        """All that was kept of the answer; "" where there was none."""
        if self.answer is None:
            return ""
        head = "".join(f"\n{name}: {value}" for name, value in self.answer.headers)
        return f"{self.answer.status}{head}\n\n{self.answer.body}".rstrip()


@dataclass(frozen=True, slots=True)
class Wire:
    """What a Change's page shows of the wire."""

    attempts: tuple[AttemptCard, ...]
    #: Attempts in the middle that were not kept.
    left_out: int
    #: What its failure means; None where it did not fail.
    advice: Advice | None
    #: All of it as plain text, for a ticket with the vendor's support.
    ticket: str


@dataclass(frozen=True, slots=True)
class Preview:
    """The calls that a confirmation would lead to; `more` are not shown. `problem` where they cannot be told."""

    cards: tuple[CallCard, ...]
    more: int = 0
    problem: str = ""


def preview(plan: Plan) -> Preview:
    """The exact calls that confirming this plan would send. Sends nothing."""
    calls = plan.calls
    try:
        cards = tuple(_card(_in_short(targets), call_of(plan, targets)) for targets in calls[:MOST_SHOWN])
    except CloudError as error:
        return Preview((), problem=str(error))
    return Preview(cards, more=len(calls) - len(cards))


def call_of(plan: Plan, targets: Sequence[str]) -> WireCall:
    """The call for these objects. Raises CloudError where the console cannot sign in at all."""
    place: Place = plan.place
    (dry,) = plan.kind.call_together(place, targets, plan.parameters, DRY_RUN).exchange
    return dry.call


def _in_short(targets: Sequence[str]) -> str:
    return targets[0] if len(targets) == 1 else f"{targets[0]} and {len(targets) - 1} more"


def _card(target: str, call: WireCall) -> CallCard:
    return CallCard(target, call, curl(call))


class Together:
    """Several sendings of one Change, as a throttling cloud asks for them: the attempts of all are kept."""

    def __init__(self) -> None:
        self._earlier: tuple[Exchange, ...] = ()

    def call(self, send: Callable[[], Receipt]) -> Receipt:
        """Send once more; receipt or error then hold all attempts so far."""
        try:
            receipt = send()
        except CloudError as error:
            error.exchange = self._earlier = (*self._earlier, *error.exchange)
            raise
        return replace(receipt, exchange=(*self._earlier, *receipt.exchange))


def of_success(exchange: Sequence[Exchange]) -> dict[str, Any]:
    """What to keep with a Change that the cloud took."""
    return _as_json(exchange, None)


def of_error(error: CloudError) -> dict[str, Any]:
    """What to keep with a Change that failed, or whose end is unknown."""
    return _as_json(error.exchange, error.advice)


def keep_late(change: Change, kept: dict[str, Any] | None) -> None:
    """Keep what came back although somebody else has settled the Change already."""
    if kept is not None:
        with transaction.atomic():
            change.transcript_id = keep(change.batch_id, kept)
            Change.objects.filter(pk=change.pk).update(transcript=change.transcript_id)


def _as_json(exchange: Sequence[Exchange], advice: Advice | None) -> dict[str, Any]:
    half = MOST_KEPT // 2
    kept = exchange if len(exchange) <= MOST_KEPT else (*exchange[:half], *exchange[-half:])
    return {
        "attempts": [_exchange_as_json(one) for one in kept],
        "left_out": len(exchange) - len(kept),
        "advice": [advice.meaning, advice.next_step, advice.try_again] if advice else None,
    }


def _exchange_as_json(one: Exchange) -> dict[str, Any]:
    call, answer = one.call, one.answer
    return {
        "call": {"method": call.method, "url": call.url, "headers": call.headers, "body": call.body},
        "answer": answer and {"status": answer.status, "headers": answer.headers, "body": answer.body},
        "started_at": one.started_at.isoformat(),
        "milliseconds": one.milliseconds,
        "sent": one.sent,
        "failure": one.failure,
    }


def wire_of(change: Change) -> Wire | None:
    """What was kept; None for a Change that nothing was sent for, or whose process died before an answer came."""
    kept = transcript_of(change)
    if not kept:
        return None
    advice = Advice(*kept["advice"]) if kept["advice"] else None
    if advice and advice.try_again == TryAgain.LOOK_FIRST and not change.is_open:
        advice = None  # somebody has looked
    attempts = tuple(_attempt(change.target, number, one) for number, one in _numbered(kept))
    return Wire(attempts, kept["left_out"], advice, _ticket(change, attempts))


def _ticket(change: Change, attempts: Sequence[AttemptCard]) -> str:
    """Facts that a support asks for first, then everything that went over the wire."""
    facts = {
        "Act": f"{change.kind} on {change.target}",
        "Gateway": change.gateway_id,
        "Error code": change.error_code,
        "Cloud request ID": change.cloud_request_id,
        "Change": str(change.pk),
    }
    parts = ["\n".join(f"{name}: {value}" for name, value in facts.items() if value)]
    for attempt in attempts:
        when = attempt.started_at.astimezone(UTC).isoformat(timespec="milliseconds")
        parts.append(f"Attempt {attempt.number}, {when}, {attempt.milliseconds} ms: {attempt.outcome}")
        parts += [text for text in (attempt.card.text, attempt.answer_text) if text]
    return "\n\n".join(parts)


def _numbered(kept: Mapping[str, Any]) -> Iterable[tuple[int, Mapping[str, Any]]]:
    """The attempts with their true numbers, past those that were left out."""
    for position, one in enumerate(kept["attempts"]):
        skipped = kept["left_out"] if position >= MOST_KEPT // 2 else 0
        yield position + 1 + skipped, one


def _attempt(target: str, number: int, kept: Mapping[str, Any]) -> AttemptCard:
    call, answer = kept["call"], kept["answer"]
    return AttemptCard(
        number,
        _card(target, WireCall(call["method"], call["url"], _pairs(call["headers"]), call["body"])),
        WireAnswer(answer["status"], _pairs(answer["headers"]), answer["body"]) if answer else None,
        datetime.fromisoformat(kept["started_at"]),
        kept["milliseconds"],
        kept["sent"],
        kept["failure"],
    )


def _pairs(headers: Sequence[Sequence[str]]) -> tuple[tuple[str, str], ...]:
    return tuple((name, value) for name, value in headers)
