"""As of when and from where a card's content is, and what is to be known when the cloud cannot be read."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.utils import timezone

from console import clock
from console.clouds.paging import Listing
from console.observations.watch import Observation
from console.web.moments import iso_text, local_text, utc_text

#: Beyond this a time without its date could be taken for one of today.
_TODAY: Final = timedelta(hours=12)
#: Why a file is not made of rows that may not be true any more.
NOTHING_EXPORTED: Final = "Nothing was exported: the cloud could not be read just now. Try again in a moment."
#: Why no act is offered on them.
ACTS_ARE_OFF: Final = "The cloud cannot be read now. Acts are off until it answers."


@dataclass(frozen=True, slots=True)
class Moment:
    """A time of day, whole in its title, and how long ago it was."""

    iso: str
    clock: str
    whole: str
    #: 0 or more; the page counts on by itself where it can.
    seconds: int
    ago: str


@dataclass(frozen=True, slots=True)
class Freshness:
    """What stands above a card's content."""

    as_of: Moment
    current: bool
    #: Why newer content could not be read, in the cloud's words; "" where it can be.
    why: str
    vendor_code: str
    request_id: str
    #: What the list lacks, in words; "" where it is whole.
    missing: str
    #: What the cloud's code means and what to do; "" where the words above say it all.
    advice: str
    #: When that is tried again; None where somebody is trying this moment.
    next_try: Moment | None


def freshness_of(shown: Observation[Any]) -> Freshness | None:
    """None where there is no content at all."""
    if shown.as_of is None:
        return None
    error = shown.error
    return Freshness(
        as_of=_moment(shown.as_of),
        current=shown.current,
        why="" if shown.current else error.reason if error else "it has not answered yet",
        vendor_code=error.vendor_code if error else "",
        request_id=error.request_id if error else "",
        missing=shown.value.what_is_missing() if isinstance(shown.value, Listing) else "",
        advice=f"{error.advice.meaning} {error.advice.next_step}" if error and error.vendor_code else "",
        next_try=_still_ahead(shown.next_try),
    )


def next_try_of(shown: Observation[Any]) -> Moment | None:
    """When a part that was never read is asked for again; None where somebody is trying this moment."""
    return _still_ahead(shown.next_try)


def _still_ahead(when: datetime | None) -> Moment | None:
    return _moment(when) if when and when > clock.now() else None


def _moment(when: datetime) -> Moment:
    age = max(timedelta(0), clock.now() - when)
    time = f"{timezone.localtime(when):%H:%M:%S}" if age < _TODAY else local_text(when)
    whole = f"{local_text(when)}, {utc_text(when)}"
    return Moment(iso_text(when), time, whole, int(age.total_seconds()), age_words(age))


def age_words(age: timedelta) -> str:
    """`12 s ago`, `4 min ago`, `3 h ago`, `5 days ago`."""
    seconds = int(age.total_seconds())
    for size, word in ((86_400, "days"), (3_600, "h"), (60, "min")):
        if seconds >= 2 * size:
            return f"{seconds // size} {word} ago"
    return f"{seconds} s ago"
