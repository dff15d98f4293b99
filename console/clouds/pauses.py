"""What a cloud itself asked for with Retry-After: until then nobody in this process calls that host again (R13).

Unlike the console's own pauses it cannot be overridden, not by another page and not by "Refresh". What it asked for
after a call that only shows does not hold up acts, and the other way round; unless it spoke of the whole account, or
was out of service.
"""

import threading
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from console.clouds.cloud_time import http_moment
from console.clouds.errors import CloudBusy, CloudError
from console.clouds.traffic import Purpose

#: Seconds; a cloud that asks for more is asked again after these.
LONGEST: Final = 600.0


#: What a pause holds up that was asked for after a call: nothing that matters more than the call.
_HELD: Final = {
    Purpose.SHOW: (Purpose.SHOW,),
    Purpose.CONFIRM: (Purpose.SHOW, Purpose.CONFIRM),
    Purpose.ACT: (Purpose.CONFIRM, Purpose.ACT),
}


class NotYet(CloudBusy):
    """Not sent, because the cloud asked for a pause; `retry_after` says how much of it is left."""


def is_asked_for(error: CloudError) -> bool:
    """Whether the error's `retry_after` is the cloud's own word on when to call again."""
    return error.retry_after is not None and (isinstance(error, CloudBusy) or error.status == 503)


class Pauses:
    """The pauses that the hosts of one cloud asked for. `clock` gives seconds and only moves forward."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        #: By host, and by what the calls are for that it holds up.
        self._until: dict[tuple[str, Purpose], float] = {}

    def heed(self, host: str, error: CloudError, purpose: Purpose) -> None:
        """Remember what the error asks for, if it does. A silly value is cut, in the error too."""
        if error.retry_after is None or not is_asked_for(error):
            return
        error.retry_after = min(error.retry_after, LONGEST)
        until = self._clock() + error.retry_after
        held = tuple(Purpose) if error.whole_account or error.status == 503 else _HELD[purpose]
        with self._lock:
            for each in held:
                self._until[host, each] = max(self._until.get((host, each), 0.0), until)

    def check(self, host: str, purpose: Purpose) -> None:
        """Raises NotYet while the host's pause lasts."""
        left = self._until.get((host, purpose), 0.0) - self._clock()
        if left > 0:
            until = datetime.now(UTC) + timedelta(seconds=left)
            reason = f"{host} asked not to be called again before {until:%H:%M:%S} UTC; nothing was sent"
            raise NotYet(reason, retry_after=left)


def retry_after_seconds(headers: Mapping[str, str]) -> float | None:
    """A Retry-After header in seconds, from its number or its date form; None where absent or unreadable.

    A date counts from the answer's own `Date`: the cloud's clock may be another than this machine's.
    """
    text = headers.get("Retry-After", "").strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    if (until := http_moment(text)) is None:
        return None
    now = http_moment(headers.get("Date", "")) or datetime.now(UTC)
    return max(0.0, (until - now).total_seconds())
