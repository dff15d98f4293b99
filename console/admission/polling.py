"""How often a card looks again by itself, in whole seconds."""

from dataclasses import dataclass
from typing import Final

from django.conf import settings

from console import clock
from console.observations.watch import Observation
from console.web.tables import Address

#: A page that waits for something to settle gives up after ten minutes, and says so (huawei-contract 6.3).
GIVES_UP_AFTER: Final = 600
#: A page never looks by itself more often than this, whatever the interval; in seconds (huawei-contract 12.2).
PACE: Final = 3
_GROWTH: Final = 1.15
#: The longest pause is this many times the first.
_LONGEST: Final = 5
#: Longest pause of a page that waits for a cloud to come back; it never gives up.
_LONGEST_AWAY: Final = 30


def pause_after(polled: int) -> int | None:
    """Seconds until the next look, after so many in a row; None when it is time to give up."""
    first = max(PACE, settings.STATUS_INTERVAL_SECONDS)
    waited = 0
    for number in range(polled + 1):
        pause = min(round(first * _GROWTH ** min(number, 50)), first * _LONGEST)
        if waited >= GIVES_UP_AFTER:
            return None
        waited += pause
    return int(pause)


@dataclass(frozen=True, slots=True)
class Again:
    """When a card looks again by itself. `url` is "" where nothing is awaited, or not any more."""

    url: str
    #: Seconds.
    pause: int
    #: It waited for something to settle, and waits no longer.
    gave_up: bool


def look_again(address: Address, *, changing: bool) -> Again:
    """For a card that is read fresh each time: it looks again while something in it changes."""
    polled = polled_of(address)
    pause = pause_after(polled) if changing else None
    url = address.having(poll=1, polled=polled + 1) if pause else ""
    return Again(url, pause or 0, gave_up=changing and pause is None)


def polled_of(address: Address) -> int:
    """How often in a row the card has looked by itself."""
    asked = address.parameters.get("polled", "")
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 4 else 0


def pause_while_away(shown: Observation[object]) -> int:
    """Seconds until the cloud is asked again, by whomever, and a little for its answer."""
    if shown.next_try is None:
        return max(PACE, settings.STATUS_INTERVAL_SECONDS)
    left = (shown.next_try - clock.now()).total_seconds()
    return min(max(1, round(left) + 1), _LONGEST_AWAY)
