"""Invariants of what goes on in the background: workers, open acts, the audit log's proof, and what was read."""

from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db.models import Count, Max, Min, Q, QuerySet

from console import clock, wiring
from console.audit import anchors, checkpoints, unendorsed_keys
from console.audit.models import Delivery, Entry, Head, Verification
from console.changes import orphans
from console.changes.models import OPEN, Batch, Change
from console.changes.orphans import RemovedCloud
from console.heartbeats import processes
from console.observations.models import Snapshot
from console.running.status.findings import Finding, good, not_known, problem, warning
from console.web.moments import ago_text, length_text

#: An act whose end is not known after so long needs a look.
OPEN_ACT: Final = timedelta(minutes=10)
#: A long act that no worker has taken up after so long waits for one.
WAITING_ACT: Final = timedelta(minutes=1)
UNDELIVERED: Final = timedelta(minutes=15)
#: Beyond the interval of checkpoints.
UNSIGNED: Final = timedelta(minutes=2)
#: What nobody has looked at for longer is not missed.
LOOKED_AT: Final = timedelta(hours=1)
_START_WORKER: Final = "Start one with `manage.py worker`."


def workers() -> Finding:
    """One runs, and none of its jobs hangs."""
    found = processes.workers()
    if found.silence:
        return problem(f"{found.silence} {_what_waits()}", _START_WORKER)
    stuck = [p for p in processes.running() if p.stuck]
    if stuck:
        said = f"A job of the worker on {stuck[0].host} (process {stuck[0].pid}) does not return: {stuck[0].stuck}."
        return warning(said, "Look at its log, and start it again.")
    return good(f"{found.running} {'worker runs' if found.running == 1 else 'workers run'}.")


def _open() -> QuerySet[Change]:
    """Acts without a known end, on the index of the few that are looked after."""
    return Change.objects.filter(stage__in=OPEN, look_after__isnull=False)


def _what_waits() -> str:
    acts = Batch.objects.filter(in_background=True, finished_at=None).count()
    ends = _open().count()
    if not acts and not ends:
        return "Nothing waits for one."
    return f"Waiting for one: {_counted(acts, 'long act')}, and {_counted(ends, 'act')} whose end is not known."


def same_key() -> Finding:
    """What one process signs holds at the others."""
    others = {p.key_check: p.host for p in processes.running() if p.key_check != processes.key_check()}
    if not others:
        return good("All processes that run have the same SECRET_KEY.")
    said = f"A process on {next(iter(others.values()))} has another SECRET_KEY than this one."
    return problem(said, "Give all the same: a sign-in or a confirmation of one does not hold at the other.")


def open_acts() -> Finding:
    """Acts whose end is found out by reading the cloud."""
    found = _open().aggregate(count=Count("pk"), oldest=Min("claimed_at"))
    if not found["count"]:
        return good("The end of every act is known.")
    said = (
        f"The end of {_counted(found['count'], 'act')} is not known yet; the oldest began {ago_text(found['oldest'])}."
    )
    if clock.now() - found["oldest"] <= OPEN_ACT:
        return good(said)
    return warning(said, "See the open acts on the page Audit log; a worker settles them once their cloud can be read.")


def long_acts() -> Finding:
    """Acts that are carried out in the background."""
    now = clock.now()
    free = Q(lease_until=None) | Q(lease_until__lt=now)
    waiting = Batch.objects.filter(free, in_background=True, finished_at=None).aggregate(
        count=Count("pk"), oldest=Min("created_at")
    )
    if not waiting["count"]:
        return good("No long act waits for a worker.")
    count, oldest = _counted(waiting["count"], "long act"), ago_text(waiting["oldest"])
    said = f"Waiting for a worker: {count}; the oldest was confirmed {oldest}."
    if now - waiting["oldest"] <= WAITING_ACT:
        return good(said)
    return warning(said, "Start more workers, or see on its page what holds it up.")


def signing() -> Finding:
    """Rows that no checkpoint protects yet, and the key for the next one."""
    last, head = checkpoints.newest(), Head.objects.first()
    if head is None or head.seq == 0:
        return good("The audit log has no rows yet.")
    if trouble := checkpoints.trouble_with_key():
        return problem(trouble, 'Give this machine the key, or see "When a secret is lost" in the README.')
    if last is not None and last.seq >= head.seq:
        return good(f"Checkpoint {last.number} covers the whole audit log.")
    since = _unsigned_since(last.seq if last else 0)
    limit = timedelta(seconds=settings.AUDIT_CHECKPOINT_SECONDS) + UNSIGNED
    said = f"No checkpoint covers the rows of the audit log since {ago_text(since)}."
    if since is None or clock.now() - since <= limit:
        return good("The newest rows of the audit log wait for the next checkpoint.")
    return problem(said, "A worker signs one at intervals: see its log.")


def _unsigned_since(seq: int) -> datetime | None:
    return Entry.objects.filter(seq=seq + 1).values_list("at", flat=True).first()


def delivery() -> Finding:
    """Checkpoints on their way out of the database."""
    told = Delivery.objects.aggregate(
        given_up=Count("pk", filter=Q(state=Delivery.State.GIVEN_UP)),
        waiting=Min("checkpoint__at", filter=Q(state=Delivery.State.WAITING)),
    )
    if told["given_up"]:
        said = f"{_counted(told['given_up'], 'delivery', 'deliveries')} of a checkpoint was given up."
        return problem(said, "See the page Proof, and give the receiver the file of checkpoints from there.")
    if told["waiting"] is None:
        return good("Every checkpoint has been delivered.")
    said = f"A checkpoint that was signed {ago_text(told['waiting'])} has not been delivered yet."
    late = clock.now() - told["waiting"] > UNDELIVERED
    return warning(said, "See the page Proof for what its receiver says.") if late else good(said)


def checkpoint_file() -> Finding:
    """The file of checkpoints beside the database."""
    if not settings.AUDIT_ANCHOR_PATH:
        return good("No file of checkpoints is asked for.")
    if found := anchors.problem():
        return problem(found, "Find out who changed it, or make room; see the page Proof.")
    return good("The file of checkpoints is as it was written.")


def new_keys() -> Finding:
    """Keys that sign although none before them endorsed them."""
    waiting = unendorsed_keys.waiting()
    if not waiting:
        return good("Every key that signs was endorsed by the one before, or is known to an administrator.")
    said = f"Key {waiting[0].key.key_id} signs since {ago_text(waiting[0].key.at)}, and no key endorsed it."
    return warning(said, "See the page Proof, and acknowledge it there if one of you made it.")


def removed_clouds() -> list[Finding]:
    """Acts without an end at clouds that the settings name no more."""
    found = orphans.open_acts_of_removed_clouds()
    return [_removed(cloud) for cloud in found] or [good("No act is open at a cloud that the settings name no more.")]


def _removed(cloud: RemovedCloud) -> Finding:
    said = f"{_counted(cloud.acts, 'act')} at {cloud.name}, which the settings name no more, has no end."
    return warning(said, "Put the cloud back into the file of clouds, or close the acts on the start page.")


def verification() -> Finding:
    """What the last verification of the audit log found."""
    last = Verification.objects.exclude(finished_at=None).order_by("-finished_at").first()
    if last is None:
        return not_known("Nobody has verified the audit log here yet.")
    if last.state == Verification.State.BROKEN:
        return problem(f"The audit log is broken: {last.result}", "See the page Proof.")
    return good(f"The audit log was verified {ago_text(last.finished_at)}: {last.get_state_display().lower()}.")


def snapshots() -> list[Finding]:
    """What pages show of each cloud, as it was read last."""
    return [_snapshots_of(cloud) for cloud in wiring.clouds().values()]


def _snapshots_of(cloud: wiring.Cloud) -> Finding:
    now = clock.now()
    found = Snapshot.objects.filter(cloud=cloud.name, read_at__gte=now - LOOKED_AT).aggregate(
        newest=Max("asked_at"), failing=Count("pk", filter=~Q(failed_at=None)), failed=Min("failed_at")
    )
    if found["failing"]:
        count, first = _counted(found["failing"], "list"), ago_text(found["failed"])
        said = f"Of {cloud.label}, {count} could not be read, first {first}."
        return warning(said, "The page that shows it says why.", cloud=cloud.name)
    if found["newest"] is None:
        return not_known(f"Nobody has looked at {cloud.label} for an hour.", cloud=cloud.name)
    return good(f"{cloud.label} was read {length_text(now - found['newest'])} ago.", cloud=cloud.name)


def _counted(count: int, noun: str, plural: str = "") -> str:
    return f"{count} {noun if count == 1 else plural or f'{noun}s'}"
