"""Whether the clouds can be reached, asked in the background so that nobody waits for a cloud that is away."""

import threading
import time
from collections.abc import Callable, Mapping
from enum import StrEnum
from functools import partial
from typing import Final

from console import wiring

#: How long an answer counts, in seconds. Also how often a cloud is asked at most.
FRESH: Final = 30


class Reachability(StrEnum):
    """What the last probe found."""

    REACHABLE = "reachable"
    UNREACHABLE = "unreachable"
    UNKNOWN = "unknown"


class Probe:
    """The state of one cloud, refreshed by a thread of its own when it is asked for and old."""

    def __init__(self, ask: Callable[[], bool], clock: Callable[[], float] = time.monotonic) -> None:
        self._ask = ask
        self._clock = clock
        self._lock = threading.Lock()
        self._asked_at: float | None = None
        self._state = Reachability.UNKNOWN

    def state(self) -> Reachability:
        """What is known now, at once; starts a refresh when that is old."""
        with self._lock:
            now = self._clock()
            if self._asked_at is None or now - self._asked_at >= FRESH:
                self._asked_at = now
                threading.Thread(target=self._refresh, name="cloud-probe", daemon=True).start()
            return self._state

    def _refresh(self) -> None:
        found = Reachability.REACHABLE if self._ask() else Reachability.UNREACHABLE
        with self._lock:
            self._state = found


_probes: dict[str, Probe] = {}
_probes_lock = threading.Lock()


def states() -> Mapping[str, str]:
    """Each cloud's name and state. Never waits."""
    return {name: _probe_of(name, cloud).state().value for name, cloud in wiring.clouds().items()}


def _probe_of(name: str, cloud: wiring.Cloud) -> Probe:
    with _probes_lock:
        if name not in _probes:
            _probes[name] = Probe(partial(wiring.reachable, cloud))
        return _probes[name]
