"""How far an act is, object by object: for its page, its export and "retry the failed ones"."""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import Count, QuerySet

from console.changes.models import OPEN, Batch, Change, Stage

#: Ends after which trying again makes sense, because nothing was done.
NOT_DONE: Final = (Stage.FAILED, Stage.STALE, Stage.CANCELLED)
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
    def not_done(self) -> int:
        """Objects that could be tried again."""
        return self._count(*NOT_DONE)

    def _count(self, *stages: Stage) -> int:
        return sum(tally.count for tally in self.tallies if tally.stage in stages)


def progress_of(batch: Batch) -> Progress:
    """One query, whatever the size."""
    counts = dict(batch.changes.order_by().values_list("stage").annotate(count=Count("pk")))
    tallies = tuple(Tally(s.value, s.label, counts[s.value]) for s in Stage if counts.get(s.value))
    return Progress(tallies, sum(counts.values()), len(batch.left_out))


def changes_of(batch: Batch, stage: str) -> QuerySet[Change]:
    """The objects of an act in their order; `stage` keeps one end only."""
    changes = batch.changes.order_by("position")
    return changes.filter(stage=stage) if stage in Stage.values else changes


def targets_not_done(batch: Batch) -> Sequence[str]:
    """The objects that could be tried again, in their order."""
    return list(changes_of(batch, "").filter(stage__in=NOT_DONE).values_list("target", flat=True))


def is_moving(batch: Batch, progress: Progress) -> bool:
    """Whether the page should look again by itself."""
    return batch.finished_at is None and bool(progress.waiting or batch.changes.filter(stage__in=OPEN).exists())


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
