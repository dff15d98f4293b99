"""Whether the cloud's ledger, the audit log and what people were told agree with each other."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from console.clock import MOST_DIFFERENCE
from tests.machines.people import Told
from tests.machines.site import Scene
from tests.running.processes import run

Rows = list[dict[str, Any]]
#: By how much the times of the log may be off: as much as the console takes for being in step with the database.
IN_STEP = timedelta(seconds=MOST_DIFFERENCE)


def agree(scene: Scene, told: Iterable[Told] = (), *, unknown_at_most: int = 0) -> Rows:
    """After everything has settled. The rows of the log of this scene."""
    scene.site.settle()
    rows = written(scene)
    _log_and_ledger_agree(rows, scene.cloud.ledger())
    assert _ends(rows)["unknown"] <= unknown_at_most, [row for row in rows if row["state"] == "unknown"]
    nobody_was_told_otherwise(told, scene.done())
    verified = run("verify_audit", **scene.site.settings("a", scene.site.root))
    assert verified.returncode == 0, verified.stdout + verified.stderr
    assert "deadlock detected" not in scene.site.cluster.log
    return rows


def written(scene: Scene) -> Rows:
    """The rows about acts since the scene began, as an auditor takes them out."""
    lines = map(json.loads, scene.site.person("auditor").lines("/audit/export.jsonl"))
    return [row for row in lines if row["seq"] > scene.rows_before and row["change_id"]]


def all_done(scene: Scene, wanted: Iterable[str]) -> None:
    """Every one of these objects was acted on, by the ledger."""
    missing = set(wanted) - set(scene.done())
    assert missing == set(), [row for row in written(scene) if row["target"] in missing]


def nobody_was_told_otherwise(told: Iterable[Told], done: Iterable[str]) -> None:
    """For people who each acted on objects of their own."""
    effects = set(done)
    assert [one for one in told if one.done and one.target not in effects] == []
    assert [one for one in told if one.not_done and one.target in effects] == []


def _log_and_ledger_agree(rows: Rows, ledger: Rows) -> None:
    """Each effect was intended before it, and is written down as done once; nothing else is."""
    intended: dict[tuple[str, str], list[datetime]] = defaultdict(list)
    for row in rows:
        if row["state"] == "intended":
            intended[row["action"], row["target"]].append(datetime.fromisoformat(row["at"]))
    succeeded = [(row["action"], row["target"]) for row in rows if row["state"] == "succeeded"]
    assert Counter(succeeded) == Counter((effect["action"], effect["object"]) for effect in ledger)
    assert _twice(row["change_id"] for row in rows if row["state"] == "succeeded") == []
    late = {
        effect["object"]: first - datetime.fromisoformat(effect["at"])
        for effect in ledger
        if (first := min(intended[effect["action"], effect["object"]])) > datetime.fromisoformat(effect["at"]) + IN_STEP
    }
    assert late == {}


def _ends(rows: Rows) -> Counter[str]:
    """How the changes ended by the log: by the last row of each."""
    last = {row["change_id"]: row["state"] for row in rows}
    ends = Counter(last.values())
    assert ends["intended"] == 0
    return ends


def _twice(found: Iterable[str]) -> list[str]:
    return [one for one, times in Counter(found).items() if times > 1]
