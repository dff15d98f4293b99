"""How far this machine's clock is from a cloud's, by the `Date` of its answers (RFC 9110, 6.6.1)."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

from console.clouds.errors import LONGEST_REASON, CloudError

#: From here on a difference is told: clouds refuse signatures that are some minutes off (huawei-contract 2.4).
WORTH_TELLING: Final = timedelta(minutes=2)


class CloudTime:
    """The clock of one cloud as its last answer showed it. Safe to use from many threads."""

    def __init__(self, system: Callable[[], float] = time.time) -> None:
        """`system` is this machine's clock, in seconds since 1970."""
        self._system = system
        self._ahead: timedelta | None = None

    def heard(self, date: str | None) -> None:
        """An answer came with this `Date`. One that is missing or cannot be read says nothing."""
        if (said := http_moment(date or "")) is not None:
            self._ahead = datetime.fromtimestamp(self._system(), UTC) - said

    def correction(self) -> timedelta:
        """What to take off this machine's time to sign a call by the cloud's; zero while they hardly differ."""
        ahead = self._ahead
        return ahead if ahead is not None and abs(ahead) > WORTH_TELLING else timedelta(0)

    def now(self) -> datetime:
        """The cloud's time, as far as it is known."""
        return datetime.fromtimestamp(self._system(), UTC) - self.correction()

    def is_another_since(self, correction: timedelta) -> bool:
        """Whether what was signed with that correction was signed for a time that the cloud would not take."""
        return abs(self.correction() - correction) > WORTH_TELLING

    def explain(self, refusal: CloudError) -> None:
        """Add to a refused signature that the clocks differ, where they do."""
        if ahead := self.correction():
            refusal.reason = f"{refusal.reason} ({in_words(ahead)})"[:LONGEST_REASON]

    @property
    def ahead(self) -> timedelta | None:
        """By how much this machine's clock is ahead of the cloud's, behind when negative; None while no answer told."""
        return self._ahead


def http_moment(date: str) -> datetime | None:
    """A date of an HTTP header, in UTC; None for what is none, whatever it holds."""
    try:
        said = parsedate_to_datetime(date)
        return said.astimezone(UTC) if said.tzinfo else said.replace(tzinfo=UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def in_words(ahead: timedelta) -> str:
    """For people: what a difference of a machine's clock to a cloud's is."""
    minutes = round(abs(ahead).total_seconds() / 60)
    side = "ahead of" if ahead > timedelta(0) else "behind"
    return f"this machine's clock is {minutes} minutes {side} the cloud's"
