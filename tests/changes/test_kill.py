"""The console killed at random and at each named point: nothing lost, nothing twice, open intents shown."""

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from console.simcloud import SimulatedCloud

#: Fifty in all, in halves that run beside each other.
HALVES, ROUNDS = 2, 25
POINTS, TIMES = 8, 4
SEED = 20261120
#: Seconds for all rounds; less than pytest gives a test, so that none of the processes is left behind.
PATIENCE = 110


def killed(folder: Path, rounds: int, seed: int, *how: str) -> tuple[dict[str, Any], Counter[tuple[str, str]]]:
    """The console's books and the cloud's ledger after so many acts that were killed, and settled."""
    with SimulatedCloud(delay=0.0, latency=0.02) as cloud:
        main = next(g for g in cloud.describe()["gateways"] if g["seeded_as"] == "main")
        environment = os.environ | {
            "DATABASE_URL": f"sqlite:///{folder / 'killed.sqlite3'}",
            "CONSOLE_DATA_DIR": str(folder),
            "CONSOLE_SIMULATED_URL": cloud.base_url,
            "KILLED_GATEWAY": main["name"],
            "DJANGO_SETTINGS_MODULE": "tests.settings",
        }
        run = subprocess.run(
            [sys.executable, "-m", "tests.changes.killed", str(rounds), str(seed), *how],
            env=environment,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        assert run.returncode == 0, run.stderr[-4000:]
        effects = Counter((row["action"], row["object"]) for row in cloud.ledger())
        return json.loads(run.stdout.splitlines()[-1]), effects


def nothing_is_lost_or_done_twice(books: dict[str, Any], effects: Counter[tuple[str, str]]) -> None:
    intended = {change for change, _target, _action, state in books["audit"] if state == "intended"}
    done = [(change, action, target) for change, target, action, state in books["audit"] if state == "succeeded"]
    assert books["open"] == 0
    # Every effect was intended first, is written down as done, and happened once for each Change that did it.
    assert {change for change, _action, _target in done} <= intended
    assert len(done) == len({change for change, _action, _target in done})
    assert Counter((action, target) for _change, action, target in done) == effects


@pytest.mark.parametrize("half", range(HALVES))
def test_fifty_kills_lose_nothing_and_do_nothing_twice(tmp_path: Path, half: int) -> None:
    books, effects = killed(tmp_path, ROUNDS, SEED + half)

    nothing_is_lost_or_done_twice(books, effects)
    assert books["shown"] == ROUNDS
    # The kills really fell in the middle: between claim and intent, and between intent and outcome.
    assert "cancelled" in books["stages"]
    assert books["intents_left_open"] >= 3


def test_a_kill_at_each_of_the_eight_points_loses_nothing_and_does_nothing_twice(tmp_path: Path) -> None:
    books, effects = killed(tmp_path, POINTS * TIMES, SEED, "points")

    nothing_is_lost_or_done_twice(books, effects)
    assert books["shown"] == POINTS * TIMES
    # Three of the eight leave an intent without its outcome that was never sent or whose outcome was never written.
    assert {"cancelled", "failed", "succeeded"} <= set(books["stages"])
    assert books["intents_left_open"] >= 3 * TIMES
