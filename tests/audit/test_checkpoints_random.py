"""Random tampering with rows and with files: every one is found, and called by its name (reliability.md R8)."""

import json
import random
from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction

from console.audit import checkpoints, trust
from console.audit.breaks import Whole
from console.audit.chain import Row
from console.audit.models import Entry, Head
from console.audit.sources import Table
from console.audit.verify import verify_file
from tests.audit.bulk import load
from tests.audit.factories import entries
from tests.audit.proving import (
    found_by,
    lay_open,
    lines,
    rechained,
    sign,
    sql,
    third_party,
    verified,
    write,
)

pytestmark = pytest.mark.usefixtures("vault")

ROWS = 24
#: Each is done with so many seeds.
SEEDS = range(30)
#: Does something to the rows and returns the first that cannot be believed any more.
Tampering = Callable[[random.Random, list[Row]], int]


@pytest.fixture
def log() -> list[Row]:
    """A log with a checkpoint after each eight rows, laid open."""
    for _ in range(ROWS // 8):
        entries(8)
        sign()
    lay_open()
    return list(Table().rows())


def _edit(chance: random.Random, rows: list[Row]) -> int:
    place = chance.randrange(ROWS)
    column = chance.choice([name for name in Row._fields if name not in ("seq", "at", "before", "after")])
    text = getattr(rows[place], column)
    at = chance.randrange(len(text) + 1)
    sql(f"UPDATE audit_entry SET {column} = %s WHERE seq = %s", (text[:at] + "x" + text[at + 1 :])[:64], place + 1)
    return place + 1


def _edit_value(chance: random.Random, rows: list[Row]) -> int:
    place = chance.randrange(ROWS)
    column = chance.choice(["before", "after"])
    sql(f"UPDATE audit_entry SET {column} = %s WHERE seq = %s", json.dumps({"n": chance.random()}), place + 1)
    return place + 1


def _delete(chance: random.Random, rows: list[Row]) -> int:
    first = chance.randrange(1, ROWS - 1)
    last = chance.randrange(first, ROWS)
    sql("DELETE FROM audit_entry WHERE seq BETWEEN %s AND %s", first, last - 1 if last > first else first)
    return first


def _insert(chance: random.Random, rows: list[Row]) -> int:
    place = chance.randrange(1, ROWS)
    sql("UPDATE audit_entry SET seq = -seq WHERE seq > %s", place)
    sql("UPDATE audit_entry SET seq = -seq + 1 WHERE seq < 0")
    Entry.objects.bulk_create([_entry(rows[place - 1]._replace(seq=place + 1, reason="never happened"))])
    return place + 1


def _swap(chance: random.Random, rows: list[Row]) -> int:
    one, other = sorted(chance.sample(range(ROWS), 2))
    write(rows[one]._replace(seq=other + 1))
    write(rows[other]._replace(seq=one + 1))
    return one + 1


def _truncate(chance: random.Random, rows: list[Row]) -> int:
    last = chance.randrange(1, ROWS)
    sql("DELETE FROM audit_entry WHERE seq > %s", last)
    if chance.random() < 0.5:
        Head.objects.update(seq=last, hash=rows[last - 1].hash)
    return last + 1


def _rewrite(chance: random.Random, rows: list[Row]) -> int:
    first = chance.randrange(1, ROWS + 1)
    changed = rechained(rows, first, actor="nobody")
    for row in changed[first - 1 :]:
        write(row)
    Head.objects.update(hash=changed[-1].hash)
    return (first - 1) // 8 * 8 + 1  # from the last checkpoint that agrees


def _entry(row: Row) -> Entry:
    return Entry(**row._asdict() | {"at": row.at.replace("Z", "+00:00")}, words="")


CASES: list[tuple[Tampering, str]] = [
    (_edit, "edited"),
    (_edit_value, "edited"),
    (_delete, "deleted"),
    (_insert, "inserted"),
    (_swap, "reordered"),
    (_truncate, "truncated"),
    (_rewrite, "forged"),
]


@pytest.mark.parametrize(("tamper", "kind"), CASES, ids=[kind + case.__name__ for case, kind in CASES])
def test_rows_tampered_with_by_sql_are_found_and_named(log, tamper, kind):
    for seed in SEEDS:
        with transaction.atomic():
            place = tamper(random.Random(seed), log)
            assert verified() == (place, kind), seed
            assert third_party(lines()) is not None, seed
            transaction.set_rollback(True)
        assert isinstance(verified(), Whole)


def _edit_line(chance: random.Random, text: list[str]) -> int:
    place = chance.randrange(ROWS)
    fields: dict[str, Any] = json.loads(text[place])
    name = chance.choice(
        ["at", "actor", "action", "target", "reason", "before", "after", "ip", "previous_hash", "hash"]
    )
    fields[name] = {"n": 1} if name in ("before", "after") else fields[name][:-1] + "~"
    text[place] = json.dumps(fields) + "\n"
    return place + 1


def _delete_lines(chance: random.Random, text: list[str]) -> int:
    place = chance.randrange(ROWS - 1)
    del text[place : chance.randrange(place + 1, ROWS)]
    return place + 1


def _insert_line(chance: random.Random, text: list[str]) -> int:
    place = chance.randrange(1, ROWS)
    text.insert(place, text[chance.randrange(place)])
    return int(json.loads(text[place])["seq"])


def _swap_lines(chance: random.Random, text: list[str]) -> int:
    one, other = sorted(chance.sample(range(ROWS), 2))
    text[one], text[other] = text[other], text[one]
    return one + 1


def _cut_lines(chance: random.Random, text: list[str]) -> int:
    place = chance.randrange(1, ROWS)
    del text[place:]
    return place + 1


def _cut_within(chance: random.Random, text: list[str]) -> int:
    place = chance.randrange(ROWS)
    text[place] = text[place][: chance.randrange(1, len(text[place]) - 1)]
    del text[place + 1 :]
    return place + 1


FILE_CASES: list[tuple[Callable[[random.Random, list[str]], int], str]] = [
    (_edit_line, "edited"),
    (_delete_lines, "gap"),
    (_insert_line, "inserted"),
    (_swap_lines, "reordered"),
    (_cut_lines, "truncated"),
    (_cut_within, "truncated"),
]


@pytest.mark.parametrize(("tamper", "kind"), FILE_CASES, ids=[case.__name__ for case, _ in FILE_CASES])
def test_exports_tampered_with_are_found_by_us_and_by_a_third_party(log, tmp_path, tamper, kind):
    export, signed = tmp_path / "export.jsonl", tmp_path / "signed.jsonl"
    signed.write_text("".join(f"{line}\n" for line in checkpoints.lines()))
    whole = lines()
    for seed in range(60):
        text = list(whole)
        place = tamper(random.Random(seed), text)
        export.write_text("".join(text), encoding="utf-8")
        assert found_by(verify_file(export, "", signed, trust.own_keys())) == (place, kind), seed
        assert third_party(text) == (place, kind), seed


def test_ten_thousand_clean_rows_raise_no_alarm(log, tmp_path):
    export, signed = tmp_path / "export.jsonl", tmp_path / "signed.jsonl"
    load(10_000)
    sign()
    text = lines()
    export.write_text("".join(text), encoding="utf-8")
    signed.write_text("".join(f"{line}\n" for line in checkpoints.lines()))
    assert isinstance(verified(), Whole)
    assert isinstance(verify_file(export, "", signed, trust.own_keys()), Whole)
    assert third_party(text) is None
