"""Long acts in the background: one object after the other, at the cloud's pace, by whichever worker holds the lease.

What is promised: each object is looked at again right before its call; a throttled call is tried again, since it was
not done; an unclear end is unknown and never sent again; a killed worker's act is taken over where it stood.
"""

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Final

from django.db.models import Q
from django.utils import timezone

from console.access.actor import Actor
from console.access.models import Person
from console.access.reach import reach_of
from console.changes import book
from console.changes.execution import cancel, send
from console.changes.kinds.kind import Kind, Realm, Sight
from console.changes.kinds.registry import KINDS
from console.changes.models import Batch, Change, Stage
from console.changes.places import place_of
from console.changes.settling import LONGEST_ACT
from console.changes.wire import Together
from console.clouds.errors import CloudBusy, CloudError
from console.clouds.types import IntentId, Receipt

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
        _Run(batch, worker, sleep).until(deadline)
    finally:
        Batch.objects.filter(pk=batch.pk, worker=worker).update(lease_until=None)
    return True


def _take(worker: str) -> Batch | None:
    """One act that nobody is at; the condition in the UPDATE decides between several workers."""
    now = timezone.now()
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
        self.place = place_of(batch)

    def until(self, deadline: float) -> None:
        """Object after object; ends at the deadline, when all is done, or when somebody stopped it."""
        try:
            while time.monotonic() < deadline:
                self._keep()
                change = self.batch.changes.filter(stage=Stage.QUEUED).order_by("position").first()
                if change is None:
                    self._finish()
                    return
                self._one(change)
        except _Stopped:
            self._finish_if_stopped()
        except book.NotMineAnyMore:
            return

    def _one(self, change: Change) -> None:
        actor = book.actor_of_change(change)
        if not self._still_allowed():
            self._give_up(actor, "not_allowed", "Not sent: the person's right to do this was taken away meanwhile.")
            return
        sight = self._patiently(lambda: self._look(change))
        if sight is None:
            self._give_up(actor, "cloud_away", "Not sent: the cloud could not be reached for half an hour.")
        elif sight.as_json() != change.before:
            book.settle(change, Stage.STALE, actor, after=sight.as_json(), explanation="It had changed; not sent.")
        else:
            send(self.kind, self.place, change, actor, lambda intent: self._call(change, intent))

    def _look(self, change: Change) -> Sight:
        return self.kind.look_for(self.place, [change.target], change.parameters)[change.target]

    def _call(self, change: Change, intent: IntentId) -> Receipt:
        """A throttled call was not carried out, so it may be sent again; nothing else is."""
        waited, wait = 0.0, _FIRST_WAIT
        together = Together()
        while True:
            try:
                return together.call(lambda: self.kind.call(self.place, change.target, change.parameters, intent))
            except CloudBusy as busy:
                pause = max(wait, busy.retry_after or 0.0)
                if waited + pause > LONGEST_PAUSE or self._is_stopped():
                    raise
                book.hold(change, pause + LONGEST_ACT)
                self._pause(pause)
                book.hold(change, LONGEST_ACT)
                waited, wait = waited + pause, min(wait * 2, _LONGEST_WAIT)

    def _patiently(self, read: Callable[[], Sight]) -> Sight | None:
        """A read that waits for a cloud that is away; None when it stayed away too long."""
        waited, wait = 0.0, _FIRST_WAIT
        while True:
            try:
                return read()
            except CloudError as error:
                pause = max(wait, error.retry_after or 0.0)
                if waited + pause > LONGEST_PAUSE:
                    return None
                self._pause(pause)
                waited, wait = waited + pause, min(wait * 2, _LONGEST_WAIT)

    def _pause(self, seconds: float) -> None:
        until = timezone.now() + timedelta(seconds=seconds)
        Batch.objects.filter(pk=self.batch.pk).update(paused_until=until)
        while (left := (until - timezone.now()).total_seconds()) > 0:
            self._keep()
            self.sleep(min(left, LEASE / 3))

    def _keep(self) -> None:
        """Renew the lease. Raises _Stopped when the act was stopped or another worker has it."""
        until = timezone.now() + timedelta(seconds=LEASE)
        mine = Batch.objects.filter(pk=self.batch.pk, worker=self.worker, stopped_at=None)
        if not mine.update(lease_until=until):
            raise _Stopped

    def _is_stopped(self) -> bool:
        return Batch.objects.filter(pk=self.batch.pk).exclude(stopped_at=None).exists()

    def _still_allowed(self) -> bool:
        person = Person.objects.filter(pk=self.batch.actor_id).first() if self.batch.actor_id else None
        if person is None:
            return False
        permission = self.kind.permission_in(Realm(self.batch.realm))
        return reach_of(person).may(permission, self.batch.cloud, self.batch.gateway_id)

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
        Batch.objects.filter(pk=self.batch.pk, finished_at=None).update(finished_at=timezone.now(), paused_until=None)


def stop(batch: Batch, person_name: str) -> None:
    """Send nothing more of this act. What is being sent this moment comes to its end."""
    now = timezone.now()
    running = Batch.objects.filter(pk=batch.pk, finished_at=None, stopped_at=None)
    running.update(stopped_at=now, stopped_by=person_name, lease_until=None)
