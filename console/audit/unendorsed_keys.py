"""Keys that sign although no key before them endorsed them, and who of the administrators knows of it.

The checkpoints say which keys these are, whatever the rows and the acknowledgements say: whoever owns the database can
write both. What is acknowledged here quiets the warning of the page, and makes no verifier believe a key.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from console import clock
from console.access.actor import Actor
from console.audit import checkpoints
from console.audit.catalog import Action, State
from console.audit.journal import record
from console.audit.models import Checkpoint, Entry, Head, KeyAcknowledgement


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A key that signs or signed. `at` is when it began, `since_row` the first row that no key before it covers."""

    key_id: str
    public_key: str
    at: datetime
    is_first: bool
    endorsed_by: str
    old_key_id: str
    since_row: int
    acknowledged_by: str

    @property
    def is_waiting(self) -> bool:
        """Whether an administrator must still take note of it."""
        return not (self.is_first or self.endorsed_by or self.acknowledged_by)


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key to take note of, and what the log says about who put it there."""

    key: SigningKey
    by: str
    row: int | None


def keys() -> list[SigningKey]:
    """Every key that ever signed, oldest first."""
    first = checkpoints.first_of_each_key()
    before = Checkpoint.objects.in_bulk([made.number - 1 for made, _ in first])
    known = dict(KeyAcknowledgement.objects.values_list("key_id", "person"))
    return [
        SigningKey(
            key_id=made.key_id,
            public_key=stated["public_key"],
            at=made.at,
            is_first=made.number == 1,
            endorsed_by=stated["endorsed_by"],
            old_key_id=before[made.number - 1].key_id if made.number - 1 in before else "",
            since_row=before[made.number - 1].seq + 1 if made.number - 1 in before else 1,
            acknowledged_by=known.get(made.key_id, ""),
        )
        for made, stated in first
    ]


def waiting() -> list[NewKey]:
    """The keys that no administrator acknowledged yet, with what the log says about each, oldest first."""
    return [_new(key) for key in keys() if key.is_waiting]


def acknowledge(actor: Actor, key_ids: Collection[str]) -> list[str]:
    """Take note of those that wait, with a row for each. Which they were: others of `key_ids` are passed over."""
    with transaction.atomic():
        Head.objects.select_for_update().first()  # of two people who do so at once one does
        found = [key for key in keys() if key.is_waiting and key.key_id in key_ids]
        for key in found:
            KeyAcknowledgement.objects.create(key_id=key.key_id, at=clock.now(), person=actor.name)
            record(
                action=Action.AUDIT_ACKNOWLEDGE_KEY,
                state=State.SUCCEEDED,
                actor=actor,
                target=key.key_id,
                after={"old_key_id": key.old_key_id, "since_row": key.since_row},
            )
    return [key.key_id for key in found]


def _new(key: SigningKey) -> NewKey:
    row = Entry.objects.filter(action=Action.AUDIT_REPLACE_KEY, target=key.key_id).order_by("seq").first()
    if row is not None:
        return NewKey(key, row.reason or row.actor, row.seq)
    if key.since_row < checkpoints.first_row():
        return NewKey(key, "the row that said so was cut by retention", None)
    return NewKey(key, "no row of the log says who; if nobody of you did it, somebody signs who should not", None)
