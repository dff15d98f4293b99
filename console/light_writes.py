"""Writes that only make pages faster or nicer: what a cloud said, what a person has seen, when somebody was active.

They need not survive a power cut: what a cloud said is asked again in seconds, so it is not worth the wait for the disk
that every row of the audit log and every intent is worth. Nor need they succeed: a page goes on without them while the
database is full, read-only or locked, and says so in one notice.
"""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from django.db import DatabaseError, OperationalError, connection, transaction

from console.database_failures import Failure, failure_of

logger = logging.getLogger(__name__)

#: Seconds that a light write waits for the lock of somebody else's.
LOCK_WAIT: Final = 2
#: After a failure none is tried for so long, so that a page does not wait for each of its own. Seconds.
PAUSE = 5.0
#: A page says so for so long after the last failure, in case nothing was to be kept since. Seconds.
_TOLD_FOR: Final = 60.0


class NotKept(OperationalError):
    """The database could not be written; the caller goes on without."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(f"the database {failure}")
        self.failure = failure


@dataclass(slots=True)
class _Trouble:
    """The failure that has not ended yet. `at` is when it was last met, by `time.monotonic`."""

    failure: Failure
    at: float


_lock = threading.Lock()
_trouble: _Trouble | None = None


@contextmanager
def light_write() -> Iterator[None]:
    """Around a light write, as a decorator or a `with` block.

    Raises NotKept where the database does not take it, and at once where it did not take another one a moment ago.
    The log says when that begins and when it is over, not each time.
    """
    if _trouble is not None and time.monotonic() - _trouble.at < PAUSE:
        raise NotKept(_trouble.failure)
    try:
        yield
    except DatabaseError as error:
        if isinstance(error, NotKept) or (failure := failure_of(error)) is None:
            raise
        _begin(failure, error)
        raise NotKept(failure) from error
    _end()


def trouble() -> Failure | None:
    """Why light writes of this process fail; None while they do not, or none was tried for long."""
    now = _trouble
    return now.failure if now and time.monotonic() - now.at < _TOLD_FOR else None


def forget() -> None:
    """Take the next light write for the first one."""
    global _trouble
    _trouble = None


def _begin(failure: Failure, error: DatabaseError) -> None:
    global _trouble
    with _lock:
        is_new = _trouble is None
        _trouble = _Trouble(failure, time.monotonic())
    if is_new:
        logger.warning("The database %s (%s). Pages read on from the clouds and keep nothing.", failure, error)


def _end() -> None:
    global _trouble
    if _trouble is None:
        return
    with _lock:
        ended, _trouble = _trouble, None
    if ended is not None:
        logger.info("The database can be written again. Pages keep what they read.")


@contextmanager
def light_transaction() -> Iterator[None]:
    """Ends without waiting for the disk and waits for no lock for long, unless it is part of another transaction."""
    if connection.in_atomic_block:
        with transaction.atomic():
            yield
    elif connection.vendor == "sqlite":
        with _pragmas({"synchronous": 1, "busy_timeout": LOCK_WAIT * 1000}), transaction.atomic():
            yield
    else:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT set_config('synchronous_commit', 'off', true), set_config('lock_timeout', %s, true)",
                [f"{LOCK_WAIT}s"],
            )
            yield


@contextmanager
def _pragmas(values: dict[str, int]) -> Iterator[None]:
    """For this connection, and only as long as it lasts. `synchronous` 1 is NORMAL; `busy_timeout` is milliseconds."""
    before = {}
    with connection.cursor() as cursor:
        for name, value in values.items():
            cursor.execute(f"PRAGMA {name}")
            (before[name],) = cursor.fetchone()
            cursor.execute(f"PRAGMA {name} = {value}")
        try:
            yield
        finally:
            for name, value in before.items():
                cursor.execute(f"PRAGMA {name} = {int(value)}")
