"""`python -m tests.audit.tampered`: a log that is damaged here and there, checked alone and in shares side by side."""

import json
from typing import Any

import django

django.setup()

from django.db import connection  # noqa: E402 - after setup

from console.audit import checkpoints, side_by_side, triggers, trust, verify  # noqa: E402
from tests.audit import bulk  # noqa: E402

ROWS = 400
#: Where the first of two shares ends.
EDGE = ROWS // 2


def main() -> dict[str, dict[str, Any]]:
    """What both ways say of each damage, which is repaired before the next."""
    side_by_side._processors = lambda: 2
    bulk.load(ROWS)
    checkpoints.sign()
    triggers.remove(connection)
    return {
        "none": _both_ways(),
        "a hash at the end of a share, which the next one follows": _with("hash", EDGE),
        "search words in the second share": _with("words", EDGE + 7),
    }


def _with(column: str, seq: int) -> dict[str, Any]:
    kept = _sql(f"SELECT {column} FROM audit_entry WHERE seq = %s", seq)
    edit = f"UPDATE audit_entry SET {column} = %s WHERE seq = %s RETURNING seq"
    _sql(edit, "other", seq)
    try:
        return _both_ways()
    finally:
        _sql(edit, kept, seq)


def _sql(statement: str, *values: object) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchone()[0]


def _both_ways() -> dict[str, Any]:
    """What each says, and whether all shares held."""
    found: dict[str, Any] = {}
    for way, least in (("alone", ROWS + 1), ("side by side", 1)):
        side_by_side.LEAST = least
        held = _watch()
        found[way] = str(verify.verify_table(trust.own_keys()))
        found[f"{way}, all held"] = held[0]
    return found


def _watch() -> list[bool]:
    """Whether `verify_table` is told from now on that all shares hold."""
    held: list[bool] = []

    def walk_side_by_side(*args: Any) -> Any:
        found = side_by_side.walk_side_by_side(*args)
        held.append(found is not None)
        return found

    verify.walk_side_by_side = walk_side_by_side
    return held


if __name__ == "__main__":
    print(json.dumps(main()))
