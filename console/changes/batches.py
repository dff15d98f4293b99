"""How far an act is, object by object: for its page, its export and "retry the failed ones"."""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from django.db.models import Count, QuerySet

from console.changes.kinds.kind import Realm
from console.changes.models import MADE_NOTHING, OPEN, Batch, Change, Stage
from console.heartbeats import processes

#: So many long acts are shown on the pages of their host.
_NEWEST: Final = 3
_LINES: Final = ("target", "stage", "error_code", "explanation", "cloud_request_id", "id", "intended_at", "settled_at")


@dataclass(frozen=True, slots=True)
class Tally:
    """One stage of an act, and how many objects are in it."""

    stage: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class Progress:
    """All objects of an act, by stage. The numbers always add up to `total`."""

    tallies: tuple[Tally, ...]
    total: int
    left_out: int

    @property
    def waiting(self) -> int:
        """Objects that nothing has been sent for yet."""
        return self._count(Stage.QUEUED, Stage.CLAIMED)

    @property
    def ended(self) -> int:
        """Objects that nothing more will be sent for."""
        return self.total - self.waiting - self._count(Stage.INTENDED)

    @property
    def unsettled(self) -> int:
        """Objects that something may have been sent for, whose end is not known."""
        return self._count(*OPEN)

    @property
    def is_moving(self) -> bool:
        """Whether there is more to come, so that a page should look again by itself."""
        return bool(self.waiting or self.unsettled)

    @property
    def not_done(self) -> int:
        """Objects that could be tried again."""
        return self._count(*MADE_NOTHING)

    def _count(self, *stages: Stage) -> int:
        return sum(tally.count for tally in self.tallies if tally.stage in stages)


def progress_of(batch: Batch) -> Progress:
    """One query, whatever the size."""
    (progress,) = _progress_of_each([batch])
    return progress


def _progress_of_each(acts: Sequence[Batch]) -> Iterator[Progress]:
    counted = Change.objects.filter(batch__in=acts).order_by().values_list("batch", "stage").annotate(count=Count("pk"))
    counts = {(batch, stage): count for batch, stage, count in counted}
    for act in acts:
        tallies = [Tally(stage.value, stage.label, counts.get((act.pk, stage.value), 0)) for stage in Stage]
        found = tuple(tally for tally in tallies if tally.count)
        yield Progress(found, sum(tally.count for tally in found), len(act.left_out))


@dataclass(frozen=True, slots=True)
class LongActs:
    """The newest acts in the background at one host, for its pages."""

    acts: Sequence[tuple[Batch, Progress]]
    #: Why none of them goes on, "" where they do.
    silence: str = ""

    @property
    def is_moving(self) -> bool:
        """Whether one of them has not ended."""
        return any(progress.is_moving for _act, progress in self.acts)


def long_acts(cloud: str, gateway_id: str, realm: Realm = Realm.GATEWAY) -> LongActs | None:
    """None where there are none."""
    there = Batch.objects.filter(cloud=cloud, gateway_id=gateway_id, realm=realm.value, in_background=True)
    newest = list(there.order_by("-created_at")[:_NEWEST])
    if not newest:
        return None
    found = LongActs(list(zip(newest, _progress_of_each(newest), strict=True)))
    return replace(found, silence=processes.workers().silence) if found.is_moving else found


def is_of_several(batch: Batch) -> bool:
    """Whether the act has more than one object, so that a page of its own says something."""
    return batch.in_background or batch.changes.count() + len(batch.left_out) > 1


def changes_of(batch: Batch, stage: str) -> QuerySet[Change]:
    """The objects of an act in their order; `stage` keeps one end only."""
    changes = batch.changes.order_by("position")
    return changes.filter(stage=stage) if stage in Stage.values else changes


def targets_not_done(batch: Batch) -> Sequence[str]:
    """The objects that could be tried again, in their order."""
    return list(changes_of(batch, "").filter(stage__in=MADE_NOTHING).values_list("target", flat=True))


def lines_of(batch: Batch) -> Iterator[dict[str, str]]:
    """One line for each object, also for those that were left out: for the export."""
    for change in changes_of(batch, "").values(*_LINES).iterator(chunk_size=500):
        yield {name: "" if change[name] is None else str(change[name]) for name in _LINES}
    blank = dict.fromkeys(_LINES, "")
    for target, answer, because in batch.left_out:
        yield blank | {"target": target, "stage": answer, "explanation": because}


def targets_to_retry(wanted: str, kind: str, cloud: str, gateway_id: str) -> Sequence[str]:
    """The objects of an earlier act at this place that nothing was done to; none for another place or kind."""
    try:
        batch_id = uuid.UUID(wanted)
    except ValueError:
        return ()
    earlier = Batch.objects.filter(pk=batch_id, kind=kind, cloud=cloud, gateway_id=gateway_id).first()
    return targets_not_done(earlier) if earlier else ()
