"""`python -m tests.audit.tampered`: a log that is damaged here and there, checked alone and in shares side by side."""

import json
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import django

django.setup()

from django.db import connection  # noqa: E402 - after setup

from console.audit import checkpoints, side_by_side, triggers, trust, verify  # noqa: E402
from tests.audit import bulk, proving  # noqa: E402

ROWS = 400
#: Where the first of two shares ends.
EDGE = ROWS // 2


def main(folder: Path) -> dict[str, dict[str, Any]]:
    """What both ways say of each damage, which is repaired before the next."""
    side_by_side._processes = lambda: 2
    bulk.load(ROWS)
    checkpoints.sign()
    triggers.remove(connection)
    return {
        "none": _both_ways(_table),
        "a hash at the end of a share, which the next one follows": _with("hash", EDGE),
        "search words in the second share": _with("words", EDGE + 7),
        "no damage of an export": _both_ways(partial(_export, folder, [])),
        "a line of an export": _both_ways(partial(_export, folder, [ROWS - 3])),
    }


def _with(column: str, seq: int) -> dict[str, Any]:
    kept = _sql(f"SELECT {column} FROM audit_entry WHERE seq = %s", seq)
    edit = f"UPDATE audit_entry SET {column} = %s WHERE seq = %s RETURNING seq"
    _sql(edit, "other", seq)
    try:
        return _both_ways(_table)
    finally:
        _sql(edit, kept, seq)


def _sql(statement: str, *values: object) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchone()[0]


def _table() -> object:
    return verify.verify_table(trust.own_keys())


def _export(folder: Path, edited: Sequence[int]) -> object:
    """Some lines with another reason."""
    path = folder / "export.jsonl"
    lines = proving.lines()
    for number in edited:
        lines[number - 1] = lines[number - 1].replace('"reason":"', '"reason":"not ')
    path.write_text("".join(lines))
    return verify.verify_file(path)


def _both_ways(check: Callable[[], object]) -> dict[str, Any]:
    """What each says, and whether all shares held."""
    found: dict[str, Any] = {}
    for way, least in (("alone", 10**9), ("side by side", 1)):
        side_by_side.LEAST = side_by_side.LEAST_BYTES = least
        held = _watch()
        found[way] = str(check())
        found[f"{way}, all held"] = held[0]
    return found


def _watch() -> list[bool]:
    """Whether the verifier is told from now on that all shares hold."""
    held: list[bool] = []

    def watched(real: Callable[..., object]) -> Any:
        def walk_in_shares(*args: Any) -> Any:
            found = real(*args)
            held.append(found is not None)
            return found

        return walk_in_shares

    verify.walk_table = watched(side_by_side.walk_table)
    verify.walk_file = watched(side_by_side.walk_file)
    return held


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]))))
