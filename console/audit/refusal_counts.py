"""Refusals are counted, so that nobody fills a log that nobody can empty.

What nobody signed in did only becomes rows when its quarter of an hour is over: one for each kind and address, without
place and target, which the client would choose. The first refusals of a signed-in person are rows at once, with all
they say; further ones in the same quarter are counted too. The next refused request writes what has ended, else the
worker does.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from django.db import transaction
from django.db.models import F

from console import clock
from console.access.actor import ANONYMOUS_NAME, Actor
from console.access.address import address_block
from console.access.names import UNKNOWN
from console.access.reach import reach_now
from console.audit.catalog import Action, State
from console.audit.journal import record
from console.audit.models import RefusalCount, RefusedQuarter

QUARTER: Final = timedelta(minutes=15)
#: Rows about what nobody signed in did, in any hour.
MOST_ROWS: Final = 200
#: So many quarters can end within an hour. Each may have a row for what found no place in the others.
_ENDS: Final = 5
#: Different counts of one kind in one quarter of what nobody signed in did; whatever is more, is counted together.
MOST_COUNTS: Final = 1_000
#: Names of people, and again so many others, that are counted apart for one address.
MOST_NAMES: Final = 20
#: Refusals of one person in a quarter that get a row each.
MOST_OF_A_PERSON: Final = 50
#: Stands for the addresses that are counted together.
OTHERS: Final = "others"
_ACTIONS: Final = {action.value: action for action in Action}


class _Key(NamedTuple):
    """What is counted together: the fields of a `RefusalCount`."""

    kind: str
    address: str = ""
    person_id: int = 0
    name: str = ""


def note_of_nobody(action: Action, address: str, name: str = "") -> None:
    """Count something that was refused to somebody who had not signed in. `name` must be fit to be kept.

    Raises DatabaseError, and LogBroken when an earlier quarter cannot be written down.
    """
    _count(_Key(action.value, address_block(address), name=name))
    settle_ended()


def is_counted(action: Action, person: Actor) -> bool:
    """Whether this refusal of a signed-in person needs no row of its own, because it was counted."""
    person_id = person.person_id or 0
    settle_ended()
    quarter = _count(_Key("", person_id=person_id))
    total = RefusalCount.objects.filter(quarter=quarter, **_Key("", person_id=person_id)._asdict())
    # None: the quarter has just ended.
    if (total.values_list("count", flat=True).first() or 0) <= MOST_OF_A_PERSON:
        return False
    _count(_Key(action.value, person_id=person_id, name=person.name))
    return True


def settle_ended() -> bool:
    """Write the rows of every quarter that has ended, each exactly once; whether there were any."""
    ended = RefusedQuarter.objects.filter(settled_at=None, start__lte=clock.now() - QUARTER)
    starts = list(ended.order_by("start").values_list("start", flat=True))
    return sum(map(_settle, starts)) > 0


def _count(key: _Key) -> datetime:
    """Add one, and return the start of the quarter in which it was counted."""
    start = _quarter_of(clock.now())
    if _add(start, key):
        return start
    with transaction.atomic():
        start = _open_quarter(start)
        placed = _with_room(start, key)
        if not _add(start, placed):
            RefusalCount.objects.create(quarter_id=start, count=1, **placed._asdict())
    return start


def _add(start: datetime, key: _Key) -> bool:
    same = RefusalCount.objects.filter(quarter=start, **key._asdict())
    return same.update(count=F("count") + 1) > 0


def _quarter_of(now: datetime) -> datetime:
    return now.replace(minute=now.minute // 15 * 15, second=0, microsecond=0)


def _open_quarter(start: datetime) -> datetime:
    """The first quarter from this one on that is not settled, locked until the transaction ends.

    It is another one only when a request was slow or the clock was set back.
    """
    while True:
        RefusedQuarter.objects.bulk_create([RefusedQuarter(start=start)], ignore_conflicts=True)
        if RefusedQuarter.objects.select_for_update().get(start=start).settled_at is None:
            return start
        start += QUARTER


def _with_room(start: datetime, key: _Key) -> _Key:
    """The key under which there is room: without the name where the address has many, else with all others."""
    if key.person_id:
        return key
    counts = RefusalCount.objects.filter(quarter=start, person_id=0, kind=key.kind)
    if key.name:
        names = counts.filter(address=key.address).exclude(name="").values_list("name", flat=True)
        same_sort = [name for name in names if name.startswith(UNKNOWN) == key.name.startswith(UNKNOWN)]
        if len(same_sort) >= MOST_NAMES:
            key = key._replace(name="")
    if counts.count() >= MOST_COUNTS and not counts.filter(**key._asdict()).exists():
        return _Key(key.kind, OTHERS)
    return key


def _settle(start: datetime) -> bool:
    now = clock.now()
    with transaction.atomic():
        if not RefusedQuarter.objects.filter(start=start, settled_at=None).update(settled_at=now):
            return False  # another process has just done it
        counts = list(RefusalCount.objects.select_for_update().filter(quarter=start).exclude(kind="").order_by("pk"))
        _write_people(start, [one for one in counts if one.person_id])
        rows = _write_nobody(start, now, [one for one in counts if not one.person_id])
        RefusedQuarter.objects.filter(start=start).update(rows=rows)
        RefusalCount.objects.filter(quarter=start).delete()
        RefusedQuarter.objects.filter(settled_at__lt=now - timedelta(hours=2)).delete()
    return True


def _write_people(start: datetime, counts: Iterable[RefusalCount]) -> None:
    for one in counts:
        actor = Actor(one.person_id, one.name, reach_now(one.person_id).role_at(""), "", "")
        _write(_ACTIONS[one.kind], actor, start, one.count, {})


def _write_nobody(start: datetime, now: datetime, counts: Iterable[RefusalCount]) -> int:
    """A row for each kind and address, those with the most refusals first, and one for what is left."""
    groups: dict[tuple[str, str], list[RefusalCount]] = {}
    for one in counts:
        groups.setdefault((one.kind, one.address), []).append(one)
    by_count = sorted(groups.items(), key=lambda group: -_sum(group[1]))
    lately = RefusedQuarter.objects.filter(settled_at__gt=now - timedelta(hours=1)).values_list("rows", flat=True)
    room = max(MOST_ROWS - _ENDS - sum(lately), 0)
    written = [group for group in by_count if group[0][1] != OTHERS][:room]
    for (kind, address), members in written:
        _write(_ACTIONS[kind], Actor(None, ANONYMOUS_NAME, "", address, ""), start, _sum(members), _names(members))
    if rest := [group for group in by_count if group not in written]:
        _write_rest(start, rest)
    return len(written)


def _write_rest(start: datetime, rest: list[tuple[tuple[str, str], list[RefusalCount]]]) -> None:
    kinds: dict[str, int] = {}
    for (kind, _), members in rest:
        kinds[kind] = kinds.get(kind, 0) + _sum(members)
    actor = Actor(None, ANONYMOUS_NAME, "", "", "")
    _write(Action.REQUESTS_REFUSED, actor, start, sum(kinds.values()), {"kinds": kinds})


def _names(members: list[RefusalCount]) -> dict[str, object]:
    """The names that were tried, those with the most tries first; {} where none was typed."""
    named = sorted((one for one in members if one.name), key=lambda one: -one.count)
    if not named:
        return {}
    names: dict[str, object] = {"names": [{"name": one.name, "count": one.count} for one in named]}
    others = _sum(one for one in members if not one.name)
    return names | ({"other_names": others} if others else {})


def _sum(members: Iterable[RefusalCount]) -> int:
    return sum(one.count for one in members)


def _write(action: Action, actor: Actor, start: datetime, count: int, details: dict[str, object]) -> None:
    end = start + QUARTER
    times = "Once" if count == 1 else f"{count} times"
    record(
        action=action,
        state=State.REFUSED,
        actor=actor,
        reason=f"{times} between {start:%Y-%m-%d %H:%M} and {end:%H:%M} UTC, counted",
        after={"count": count, "from": start, "until": end} | details,
    )
