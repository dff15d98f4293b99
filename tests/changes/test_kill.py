"""The console killed at random and at each named point: nothing lost, nothing twice, open intents shown."""

import itertools
import json
import os
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from console.changes.kinds.registry import KINDS
from console.simcloud import SimulatedCloud
from tests.changes.deeds import effects_in, many_things

SEED = 20261120
POINTS = (
    *("before the intent", "after the intent's commit", "before sending", "after sending, before the answer"),
    *("after the answer, before the outcome's commit", "after the outcome's commit"),
    *("in the settler before reading", "in the settler between reading and commit"),
)
MARKS = ("pressed", "claimed", "intended")
#: So many kills for each point, and so many at random for each mark. By hand KILLS=25 (reliability R6): more than 19,
#: so that every kind dies at every point, as in test_crash_points.py, but by a real signal.
AT_EACH = int(os.environ.get("KILLS", "10"))
#: In parts that run side by side.
PARTS = 2
#: Seconds for one part; by default less than pytest gives a test, so that none of the processes is left behind.
PATIENCE = 24 * AT_EACH

Deaths = list[tuple[str, str]]


def deaths(places: Sequence[str], each: int) -> Deaths:
    """So many at each place; the kinds take turns at each, so that all of them die there."""
    kinds = itertools.cycle(sorted(KINDS))
    found = [(kind, place) for place in places for kind in itertools.islice(kinds, each)]
    random.Random(SEED).shuffle(found)
    return found


def killed(folder: Path, how: Deaths) -> tuple[dict[str, Any], Counter[tuple[str, str]]]:
    """The console's books and the cloud's ledger after so many acts that were killed, and settled."""
    with SimulatedCloud(many_things(), latency=0.02) as cloud:
        main = next(g for g in cloud.describe()["gateways"] if g["seeded_as"] == "main")
        environment = os.environ | {
            "DATABASE_URL": f"sqlite:///{folder / 'killed.sqlite3'}",
            "CONSOLE_DATA_DIR": str(folder),
            "CONSOLE_SIMULATED_URL": cloud.base_url,
            "CONSOLE_SIMULATED_ALIBABA": "1",
            "KILLED_GATEWAY": main["name"],
            "DJANGO_SETTINGS_MODULE": "tests.settings",
        }
        run = subprocess.run(
            [sys.executable, "-m", "tests.changes.killed", str(SEED)],
            env=environment,
            input=json.dumps(how),
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        assert run.returncode == 0, run.stderr[-4000:]
        return json.loads(run.stdout.splitlines()[-1]), effects_in(cloud.ledger())


def nothing_is_lost_or_done_twice(books: dict[str, Any], effects: Counter[tuple[str, str]]) -> None:
    intended = {change for change, state in books["audit"] if state == "intended"}
    written = [change for change, state in books["audit"] if state == "succeeded"]
    assert books["open"] == 0
    # Every effect was intended first, is written down as done once, and happened once for each Change that did it.
    assert set(written) <= intended
    assert sorted(written) == sorted(change for change, _effect, _object in books["done"])
    assert Counter((effect, what) for _change, effect, what in books["done"]) == effects


def test_each_kind_and_each_point_has_its_kills() -> None:
    each = Counter(kind for kind, _point in deaths(POINTS, AT_EACH))
    assert set(each) == set(KINDS)
    assert min(each.values()) >= 4
    assert set(itertools.product(KINDS, POINTS)) <= set(deaths(POINTS, 25))


@pytest.mark.parametrize("part", range(PARTS))
def test_a_kill_at_each_of_the_eight_points_loses_nothing_and_does_nothing_twice(tmp_path: Path, part: int) -> None:
    how = deaths(POINTS, AT_EACH)[part::PARTS]
    books, effects = killed(tmp_path, how)

    nothing_is_lost_or_done_twice(books, effects)
    assert books["hidden"] == []
    # Three of the eight leave an intent without its outcome that was never sent or whose outcome was never written.
    assert {"cancelled", "failed", "succeeded"} <= set(books["stages"])
    assert books["intents_left_open"] >= len(how) // 4


def test_kills_at_random_moments_lose_nothing_and_do_nothing_twice(tmp_path: Path) -> None:
    how = deaths(MARKS, AT_EACH)
    books, effects = killed(tmp_path, how)

    nothing_is_lost_or_done_twice(books, effects)
    assert books["hidden"] == []
    # The kills really fell in the middle: between claim and intent, and between intent and outcome.
    assert "cancelled" in books["stages"]
    assert books["intents_left_open"] >= 3
