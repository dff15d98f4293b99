from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from console import clock
from console.access.reach import EVERYTHING
from console.audit import checkpoints, queries, retention, trust
from console.audit.breaks import Break, Kind, Whole
from console.audit.catalog import Action, State
from console.audit.filters import Filters
from console.audit.models import Checkpoint, Entry
from console.audit.verify import verify_file, verify_table
from tests.audit.factories import entries, entry
from tests.audit.proving import (
    found_by,
    keys,
    lay_open,
    lines,
    sign,
    sql,
    third_party,
    verified,
)

pytestmark = pytest.mark.usefixtures("vault")


@pytest.fixture
def later(monkeypatch) -> None:
    """Rows 1 to 8 with checkpoints after 4 and 8, all forty days old, and two rows after them."""
    entries(4)
    sign()
    entries(4)
    sign()
    entries(2)
    now = timezone.now() + timedelta(days=40)
    monkeypatch.setattr(clock, "source", lambda: now)


def test_rows_are_cut_up_to_a_checkpoint_and_the_rest_is_still_proven(later):
    whole = lines()
    found = retention.cut(30)
    assert found == retention.Cut(first=1, last=8, checkpoint=2)
    assert list(Entry.objects.order_by("seq").values_list("seq", flat=True)) == [9, 10, 11]
    row = Entry.objects.get(seq=11)
    assert (row.action, row.actor) == ("audit.retain", "system")
    assert isinstance(verified(), Whole)
    assert third_party(lines()) is None
    assert third_party(whole + lines()[2:]) is None  # an export from before the cut fits what came after
    assert Checkpoint.objects.count() == 3


def test_an_export_that_begins_after_a_cut_needs_the_checkpoints(later, tmp_path):
    retention.cut(30)
    export, signed = tmp_path / "export.jsonl", tmp_path / "signed.jsonl"
    export.write_text("".join(lines()), encoding="utf-8")
    signed.write_text("".join(f"{line}\n" for line in checkpoints.lines()), encoding="utf-8")
    assert isinstance(verify_file(export, "", signed, trust.own_keys()), Whole)
    assert found_by(verify_file(export)) == (1, "gap")


def test_what_is_written_after_a_cut_continues_the_chain(later, monkeypatch):
    retention.cut(30)
    entries(3)
    sign()
    assert isinstance(verified(), Whole)
    much_later = clock.now() + timedelta(days=40)
    monkeypatch.setattr(clock, "source", lambda: much_later)
    assert retention.cut(30).first == 9
    assert isinstance(verified(), Whole)
    assert third_party(lines()) is None


def test_more_rows_deleted_than_were_cut_are_missed(later):
    retention.cut(30)
    lay_open()
    sql("DELETE FROM audit_entry WHERE seq = 9")
    assert verified() == (9, "deleted")
    assert third_party(lines()) == (1, "gap")


def test_rows_deleted_as_if_by_retention_are_missed():
    entries(8)
    sign()
    lay_open()
    sql("DELETE FROM audit_entry WHERE seq < 5")
    assert verified() == (1, "deleted")


def test_a_cut_that_nobody_signed_is_not_believed(settings, later):
    settings.AUDIT_ANCHOR_PATH = ""
    line = Checkpoint.objects.get(number=2).line.replace('"first":1', '"first":5')
    lay_open()
    sql("UPDATE audit_checkpoint SET first = 5, line = %s WHERE number = 2", line)
    sql("DELETE FROM audit_entry WHERE seq < 5")
    assert verified() == (8, "signature")


def test_the_database_refuses_every_other_deletion(later):
    retention.cut(30)
    for statement in (
        "DELETE FROM audit_entry WHERE seq = 9",
        "DELETE FROM audit_entry",
        "UPDATE audit_entry SET actor = 'nobody'",
        "DELETE FROM audit_checkpoint WHERE number = 1",
    ):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            sql(statement)


def _claim(number: int, seq: int, first: int) -> None:
    """A checkpoint as somebody with the console's own rights could write it."""
    columns = "number, at, seq, first, key_id, line"
    sql(
        f"INSERT INTO audit_checkpoint ({columns}) SELECT %s, at, %s, %s, key_id, line FROM audit_checkpoint"
        " WHERE number = 1",
        *(number, seq, first),
    )


def test_a_cut_that_is_only_claimed_is_refused_by_the_database(settings, later):
    settings.AUDIT_ANCHOR_PATH = ""
    out_of_turn = [(3, 10, 10**9), (3, 10, 5), (3, 10, 0), (4, 10, 1), (0, 10, 1), (3, 9, 1), (3, 10**9, 1)]
    for claim in out_of_turn:
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            _claim(*claim)
    entry(action=Action.AUDIT_RETAIN)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        _claim(3, 11, 7)  # no checkpoint proves rows up to 6
    if connection.vendor == "postgresql":
        sql("CREATE TEMPORARY TABLE audit_checkpoint ON COMMIT DROP AS SELECT 1000000000 AS first")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        sql("DELETE FROM audit_entry WHERE seq = 5")


def test_a_log_that_is_broken_is_not_cut(later):
    lay_open()
    sql("UPDATE audit_entry SET actor = 'nobody' WHERE seq = 3")
    with pytest.raises(retention.NotCut, match="broken at row 3: edited"):
        retention.cut(30)
    assert Entry.objects.count() == 10


def test_a_change_without_an_end_keeps_its_rows(monkeypatch):
    entries(2)
    sign()
    entry(change_id="change-1", state=State.INTENDED)
    sign()
    now = timezone.now() + timedelta(days=40)
    monkeypatch.setattr(clock, "source", lambda: now)
    assert retention.cut(30).last == 2
    assert retention.cut(30) is None


@pytest.mark.parametrize("number", [3, 0])
def test_a_row_put_where_the_log_was_cut_is_inserted(later, number):
    retention.cut(30)
    columns = ", ".join(field.column for field in Entry._meta.concrete_fields if field.column != "seq")
    sql(f"INSERT INTO audit_entry (seq, {columns}) SELECT {number}, {columns} FROM audit_entry WHERE seq = 9")
    assert verified() == (number, "inserted")


def test_young_rows_stay():
    entries(3)
    sign()
    assert retention.cut(1) is None
    assert Entry.objects.count() == 3


def test_a_cut_that_was_interrupted_is_finished(later, monkeypatch):
    finish = retention.finish
    monkeypatch.setattr(retention, "finish", lambda: 0)
    retention.cut(30)
    assert Entry.objects.count() == 11
    assert isinstance(verified(), Whole)
    assert finish() == 8
    assert isinstance(verified(), Whole)


def test_rows_cut_while_somebody_verifies_are_no_alarm(later, monkeypatch):
    steps = iter([lambda: retention.cut(30)])
    real = checkpoints.lines

    def cut_after_reading(*until):
        found = list(real(*until))
        next(steps, lambda: None)()
        return iter(found)

    monkeypatch.setattr(checkpoints, "lines", cut_after_reading)
    assert isinstance(verify_table(trust.own_keys()), Whole)


def test_the_search_forgets_what_was_cut(later):
    retention.cut(30)
    page = queries.page([EVERYTHING], Filters(text="endpoint"), size=50, before=None, after=None)
    assert [row.seq for row in page.entries] == [10, 9]
    assert isinstance(entry(), Entry)


def test_nothing_is_cut_unless_the_policy_says_so(settings, later):
    assert not retention.cut_by_policy()
    assert Entry.objects.count() == 10
    settings.AUDIT_RETAIN_DAYS = 30
    assert retention.cut_by_policy()
    assert not retention.cut_by_policy()
    assert Entry.objects.count() == 3


def test_the_command_cuts_what_the_days_say(later, capsys):
    with pytest.raises(CommandError, match="everything is kept"):
        call_command("audit_retain")
    call_command("audit_retain", "--days", "30", "--dry-run")
    assert capsys.readouterr().out == "rows 1 to 8 would be cut; checkpoint 2 proves them\n"
    call_command("audit_retain", "--days", "30")
    assert capsys.readouterr().out == "rows 1 to 8 were cut; checkpoint 2 proves them\n"
    call_command("audit_retain", "--days", "30")
    assert capsys.readouterr().out == "nothing to cut\n"


def test_offline_with_the_command_and_only_public_things(later, tmp_path, capsys):
    retention.cut(30)
    export, signed, pem = tmp_path / "export.jsonl", tmp_path / "signed.jsonl", tmp_path / "keys.pem"
    export.write_text("".join(lines()), encoding="utf-8")
    signed.write_text("".join(f"{line}\n" for line in checkpoints.lines()), encoding="utf-8")
    pem.write_text(keys())
    arguments = [str(export), "--checkpoints", str(signed), "--public-key", str(pem)]
    call_command("verify_audit", *arguments)
    assert capsys.readouterr().out.startswith("whole: 3 rows")
    call_command("verify_audit", *arguments[:3])
    assert "keys that were not compared" in capsys.readouterr().out
    export.write_text("".join(lines()[:-1]), encoding="utf-8")
    with pytest.raises(SystemExit):
        call_command("verify_audit", *arguments)
    assert capsys.readouterr().out.startswith("broken at row 11: truncated: ")
    pem.write_text("no key")
    with pytest.raises(CommandError, match="no public key"):
        call_command("verify_audit", *arguments)


def test_checkpoints_of_another_log_do_not_fit(tmp_path, later):
    signed = tmp_path / "signed.jsonl"
    signed.write_text("".join(f"{line}\n" for line in checkpoints.lines()), encoding="utf-8")
    export = tmp_path / "export.jsonl"
    export.write_text("".join(lines()), encoding="utf-8")
    found = verify_file(export, "another", signed)
    assert isinstance(found, Break)
    assert found.kind is Kind.FOREIGN
