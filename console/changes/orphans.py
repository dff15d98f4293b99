"""Acts whose end is open at a cloud that the settings name no more: the console cannot look, so a person decides.

Either the cloud is put back into the settings, or somebody closes the act as "cannot be known".
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Count, Min, QuerySet

from console import clock, wiring
from console.access.actor import Actor
from console.audit import journal
from console.audit.catalog import CANNOT_BE_KNOWN, State
from console.changes.evidence import proven_from
from console.changes.kinds.registry import KINDS
from console.changes.models import LONGEST_EXPLANATION, Change, Stage
from console.transactions import run_again_when_called_off

logger = logging.getLogger(__name__)

#: What may have been sent. An act that was only claimed was not, and the worker says so by itself.
_MAYBE_SENT: Final = (Stage.INTENDED, Stage.UNKNOWN)
_reported: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class RemovedCloud:
    """A cloud that the settings name no more: how many acts have no end there, and since when."""

    name: str
    acts: int
    oldest: datetime


def open_acts_of_removed_clouds() -> Sequence[RemovedCloud]:
    """Every removed cloud where an act has no end. One query, on the index of the few acts that are looked after."""
    by_cloud = _open().order_by("cloud").values_list("cloud").annotate(Count("pk"), Min("claimed_at"))
    return [RemovedCloud(*found) for found in by_cloud]


def open_acts_of(cloud: str) -> Sequence[Change]:
    """The acts without an end, oldest first; none where the settings name the cloud."""
    return list(_open().filter(cloud=cloud).order_by("claimed_at"))


def _open() -> QuerySet[Change]:
    looked_after = Change.objects.filter(stage__in=_MAYBE_SENT, look_after__isnull=False)
    return looked_after.exclude(cloud__in=wiring.clouds().keys())


@run_again_when_called_off
def close(change: Change, actor: Actor, reason: str) -> bool:
    """Write down that its end cannot be known, as an act of that person. False where that was not for them to say.

    Such is an act that somebody may still be at, that came to an end meanwhile, or whose cloud is back.
    """
    now = clock.now()
    if now < proven_from(change):
        return False
    why = f"{actor.name} closed it, since the settings name its cloud no more: {reason}"[:LONGEST_EXPLANATION]
    with transaction.atomic(durable=True):
        as_read = _open().filter(pk=change.pk, stage=change.stage, settle_after=change.settle_after)
        if not as_read.update(
            stage=Stage.UNKNOWABLE, settled_at=now, look_after=None, explanation=why, error_code=CANNOT_BE_KNOWN
        ):
            return False
        journal.record(
            action=KINDS[change.kind].action,
            state=State.UNKNOWN,
            actor=actor,
            cloud=change.cloud,
            gateway_id=change.gateway_id,
            target=change.target,
            change_id=str(change.pk),
            batch_id=str(change.batch_id),
            reason=reason,
            after={"because": why},
            error_code=CANNOT_BE_KNOWN,
        )
    return True


def report() -> bool:
    """What a worker does: log each removed cloud once while acts are open there. Never asks to be called at once."""
    global _reported  # one for the process, and one job in it
    found = {cloud.name: cloud for cloud in open_acts_of_removed_clouds()}
    for name in sorted(found.keys() - _reported):
        logger.warning(
            "%d acts at the cloud %s, the oldest from %s, have no certain end, and the settings name the cloud no "
            "more. Put it back into the file of clouds, or let an administrator close the acts on the start page",
            found[name].acts,
            name,
            found[name].oldest.isoformat(timespec="seconds"),
        )
    _reported = frozenset(found)
    return False
