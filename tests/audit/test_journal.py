import json
from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from console import clock
from console.access.actor import Actor
from console.audit import chain, triggers
from console.audit.breaks import Whole
from console.audit.catalog import Action, State
from console.audit.journal import LogBroken, record
from console.audit.models import LIMITS, Entry, Head, OpenChange
from console.audit.safe import MASK, canonical_json, looks_secret
from console.audit.verify import verify_table
from tests.audit.factories import OPERATOR, entries, entry

pytestmark = pytest.mark.django_db


def test_rows_are_numbered_without_holes_and_each_names_the_one_before():
    first, second = entry(), entry()
    assert (first.seq, second.seq) == (1, 2)
    assert second.previous_hash == first.hash
    assert first.previous_hash == chain.genesis(Head.objects.get().installation)
    assert verify_table() == Whole(2, 2, second.hash)


def test_a_row_says_who_did_what_to_what_and_why():
    written = record(
        action=Action.PERMISSION_REMOVE,
        state=State.FAILED,
        actor=Actor(person_id=7, name="anna", role="Account owner", ip="192.0.2.1", request_id="request-9"),
        cloud="demo",
        gateway_id="gateway-1",
        target="iam:domain::0123",
        change_id="change-1",
        batch_id="batch-1",
        reason="contract ended",
        before={"listed": True},
        after={"listed": False},
        error_code="APIG.3204",
        cloud_request_id="cloud-request-1",
    )
    read = Entry.objects.get(seq=written.seq)
    assert (read.actor, read.actor_id, read.role, read.ip) == ("anna", 7, "Account owner", "192.0.2.1")
    assert (read.action, read.state, read.target) == ("permission.remove", "failed", "iam:domain::0123")
    assert (read.before, read.after) == ('{"listed":true}', '{"listed":false}')
    assert (read.error_code, read.cloud_request_id, read.request_id) == ("APIG.3204", "cloud-request-1", "request-9")


@pytest.mark.parametrize("name", ["action", "state"])
def test_a_name_outside_the_catalog_is_a_type_error_and_writes_nothing(name):
    with pytest.raises(TypeError):
        entry(**{name: "connection.explode"})
    assert not Entry.objects.exists()


ODD_TEXTS = ["a\x00b", "line\nbreak\r\t", "\ud800half", "\u202egnp.exe", "\x1b[31m", "\u2028", "'\"<b>"]
LONG_TEXTS = ["x" * 5_000, "😀" * 900, "\x00" * 900]


@pytest.mark.parametrize("text", ODD_TEXTS + LONG_TEXTS)
def test_odd_text_is_written_visibly_on_one_line_and_cut(text):
    written = entry(
        actor=Actor(None, text, text, text, text),
        **dict.fromkeys(
            ["cloud", "gateway_id", "target", "change_id", "batch_id", "reason", "error_code", "cloud_request_id"], text
        ),
        before={text: text},
        after=[text],
    )
    read = Entry.objects.get(seq=written.seq)
    for field, limit in LIMITS.items():
        stored = getattr(read, field)
        assert 0 < len(stored) <= limit
        assert not any(character in stored for character in "\x00\n\r\t\x1b\u202e\u2028")
    assert isinstance(verify_table(), Whole)


def test_odd_values_before_and_after_are_written_as_json():
    loop: list[object] = []
    loop.append(loop)
    values = {
        "big": 2**63,
        "fraction": 0.1,
        "nothing": float("nan"),
        "time": datetime(2026, 11, 20, 22, tzinfo=UTC),
        "set": {"b", "a"},
        "state": State.FAILED,
        "bytes": b"\xff",
        5: "five",
        "loop": loop,
        "many": list(range(1_000)),
    }
    written = json.loads(canonical_json(values))
    assert written["big"] == "9223372036854775808"
    assert written["fraction"] == "0.1"
    assert written["time"] == "2026-11-20T22:00:00.000000Z"
    assert written["set"] == ["a", "b"]
    assert written["state"] == "failed"
    assert written["5"] == "five"
    assert written["many"][-1] == "(and 800 more)"
    assert len(canonical_json({str(number): "x" * 2_000 for number in range(200)})) < 10_000


SECRET_KEYS = [
    *("password", "new_password", "Passwd", "pwd", "secret", "clientSecret", "token", "X-Auth-Token", "accessToken"),
    *("Authorization", "access_key", "AccessKeyId", "secret_key", "sk", "SK", "ak", "my_sk", "api-key", "apiKey"),
    *("private_key", "credential", "Cookie", "sessionid", "Signature"),
]
PLAIN_KEYS = ["status", "task", "owner", "marker_id", "name", "skipped", "description", "id", "network"]


@pytest.mark.parametrize("key", SECRET_KEYS)
def test_values_of_secret_looking_keys_are_masked_at_any_depth(key):
    written = entry(before={key: "canary-1"}, after={"inner": [{key: {"deep": "canary-2"}}]})
    assert json.loads(written.before) == {key: MASK}
    assert "canary" not in "".join(str(value) for value in Entry.objects.values_list().get(seq=written.seq))


@pytest.mark.parametrize("key", PLAIN_KEYS)
def test_ordinary_keys_are_not_masked(key):
    assert not looks_secret(key)


def test_updates_deletions_and_replacements_are_refused_by_the_database():
    entries(2)
    copied = "INSERT OR REPLACE INTO audit_entry SELECT * FROM audit_entry WHERE seq = 1"
    emptied = "TRUNCATE audit_entry CASCADE"
    for sql in (
        "UPDATE audit_entry SET actor = 'nobody' WHERE seq = 1",
        "UPDATE audit_entry SET actor = actor",
        "DELETE FROM audit_entry WHERE seq = 2",
        copied if connection.vendor == "sqlite" else emptied,
    ):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Entry.objects.all().delete()
    assert verify_table() == Whole(2, 2, Entry.objects.get(seq=2).hash)


def test_all_triggers_are_in_place_after_the_migrations():
    lists = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgname FROM pg_trigger WHERE tgenabled = 'O' AND tgname LIKE 'audit%'",
    }
    with connection.cursor() as cursor:
        cursor.execute(lists[connection.vendor])
        there = {name for (name,) in cursor.fetchall()}
    assert triggers.names(connection) <= there


def test_a_row_goes_with_the_callers_transaction():
    with transaction.atomic():
        entry()
        transaction.set_rollback(True)
    assert not Entry.objects.exists()
    assert entry().seq == 1


def test_a_refusing_database_is_not_hidden():
    entries(1)
    Head.objects.update(seq=0)  # the next row would take a number that is taken
    with pytest.raises(DatabaseError), transaction.atomic():
        entry()


def test_rows_without_a_head_cannot_be_continued():
    entries(1)
    Head.objects.all().delete()
    with pytest.raises(LogBroken):
        entry()


def test_a_clock_a_little_behind_does_not_run_backwards(monkeypatch):
    first = entry()
    monkeypatch.setattr(clock, "source", lambda: first.at - timedelta(seconds=2))
    assert entry().at == first.at


def test_a_clock_set_back_is_a_row_of_its_own(monkeypatch):
    first = entry()
    earlier = timezone.now() - timedelta(hours=1)
    monkeypatch.setattr(clock, "source", lambda: earlier)
    assert entry().at == earlier
    assert entry().at == earlier
    assert list(Entry.objects.order_by("seq").values_list("action", flat=True)) == [
        "connection.accept",
        "clock.set_back",
        "connection.accept",
        "connection.accept",
    ]
    note = Entry.objects.get(seq=2)
    assert json.loads(note.before)["at"] == first.at.isoformat(timespec="microseconds").replace("+00:00", "Z")
    assert isinstance(verify_table(), Whole)


def test_a_change_is_open_until_its_certain_end():
    for state, is_open in [
        (State.INTENDED, True),
        (State.UNKNOWN, True),
        (State.SUCCEEDED, False),
    ]:
        written = entry(change_id="change-1", state=state)
        assert OpenChange.objects.filter(change_id="change-1", entry=written).exists() is is_open
    assert not OpenChange.objects.exists()


def test_what_cannot_be_known_is_no_longer_open():
    entry(change_id="change-1", state=State.UNKNOWN)
    entry(change_id="change-1", state=State.UNKNOWN, error_code="cannot_be_known")
    assert not OpenChange.objects.exists()


@pytest.mark.parametrize("state", [state for state in State if not state.is_open])
def test_every_other_state_closes_a_change(state):
    entry(change_id="change-1", state=State.INTENDED)
    entry(change_id="change-1", state=state)
    assert not OpenChange.objects.exists()


def test_the_actor_needs_no_person_in_the_database():
    assert entry(actor=OPERATOR).actor_id is None
    assert entry(actor=Actor(987_654_321, "gone", "", "", "")).actor_id == 987_654_321
