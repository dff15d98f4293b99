"""Looking at a gateway: many viewers, one read (features N-22).

A stored answer is good for one interval. After it, the first viewer reads and everybody else waits for that read for a
moment; nobody asks a cloud that is away before the next try is due. A person who presses Refresh, and the page after
an act, get an answer that was asked for after that moment, together with all who want the same.
"""

import time
import uuid
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final, Generic, TypeVar

from django.conf import settings

from console import clock
from console.clouds.allowance import ALLOWANCE, TooManyReads
from console.clouds.budget import remaining, time_budget
from console.clouds.bulkhead import looking_at, waiting_for
from console.clouds.errors import CloudError, CloudUnavailable
from console.clouds.parallel import Answer, gather
from console.light_writes import NotKept, trouble
from console.observations import readers, store, troubles, unkept
from console.observations.content import Content
from console.observations.history import History
from console.observations.parts import LASTS, Part
from console.observations.readers import Read
from console.observations.store import Known, Where
from console.observations.unkept import Unkept

T = TypeVar("T")
Reads = Mapping[Part, Callable[[], Any]]
#: One part of one thing.
Key = tuple[Where, Part]

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
    #: Whether a person waits who would rather see what is known than wait long.
    hurried: bool = False


def observe(where: Where, reads: Reads, wish: Wish | None = None) -> dict[Part, Observation[Any]]:
    """Look at these parts of a gateway. `reads` ask the cloud, and may raise CloudError."""
    found = observe_all({(where, part): read for part, read in reads.items()}, wish)
    return {part: shown for (_where, part), shown in found.items()}


def observe_all(reads: Mapping[Key, Callable[[], Any]], wish: Wish | None = None) -> dict[Key, Observation[Any]]:
    """As `observe`, for parts of several things, of one cloud or of several: they are read at once."""
    return _Look(reads, wish or Wish()).answers()


def interval() -> timedelta:
    """How long an answer of the cloud is good for everybody."""
    return timedelta(seconds=settings.STATUS_INTERVAL_SECONDS)


class _Look:
    """One viewer's look."""

    def __init__(self, reads: Mapping[Key, Callable[[], Any]], wish: Wish) -> None:
        self._reads = reads
        self._wish = wish
        self._reader = uuid.uuid4().hex
        self._began = time.monotonic()
        self._may_wait = True

    def answers(self) -> dict[Key, Observation[Any]]:
        """Stored answers where they will do, own reads where nobody else reads, and patience for the rest."""
        found = self._answers(set(self._reads))
        try:
            if late := set(self._reads) - set(found):
                with waiting_for(next(where.cloud for where, _part in late)):
                    self._wait_for_the_rest(found)
        except CloudUnavailable:  # too many pages wait already
            self._may_wait = False
            self._wait_for_the_rest(found)
        return found

    def _wait_for_the_rest(self, found: dict[Key, Observation[Any]]) -> None:
        """Until others have read, and for no longer than patience lasts."""
        while todo := set(self._reads) - set(found):
            if self._may_wait:
                time.sleep(_PAUSE)
            found |= self._answers(todo)

    def _answers(self, keys: set[Key]) -> dict[Key, Observation[Any]]:
        """What there is by now; nothing of a part that is worth waiting for."""
        refusal, now = ALLOWANCE.refusal(), clock.now()
        known = _glance(keys, add=refusal is None)
        wanting = {key: row for key, row in known.items() if self.needs_read(row)}
        found = {key: _stored(row) for key, row in known.items() if key not in wanting}
        missing = keys - set(known)
        if refusal:
            unknown: Observation[Any] = Observation(None, None, refusal, _again_at(refusal, now))
            found |= dict.fromkeys(missing, unknown)
            return found | {key: _refused(row, refusal, now) for key, row in wanting.items()}
        if free := {key: row for key, row in wanting.items() if not row.is_taken(now)}:
            found |= self._read_if_given(free)
        if missing or trouble():  # rows could not be added, or nobody can be given a read
            found |= self._read_unkept(set(wanting) - set(found) | missing, known)
        for key, row in wanting.items():
            if key not in found and self._is_out_of_patience(row):
                found[key] = _stored(row, in_time=self._is_recent(row))
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
        patience = _IN_TROUBLE if known.failure else _WITH_ROWS if known.digest else _WITHOUT_ROWS
        is_over = time.monotonic() - self._began >= patience or remaining(patience) <= 0
        return is_over or not self._may_wait

    def _is_recent(self, known: Known) -> bool:
        """Late by one interval is late, by less it is the other viewer's read that takes its time."""
        asked = known.asked_at
        return asked is not None and _is_within(2 * interval(), asked, clock.now())

    def _read_if_given(self, free: Mapping[Key, Known]) -> dict[Key, Observation[Any]]:
        try:
            given = store.take(free.values(), self._reader, self.needs_read)
        except NotKept:
            return {}
        return self._read({key: given[row.pk] for key, row in free.items() if row.pk in given})

    def _read_unkept(self, keys: set[Key], known: Mapping[Key, Known]) -> dict[Key, Observation[Any]]:
        """Ask the cloud without the database, which cannot say now who reads."""
        now, not_before = clock.now(), self._wish.not_before
        lately = {key: unkept.find(key, now, not_before) for key in keys}
        found = {key: _unkept(known.get(key), answer) for key, answer in lately.items() if answer}
        if todo := keys - set(found):
            answers = self._ask(todo, known)
            found |= {key: _remember(key, answers[key], now, known.get(key)) for key in todo}
        return found

    def _read(self, taken: Mapping[Key, Known]) -> dict[Key, Observation[Any]]:
        """Ask the cloud for the parts that this viewer was given to read."""
        if not taken:
            return {}
        began = clock.now()
        try:
            answers = self._ask(taken, taken)
            good = {key: store.Reading(row, answers[key].unwrap()) for key, row in taken.items() if answers[key].ok}
            ended = clock.now()
            kept = store.keep(list(good.values()), began, self._reader)
            bad = {key: error for key in taken if (error := answers[key].error) is not None}
            unasked = {key: error for key, error in bad.items() if isinstance(error, TooManyReads)}
            store.let_go([taken[key] for key in unasked], self._reader)
            bad = {key: error for key, error in bad.items() if key not in unasked}
            failed = {key: store.note_failure(taken[key], began, bad[key], self._reader) for key in bad}
        except NotKept:
            return {key: _remember(key, answers[key], began, taken[key]) for key in taken}
        except BaseException:
            store.let_go(taken.values(), self._reader)
            raise
        contents = {key: kept[reading.before.pk] for key, reading in good.items()}
        _tell_readers(contents, began, ended)
        found = {key: Observation(one.value, began, history=one.history) for key, one in contents.items()}
        found |= {key: _refused(taken[key], error, clock.now()) for key, error in unasked.items()}
        return found | {key: _stored(row) for key, row in failed.items()}

    def _ask(self, keys: Collection[Key], known: Mapping[Key, Known]) -> dict[Key, Answer[Any]]:
        """All of them at once, for as long as the viewer waits."""
        numbered = {str(number): key for number, key in enumerate(keys)}
        began, patience = time.monotonic(), self._patience_of_a_reader(keys, known)
        with time_budget(patience) if patience else nullcontext():
            found = gather(**{number: partial(_call, key, self._reads[key]) for number, key in numbered.items()})
        answers = {key: found[number] for number, key in numbered.items()}
        _took.note([key for key, answer in answers.items() if answer.ok], time.monotonic() - began)
        return answers

    def _patience_of_a_reader(self, keys: Collection[Key], known: Mapping[Key, Known]) -> float | None:
        """Seconds that a page waits for its own read where it has something to show meanwhile, as for another's read; a
        cloud that is usually slow gets more. None: as long as the page may take. That is for what nothing is known of,
        for a person who presses Refresh, and for a page that looks again by itself, since nobody waits for that."""
        rows = [known.get(key) for key in keys]
        if not self._wish.hurried or any(row is None or not (row.digest or row.failure) for row in rows):
            return None
        return max(_WITH_ROWS, 3 * _took.longest(keys))


class _Took:
    """How long slow reads took last, in this process. Quick ones are forgotten."""

    def __init__(self) -> None:
        self._seconds: dict[Key, float] = {}

    def note(self, keys: Iterable[Key], seconds: float) -> None:
        for key in keys:
            if 3 * seconds > _WITH_ROWS:
                self._seconds[key] = seconds
            else:
                self._seconds.pop(key, None)

    def longest(self, keys: Iterable[Key]) -> float:
        return max((self._seconds.get(key, 0.0) for key in keys), default=0.0)


_took = _Took()


def _glance(keys: Collection[Key], *, add: bool) -> dict[Key, Known]:
    wanted: dict[Where, list[Part]] = {}
    for where, part in keys:
        wanted.setdefault(where, []).append(part)
    glances = {where: store.glance(where, parts, add=add) for where, parts in wanted.items()}
    return {(where, part): row for where, rows in glances.items() for part, row in rows.items()}


def _tell_readers(contents: Mapping[Key, Content], began: datetime, ended: datetime) -> None:
    values: dict[Where, dict[Part, Any]] = {}
    for (where, part), content in contents.items():
        values.setdefault(where, {})[part] = content.value
    for where, found in values.items():
        readers.note(Read(where, found, began, ended))


def _call(key: Key, read: Callable[[], Any]) -> Any:
    with looking_at(key[0].cloud):
        return read()


def _remember(key: Key, answer: Answer[Any], began: datetime, known: Known | None) -> Observation[Any]:
    """What an answer that is not stored means for this viewer, and for those of this process who ask next; how often a
    person may read concerns nobody else."""
    failures = known.failures + 1 if known else 1
    until = troubles.next_try(answer.error, failures, clock.now()) if answer.error else began + interval()
    fresh = Unkept(began, until, answer.value, answer.error)
    if not isinstance(answer.error, TooManyReads):
        unkept.keep(key, fresh)
    return _unkept(known, fresh)


def _is_within(span: timedelta, asked: datetime, now: datetime) -> bool:
    """A moment in the future is none to rely on: a clock was set back."""
    return timedelta(0) <= now - asked < span


def _stored(known: Known, *, in_time: bool = True) -> Observation[Any]:
    last = store.content_of(known)
    late_try = known.next_try_at if known.failure else None
    if last is None:
        return Observation(None, None, known.error or _nothing_yet(), late_try, in_time)
    return Observation(last.value, known.asked_at, known.error, late_try, in_time, last.history)


def _unkept(known: Known | None, answer: Unkept) -> Observation[Any]:
    """An answer that was not stored, or with its error what was stored before."""
    before: Observation[Any] = _stored(known) if known else Observation(None, None)
    if answer.error:
        return replace(before, error=answer.error, next_try=answer.good_until)
    return Observation(answer.value, answer.asked_at, history=before.history)


def _refused(known: Known, refusal: TooManyReads, now: datetime) -> Observation[Any]:
    """What is known, as old as it is, for a person whose pages have read too often. Nobody else is told."""
    return replace(_stored(known), error=refusal, next_try=_again_at(refusal, now))


def _again_at(refusal: TooManyReads, now: datetime) -> datetime:
    return now + timedelta(seconds=refusal.retry_after or 0.0)


def _nothing_yet() -> CloudError:
    return CloudUnavailable("the cloud has not answered yet")
