"""Long acts in the background: call after call, at the cloud's pace, by whichever worker holds the lease.

A call names as many objects as the cloud takes (P-10). What is promised: rights and objects are checked again right
before each time that a call is sent (`clearance`); a throttled call is tried again, since it was not done; a refused
one, which was not done either, is tried object by object, so that each gets its own answer; an unclear end is unknown
and never sent again; a killed worker's act is taken over where it stood.
"""

import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import cached_property
from typing import Final

from django.db.models import Q

from console import clock
from console.access.actor import SYSTEM, Actor
from console.changes import book
from console.changes.clearance import Clearance, NotCleared, why_not_allowed
from console.changes.evidence import LONGEST_ACT
from console.changes.execution import cancel, refuse
from console.changes.invalidation import invalidate_after
from console.changes.kinds.kind import Kind, NoSuchCapability, Place, Sight
from console.changes.kinds.registry import KINDS
from console.changes.models import Batch, Change, Stage
from console.changes.places import place_of
from console.changes.sending import send, send_intended, send_together
from console.changes.wire import Together
from console.clouds.errors import CloudBusy, CloudError, CloudUnavailable
from console.clouds.traffic import Purpose, calling
from console.clouds.types import IntentId, Receipt
from console.wiring import UnknownCloud

#: A worker that is silent for longer has died; another takes over. Seconds.
LEASE: Final = 45.0
#: How long a cloud may be away or throttle before the rest of an act is given up. Seconds.
LONGEST_PAUSE: Final = 30 * 60.0
_FIRST_WAIT: Final = 1.0
_LONGEST_WAIT: Final = 30.0


class _Stopped(Exception):
    """Somebody stopped the act, or another worker took it over."""


def advance(worker: str, seconds: float, sleep: Callable[[float], None] = time.sleep) -> bool:
    """Carry out what is queued for about so many seconds. True when there was something to do."""
    batch = _take(worker)
    if batch is None:
        return False
    deadline = time.monotonic() + seconds
    try:
        with calling(Purpose.ACT):
            _Run(batch, worker, sleep).until(deadline)
    finally:
        Batch.objects.filter(pk=batch.pk, worker=worker).update(lease_until=None)
        sent = batch.changes.exclude(intended_at=None)
        invalidate_after(sent.only("kind", "cloud", "gateway_id", "target", "parameters"))
    return True


def _take(worker: str) -> Batch | None:
    """One act that nobody is at; the condition in the UPDATE decides between several workers."""
    now = clock.now()
    free = Q(lease_until=None) | Q(lease_until__lt=now)
    waiting = Batch.objects.filter(free, in_background=True, finished_at=None).order_by("created_at")
    for batch in waiting[:5]:
        mine = Batch.objects.filter(free, pk=batch.pk, finished_at=None)
        if mine.update(worker=worker, lease_until=now + timedelta(seconds=LEASE)):
            batch.worker = worker
            return batch
    return None


class _Run:
    """One worker's turn at one act."""

    def __init__(self, batch: Batch, worker: str, sleep: Callable[[float], None]) -> None:
        self.batch = batch
        self.worker = worker
        self.sleep = sleep
        self.kind: Kind = KINDS[batch.kind]

    @cached_property
    def place(self) -> Place:
        """Raises UnknownCloud where the settings name the cloud no more."""
        return place_of(self.batch)

    def until(self, deadline: float) -> None:
        """Call after call; ends at the deadline, when all is done, or when somebody stopped it."""
        try:
            while time.monotonic() < deadline:
                self._keep()
                changes = self._next()
                if not changes:
                    self._finish()
                    return
                self._some(changes)
        except _Stopped:
            self._finish_if_stopped()
        except (UnknownCloud, NoSuchCapability):
            self._give_up(SYSTEM, "no_cloud", "Not sent: the settings name no such cloud any more.")
        except book.NotMineAnyMore:
            return

    def _next(self) -> Sequence[Change]:
        """The objects of the next call."""
        queued = self.batch.changes.filter(stage=Stage.QUEUED).order_by("position")
        return list(queued[: self.kind.in_one_call(self.place)])

    def _some(self, changes: Sequence[Change]) -> None:
        actor = book.actor_of_change(changes[0])
        if why := why_not_allowed(self.kind, changes[0]):
            refuse(self.batch.changes.filter(stage=Stage.QUEUED), actor, why)
            self._finish()
            return
        clearance = Clearance(self.kind, self.place)
        targets, parameters = [change.target for change in changes], changes[0].parameters
        try:
            sights = self._patiently(lambda: clearance.look(targets, parameters))
        except CloudError as error:
            self._give_up(actor, error.code, f"Not sent: the cloud could not be read before it. {error}")
            return
        as_shown = [change for change in changes if self._is_as_shown(change, sights[change.target], actor)]
        if len(as_shown) == 1:
            send(clearance, as_shown[0], actor, _PatientCall(self))
        elif as_shown:
            self._together(clearance, as_shown, actor)

    def _is_as_shown(self, change: Change, sight: Sight, actor: Actor) -> bool:
        if sight.as_json() == change.before:
            return True
        book.settle(change, Stage.STALE, actor, after=sight.as_json(), explanation="It had changed; not sent.")
        return False

    def _together(self, clearance: Clearance, changes: Sequence[Change], actor: Actor) -> None:
        """In one call; where that is refused, one after the other."""
        left = send_together(clearance, changes, actor, _PatientCall(self))
        for position, change in enumerate(left):
            try:
                self._keep()
            except _Stopped:
                cancel(left[position:], actor, "stopped", "Not done: the act was stopped before its turn came.")
                raise
            book.hold(left[position:], LONGEST_ACT)
            send_intended(clearance, change, actor, _PatientCall(self), left[position + 1 : position + 2])

    def waits_with(self, changes: Sequence[Change], pause: float) -> bool:
        """Whether the pause could be waited for; not where the act was stopped, or taken over, meanwhile."""
        book.hold(changes, pause + LONGEST_ACT)
        try:
            self._pause(pause)
        except _Stopped:
            return False
        book.hold(changes, LONGEST_ACT)
        return True

    def _patiently(self, read: Callable[[], dict[str, Sight]]) -> dict[str, Sight]:
        """A read that waits for a cloud that is busy or away. Raises CloudError when it stays so, or says no."""
        waited, wait = 0.0, _FIRST_WAIT
        while True:
            try:
                return read()
            except (CloudBusy, CloudUnavailable) as error:
                pause = max(wait, error.retry_after or 0.0)
                if waited + pause > LONGEST_PAUSE:
                    raise
                self._pause(pause)
                waited, wait = waited + pause, min(wait * 2, _LONGEST_WAIT)

    def _pause(self, seconds: float) -> None:
        until = clock.now() + timedelta(seconds=seconds)
        Batch.objects.filter(pk=self.batch.pk).update(paused_until=until)
        while (left := (until - clock.now()).total_seconds()) > 0:
            self._keep()
            self.sleep(min(left, LEASE / 3))

    def _keep(self) -> None:
        """Renew the lease. Raises _Stopped when the act was stopped or another worker has it."""
        until = clock.now() + timedelta(seconds=LEASE)
        mine = Batch.objects.filter(pk=self.batch.pk, worker=self.worker, stopped_at=None)
        if not mine.update(lease_until=until):
            raise _Stopped

    def _give_up(self, actor: Actor, code: str, why: str) -> None:
        cancel(self.batch.changes.filter(stage=Stage.QUEUED), actor, code, why)
        self._finish()

    def _finish_if_stopped(self) -> None:
        self.batch.refresh_from_db()
        if self.batch.stopped_at is None:
            return
        why = f"Not sent: {self.batch.stopped_by} stopped the act."
        for change in self.batch.changes.filter(stage=Stage.QUEUED):
            cancel([change], book.actor_of_change(change), "stopped", why)
        self._finish()

    def _finish(self) -> None:
        Batch.objects.filter(pk=self.batch.pk, finished_at=None).update(finished_at=clock.now(), paused_until=None)


class _PatientCall:
    """One call that waits for a cloud that throttles. What was throttled was not carried out, so it may be sent again;
    nothing else is. All its tries share one longest pause.
    """

    def __init__(self, run: _Run) -> None:
        self._run = run
        self._together = Together()
        self._waited, self._wait = 0.0, _FIRST_WAIT

    def __call__(self, changes: Sequence[Change], intent: IntentId) -> Receipt:
        kind, place = self._run.kind, self._run.place
        targets, parameters = [change.target for change in changes], changes[0].parameters
        while True:
            try:
                return self._together.call(lambda: kind.call_together(place, targets, parameters, intent))
            except (CloudBusy, NotCleared) as error:
                busy = error.unread if isinstance(error, NotCleared) else error
                if not isinstance(busy, CloudBusy | CloudUnavailable) or not self._waits(changes, busy):
                    raise

    def _waits(self, changes: Sequence[Change], busy: CloudError) -> bool:
        pause = max(self._wait, busy.retry_after or 0.0)
        if self._waited + pause > LONGEST_PAUSE or not self._run.waits_with(changes, pause):
            return False
        self._waited, self._wait = self._waited + pause, min(self._wait * 2, _LONGEST_WAIT)
        return True


def stop(batch: Batch, person_name: str) -> bool:
    """Send nothing more of this act. What is being sent this moment comes to its end. False if it had ended."""
    now = clock.now()
    running = Batch.objects.filter(pk=batch.pk, finished_at=None, stopped_at=None)
    return bool(running.update(stopped_at=now, stopped_by=person_name, lease_until=None))
