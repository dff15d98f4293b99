"""Cuts old rows off the log without losing the proof of what they were.

Rows go only up to a checkpoint, only when the log is whole, and only after a row and a new signed checkpoint say so:
the checkpoint that covered them stays, and the chain is verified from there on (`statements`). The database refuses
to delete anything else (`triggers`).
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.db import connection, transaction

from console import clock
from console.access.actor import SYSTEM
from console.audit import checkpoints, roles, trust
from console.audit.breaks import Break
from console.audit.catalog import Action, State
from console.audit.journal import record
from console.audit.models import Checkpoint, Head, OpenChange
from console.audit.verify import verify_table

#: Rows deleted at a time, so that writers need not wait long.
_PORTION: Final = 2_000


class NotCut(Exception):
    """The log is not whole, or this role may not delete, so nothing of it goes. The text says why."""


@dataclass(frozen=True)
class Cut:
    """Rows from `first` to `last` go; the checkpoint proves what they were."""

    first: int
    last: int
    checkpoint: int


def plan(days: int) -> Cut | None:
    """What would go when rows are kept for so many days: up to the newest checkpoint that is older; None for nothing.

    A Change whose end is still to be found out keeps its rows and all later ones.
    """
    first = checkpoints.first_row()
    old = Checkpoint.objects.filter(at__lt=clock.now() - timedelta(days=days), seq__gte=first)
    waiting = OpenChange.objects.order_by("entry_id").values_list("entry_id", flat=True).first()
    if waiting is not None:
        old = old.filter(seq__lt=waiting)
    last = old.order_by("-number").first()
    return Cut(first, last.seq, last.number) if last else None


def cut(days: int) -> Cut | None:
    """Cut what is older than so many days. Raises NotCut, and keyring.KeyTrouble when it cannot be signed."""
    if plan(days) is None:
        return None
    if not roles.may_delete():
        raise NotCut("nothing was cut: this database role may not delete rows, only the one that owns the tables")
    own = trust.own_keys()
    found = verify_table(own, accepted=own)
    if isinstance(found, Break):
        raise NotCut(f"nothing was cut, because the log is {found}")
    with transaction.atomic():
        Head.objects.select_for_update().first()
        planned = plan(days)
        if planned is None:
            return None
        record(
            action=Action.AUDIT_RETAIN,
            state=State.SUCCEEDED,
            actor=SYSTEM,
            before={"first": planned.first},
            after={"first": planned.last + 1, "checkpoint": planned.checkpoint, "days": days},
        )
        checkpoints.sign(first=planned.last + 1)
    finish()
    return planned


def finish() -> int:
    """Delete the rows that a checkpoint names as cut and that are still there. How many that were."""
    end, gone = checkpoints.first_row(), 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT MIN(seq) FROM audit_entry")
        (low,) = cursor.fetchone()
        while low is not None and low < end:
            high = min(low + _PORTION, end)
            cursor.execute("DELETE FROM audit_entry WHERE seq >= %s AND seq < %s", [low, high])
            gone += cursor.rowcount
            low = high
    return gone


def cut_by_policy() -> bool:
    """What the worker does: cut by the setting, off by default. Whether rows went."""
    if not settings.AUDIT_RETAIN_DAYS or not roles.may_delete():
        return False  # with two roles it is for `audit_retain`, run as the owner
    return finish() > 0 or cut(settings.AUDIT_RETAIN_DAYS) is not None
