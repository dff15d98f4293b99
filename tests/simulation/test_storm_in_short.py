"""A short storm over HTTP: SQLite, one server, two workers, four people. The long ones are run by hand (storms.py)."""

import re
import subprocess
import sys

import pytest

from tests.running.processes import ROOT

#: Acts, of which a slow machine does fewer in the seconds that there are.
ACTS, FEWEST, SECONDS = 60, 5, 20


@pytest.mark.parametrize("profile", ["mixed", "lost-answers"])
def test_nothing_that_is_said_in_a_storm_contradicts_the_ledger(profile: str) -> None:
    arguments = ["--profile", profile, "--acts", str(ACTS), "--seconds", str(SECONDS), "--settle-seconds", "5"]
    command = [sys.executable, "-m", "tests.simulation.storms", "--quick", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=280, check=False)

    assert done.returncode == 0, done.stdout + done.stderr
    acts = re.search(r"^acts +(\d+)$", done.stdout, re.MULTILINE)
    assert acts
    assert int(acts[1]) >= FEWEST
