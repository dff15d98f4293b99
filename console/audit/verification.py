"""Verifying on request of a person: a short log at once, a long one by a worker. One at a time in all processes."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.db import transaction
from django.db.models import Q

from console import clock
from console.access.actor import Actor
from console.audit import anchors, checkpoints, trust
from console.audit.breaks import Break
from console.audit.catalog import Action, State
from console.audit.journal import record
from console.audit.keyring import KeyTrouble
from console.audit.models import Head, Verification
from console.audit.verify import verify_table

#: So many rows are verified while the person waits: a fraction of a second.
MOST_AT_ONCE: Final = 20_000
#: A verifier that is silent for longer counts as dead; another starts over. Seconds.
_LEASE: Final = timedelta(seconds=30)
#: How long the results of earlier verifications are kept beside their rows in the log.
_KEPT: Final = timedelta(days=30)
_OPEN: Final = (Verification.State.WAITING, Verification.State.RUNNING)


@dataclass(frozen=True, slots=True)
class Asked:
    """What came of asking: `started` is False where another verification is under way, which is the one given."""

    verification: Verification
    started: bool


def ask(actor: Actor) -> Asked:
    """Verify the log for somebody, or leave it to a worker; nothing is started while another one is under way."""
    asked, started = _begin(actor)
    if started and asked.rows <= MOST_AT_ONCE:
        _run(asked)
    return Asked(asked, started)


def _begin(actor: Actor) -> tuple[Verification, bool]:
    """The head of the log is the lock: of several who ask at once one begins."""
    with transaction.atomic():
        head = Head.objects.select_for_update().first()
        if under_way := Verification.objects.filter(state__in=_OPEN).first():
            if not _broke_off(under_way):
                return under_way, False
            _finish(under_way, Verification.State.STOPPED, "it broke off: the process that verified is gone")
        rows = head.seq - checkpoints.first_row() + 1 if head else 0
        at_once = rows <= MOST_AT_ONCE
        now = clock.now()
        asked = Verification.objects.create(
            person_id=actor.person_id,
            person=actor.name,
            role=actor.role,
            ip=actor.ip,
            request_id=actor.request_id,
            asked_at=now,
            state=Verification.State.RUNNING if at_once else Verification.State.WAITING,
            lease_until=now + _LEASE if at_once else None,
            rows=rows,
        )
        return asked, True


def _broke_off(under_way: Verification) -> bool:
    """Whether the process that was asked is gone. A long log stays with the workers, who take over by themselves."""
    ends = under_way.lease_until or under_way.asked_at + _LEASE
    return under_way.rows <= MOST_AT_ONCE and ends < clock.now()


def advance() -> bool:
    """What a worker does: carry out one that waits, or whose worker died. Whether there was one."""
    now = clock.now()
    free = Q(state=Verification.State.WAITING) | Q(state=Verification.State.RUNNING, lease_until__lt=now)
    # A short log is verified by the process that was asked, unless that died.
    ours = Q(rows__gt=MOST_AT_ONCE) | Q(asked_at__lt=now - _LEASE)
    for found in Verification.objects.filter(free, ours):
        mine = Verification.objects.filter(free, pk=found.pk)
        if mine.update(state=Verification.State.RUNNING, lease_until=now + _LEASE):
            _run(found)
            return True
    return False


def newest() -> Verification | None:
    """The last one that was asked for."""
    return Verification.objects.order_by("-pk").first()


def _run(asked: Verification) -> None:
    def progress(checked: int) -> None:
        Verification.objects.filter(pk=asked.pk).update(checked=checked, lease_until=clock.now() + _LEASE)

    try:
        own = trust.own_keys()
        found = verify_table(own, progress, own)
    except KeyTrouble as trouble:
        _finish(asked, Verification.State.STOPPED, str(trouble))
        return
    if isinstance(found, Break):
        asked.kind, asked.seq = found.kind.value, found.seq
        _finish(asked, Verification.State.BROKEN, str(found))
    else:
        anchors.all_lines_are_there()
        asked.checked = found.rows
        _finish(asked, Verification.State.WHOLE, str(found))


def _finish(asked: Verification, state: Verification.State, result: str) -> None:
    """Keep the result, and write it down as an act of the person who asked; nothing where it was ended meanwhile."""
    asked.state, asked.result, asked.finished_at = state, result, clock.now()
    with transaction.atomic():
        Head.objects.select_for_update().first()
        if not Verification.objects.filter(pk=asked.pk, state__in=_OPEN).exists():
            return
        record(
            action=Action.AUDIT_VERIFY,
            state=State.SUCCEEDED if state is Verification.State.WHOLE else State.FAILED,
            actor=Actor(asked.person_id, asked.person, asked.role, asked.ip, asked.request_id),
            target=f"row {asked.seq}" if asked.seq else "",
            after={"result": result},
            error_code=asked.kind,
        )
        asked.save()
        Verification.objects.filter(finished_at__lt=asked.finished_at - _KEPT).delete()
