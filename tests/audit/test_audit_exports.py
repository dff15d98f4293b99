import csv
import io
import json

import pytest

from console.access.roles import Role
from console.audit.breaks import Break, Kind, Whole
from console.audit.chain import Row
from console.audit.models import Entry
from console.audit.verify import verify_file
from tests.audit.bulk import load
from tests.audit.factories import entries, entry, reader

pytestmark = pytest.mark.django_db


@pytest.fixture
def auditor():
    return reader("auditor", Role.AUDITOR)


def _text(response) -> str:
    assert response.status_code == 200
    return b"".join(response.streaming_content).decode()


def test_json_lines_hold_the_fields_of_the_contract_oldest_first(auditor):
    entry(before={"status": "pending"}, after=None)
    response = auditor.get("/audit/export.jsonl")
    assert response["Content-Disposition"] == 'attachment; filename="audit.jsonl"'
    rows = [json.loads(line) for line in _text(response).splitlines()]
    assert [list(row) for row in rows] == [list(Row._fields)] * 3
    assert [row["seq"] for row in rows] == [1, 2, 3]
    assert rows[1]["before"] == {"status": "pending"}
    assert rows[1]["after"] is None
    assert rows[1]["at"].endswith("Z")


def test_an_export_is_recorded_with_its_filters_and_is_its_own_last_row(auditor):
    text = _text(auditor.get("/audit/export.jsonl", {"actor": "auditor"}))
    last = json.loads(text.splitlines()[-1])
    assert (last["action"], last["state"], last["actor"]) == ("audit.export", "succeeded", "auditor")
    assert last["after"] == {"filters": {"actor": "auditor"}}


def test_a_whole_export_can_be_verified_alone_and_a_filtered_one_is_a_gap(auditor, tmp_path):
    load(4_500)
    path = tmp_path / "audit.jsonl"
    path.write_text(_text(auditor.get("/audit/export.jsonl")), encoding="utf-8")
    found = verify_file(path)
    assert isinstance(found, Whole)
    assert found.rows == 4_502  # the sign-in, what was loaded, the export
    path.write_text(_text(auditor.get("/audit/export.jsonl", {"state": "failed"})), encoding="utf-8")
    filtered = verify_file(path)
    assert isinstance(filtered, Break)
    assert filtered.kind == Kind.GAP
    assert "filter" in filtered.text


@pytest.mark.parametrize("asked", [{"q": "customer"}, {"q": "rareword"}, {"state": "failed"}, {"actor": "person07"}])
def test_a_filtered_export_holds_exactly_the_rows_of_the_list(auditor, monkeypatch, asked):
    monkeypatch.setattr("console.audit.queries._PORTION", 50)
    monkeypatch.setattr("console.audit.search.NEARBY", 40)
    load(1_000)
    rows = [json.loads(line) for line in _text(auditor.get("/audit/export.jsonl", asked)).splitlines()]
    if "q" in asked:
        expected = Entry.objects.filter(reason__contains=asked["q"]) | Entry.objects.filter(after__contains=asked["q"])
    else:
        expected = Entry.objects.filter(**asked)
    assert [row["seq"] for row in rows] == list(expected.order_by("seq").values_list("seq", flat=True))


HOSTILE = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "=cmd|' /C calc'!A0",
    "\uff1d1",
    'a","b',
    "line\nbreak",
    "plain",
]


def test_no_cell_of_the_csv_is_a_formula(auditor):
    for text in HOSTILE:
        entry(target=text, reason=text, cloud=text, error_code=text)
    response = auditor.get("/audit/export.csv")
    assert response["Content-Disposition"] == 'attachment; filename="audit.csv"'
    table = list(csv.reader(io.StringIO(_text(response), newline="")))
    assert table[0] == list(Row._fields)
    assert len(table) == len(HOSTILE) + 3
    assert all(len(row) == len(Row._fields) for row in table)
    assert not [cell for row in table for cell in row if cell[:1] in ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d")]
    assert "'=1+1" in table[2]


def test_rows_written_while_an_export_runs_are_left_out(auditor, monkeypatch):
    monkeypatch.setattr("console.audit.queries._PORTION", 2)
    entries(5)
    parts = iter(auditor.get("/audit/export.jsonl").streaming_content)
    first = next(parts)
    entries(3)
    rows = (first + b"".join(parts)).decode().splitlines()
    assert [json.loads(row)["seq"] for row in rows] == list(range(1, 8))
