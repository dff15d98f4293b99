"""Times as the vendor's console writes them, and how long ago they were (features 1.2)."""

from datetime import UTC, datetime, timedelta
from typing import Final

from django.utils import timezone

from console import clock

UNKNOWN: Final = "unknown"
_STEPS: Final = (
    (timedelta(days=365), "year"),
    (timedelta(days=30), "month"),
    (timedelta(days=1), "day"),
    (timedelta(hours=1), "hour"),
    (timedelta(minutes=1), "minute"),
)


def local_text(when: datetime | None) -> str:
    """`YYYY-MM-DD HH:MM:SS GMT±hh:mm` in the person's own zone."""
    if when is None:
        return UNKNOWN
    # isoformat takes a third of strftime's time, and a page may show a hundred times.
    text = timezone.localtime(when).isoformat(" ", "seconds")
    return f"{text[:19]} GMT{text[19:25]}"


def utc_text(when: datetime | None) -> str:
    """`YYYY-MM-DD HH:MM:SS UTC`."""
    return UNKNOWN if when is None else f"{when.astimezone(UTC).isoformat(' ', 'seconds')[:19]} UTC"


def iso_text(when: datetime | None) -> str:
    """For the `datetime` attribute of a `<time>` element."""
    return "" if when is None else f"{when.astimezone(UTC).isoformat('T', 'seconds')[:19]}Z"


def age_text(when: datetime | None, now: datetime | None = None) -> str:
    """`412 days`-like words for the time since; "unknown" for None, "moments" under a minute."""
    if when is None:
        return UNKNOWN
    age = (now or clock.now()) - when
    for step, word in _STEPS:
        count = age // step
        if count >= 1:
            return f"{count} {word}{'' if count == 1 else 's'}"
    return "moments"


def ago_text(when: datetime | None, now: datetime | None = None) -> str:
    """`3 hours ago`-like words."""
    if when is None:
        return UNKNOWN
    age = age_text(when, now)
    return "just now" if age == "moments" else f"{age} ago"


def length_text(length: timedelta) -> str:
    """`40 seconds`, `3 minutes`, `5 hours`, `12 days`: a length of time in its largest unit of which there are two."""
    seconds = int(length.total_seconds())
    for unit, word in ((86400, "days"), (3600, "hours"), (60, "minutes")):
        if seconds >= 2 * unit:
            return f"{seconds // unit} {word}"
    return "1 second" if seconds == 1 else f"{seconds} seconds"
