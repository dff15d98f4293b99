"""The one clock of the console: the database's, so that machines whose own clocks differ agree on every age.

Asking the database each time would cost a query, so each process remembers how far the database's clock was from its
own monotonic one and measures again every minute. With SQLite all processes share one machine, and its clock is used.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from django.db import DatabaseError, connection

logger = logging.getLogger(__name__)

#: A measurement is used for so long. Seconds.
MEASURED_EVERY: Final = 60.0
#: A machine's clock that differs by more is reported. Seconds.
MOST_DIFFERENCE: Final = 5.0
#: A machine that was suspended, or whose clock was set, measures again: then its two clocks disagree. Seconds.
_MOST_DRIFT: Final = 1.0


@dataclass(frozen=True, slots=True)
class _Measurement:
    """What three clocks said at the same moment."""

    database: datetime
    system: datetime
    #: `time.monotonic()` seconds.
    monotonic: float

    def elapsed(self) -> timedelta:
        return timedelta(seconds=time.monotonic() - self.monotonic)

    def is_doubtful(self) -> bool:
        elapsed = self.elapsed()
        drift = datetime.now(UTC) - self.system - elapsed
        return elapsed.total_seconds() >= MEASURED_EVERY or abs(drift.total_seconds()) > _MOST_DRIFT


_latest: _Measurement | None = None
_was_reported = False


def database_now() -> datetime:
    """The database's time. While it does not answer: by the last measurement, or else by this machine's clock, on
    which nothing can be decided, because what is decided is written to the database."""
    if connection.vendor == "sqlite":
        return datetime.now(UTC)
    measured = _measured()
    return measured.database + measured.elapsed() if measured else datetime.now(UTC)


#: What `now` asks; tests put a clock of their own here.
source: Callable[[], datetime] = database_now


def now() -> datetime:
    """The time by which leases, ages and the log go; aware, in UTC."""
    return source()


def difference() -> timedelta:
    """By how much this machine's clock is ahead of the database's; zero where they are the same, or while unknown."""
    if connection.vendor == "sqlite" or (measured := _measured()) is None:
        return timedelta(0)
    return measured.system - measured.database


def _measured() -> _Measurement | None:
    global _latest  # one for the process: threads that measure at the same moment do no harm
    if _latest is None or _latest.is_doubtful():
        try:
            _latest = _measure()
        except DatabaseError:
            return _latest
        _report(_latest.system - _latest.database)
    return _latest


def _measure() -> _Measurement:
    """Leaves no connection behind in a thread that had none, such as one that calls clouds: nobody would end it."""
    had_none = connection.connection is None
    began, system = time.monotonic(), datetime.now(UTC)
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT clock_timestamp()")
            (database,) = cursor.fetchone()
    finally:
        if had_none:
            connection.close()
    half = (time.monotonic() - began) / 2
    return _Measurement(database, system + timedelta(seconds=half), began + half)


def _report(ahead: timedelta) -> None:
    """Log a difference once, and again when it is over."""
    global _was_reported
    is_far = abs(ahead.total_seconds()) > MOST_DIFFERENCE
    if is_far != _was_reported:
        _was_reported = is_far
        level = logging.WARNING if is_far else logging.INFO
        logger.log(level, "This machine's clock is %s", in_words(ahead))


def in_words(ahead: timedelta) -> str:
    """For the log, the checks and the state of the process."""
    seconds = round(abs(ahead.total_seconds()))
    if seconds <= MOST_DIFFERENCE:
        return "in step with the database's."
    return f"{seconds} seconds {'ahead of' if ahead > timedelta(0) else 'behind'} the database's. Set it by NTP."
