"""The simulation finds an engine that was broken on purpose; by hand all of `breaks.BREAKS`, with `--break NAME`."""

import pytest

from tests.conditions import needs_sqlite
from tests.simulation.history import Untrue
from tests.simulation.profiles import MIXED
from tests.simulation.simulation import Simulation

pytestmark = [pytest.mark.django_db(transaction=True), needs_sqlite]


@pytest.mark.parametrize(
    ("breakage", "found"),
    [
        ("settled-too-early", "and the ledger has its effect"),
        ("no-fingerprint", "rests on what was not true any more"),
        ("blind-retry", "was sent again, and the first call may have been done"),
    ],
)
def test_a_broken_engine_is_found(breakage: str, found: str) -> None:
    with pytest.raises(Untrue, match=found) as told:
        Simulation(MIXED, "7", breakage).run(500)

    (story,) = told.value.__notes__
    assert "confirms" in story
    assert "the log says “intended” of Change A" in story
    assert "THEN:" in story
