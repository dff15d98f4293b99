"""After wrong passwords comes a wait, and it grows. Nobody is locked out or waits for what others do elsewhere.

What is counted (ASVS 6.1.1): tries under one name from one address, tries from one address, tries from a browser in
which the person signed in before, and those of somebody who is signed in and asked for the password once more. Five
may be wrong (twenty from one address), then the next one has to wait, twice as long each time. A try counts before its
password is looked at, so many at once get no further than one after the other; a right one takes its count back.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from django.db import transaction
from django.utils.crypto import salted_hmac

from console import clock
from console.access.models import SignInWait

_NONE: Final = timedelta(0)
#: Old rows deleted in one transaction.
_AT_A_TIME: Final = 5_000


class Rule(NamedTuple):
    """How the wait grows. Whole seconds."""

    #: Wrong passwords before there is any wait.
    free: int
    #: The wait after those; each further wrong password doubles it.
    first: int
    longest: int
    #: One wrong password is forgotten in this time.
    forgotten: timedelta

    @property
    def most(self) -> int:
        """Wrong passwords that lead to the longest wait; more are not counted, so all are forgotten in good time."""
        return self.free + math.ceil(math.log2(self.longest / self.first))

    def after(self, failures: float, passed: timedelta) -> float:
        """The count after one more wrong password, so long after the one before it."""
        return min(max(failures - passed / self.forgotten, 0.0) + 1, self.most)

    def until(self, failures: float, now: datetime) -> datetime | None:
        """When the next try may be made after so many wrong ones; nearly five are five. None: at once."""
        doublings = round(failures) - self.free
        return now + timedelta(seconds=min(self.first * 2**doublings, self.longest)) if doublings >= 0 else None


PERSON: Final = Rule(free=5, first=10, longest=15 * 60, forgotten=timedelta(hours=1))
#: Many people may share an address, and forget their passwords in the same morning.
ADDRESS: Final = Rule(free=20, first=5, longest=15 * 60, forgotten=timedelta(minutes=3))


@dataclass(frozen=True, slots=True)
class Counted:
    """One thing that tries are counted for."""

    rule: Rule
    what: str
    #: Whether a right password wipes the count; else it only takes back its own.
    wiped: bool = True

    @property
    def key(self) -> str:
        """As the table knows it: no name and no address can be read from it."""
        return salted_hmac(
            "console.access.waits", self.what.encode("utf-8", "surrogatepass"), algorithm="sha256"
        ).hexdigest()


@dataclass(frozen=True, slots=True)
class Try:
    """One try that may be made, counted as a wrong one until `take_back`."""

    counted: Sequence[Counted]
    #: What stood in the table when it was counted.
    until: dict[str, datetime | None]


def begin(counted: Sequence[Counted]) -> Try | timedelta:
    """Count a try and let it through, or say how long to wait; a try that has to wait makes the wait no longer."""
    if (wait := _longest(SignInWait.objects.filter(key__in=[one.key for one in counted]))) > _NONE:
        return wait  # a try that has to wait writes nothing, or names could fill the table
    with transaction.atomic():
        fresh = [SignInWait(key=one.key, failures=0, counted_at=clock.now()) for one in counted]
        SignInWait.objects.bulk_create(fresh, ignore_conflicts=True)
        rules = {one.key: one.rule for one in counted}
        rows = list(SignInWait.objects.select_for_update().filter(key__in=rules).order_by("key"))
        if (wait := _longest(rows)) > _NONE:
            return wait
        now = clock.now()
        for row in rows:
            rule = rules[row.key]
            row.failures = rule.after(row.failures, max(now - row.counted_at, _NONE))
            row.counted_at, row.until = now, rule.until(row.failures, now)
            row.save(update_fields=["failures", "counted_at", "until"])
    return Try(counted, {row.key: row.until for row in rows})


def _longest(rows: Iterable[SignInWait]) -> timedelta:
    now = clock.now()
    return max((row.until - now for row in rows if row.until), default=_NONE)


def take_back(attempt: Try) -> None:
    """The password was right."""
    with transaction.atomic():
        kept = {one.key for one in attempt.counted if not one.wiped}
        for row in SignInWait.objects.select_for_update().filter(key__in=attempt.until).order_by("key"):
            if row.key not in kept:
                row.delete()
                continue
            row.failures = max(row.failures - 1, 0)
            if row.until == attempt.until[row.key]:  # nobody else was wrong meanwhile
                row.until = None
            row.save(update_fields=["failures", "until"])


def forget_old() -> bool:
    """Delete what no wait follows from any more; whether there may be more of it. The worker does it."""
    oldest = clock.now() - max(rule.forgotten * rule.most for rule in (PERSON, ADDRESS))
    with transaction.atomic():
        # Those that somebody is counting in this moment are not old.
        old = SignInWait.objects.select_for_update(skip_locked=True).filter(counted_at__lt=oldest)
        keys = list(old.values_list("key", flat=True)[:_AT_A_TIME])
        SignInWait.objects.filter(key__in=keys).delete()
    return len(keys) == _AT_A_TIME


def in_words(wait: timedelta) -> str:
    """`20 seconds`, `1 minute`, `15 minutes`: never less than it is."""
    seconds = whole_seconds(wait)
    number, unit = (seconds, "second") if seconds < 60 else (-(-seconds // 60), "minute")
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"


def whole_seconds(wait: timedelta) -> int:
    """For `Retry-After`, which knows no fractions; 1 at least."""
    return max(-(-wait // timedelta(seconds=1)), 1)
