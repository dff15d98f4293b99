"""Looking at a gateway: many viewers, one read (features N-22).

A stored answer is good for one interval. After it, the first viewer reads and everybody else waits for that read for a
moment; nobody asks a cloud that is away before the next try is due. A person who presses Refresh, and the page after
an act, get an answer that was asked for after that moment, together with all who want the same.
"""

import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final, Generic, TypeVar

from django.conf import settings

from console import clock
from console.clouds.allowance import ALLOWANCE, TooManyReads
from console.clouds.budget import remaining
from console.clouds.bulkhead import looking_at, waiting_for
from console.clouds.errors import CloudError, CloudUnavailable
from console.clouds.parallel import gather
from console.observations import readers, store
from console.observations.history import History
from console.observations.parts import LASTS, Part
from console.observations.readers import Read
from console.observations.store import Known, Where

T = TypeVar("T")
Reads = Mapping[Part, Callable[[], Any]]

#: Seconds that a viewer waits for somebody else's read: with nothing to show, with old rows to show, and with old
#: rows of a cloud that failed before (a hanging cloud must not hold every thread of the server, reliability R12).
#: A page whose time is over waits no longer either.
_WITHOUT_ROWS: Final = 8.0
_WITH_ROWS: Final = 2.0
_IN_TROUBLE: Final = 0.0
_PAUSE: Final = 0.02


@dataclass(frozen=True, slots=True)
class Observation(Generic[T]):
    """What a part looked like, and when.

    `error` says why it could not be read since; `next_try` when that will be tried again, None while a read is on its
    way. Only a `current` observation may be acted upon.
    """

    value: T | None
    #: When the read began that gave `value`; None where there is no value.
    as_of: datetime | None
    error: CloudError | None = None
    next_try: datetime | None = None
    #: False where newer rows are on their way but did not come in time.
    in_time: bool = True
    history: History = field(default_factory=History)

    @property
    def current(self) -> bool:
        """Whether this is what the cloud says now, give or take the interval."""
        return self.value is not None and self.error is None and self.in_time


@dataclass(frozen=True, slots=True)
class Wish:
    """What will do: anything known of these parts, and for the others nothing that was asked before a moment."""

    whatever_its_age: frozenset[Part] = frozenset()
    not_before: datetime | None = None


def observe(where: Where, reads: Reads, wish: Wish | None = None) -> dict[Part, Observation[Any]]:
    """Look at these parts of a gateway. `reads` ask the cloud, and may raise CloudError."""
    return _Look(where, reads, wish or Wish()).answers()


def is_due(where: Where, part: Part, wish: Wish) -> bool:
    """Whether looking at it now would ask the cloud: for those who ask several clouds at once before they look."""
    look = _Look(where, {}, wish)
    return look.needs_read(store.glance(where, (part,))[part])


def interval() -> timedelta:
    """How long an answer of the cloud is good for everybody."""
    return timedelta(seconds=settings.STATUS_INTERVAL_SECONDS)


class _Look:
    """One viewer's look."""

    def __init__(self, where: Where, reads: Reads, wish: Wish) -> None:
        self._where = where
        self._reads = reads
        self._wish = wish
        self._reader = uuid.uuid4().hex
        self._began = time.monotonic()
        self._may_wait = True

    def answers(self) -> dict[Part, Observation[Any]]:
        """Stored answers where they will do, own reads where nobody else reads, and patience for the rest."""
        found = self._answers(set(self._reads))
        try:
            if len(found) < len(self._reads):
                with waiting_for(self._where.cloud):
                    self._wait_for_the_rest(found)
        except CloudUnavailable:  # too many pages wait already
            self._may_wait = False
            self._wait_for_the_rest(found)
        return found

    def _wait_for_the_rest(self, found: dict[Part, Observation[Any]]) -> None:
        """Until others have read, and for no longer than patience lasts."""
        while todo := set(self._reads) - set(found):
            if self._may_wait:
                time.sleep(_PAUSE)
            found |= self._answers(todo)

    def _answers(self, parts: set[Part]) -> dict[Part, Observation[Any]]:
        """What there is by now; nothing of a part that is worth waiting for."""
        refusal, now = ALLOWANCE.refusal(), clock.now()
        known = store.glance(self._where, parts, add=refusal is None)
        wanting = [row for row in known.values() if self.needs_read(row)]
        found = {part: _stored(row) for part, row in known.items() if row not in wanting}
        free = [row for row in wanting if not row.is_taken(now)]
        if refusal:
            unknown: Observation[Any] = Observation(None, None, refusal, _again_at(refusal, now))
            found |= dict.fromkeys(parts - set(known), unknown)
            return found | {row.part: _refused(row, refusal, now) for row in wanting}
        if free:
            found |= self._read(store.take(free, self._reader, self.needs_read))
        for row in wanting:
            if row.part not in found and self._is_out_of_patience(row):
                found[row.part] = _stored(row, in_time=self._is_recent(row))
        return found

    def needs_read(self, known: Known) -> bool:
        """Whether what is known will not do."""
        if known.part in self._wish.whatever_its_age and known.digest:
            return False
        now = clock.now()
        if known.is_paused(now):
            return False
        asked = max(filter(None, (known.asked_at, known.failed_at)), default=None)
        if asked is None:
            return True
        if known.part not in LASTS and asked < self._not_before(known, asked):
            return True
        if known.next_try_at is not None:
            return now >= known.next_try_at
        return not _is_within(LASTS.get(known.part, interval()), asked, now)

    def _not_before(self, known: Known, default: datetime) -> datetime:
        return max(filter(None, (known.outdated_at, self._wish.not_before)), default=default)

    def _is_out_of_patience(self, known: Known) -> bool:
        patience = _WITHOUT_ROWS if not known.digest else _IN_TROUBLE if known.failure else _WITH_ROWS
        is_over = time.monotonic() - self._began >= patience or remaining(patience) <= 0
        return is_over or not self._may_wait

    def _is_recent(self, known: Known) -> bool:
        """Late by one interval is late, by less it is the other viewer's read that takes its time."""
        asked = known.asked_at
        return asked is not None and _is_within(2 * interval(), asked, clock.now())

    def _read(self, taken: Mapping[Part, Known]) -> dict[Part, Observation[Any]]:
        """Ask the cloud for the parts that this viewer was given to read."""
        if not taken:
            return {}
        began = clock.now()
        try:
            with looking_at(self._where.cloud):
                answers = gather(**{part.value: self._reads[part] for part in taken})
            good = [store.Reading(taken[part], answers[part].unwrap()) for part in taken if answers[part].ok]
            ended = clock.now()
            kept = store.keep(good, began, self._reader)
            bad = {part: error for part in taken if (error := answers[part].error) is not None}
            unasked = {part: error for part, error in bad.items() if isinstance(error, TooManyReads)}
            store.let_go([taken[part] for part in unasked], self._reader)
            bad = {part: error for part, error in bad.items() if part not in unasked}
            failed = {part: store.note_failure(taken[part], began, bad[part], self._reader) for part in bad}
        except BaseException:
            store.let_go(taken.values(), self._reader)
            raise
        if kept:
            readers.note(Read(self._where, {part: kept[part].value for part in kept}, began, ended))
        found = {part: Observation(kept[part].value, began, history=kept[part].history) for part in kept}
        found |= {part: _refused(taken[part], error, clock.now()) for part, error in unasked.items()}
        return found | {part: _stored(row) for part, row in failed.items()}


def _is_within(span: timedelta, asked: datetime, now: datetime) -> bool:
    """A moment in the future is none to rely on: a clock was set back."""
    return timedelta(0) <= now - asked < span


def _stored(known: Known, *, in_time: bool = True) -> Observation[Any]:
    last = store.content_of(known)
    late_try = known.next_try_at if known.failure else None
    if last is None:
        return Observation(None, None, known.error or _nothing_yet(), late_try, in_time)
    return Observation(last.value, known.asked_at, known.error, late_try, in_time, last.history)


def _refused(known: Known, refusal: TooManyReads, now: datetime) -> Observation[Any]:
    """What is known, as old as it is, for a person whose pages have read too often. Nobody else is told."""
    return replace(_stored(known), error=refusal, next_try=_again_at(refusal, now))


def _again_at(refusal: TooManyReads, now: datetime) -> datetime:
    return now + timedelta(seconds=refusal.retry_after or 0.0)


def _nothing_yet() -> CloudError:
    return CloudUnavailable("the cloud has not answered yet")
