"""Ten ways to break the engine on purpose, each of which the simulation must find: `--break NAME`.

The first five undo what made the console true across machines; the others are the promises of every Change.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from unittest.mock import patch

from django.db.models import Q

from console import clock, transactions
from console.changes import background, book, clearance, evidence, execution, sending
from console.changes.clearance import Clearance
from console.changes.evidence import Finding
from console.changes.models import Change, Stage
from console.clouds import retry
from console.clouds.errors import CloudOutcomeUnknown
from tests.simulation.scheduler import current_process, current_task

#: What is put in the place of what.
Replacement = tuple[Any, str, Any]


def _own_clock() -> list[Replacement]:
    """Ages and leases go by the clock of the process, and not by the database's."""
    database = clock.source

    def now() -> datetime:
        return datetime.fromtimestamp(time.time(), UTC) if current_process() else database()

    return [(clock, "source", now)]


def _deadlocks_reach_people() -> list[Replacement]:
    """A transaction that was called off is not run again."""
    return [(transactions, "_was_called_off", lambda _error: False)]


def _effects_are_credited_to_everybody() -> list[Replacement]:
    """An effect that shows is taken for the Change's own, whoever else did the same."""

    def credit(change: Change, look: Any, *_: Any) -> Finding:
        return Finding(Stage.SUCCEEDED, look.says("it done"))

    return [(evidence, "_credit", credit)]


def _looks_overrule_receipts() -> list[Replacement]:
    """What was found by looking stands, whatever the cloud answers to the call itself."""
    return [(sending, "_believe_receipt", lambda *_: None)]


def _evidence_is_not_used() -> list[Replacement]:
    """What later acts saw before they were sent is not looked at."""
    return [(evidence, "_looks_of", lambda *_: ())]


def _intent_after_the_call() -> list[Replacement]:
    """The cloud is called, and then the intent is written."""
    intend, settle = book.intend, book.settle
    waiting: dict[Any, str] = {}

    def intend_later(changes: Any, actor: Any) -> None:
        for change in changes:
            waiting[change.pk] = change.stage
            change.stage, change.intended_at = Stage.INTENDED, clock.now()

    def settle_after_all(change: Change, stage: Stage, actor: Any, **outcome: Any) -> bool:
        if (before := waiting.pop(change.pk, None)) and current_task():
            change.stage = before
            intend([change], actor)
        return settle(change, stage, actor, **outcome)

    return [(book, "intend", intend_later), (book, "settle", settle_after_all)]


def _no_fingerprint() -> list[Replacement]:
    """What is there now is not compared with what was shown."""
    return [
        (execution, "_moved", lambda *_: False),
        (Clearance, "_is_as_confirmed", lambda *_: True),
        (background._Run, "_is_as_shown", lambda *_: True),
    ]


def _blind_retry() -> list[Replacement]:
    """A write whose answer was lost is sent again."""
    waits_for = retry._waits_for

    def waits(error: Any, *, is_write: bool) -> tuple[float, ...]:
        return (0.5,) if isinstance(error, CloudOutcomeUnknown) else waits_for(error, is_write=is_write)

    return [(retry, "_waits_for", waits)]


def _lease_ignored() -> list[Replacement]:
    """A worker takes an act that another one is at."""

    class _Everything(Q):
        """In place of the condition that nobody holds it."""

        def __init__(self, *_: Any, **__: Any) -> None:
            super().__init__()

    return [(background, "Q", _Everything)]


def _rights_not_checked() -> list[Replacement]:
    """Who could confirm it can do it, whatever they have lost since."""
    return [
        (clearance, "_check_rights", lambda *_: None),
        (background, "why_not_allowed", lambda *_: ""),
        (execution, "why_not_allowed", lambda *_: ""),
    ]


def _settled_too_early() -> list[Replacement]:
    """A second after the call, an effect that is not there is called "not done"."""
    return [(evidence, "proven_from", lambda change: evidence._begun(change) + timedelta(seconds=1))]


BREAKS: Final[Mapping[str, Callable[[], list[Replacement]]]] = {
    "own-clock": _own_clock,
    "deadlocks-reach-people": _deadlocks_reach_people,
    "credited-to-everybody": _effects_are_credited_to_everybody,
    "looks-overrule-receipts": _looks_overrule_receipts,
    "evidence-not-used": _evidence_is_not_used,
    "intent-after-the-call": _intent_after_the_call,
    "no-fingerprint": _no_fingerprint,
    "blind-retry": _blind_retry,
    "lease-ignored": _lease_ignored,
    "rights-not-checked": _rights_not_checked,
    "settled-too-early": _settled_too_early,
}


@contextmanager
def broken(name: str) -> Iterator[None]:
    """Inside, the engine is broken in this way."""
    with ExitStack() as stack:
        for owner, attribute, instead in BREAKS[name]():
            stack.enter_context(patch.object(owner, attribute, instead))
        yield
