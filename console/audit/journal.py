"""The one entrance to the log. Nothing else writes a row."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction

from console import clock
from console.access.actor import SYSTEM, Actor
from console.audit import canonical, chain, words
from console.audit.catalog import CANNOT_BE_KNOWN, Action, State
from console.audit.chain import Row
from console.audit.cleaning import clean
from console.audit.models import LIMITS, Entry, Head, OpenChange
from console.audit.safe import canonical_json

#: Clocks of several machines differ a little; a row less than this behind the one above takes its time instead.
CLOCK_TOLERANCE = timedelta(seconds=5)


class LogBroken(Exception):
    """The log cannot be continued: its head is missing although there are rows. Nothing was recorded."""


def record(  # noqa: PLR0913 - the fields of a row, all by name
    *,
    action: Action,
    state: State,
    actor: Actor,
    cloud: str = "",
    gateway_id: str = "",
    target: str = "",
    change_id: str = "",
    batch_id: str = "",
    reason: str = "",
    before: object = None,
    after: object = None,
    error_code: str = "",
    cloud_request_id: str = "",
) -> Entry:
    """Append one row to the chain and return it.

    Texts may hold anything: unfit characters become visible escapes, long ones are cut, and values in `before` and
    `after` whose key looks like a secret are masked. The row joins the caller's transaction if there is one; then
    every other writer waits until that ends, so record last and end soon.

    Raises TypeError for an action or state that is no member of the catalog, django.db.DatabaseError when the
    database refuses and LogBroken when the chain has no end: then the act must not happen either (ASVS 16.5.3).
    """
    if not isinstance(action, Action) or not isinstance(state, State):
        raise TypeError(f"not in the catalog: {action!r}, {state!r}")
    texts = {
        "actor": actor.name,
        "role": actor.role,
        "cloud": cloud,
        "gateway_id": gateway_id,
        "target": target,
        "change_id": change_id,
        "batch_id": batch_id,
        "reason": reason,
        "error_code": error_code,
        "cloud_request_id": cloud_request_id,
        "request_id": actor.request_id,
        "ip": actor.ip,
    }
    fields = {name: clean(text, LIMITS[name]) for name, text in texts.items()}
    fields |= {"action": action.value, "state": state.value}
    fields |= {"before": canonical_json(before), "after": canonical_json(after)}
    with transaction.atomic():
        entry = _append(_locked_head(), clock.now(), fields, actor.person_id)
        _follow(entry, state)
    return entry


def _locked_head() -> Head:
    """The end of the chain, ours alone until the transaction ends. The first row of all makes it."""
    head = Head.objects.select_for_update().first()
    if head is None:
        # Asked in this order: somebody else may just have written the first row, and its head with it.
        if Entry.objects.exists() and not Head.objects.exists():
            raise LogBroken("the audit log has rows but no head")
        installation = str(uuid.uuid4())
        first = Head(installation=installation, hash=chain.genesis(installation))
        Head.objects.bulk_create([first], ignore_conflicts=True)
        head = Head.objects.select_for_update().get()
    return head


def _append(head: Head, now: datetime, fields: dict[str, str], actor_id: int | None) -> Entry:
    """Write the row that follows the head, and move the head. Notes first when the clock was set back."""
    if head.at is not None and now < head.at:
        if head.at - now <= CLOCK_TOLERANCE:
            now = head.at
        else:
            _note_clock(head, now)
    row = Row(seq=head.seq + 1, at=canonical.moment(now), previous_hash=head.hash, hash="", **fields)
    head.seq, head.hash, head.at = row.seq, chain.seal(row), now
    entry = Entry(
        **{**row._asdict(), "at": now, "hash": head.hash},
        actor_id=actor_id,
        words=words.of_row(row),
    )
    entry.save(force_insert=True)
    head.save(update_fields=["seq", "hash", "at"])
    return entry


def _note_clock(head: Head, now: datetime) -> None:
    """Say in a row of its own that times run backwards from here on."""
    last, head.at = head.at, None
    fields = dict.fromkeys(LIMITS, "") | {
        "actor": SYSTEM.name,
        "role": SYSTEM.role,
        "action": Action.CLOCK_SET_BACK.value,
        "state": State.SUCCEEDED.value,
        "before": canonical_json({"at": last}),
        "after": canonical_json({"at": now}),
    }
    _append(head, now, fields, None)


def expect_no_end(change_ids: Sequence[str]) -> None:
    """Nothing will be found out any more about these Changes, so they no longer count as open."""
    OpenChange.objects.filter(change_id__in=change_ids).delete()


def _follow(entry: Entry, state: State) -> None:
    """Keep the list of Changes whose end is still to be found out."""
    if not entry.change_id:
        return
    if state.is_open and entry.error_code != CANNOT_BE_KNOWN:
        place = {"cloud": entry.cloud, "gateway_id": entry.gateway_id}
        OpenChange.objects.update_or_create(
            change_id=entry.change_id, defaults={"entry": entry, "at": entry.at, **place}
        )
    else:
        OpenChange.objects.filter(change_id=entry.change_id).delete()
