"""What clouds said while the database could not be written: kept by this process for a moment, so that a page that many
look at, or a cloud that is away, is not asked again by each of them."""

import threading
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from console.clouds.errors import CloudError
from console.observations.parts import Part
from console.observations.store import Where


class Unkept(NamedTuple):
    """One answer, or why there was none."""

    #: When the read began.
    asked_at: datetime
    #: Until when it will do for everybody.
    good_until: datetime
    value: Any
    error: CloudError | None


_Key = tuple[Where, Part]
#: Older ones are dropped when another is added.
_KEPT_FOR: Final = timedelta(minutes=1)

_lock = threading.Lock()
_answers: dict[_Key, Unkept] = {}


def find(key: _Key, now: datetime, not_before: datetime | None) -> Unkept | None:
    """What is good for now and was asked for no earlier than that."""
    found = _answers.get(key)
    if found is None or not found.asked_at <= now < found.good_until:
        return None
    return None if not_before and found.asked_at < not_before and found.error is None else found


def keep(key: _Key, answer: Unkept) -> None:
    """For the next who asks in this process."""
    with _lock:
        oldest = answer.asked_at - _KEPT_FOR
        for old in [each for each, known in _answers.items() if known.asked_at < oldest]:
            del _answers[old]
        _answers[key] = answer
