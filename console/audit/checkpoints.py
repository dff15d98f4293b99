"""Signs how the log ends, at intervals and on demand, and changes the key that signs.

Whoever signs holds the head of the chain, as a writer does: checkpoints come one after the other and never in the
middle of a row.
"""

import logging
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.db import transaction

from console import clock
from console.access.actor import Actor
from console.audit import canonical, delivery, keyring, statements
from console.audit.catalog import Action, State
from console.audit.journal import record
from console.audit.keyring import KeyTrouble
from console.audit.models import Checkpoint, Entry, Head
from console.audit.salvage import salvage
from console.audit.statements import Followed, Mark, Untrue
from console.recurring import RecurringFailure

logger = logging.getLogger(__name__)

#: Checkpoints read at a time.
_PORTION: Final = 500


#: After the end of an act only this part of the interval must be over: soon, but few checkpoints for many acts.
_SOONER: Final = 10
_SIGNING: Final = RecurringFailure(logger, "no checkpoint was signed")


class NothingToSign(Exception):
    """The log has no rows yet."""


class NothingNew(Exception):
    """No row was written since the last checkpoint, which is given as `last`: another one would prove nothing more."""

    def __init__(self, last: Checkpoint) -> None:
        super().__init__(f"Nothing was written since checkpoint {last.number}, so nothing was signed.")
        self.last = last


def on_demand(actor: Actor) -> Checkpoint:
    """Sign now because somebody asks for it; a row says so, and is covered. Raises NothingNew and KeyTrouble."""
    with transaction.atomic():
        head, last = Head.objects.select_for_update().first(), newest()
        if head is not None and last is not None and last.seq == head.seq:
            raise NothingNew(last)
        record(action=Action.AUDIT_CHECKPOINT, state=State.SUCCEEDED, actor=actor)
        return sign()


def sign_when_due() -> bool:
    """Sign when rows wait for it and the interval is over, or after an act a tenth of it. Whether it did."""
    if not _due():
        if _SIGNING.lasts and not trouble_with_key():
            _SIGNING.ended()
        return False
    try:
        with transaction.atomic():
            if Head.objects.select_for_update().first() is None or not _due():
                return False
            sign()
    except KeyTrouble as trouble:
        _SIGNING.happened(str(trouble))
        return False
    _SIGNING.ended()
    return True


def sign(*, first: int | None = None) -> Checkpoint:
    """Sign the end of the log as it is. `first`: from now on rows before this one count as cut.

    Joins the caller's transaction. Raises KeyTrouble and NothingToSign.
    """
    with transaction.atomic():
        head = _locked_head()
        last = newest()
        return _add(head, last, *_key(head, last), first=first)


def rotate(actor: Actor) -> str:
    """Change to the next key: the old one signs it, and a checkpoint signed by the new one says so. Its id.

    Raises KeyTrouble and NothingToSign. In the data folder the old key is gone for good afterwards.
    """
    with transaction.atomic():
        head = _locked_head()
        old, statement = _key(head, newest())
        new = keyring.successor(statement["key_id"])
        stated = statements.state_key(new, head.installation, canonical.moment(clock.now()), endorser=old)
        record(
            action=Action.AUDIT_ROTATE_KEY,
            state=State.SUCCEEDED,
            actor=actor,
            target=stated["key_id"],
            before={"key_id": statement["key_id"]},
            after={"key_id": stated["key_id"], "verifies_with": stated["public_key"]},
        )
        if newest() is None:  # the old key must have signed once, or nobody could know it
            _add(_locked_head(), None, old, statement)
        _add(_locked_head(), newest(), new, stated)
    keyring.forget_all_but(stated["key_id"])
    return str(stated["key_id"])


@dataclass(frozen=True, slots=True)
class Replaced:
    """A lost key, and the one that signs instead of it. `after` is the last row that the lost one covers."""

    old_key_id: str
    key_id: str
    public_key: str
    after: int


def lost_key() -> tuple[str, int]:
    """The id of the key that signed last, which this machine does not hold, and the last row that it covers.

    Raises KeyTrouble where the machine does hold it, and NothingToSign where none signed yet.
    """
    last = newest()
    if last is None:
        raise NothingToSign("nothing was signed yet, so no key is lost; the first checkpoint makes the first key")
    if last.key_id in keyring.in_hand():
        raise KeyTrouble(f"this machine holds the key {last.key_id}, which signed last and can endorse the new one")
    return last.key_id, last.seq


def replace_lost_key(lost: str, actor: Actor, reason: str) -> Replaced:
    """Go on with a key that the `lost` one cannot endorse; a row and a checkpoint signed by the new key say so.

    Raises KeyTrouble, also when the key with that id is not the one that signed last any more, and NothingToSign.
    """
    with transaction.atomic():
        head = _locked_head()
        old_id, after = lost_key()
        if old_id != lost:
            raise KeyTrouble(f"meanwhile the key {old_id} signs, which another machine holds; take it from there")
        key = keyring.unused([stated["key_id"] for stated in public_keys()])
        stated = statements.state_key(key, head.installation, canonical.moment(clock.now()))
        record(
            action=Action.AUDIT_REPLACE_KEY,
            state=State.SUCCEEDED,
            actor=actor,
            target=stated["key_id"],
            reason=reason,
            before={"key_id": old_id, "covers_up_to_row": after},
            after={"key_id": stated["key_id"], "verifies_with": stated["public_key"], "endorsed_by": None},
        )
        _add(_locked_head(), newest(), key, stated)
    keyring.forget_all_but(stated["key_id"])
    return Replaced(old_id, stated["key_id"], stated["public_key"], after)


def newest() -> Checkpoint | None:
    """The last checkpoint."""
    return Checkpoint.objects.order_by("-number").first()


def trouble_with_key() -> str:
    """Why this machine cannot sign the next checkpoint, in a sentence; "" where it can."""
    last = newest()
    if last is None:
        return ""
    try:
        if last.key_id in keyring.in_hand():
            return ""
    except KeyTrouble as trouble:
        return f"The key that signs the audit log cannot be used: {trouble}."
    return f"This machine does not hold the key {last.key_id}, which signed the audit log last."


def first_row() -> int:
    """The number of the first row that the log keeps."""
    last = newest()
    return last.first if last else 1


def lines(until: int | None = None) -> Iterator[str]:
    """All checkpoints as text, oldest first, read in portions; or those up to a number."""
    yield from (line for _, line in _read("line", until=until))


def followed(roots: Collection[str] = (), accepted: Collection[str] = ()) -> Followed:
    """What the checkpoints of the table say; where one does not hold, what the others say (`Followed.damage`).

    `roots` and `accepted` as in `statements.follow`.
    """
    last = newest()
    until = last.number if last else 0
    try:
        found = statements.follow(lines(until), roots, accepted)
        _compare_columns(found.marks, until)
    except Untrue as untrue:
        return salvage(lines(until), untrue, roots, accepted)
    return found


def public_keys() -> list[dict[str, Any]]:
    """The statements of all keys that ever signed, oldest first."""
    return [stated for _, stated in first_of_each_key()]


def first_of_each_key() -> list[tuple[Checkpoint, dict[str, Any]]]:
    """The checkpoints with which each key began to sign, oldest first, with its statement.

    One that cannot be read is left out: the verification names it.
    """
    found: list[Checkpoint] = []
    in_turn = Checkpoint.objects.order_by("key_id", "number")  # one step in the index for each key, not for each row
    while made := in_turn.filter(key_id__gt=found[-1].key_id if found else "").first():
        found.append(made)
    found.sort(key=lambda made: made.number)
    return [(made, stated) for made in found if (stated := _stated(made)) is not None]


def _stated(made: Checkpoint) -> dict[str, Any] | None:
    try:
        return dict(statements.read(made.line)["key"])
    except Untrue:
        return None


def _read(*columns: str, until: int | None) -> Iterator[tuple[Any, ...]]:
    """Number and columns of each. No cursor stays open, for whoever reads may stop early."""
    wanted = Checkpoint.objects.order_by("number").values_list("number", *columns)
    if until is not None:
        wanted = wanted.filter(number__lte=until)
    number = 0
    while portion := list(wanted.filter(number__gt=number)[:_PORTION]):
        yield from portion
        number = portion[-1][0]


def _compare_columns(marks: list[Mark], until: int) -> None:
    """Triggers and pages go by the columns beside a line. Raises Untrue where they say something else."""
    for place, (number, seq, first, at) in enumerate(_read("seq", "first", "at", until=until)):
        mark = marks[place] if place < len(marks) else None
        if mark is None or (mark.number, mark.seq, mark.first, mark.at) != (number, seq, first, canonical.moment(at)):
            raise Untrue("the columns beside its line say something else", number, mark.seq if mark else seq)


def _due() -> bool:
    head, last = Head.objects.first(), newest()
    if head is None or head.seq == 0 or (last is not None and last.seq >= head.seq):
        return False
    interval = timedelta(seconds=settings.AUDIT_CHECKPOINT_SECONDS)
    if last is None or not last.at <= clock.now() < last.at + interval:  # also when the clock was set back
        return True
    return clock.now() >= last.at + interval / _SOONER and _an_act_ended_after(last.seq)


def _an_act_ended_after(seq: int) -> bool:
    """Whether one of the rows that nothing protects yet tells how an act ended."""
    ends = [state for state in State if not state.is_open]
    return Entry.objects.filter(seq__gt=seq, state__in=ends).exclude(change_id="").exists()


def _locked_head() -> Head:
    head = Head.objects.select_for_update().first()
    if head is None or head.seq == 0:
        raise NothingToSign("the log has no rows yet")
    return head


def _key(head: Head, last: Checkpoint | None) -> tuple[Ed25519PrivateKey, dict[str, Any]]:
    """The key that signs now, and its statement."""
    if last is None:
        key = keyring.first()
        return key, statements.state_key(key, head.installation, canonical.moment(clock.now()))
    statement = statements.read(last.line)["key"]
    held = keyring.in_hand().get(statement["key_id"])
    if held is None:
        raise KeyTrouble(
            f"this machine does not hold the key {statement['key_id']}, which signed last: put it back, "
            'or see "When a secret is lost" in the README'
        )
    return held, statement


def _add(
    head: Head,
    last: Checkpoint | None,
    key: Ed25519PrivateKey,
    statement: dict[str, Any],
    *,
    first: int | None = None,
) -> Checkpoint:
    now = clock.now()
    number = last.number + 1 if last else 1
    kept = first or (last.first if last else 1)
    facts = {
        "installation": head.installation,
        "number": number,
        "previous": statements.digest(statements.read(last.line)) if last else "",
        "at": canonical.moment(now),
        "first": kept,
        "seq": head.seq,
        "hash": head.hash,
        "key": statement,
    }
    line = statements.sign(key, facts)
    made = Checkpoint(number=number, at=now, seq=head.seq, first=kept, key_id=statement["key_id"], line=line)
    made.save(force_insert=True)
    delivery.queue(made)
    return made
