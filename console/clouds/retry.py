"""Which answers may be asked for again, and after how long (huawei-contract 1.8).

The border in one line: a throttled call was not carried out, so it may be sent again; a read may be asked again
after a server error; a write never.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeVar

from console.clouds.allowance import TooManyReads
from console.clouds.budget import remaining
from console.clouds.errors import CloudBusy, CloudError, CloudUnavailable
from console.clouds.pauses import NotYet
from console.clouds.transport import AnswerLost

T = TypeVar("T")

#: Seconds before the second, third and fourth try of a throttled call that names no Retry-After.
BUSY_WAITS: Final = (1.0, 2.0, 4.0)
#: Seconds before the second and third try of a read that met a server error.
SERVER_ERROR_WAITS: Final = (0.2, 0.6)
#: Seconds before the second try of a read whose connection broke: a fresh connection is all it needs.
LOST_WAITS: Final = (0.0,)

_TRANSIENT: Final = frozenset({500, 502, 503, 504})
#: 504, but our own mistake: no body, no header. Asking again cannot help.
_OUR_MISTAKE: Final = frozenset({"endpoint.0011", "endpoint.0012"})


#: How often one call is sent at most, whatever happens to it: its replay after a new sign-in counts too (R13).
MOST_TRIES: Final = 4


@dataclass(slots=True)
class Tries:
    """How many are left of one call."""

    left: int = MOST_TRIES


def wait_before_retry(error: CloudError, tried: int, *, is_write: bool) -> float | None:
    """Seconds to wait before trying again after `tried` attempts, or None to give up."""
    waits = _waits_for(error, is_write=is_write)
    if tried > len(waits):
        return None
    wait = waits[tried - 1]
    return wait if error.retry_after is None else max(error.retry_after, 0.0)


def _waits_for(error: CloudError, *, is_write: bool) -> tuple[float, ...]:
    if isinstance(error, NotYet | TooManyReads):
        return ()  # whoever waits for it knows how long
    if isinstance(error, CloudBusy):
        return BUSY_WAITS
    if is_write or not isinstance(error, CloudUnavailable):
        return ()
    if isinstance(error, AnswerLost):
        return LOST_WAITS
    if error.status in _TRANSIENT and error.vendor_code.lower() not in _OUR_MISTAKE:
        return SERVER_ERROR_WAITS
    return ()


def with_retries(
    attempt: Callable[[], T],
    *,
    is_write: bool,
    default_time: float,
    needed: float = 0.0,
    tries: Tries | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> T:
    """Call `attempt` until it answers, or its error is final, or the wait asked for is longer than the time left.

    Never asks earlier than the cloud said. `default_time` (seconds) holds where no time budget is set; `needed` of it
    must be left after the wait. `tries` are those of the whole call, where this is only a part of it.
    """
    tried, tries = 0, tries or Tries()
    while True:
        tries.left -= 1
        try:
            return attempt()
        except CloudError as error:
            tried += 1
            wait = wait_before_retry(error, tried, is_write=is_write)
            if wait is None or not tries.left or wait + needed >= remaining(default_time):
                raise
        sleep(wait)
