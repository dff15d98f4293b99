"""How the cloud itself spells what it listed: that text goes back when an entry is named, and not our own spelling.

We compare ids without case, and take two spellings of one whitelist entry for the same; the cloud may not.
"""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final

#: Hosts whose odd spellings are kept.
_MOST_HOSTS: Final = 1_000


class Listed:
    """For each host, the texts of its last list that differ from ours. Safe to use from many threads."""

    def __init__(self) -> None:
        self._odd: dict[str, dict[str, tuple[str, ...]]] = {}
        self._lock = threading.Lock()

    @contextmanager
    def reading(self, host: str) -> Iterator["Reading"]:
        """One read of a whole list: what was known of the host's before is replaced when it ends well."""
        reading = Reading()
        yield reading
        with self._lock:
            if (odd := reading.odd()) or host in self._odd:
                self._odd[host] = odd
            if len(self._odd) > _MOST_HOSTS:
                del self._odd[next(iter(self._odd))]

    def learned(self, host: str, ours: str, raw: str) -> None:
        """A read of one thing showed how the cloud writes it."""
        if raw != ours:
            with self._lock:
                self._odd[host] = {**self._odd.get(host, {}), ours: (raw,)}

    def spelled(self, host: str, ours: str, usual: str) -> Sequence[str]:
        """The texts by which the cloud knows what we call `ours`; `usual` where it listed nothing else."""
        return self._odd.get(host, {}).get(ours) or (usual,)


class Reading:
    """What one read of a list found."""

    def __init__(self) -> None:
        self._found: dict[str, list[str]] = {}
        self._odd: set[str] = set()

    def note(self, ours: str, raw: str, usual: str) -> None:
        """The cloud wrote `raw`, where we would have written `usual`."""
        self._found.setdefault(ours, []).append(raw)
        if raw != usual:
            self._odd.add(ours)

    def odd(self) -> dict[str, tuple[str, ...]]:
        """The texts of those that have one which differs from ours, each once."""
        return {ours: tuple(dict.fromkeys(self._found[ours])) for ours in self._odd}
