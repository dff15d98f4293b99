"""A long log is checked in shares by several processes; what is said does not depend on it."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from console.audit import side_by_side
from console.audit.breaks import Link
from console.audit.walk import Marks
from tests.audit.factories import entry
from tests.audit.proving import other_process, run


def test_shares_side_by_side_say_what_one_walk_says(transactional_db: None, tmp_path: Path) -> None:
    environment = other_process(tmp_path)
    if connection.vendor == "sqlite":
        run(environment, "manage.py", "migrate", "--verbosity", "0")
    found: dict[str, dict[str, Any]] = json.loads(
        run(environment, "-m", "tests.audit.tampered", str(tmp_path)).splitlines()[-1]
    )

    for damage, ways in found.items():
        assert ways["side by side"] == ways["alone"], damage
        assert not ways["alone, all held"], damage
    held = {damage: ways["side by side, all held"] for damage, ways in found.items()}
    assert held.pop("none")
    assert held.pop("no damage of an export")
    assert set(held.values()) == {False}
    assert found["a line of an export"]["alone"].startswith("broken at row 397: edited")
    assert found["none"]["alone"].startswith("whole: 400 rows")


@pytest.mark.django_db
def test_what_others_do_not_see_is_checked_by_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """The rows of a transaction that is under way, and those of a database in memory."""
    monkeypatch.setattr(side_by_side, "LEAST", 1)
    monkeypatch.setattr(side_by_side, "_processes", lambda: 2)
    rows = [entry() for _ in range(3)]
    assert side_by_side.walk_table(Link(0, rows[0].previous_hash), 3, Marks([])) is None
