"""A checkpoint that was damaged hides nothing: the rows are walked all the same, and both are named."""

import json
from io import StringIO

import pytest
from django.core.management import call_command

from console.access.actor import SYSTEM
from console.audit import checkpoints, trust
from console.audit.breaks import Break
from console.audit.models import Checkpoint, Head
from console.audit.sources import Table
from console.audit.verify import verify_file, verify_table
from tests.audit.factories import entries
from tests.audit.proving import lay_open, lines, rechained, sign, sql, write


@pytest.fixture(autouse=True)
def log(settings, vault) -> None:
    """Twelve rows with checkpoints after 4, 8 and 12, laid open."""
    settings.AUDIT_ANCHOR_PATH = ""
    for _ in range(3):
        entries(4)
        sign()
    lay_open()


def _damage(number: int, **changes: object) -> None:
    line = Checkpoint.objects.get(number=number).line
    changed = json.dumps(json.loads(line) | changes) if changes else "garbage"
    sql("UPDATE audit_checkpoint SET line = %s WHERE number = %s", changed, number)


def _found() -> Break:
    found = verify_table(trust.own_keys())
    assert isinstance(found, Break)
    return found


@pytest.mark.parametrize("number", [1, 2, 3])
def test_the_edited_row_and_the_damaged_checkpoint_are_both_named(tmp_path, number):
    _damage(number)
    sql("UPDATE audit_entry SET actor = 'nobody' WHERE seq = 4")
    said = StringIO()
    with pytest.raises(SystemExit):
        call_command("verify_audit", stdout=said)
    row = "broken at row 4: edited: its content does not fit its hash"
    assert said.getvalue().startswith(f"{row}; besides, signature: checkpoint {number}: is no checkpoint")
    assert said.getvalue().count("\n") == 1
    export, signed = tmp_path / "export.jsonl", tmp_path / "signed.jsonl"
    export.write_text("".join(lines()), encoding="utf-8")
    signed.write_text("".join(f"{line}\n" for line in checkpoints.lines()), encoding="utf-8")
    assert f"{verify_file(export, '', signed, trust.own_keys())}\n" == said.getvalue()


def test_where_all_rows_hold_the_damaged_checkpoint_is_the_break():
    _damage(2)
    assert str(_found()).startswith("broken at row 5: signature: checkpoint 2: is no checkpoint")


def test_sound_checkpoints_prove_their_rows_also_beside_a_damaged_one():
    checkpoints.rotate(SYSTEM)
    _damage(1, at="2020-01-01T00:00:00.000000Z")
    rows = rechained(list(Table().rows()), 6, actor="nobody")
    for row in rows[5:]:
        write(row)
    Head.objects.update(hash=rows[-1].hash)
    found = _found()
    assert (found.seq, found.kind.value) == (1, "forged")  # checkpoint 1 says nothing any more
    assert "checkpoint 2 names another hash for row 8" in found.text
    assert "besides, signature: checkpoint 1: its signature does not hold" in found.text


def test_checkpoints_of_unknown_keys_prove_nothing_beside_a_damaged_one():
    _damage(2)
    rows = rechained(list(Table().rows()), 12, at="2020-01-01T00:00:00.000000Z")
    write(rows[-1])
    Head.objects.update(hash=rows[-1].hash)
    assert _found().kind.value == "forged"
    assert verify_table(["an unknown key"]).kind.value == "signature"


def test_columns_that_say_something_else_than_the_signed_line_are_found():
    columns = "at, seq, first, key_id, line"
    sql(f"INSERT INTO audit_checkpoint (number, {columns}) SELECT 4, {columns} FROM audit_checkpoint WHERE number = 3")
    assert str(_found()).startswith("broken at row 12: signature: checkpoint 4: the columns beside its line")


def test_rows_missing_at_the_beginning_are_told_with_the_damage():
    _damage(3)
    sql("DELETE FROM audit_entry WHERE seq < 5")
    assert "rows 1 to 4 are missing, and no sound checkpoint says that they were cut" in str(_found())
