"""How far this machine's clock is from a cloud's, by the `Date` of its answers (RFC 9110, 6.6.1)."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

#: `Date` has whole seconds, and an answer takes a while: below this there is no difference to speak of.
PRECISION: Final = timedelta(seconds=2)


class CloudTime:
    """The clock of one cloud as its last answer showed it. Safe to use from many threads."""

    def __init__(self, system: Callable[[], float] = time.time) -> None:
        """`system` is this machine's clock, in seconds since 1970."""
        self._system = system
        self._ahead: timedelta | None = None

    def heard(self, date: str | None) -> None:
        """An answer came with this `Date`. One that is missing or cannot be read says nothing."""
        if (said := _moment(date or "")) is not None:
            self._ahead = datetime.fromtimestamp(self._system(), UTC) - said

    @property
    def ahead(self) -> timedelta | None:
        """By how much this machine's clock is ahead of the cloud's, behind when negative; None while no answer told."""
        return self._ahead


def _moment(date: str) -> datetime | None:
    try:
        said = parsedate_to_datetime(date)
    except (ValueError, TypeError, OverflowError):
        return None
    return said if said.tzinfo else said.replace(tzinfo=UTC)
