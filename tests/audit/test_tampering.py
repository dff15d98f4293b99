import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from console.access.reach import EVERYTHING
from console.audit import chain, triggers
from console.audit.breaks import Break, Kind, Whole
from console.audit.chain import Row
from console.audit.filters import Filters
from console.audit.models import Entry, Head
from console.audit.queries import oldest_first
from console.audit.sources import Table
from console.audit.verify import verify_file, verify_table
from tests.audit.bulk import load
from tests.audit.factories import entries, entry
from tests.audit.third_party_verifier import first_broken_line

pytestmark = pytest.mark.django_db


@pytest.fixture
def log() -> list[Row]:
    """Ten rows in a table that its owner has laid open."""
    entries(10)
    triggers.remove(connection)
    return list(Table().rows())


def _sql(statement: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def _write(row: Row, *, place: int) -> None:
    """Put the content of a row at the place of another."""
    columns = [name for name in Row._fields if name not in ("seq", "at")]
    settings = ", ".join(f"{name} = %s" for name in columns)
    _sql(f"UPDATE audit_entry SET {settings} WHERE seq = %s", *(getattr(row, name) for name in columns), place)
    Entry.objects.filter(seq=place).update(at=row.at.replace("Z", "+00:00"))


def _rehash(row: Row, **changes: object) -> Row:
    changed = row._replace(**changes)
    return changed._replace(hash=chain.seal(changed))


def _renumber(first: int, by: int) -> None:
    _sql("UPDATE audit_entry SET seq = -seq WHERE seq >= %s", first)
    _sql("UPDATE audit_entry SET seq = -seq + %s WHERE seq < 0", by)


def _copy(place: int, to: int) -> None:
    columns = ", ".join(field.column for field in Entry._meta.concrete_fields if field.column != "seq")
    _sql(f"INSERT INTO audit_entry (seq, {columns}) SELECT {to}, {columns} FROM audit_entry WHERE seq = %s", place)


def _found() -> tuple[int, Kind]:
    broken = verify_table()
    assert isinstance(broken, Break)
    return broken.seq, broken.kind


def test_an_untouched_table_is_whole(log):
    assert verify_table() == Whole(10, 10, log[-1].hash)


def test_an_empty_table_is_whole():
    assert verify_table() == Whole(0, 0, "")


@pytest.mark.parametrize("column", [name for name in Row._fields if name not in ("seq", "at", "before", "after")])
def test_one_changed_letter_in_any_column_is_an_edit(log, column):
    _sql(f"UPDATE audit_entry SET {column} = %s WHERE seq = 6", getattr(log[5], column)[:-1] + "z")
    assert _found() == (6, Kind.EDITED)


@pytest.mark.parametrize("column", ["before", "after"])
@pytest.mark.parametrize("text", ['{"status":"rejected"}', " null", 'null,"error_code":""', "nul", "[" * 100_000])
def test_a_changed_before_or_after_is_an_edit(log, column, text):
    _sql(f"UPDATE audit_entry SET {column} = %s WHERE seq = 6", text)
    assert _found() == (6, Kind.EDITED)


def test_words_moved_from_one_json_column_to_the_next_are_an_edit(log):
    at = f'null,"at":"{log[5].at}","batch_id":"","before":null'
    _sql("UPDATE audit_entry SET after = %s WHERE seq = 6", at)
    assert _found() == (6, Kind.EDITED)


def test_a_moved_time_is_an_edit(log):
    Entry.objects.filter(seq=6).update(at=Entry.objects.get(seq=5).at)
    assert _found() == (6, Kind.EDITED)


@pytest.mark.parametrize("place", [1, 6, 10])
def test_a_row_rewritten_with_its_hash_is_forged(log, place):
    _write(_rehash(log[place - 1], reason="nothing to see"), place=place)
    assert _found() == (place, Kind.FORGED)


def test_a_chain_rewritten_to_its_end_without_the_head_is_forged(log):
    previous = log[4].hash
    for row in log[5:]:
        forged = _rehash(row, actor="nobody", previous_hash=previous)
        _write(forged, place=row.seq)
        previous = forged.hash
    assert _found() == (10, Kind.FORGED)


@pytest.mark.parametrize("places", [(1, 1), (6, 6), (4, 7)])
def test_missing_rows_are_deleted(log, places):
    _sql("DELETE FROM audit_entry WHERE seq BETWEEN %s AND %s", *places)
    assert _found() == (places[0], Kind.DELETED)


def test_a_deleted_row_is_found_when_later_ones_were_renumbered(log):
    _sql("DELETE FROM audit_entry WHERE seq = 6")
    _renumber(7, by=-1)
    Head.objects.update(seq=9)
    assert _found() == (6, Kind.DELETED)


@pytest.mark.parametrize("last", [9, 0])
def test_rows_cut_from_the_end_are_truncated(log, last):
    _sql("DELETE FROM audit_entry WHERE seq > %s", last)
    assert _found() == (last + 1, Kind.TRUNCATED)


def test_a_row_appended_by_hand_is_inserted(log):
    _copy(10, to=11)
    _write(_rehash(log[9], seq=11, previous_hash=log[9].hash), place=11)
    assert _found() == (11, Kind.INSERTED)


@pytest.mark.parametrize("hashed", [True, False])
def test_a_row_put_between_others_is_inserted(log, hashed):
    _renumber(6, by=1)
    _copy(5, to=6)
    if hashed:
        _write(_rehash(log[5], reason="never happened", previous_hash=log[4].hash), place=6)
    assert _found() == (6, Kind.INSERTED)


@pytest.mark.parametrize("places", [(6, 7), (3, 9)])
def test_two_swapped_rows_are_reordered(log, places):
    one, other = places
    _write(log[one - 1], place=other)
    _write(log[other - 1], place=one)
    assert _found() == (one, Kind.REORDERED)


def test_rows_of_another_installation_are_foreign(log):
    Head.objects.update(installation="another")
    assert _found() == (1, Kind.FOREIGN)


def test_a_lost_head_is_forged(log):
    Head.objects.all().delete()
    assert _found() == (1, Kind.FORGED)


@pytest.fixture
def lines() -> list[str]:
    """Ten lines of an export, with hostile text in the fifth."""
    entries(4)
    entry(reason="\u202e \ud800 '\"\\ <b> é e\u0301 😀", before={"name": "\x00 \\u0041"}, after=[1, {"a": None}])
    entries(5)
    return [chain.line(row) for row in oldest_first([EVERYTHING], Filters())]


def _file_found(tmp_path: Path, lines: list[str], installation: str = "") -> tuple[int, Kind] | Whole:
    path = tmp_path / "export.jsonl"
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    found = verify_file(path, installation)
    return (found.seq, found.kind) if isinstance(found, Break) else found


def test_an_untouched_export_is_whole_for_us_and_for_a_third_party(lines, tmp_path):
    found = _file_found(tmp_path, lines, Head.objects.get().installation)
    assert found == Whole(10, 10, json.loads(lines[-1])["hash"])
    assert first_broken_line(lines, Head.objects.get().installation) is None


def test_an_export_written_in_another_key_order_is_still_whole(lines, tmp_path):
    others = [json.dumps(json.loads(line), sort_keys=True, indent=None) for line in lines]
    assert isinstance(_file_found(tmp_path, others), Whole)


def test_an_export_of_another_installation_is_foreign(lines, tmp_path):
    assert _file_found(tmp_path, lines, "another") == (1, Kind.FOREIGN)


def _changed(line: str, **changes: object) -> str:
    return json.dumps(json.loads(line) | changes)


def _forged(line: str) -> str:
    fields = json.loads(line) | {"actor": "nobody", "before": "null", "after": "null"}
    row = _rehash(Row(**fields))
    return chain.line(row)


TAMPERINGS: list[tuple[str, Callable[[list[str]], object], int, Kind]] = [
    ("edited", lambda x: x.__setitem__(5, _changed(x[5], actor="nobody")), 6, Kind.EDITED),
    ("edited value", lambda x: x.__setitem__(4, _changed(x[4], before={"name": "other"})), 5, Kind.EDITED),
    ("other form", lambda x: x.__setitem__(4, x[4].replace("é", "e\u0301")), 5, Kind.EDITED),
    ("number as text", lambda x: x.__setitem__(5, _changed(x[5], seq="6")), 6, Kind.EDITED),
    ("key twice", lambda x: x.__setitem__(5, x[5][:-1] + ',"actor":"nobody"}'), 6, Kind.EDITED),
    ("no json", lambda x: x.__setitem__(5, "hello"), 6, Kind.EDITED),
    ("rehashed", lambda x: x.__setitem__(5, _forged(x[5])), 6, Kind.FORGED),
    ("left out", lambda x: x.pop(5), 6, Kind.GAP),
    ("several left out", lambda x: x.__delitem__(slice(3, 7)), 4, Kind.GAP),
    ("first left out", lambda x: x.pop(0), 1, Kind.GAP),
    ("moved down", lambda x: x.append(x.pop(5)), 6, Kind.REORDERED),
    ("swapped", lambda x: x.__setitem__(slice(5, 7), [x[6], x[5]]), 6, Kind.REORDERED),
    ("written twice", lambda x: x.insert(6, x[5]), 6, Kind.INSERTED),
    ("another put in", lambda x: x.insert(5, _forged(x[5])), 6, Kind.INSERTED),
    ("nothing left", lambda x: x.clear(), 1, Kind.TRUNCATED),
]


@pytest.mark.parametrize(("_name", "change", "seq", "kind"), TAMPERINGS)
def test_a_tampered_export_is_found_and_the_way_is_named(lines, tmp_path, _name, change, seq, kind):
    change(lines)
    assert _file_found(tmp_path, lines) == (seq, kind)


@pytest.mark.parametrize("change", [case[1] for case in TAMPERINGS[:4] + TAMPERINGS[6:-1]])
def test_a_third_party_finds_them_too(lines, change):
    change(lines)
    assert first_broken_line(lines, Head.objects.get().installation) is not None


def test_an_export_that_ends_within_a_line_is_truncated(lines, tmp_path):
    path = tmp_path / "export.jsonl"
    path.write_text("\n".join(lines)[:-50], encoding="utf-8")
    found = verify_file(path)
    assert isinstance(found, Break)
    assert (found.seq, found.kind) == (10, Kind.TRUNCATED)


def test_the_command_says_in_one_line_that_all_is_whole(lines, tmp_path, capsys):
    path = tmp_path / "export.jsonl"
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    for arguments in ([], [str(path)]):
        out = StringIO()
        call_command("verify_audit", *arguments, stdout=out)
        assert out.getvalue().count("\n") == 1
        assert out.getvalue().startswith("whole: 10 rows")


def test_the_command_names_the_first_broken_row_and_fails(log):
    _sql("UPDATE audit_entry SET actor = 'nobody' WHERE seq = 6")
    out = StringIO()
    with pytest.raises(SystemExit) as stopped:
        call_command("verify_audit", stdout=out)
    assert stopped.value.code == 1
    assert out.getvalue().startswith("broken at row 6: edited: ")


def test_a_file_that_is_not_there_is_another_failure(tmp_path):
    with pytest.raises(CommandError) as refused:
        call_command("verify_audit", str(tmp_path / "nothing"))
    assert refused.value.returncode == 2


def test_a_bulk_loaded_log_is_a_true_chain():
    load(1_500)
    assert isinstance(verify_table(), Whole)
    assert entry().seq == 1_501
    assert isinstance(verify_table(), Whole)
