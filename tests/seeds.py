"""The usual world of the simulated cloud, grown once per process: thousands of tests begin with it.

`tests/conftest.py` imports the fixture; nothing asks for it by name.
"""

import pickle
from collections.abc import Callable, Iterator
from typing import Final

import pytest

from console.simcloud.records import Record
from console.simcloud.seed import Seed

USUAL: Final = Seed("demo", 1)
#: Grows the records of a seed at a moment; what it gives for another moment differs by whole seconds in these fields.
grown: Final[Callable[[Seed, float], list[Record]]] = Seed.records
_MOMENTS: Final = ("created_at", "updated_at", "modified_at")
_GROWN_AT: Final = 1_700_000_000


class Copies:
    """Hands out copies of the usual world; nobody's changes reach the next."""

    def __init__(self) -> None:
        self._records = pickle.dumps(grown(USUAL, _GROWN_AT))

    def records(self, now: float) -> list[Record]:
        """What `Seed.records` of the usual world gives at that moment."""
        records: list[Record] = pickle.loads(self._records)
        later = int(now) - _GROWN_AT
        for record in records:
            for name in _MOMENTS:
                if hasattr(record, name):
                    setattr(record, name, getattr(record, name) + later)
        return records


@pytest.fixture(scope="session", autouse=True)
def copied_worlds() -> Iterator[None]:
    """Every world that begins as the usual one gets a copy."""
    copies = Copies()

    def records(seed: Seed, now: float) -> list[Record]:
        return copies.records(now) if seed == USUAL else grown(seed, now)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Seed, "records", records)
        yield
