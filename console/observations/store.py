"""The database side: what is known of a gateway's parts, who may read next, and what a read gave.

One read at a time per part, whoever asks, on however many machines: a reader takes the row for some seconds, and one
that dies loses it by time alone.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Q, QuerySet

from console import clock
from console.clouds.errors import CloudError, CloudNotFound
from console.light_writes import NotKept, light_transaction, light_write
from console.observations import content, troubles
from console.observations.content import Content
from console.observations.history import History, continued
from console.observations.models import Snapshot
from console.observations.parts import LISTS, Part
from console.transactions import run_again_when_called_off

#: A read takes ten seconds at most (reliability R12) unless slower ones are allowed; then its result is still kept.
LEASE: Final = timedelta(seconds=15)
_FIELDS: Final = (
    "pk", "part", "asked_at", "digest", "failed_at", "failures", "failure", "next_try_at", "outdated_at",
    "reading_until",
)  # fmt: skip


#: Parts that a cloud tells of only where the thing is there, and lists of all there are.
_OF_ONE: Final = (Part.DETAIL, Part.SERVICE, Part.ENDPOINT, Part.INSTANCE, Part.GROUP)
_OF_A_CLOUD: Final = (Part.GATEWAYS, Part.SERVICES, Part.ENDPOINTS, Part.INSTANCES, Part.GROUPS)


@dataclass(frozen=True, slots=True)
class Where:
    """A gateway or another host; "" for the cloud as a whole. The caller has made sure that its person may see it."""

    cloud: str
    gateway_id: str


@dataclass(frozen=True, slots=True)
class Known:
    """A snapshot without its content: cheap to fetch on every view."""

    pk: int
    part: Part
    asked_at: datetime | None
    digest: str
    failed_at: datetime | None
    failures: int
    failure: Mapping[str, Any] | None
    next_try_at: datetime | None
    outdated_at: datetime | None
    reading_until: datetime | None

    @property
    def error(self) -> CloudError | None:
        """Why the last read failed; None after one that succeeded."""
        return troubles.from_json(self.failure) if self.failure else None

    def is_paused(self, now: datetime) -> bool:
        """Whether the cloud asked not to be called yet, which nobody overrides."""
        until = troubles.paused_until(self.failure) if self.failure else None
        return until is not None and now < until

    def is_taken(self, now: datetime) -> bool:
        """Whether somebody reads it this moment."""
        return self.reading_until is not None and now < self.reading_until


def glance(where: Where, parts: Iterable[Part], *, add: bool = True) -> dict[Part, Known]:
    """What is known of these parts; with `add`, a part that was never asked for gets its row, if it can be written."""
    wanted = tuple(parts)
    known = _glance(where, wanted)
    if not add:
        return known
    if missing := [part for part in wanted if part not in known]:
        rows = [
            Snapshot(cloud=where.cloud, gateway_id=where.gateway_id, part=part.value, read_at=clock.now())
            for part in missing
        ]
        try:
            _add(sorted(rows, key=lambda row: row.part))
        except NotKept:
            return known
        known = _glance(where, wanted)
    return known


@light_write()
@run_again_when_called_off
def _add(rows: Iterable[Snapshot]) -> None:
    with light_transaction():
        Snapshot.objects.bulk_create(rows, ignore_conflicts=True)


def _locked(rows: QuerySet[Snapshot]) -> QuerySet[Snapshot]:
    """These rows, locked in the order of their keys until the transaction ends, so that no two wait for each other."""
    keys = list(rows.order_by("pk").select_for_update().values_list("pk", flat=True))
    return Snapshot.objects.filter(pk__in=keys)


def _glance(where: Where, parts: tuple[Part, ...]) -> dict[Part, Known]:
    found = Snapshot.objects.filter(cloud=where.cloud, gateway_id=where.gateway_id, part__in=parts)
    return {row.part: row for row in map(_known, found.values_list(*_FIELDS))}


def _known(row: tuple[Any, ...]) -> Known:
    known = Known(row[0], Part(row[1]), *row[2:])
    if known.digest and not known.digest.startswith(content.mark(known.part)):
        return replace(known, digest="", asked_at=None)  # written by another version of the console
    return known


@light_write()
@run_again_when_called_off
def take(wanted: Iterable[Known], reader: str, needs_read: Callable[[Known], bool]) -> dict[int, Known]:
    """What this reader may read now, by its key: what is free and, looked at again, still needs it. Raises NotKept."""
    with light_transaction():
        rows = Snapshot.objects.filter(pk__in=[known.pk for known in wanted]).order_by("pk")
        # Whoever is writing to a row this moment reads it, or has just read it: no need to wait for them here.
        again = map(_known, rows.select_for_update(skip_locked=True).values_list(*_FIELDS))
        now = clock.now()
        taken = {known.pk: known for known in again if needs_read(known) and not known.is_taken(now)}
        if taken:
            Snapshot.objects.filter(pk__in=list(taken)).update(reader=reader, reading_until=now + LEASE, read_at=now)
    return taken


def has_told_of(cloud: str, host: str) -> bool:
    """Whether the cloud has told of a gateway, service, endpoint, instance or group with this id. Asks no cloud."""
    if Snapshot.objects.filter(cloud=cloud, gateway_id=host, part__in=_OF_ONE, asked_at__isnull=False).exists():
        return True
    lists = [content_of(known) for known in _glance(Where(cloud, ""), _OF_A_CLOUD).values()]
    return any(row.id == host for found in lists if found for row in found.value)


def content_of(known: Known) -> Content | None:
    """What the last successful read gave; None where there was none."""
    if not known.digest:
        return None
    found = content.remembered(known.part, known.digest)
    if found is not None:
        return found
    row = Snapshot.objects.filter(pk=known.pk).values_list("digest", "content").first()
    if row is None or row[1] is None:
        return None
    # It may have been replaced meanwhile by a newer one, which is as good.
    return content.unpack(known.part, row[0], bytes(row[1]))


@dataclass(frozen=True, slots=True)
class Reading:
    """One successful read: what the row said when it was taken, and what the cloud said then."""

    before: Known
    value: Any


@light_write()
@run_again_when_called_off
def keep(readings: Sequence[Reading], began: datetime, reader: str) -> dict[int, Content]:
    """Store what was asked for at `began`; the contents by the keys of their rows. What has not changed costs one small
    write for all of them together.

    Raises NotKept.
    """
    kept: dict[int, Content] = {}
    same: list[int] = []
    with light_transaction():
        _locked(Snapshot.objects.filter(pk__in=[reading.before.pk for reading in readings]))
        for reading in readings:
            known, last = reading.before, content_of(reading.before)
            if last is not None and last.value == reading.value:
                same.append(known.pk)
                kept[known.pk] = last
                continue
            fresh = kept[known.pk] = Content(reading.value, _history(known.part, last, reading.value, began))
            packed = content.pack(known.part, fresh)
            _settle([known.pk], began, reader, digest=packed.digest, content=packed.data)
        if same:
            _settle(same, began, reader)
    return kept


def _history(part: Part, last: Content | None, value: Any, began: datetime) -> History:
    if part not in LISTS or last is None:
        return History()
    return continued(last.history, LISTS[part], last.value, value, began)


def _settle(rows: list[int], began: datetime, reader: str, **changes: Any) -> None:
    changes |= {"asked_at": began, "failed_at": None, "failures": 0, "failure": None, "next_try_at": None}
    ours = Snapshot.objects.filter(pk__in=rows, reader=reader)
    if ours.update(**changes, reader="", reading_until=None) < len(rows):
        # The read took longer than its lease. Its answer still counts where nobody has stored a later one.
        Snapshot.objects.filter(Q(asked_at=None) | Q(asked_at__lt=began), pk__in=rows).update(**changes)


@light_write()
@run_again_when_called_off
def note_failure(known: Known, began: datetime, error: CloudError, reader: str) -> Known:
    """Store why a read failed. The last good content stays, unless the cloud says that there is none.

    Raises NotKept.
    """
    now = clock.now()
    changes: dict[str, Any] = {
        "failed_at": began,
        "failures": known.failures + 1,
        "failure": troubles.as_json(error, now),
        "next_try_at": troubles.next_try(error, known.failures + 1, now),
    }
    if isinstance(error, CloudNotFound):
        changes |= {"asked_at": None, "digest": "", "content": None}
    with light_transaction():
        Snapshot.objects.filter(pk=known.pk, reader=reader).update(**changes, reader="", reading_until=None)
    changes.pop("content", None)
    return replace(known, **changes, reading_until=None)


def let_go(taken: Iterable[Known], reader: str) -> None:
    """Give up a read that came to nothing, so that the next one need not wait for the lease, if that can be written."""
    with suppress(NotKept):
        _let_go(taken, reader)


@light_write()
@run_again_when_called_off
def _let_go(taken: Iterable[Known], reader: str) -> None:
    with light_transaction():
        ours = Snapshot.objects.filter(pk__in=[known.pk for known in taken], reader=reader)
        _locked(ours).update(reader="", reading_until=None)


@light_write()
@run_again_when_called_off
def outdate(where: Where, also: Collection[str] = ()) -> None:
    """Something was done there: what was asked before this moment about it, about other things of its cloud that it
    touched, and for the lists of the cloud is not believed any more. Raises NotKept."""
    with light_transaction():
        rows = Snapshot.objects.filter(cloud=where.cloud, gateway_id__in={where.gateway_id, *also, ""})
        _locked(rows.exclude(part=Part.ACCOUNT.value)).update(outdated_at=clock.now())


def forget(where: Where) -> None:
    """The cloud has no such gateway (any more). Its rows stay where they cannot be deleted."""
    with suppress(NotKept):
        _forget(where)


@light_write()
@run_again_when_called_off
def _forget(where: Where) -> None:
    with light_transaction():
        _locked(Snapshot.objects.filter(cloud=where.cloud, gateway_id=where.gateway_id)).delete()
