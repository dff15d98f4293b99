"""A backup that is put back, as the README says: the older log is told, and the console goes on beside a new file."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from tests.running.prepared import copy_prepared
from tests.running.processes import run


def back_up(database: Path, copy: Path) -> None:
    """What `sqlite3 FILE ".backup COPY"` does."""
    with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)


def test_after_a_backup_the_file_of_checkpoints_tells_what_is_missing_and_stays_as_evidence(tmp_path: Path) -> None:
    copy_prepared(tmp_path)
    database, checkpoints = tmp_path / "console.sqlite3", tmp_path / "audit-checkpoints.jsonl"
    settings: dict[str, Any] = {"CONSOLE_DATA_DIR": str(tmp_path), "SECRET_KEY": "k3y-for-tests-" * 5}
    back_up(database, tmp_path / "backup.sqlite3")
    assert run("audit_checkpoint", **settings).returncode == 0

    for ending in ("", "-wal", "-shm"):
        Path(f"{database}{ending}").unlink(missing_ok=True)
    (tmp_path / "backup.sqlite3").rename(database)
    evidence = checkpoints.read_bytes()
    refused = run("worker", **settings)
    assert refused.returncode == 1
    assert "keep the file as evidence and name a new one in CONSOLE_AUDIT_ANCHOR_PATH" in refused.stderr
    assert "missing at the end: checkpoint 1 covers them" in run("verify_audit", **settings).stdout

    settings["CONSOLE_AUDIT_ANCHOR_PATH"] = str(tmp_path / "audit-checkpoints-2.jsonl")
    assert run("audit_checkpoint", **settings).returncode == 0
    verified = run("verify_audit", **settings)
    assert verified.returncode == 0, verified.stdout
    assert verified.stdout.startswith("whole: ")
    assert checkpoints.read_bytes() == evidence
