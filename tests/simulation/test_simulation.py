"""A thousand acts through storms: what the console says is what the cloud's ledger says, after every step.

By hand: `python -m tests.simulation --acts 20000 --seed 7`. A failure shows the story that leads to it.
"""

import pytest

from tests.conditions import needs_sqlite
from tests.simulation.profiles import MIXED, QUIET
from tests.simulation.simulation import Simulation

pytestmark = [pytest.mark.django_db(transaction=True), needs_sqlite]

SEED = "7"


def test_a_thousand_acts_through_storms_end_as_the_ledger_says() -> None:
    figures = Simulation(MIXED, SEED).run(1000)

    assert figures.acts >= 1000
    assert figures.faults > 300
    assert figures.ends["succeeded"] > 500


def test_where_nothing_goes_wrong_every_act_is_done_or_told_that_another_was_first() -> None:
    figures = Simulation(QUIET, SEED).run(60)

    assert set(figures.ends) <= {"succeeded", "stale"}
    assert figures.effects == figures.ends["succeeded"]
