"""The fourteen classes of tampering of reliability.md 2.1 (R8), each tried on the table and on exported files.

Whatever was done, what left the machine before is there: the file of checkpoints and the public key. With them our
verifier (the button's, and `manage.py verify_audit FILE`) and that of a third party must find it and name row and kind.
"""

import json
import re
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from enum import StrEnum
from io import StringIO
from pathlib import Path
from typing import Any, Final, NamedTuple

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.core.management import CommandError, call_command
from django.db import transaction

from console.access.actor import Actor
from console.access.models import Person
from console.access.roles import Role
from console.audit import chain, keyring, statements
from console.audit.breaks import Whole
from console.audit.chain import Row
from console.audit.models import Checkpoint, Entry, Head
from console.audit.sources import Table
from tests.audit.factories import entry, reader
from tests.audit.proving import keys, lay_open, lines, rechained, sign, sql, third_party, verified, write
from tests.pages import Browser

pytestmark = pytest.mark.usefixtures("vault")

ROWS: Final = 12
#: A checkpoint was signed after each so many rows.
COVERED: Final = 4
#: Row and kind of what was found; None where nothing was.
Found = tuple[int, str] | None


class Tampering(StrEnum):
    """The classes, in the order and nearly the words of reliability.md 2.1."""

    BYTE = "one byte changed in each column"
    DELETED = "row deleted in the middle"
    CUT = "last rows deleted"
    INSERTED = "row inserted"
    SWAPPED = "two rows swapped"
    TIME = "time moved"
    ACTOR = "actor changed by deleting the user"
    ONE_HASH = "hash recomputed for one row"
    NO_KEY = "whole chain recomputed without the key"
    NO_ANCHOR = "whole chain recomputed with the key but not the anchor"
    NUMBER = "sequence number reused"
    FOREIGN = "row moved from another installation"
    FORM = "canonical form tricks"
    ANCHOR = "anchor file replaced"  # that it is missing has a test of its own below


class Log(NamedTuple):
    """What there was before anything was done to it: the rows, their export, and what left the machine."""

    rows: list[Row]
    exported: list[str]
    anchor: Path
    public_key: Path


class Case(NamedTuple):
    """One way to tamper, and what our verifier and that of a third party say then."""

    tampering: Tampering
    do: Callable[[Log], Any]
    ours: Found
    theirs: Found


@pytest.fixture
def log(vault: Path) -> Log:
    """A log in which every field of every row says something, by a person; its triggers are gone."""
    person = Person.objects.create_user(username="erin", password=None)
    for number in range(1, ROWS + 1):
        _fill(Actor(person.pk, "erin", "Operator", "192.0.2.7", f"request-{number}"), number)
        if number % COVERED == 0:
            sign()
    public_key = vault / "public-key.pem"
    public_key.write_text(keys())
    lay_open()
    return Log(list(Table().rows()), lines(), vault / "audit-checkpoints.jsonl", public_key)


def _fill(actor: Actor, number: int) -> None:
    entry(
        actor=actor,
        target=f"endpoint-{number}",
        change_id=f"change-{number}",
        batch_id=f"batch-{number}",
        reason=f"caf\u00e9 {number}",
        before={"count": number, "status": "pending"},
        after={"count": number, "status": "accepted"},
        error_code=f"code-{number}",
        cloud_request_id=f"cloud-request-{number}",
    )


def _rehashed(row: Row, **changes: Any) -> Row:
    changed = row._replace(**changes)
    return changed._replace(hash=chain.seal(changed))


def _rewritten(log: Log) -> list[Row]:
    """Row 6 says something else, and every hash from there on is right."""
    return rechained(log.rows, 6, actor="nobody")


def _foreign(log: Log) -> list[Row]:
    """The same rows as another installation would have written them."""
    return rechained([log.rows[0]._replace(previous_hash=chain.genesis("another")), *log.rows[1:]], 1)


def _signed_anew(rows: list[Row], key: Ed25519PrivateKey, stated: dict[str, Any] | None = None) -> list[str]:
    """Checkpoints where there were some, for these rows, with a key; with what is said of it where it is another."""
    made: list[str] = []
    for line in Checkpoint.objects.order_by("number").values_list("line", flat=True):
        fields = json.loads(line)
        del fields["signature"], fields["log"]
        previous = statements.digest(json.loads(made[-1])) if made else ""
        fields |= {"key": stated or fields["key"], "hash": rows[fields["seq"] - 1].hash, "previous": previous}
        made.append(statements.sign(key, fields))
    return made


def _replace_anchor(log: Log) -> None:
    """A stranger signed the very rows of the log."""
    stranger = Ed25519PrivateKey.generate()
    stated = statements.state_key(stranger, Head.objects.get().installation, log.rows[0].at)
    log.anchor.write_text("".join(f"{line}\n" for line in _signed_anew(log.rows, stranger, stated)))


# On the table, as its owner could.


def _set(column: str, value: object) -> Callable[[Log], None]:
    return lambda log: sql(f"UPDATE audit_entry SET {column} = %s WHERE seq = 6", value)


def _byte(column: str) -> Callable[[Log], None]:
    """The last letter becomes another, in JSON that of the last value."""
    if column == "at":
        return _move_time

    def change(log: Log) -> None:
        text = getattr(log.rows[5], column)
        _set(column, text[:-3] + "x" + text[-2:] if column in ("before", "after") else text[:-1] + "x")(log)

    return change


def _move_time(log: Log) -> None:
    Entry.objects.filter(seq=6).update(at=datetime.fromisoformat(log.rows[5].at) + timedelta(microseconds=1))


def _cut_with_checkpoint(_: Log) -> None:
    for statement in (
        "DELETE FROM audit_entry WHERE seq > 9",
        "DELETE FROM audit_delivery WHERE checkpoint_id = 3",
        "DELETE FROM audit_checkpoint WHERE number = 3",
    ):
        sql(statement)
    Head.objects.update(seq=9, hash=Entry.objects.get(seq=9).hash)


def _insert(log: Log) -> None:
    sql("UPDATE audit_entry SET seq = -seq WHERE seq >= 6")
    sql("UPDATE audit_entry SET seq = -seq + 1 WHERE seq < 0")
    row = _rehashed(log.rows[5], reason="never happened")
    Entry.objects.bulk_create([Entry(**row._asdict() | {"at": row.at.replace("Z", "+00:00")}, words="")])


def _swap(log: Log) -> None:
    write(log.rows[5]._replace(seq=9))
    write(log.rows[8]._replace(seq=6))


def _delete_person(log: Log) -> None:
    Person.objects.filter(username="erin").delete()
    _set("actor", "deleted user")(log)


def _rewrite(log: Log) -> None:
    rows = _rewritten(log)
    for row in rows[5:]:
        write(row)
    Head.objects.update(hash=rows[-1].hash)


def _rewrite_and_sign(log: Log) -> None:
    _rewrite(log)
    (key,) = keyring.in_hand().values()
    for number, line in enumerate(_signed_anew(_rewritten(log), key), start=1):
        sql("UPDATE audit_checkpoint SET line = %s WHERE number = %s", line, number)


def _number_again(log: Log) -> None:
    """The table's key allows no number twice, but its owner can lay a view over it, which is read as the table was."""
    columns = ", ".join(field.column for field in Entry._meta.concrete_fields)
    row = _rehashed(log.rows[5], reason="never happened")
    sql("ALTER TABLE audit_entry RENAME TO audit_rows")
    sql(f"CREATE TABLE audit_more AS SELECT {columns} FROM audit_rows WHERE seq = 6")
    sql("UPDATE audit_more SET reason = %s, hash = %s", row.reason, row.hash)
    sql(f"CREATE VIEW audit_entry AS SELECT {columns} FROM audit_rows UNION ALL SELECT {columns} FROM audit_more")


T = Tampering
BY_SQL: Final = [
    *(Case(T.BYTE, _byte(column), (6, "edited"), (6, "edited")) for column in Row._fields if column != "seq"),
    Case(T.BYTE, _set("seq", 16), (6, "deleted"), (6, "reordered")),  # row 16 is read last
    Case(T.DELETED, lambda log: sql("DELETE FROM audit_entry WHERE seq = 6"), (6, "deleted"), (6, "gap")),
    Case(T.CUT, _cut_with_checkpoint, (10, "truncated"), (10, "truncated")),
    Case(T.INSERTED, _insert, (6, "inserted"), (6, "inserted")),
    Case(T.SWAPPED, _swap, (6, "reordered"), (6, "reordered")),
    Case(T.TIME, _move_time, (6, "edited"), (6, "edited")),
    Case(T.ACTOR, _delete_person, (6, "edited"), (6, "edited")),
    Case(T.ONE_HASH, lambda log: write(_rehashed(log.rows[5], reason="x")), (6, "forged"), (6, "forged")),
    Case(T.NO_KEY, _rewrite, (5, "forged"), (5, "forged")),
    Case(T.NO_ANCHOR, _rewrite_and_sign, (5, "anchor"), (5, "forged")),
    Case(T.NUMBER, _number_again, (6, "inserted"), (6, "inserted")),
    Case(T.FOREIGN, lambda log: write(_foreign(log)[0]), (1, "foreign"), (1, "foreign")),
    # To the third party it follows another row 5 than stands there: either of them may be the wrong one.
    Case(T.FOREIGN, lambda log: write(_foreign(log)[5]), (6, "forged"), (5, "forged")),
    Case(T.FORM, _set("reason", "cafe\u0301 6"), (6, "edited"), (6, "edited")),
    # The columns `seq` and `at` hold no text, so in the table a number can become one only within JSON.
    Case(T.FORM, _set("before", '{"count":"6","status":"pending"}'), (6, "edited"), (6, "edited")),
    # Another order of keys is another text in the table and the same values in an export of it.
    Case(T.FORM, _set("before", '{"status":"pending","count":6}'), (6, "edited"), None),
    Case(T.ANCHOR, _replace_anchor, (1, "anchor"), (1, "signature")),
]


# On an export, line by line.


def _fields(line: int, **changes: object) -> Callable[[Log], None]:
    def change(log: Log) -> None:
        log.exported[line - 1] = json.dumps(json.loads(log.exported[line - 1]) | changes) + "\n"

    return change


def _other(value: Any) -> Any:
    """The same with one byte changed."""
    if isinstance(value, dict):
        return value | {"status": _other(value["status"])}
    return value + 10 if isinstance(value, int) else value[:-1] + "x"


def _field(name: str) -> Callable[[Log], None]:
    return lambda log: _fields(6, **{name: _other(json.loads(log.exported[5])[name])})(log)


def _lines(first: int, last: int, rows: Callable[[Log], list[Row]]) -> Callable[[Log], None]:
    """Rows in place of the lines `first` to `last`; with `last` before `first` they are put in."""

    def change(log: Log) -> None:
        log.exported[first - 1 : last] = [chain.line(row) + "\n" for row in rows(log)]

    return change


def _export_signed_anew(log: Log) -> None:
    """With checkpoints of the intruder's that fit; but the file that left the machine is laid beside it."""
    _rewrite_and_sign(log)
    log.exported[:] = lines()


def _row_6_again(log: Log) -> list[Row]:
    return [_rehashed(log.rows[5], reason="never happened")]


BY_EXPORT: Final = [
    *(Case(T.BYTE, _field(name), (6, "edited"), (6, "edited")) for name in Row._fields if name != "seq"),
    Case(T.BYTE, _field("seq"), (6, "edited"), (6, "edited")),
    Case(T.DELETED, _lines(6, 6, lambda log: []), (6, "gap"), (6, "gap")),
    Case(T.CUT, _lines(10, ROWS, lambda log: []), (10, "truncated"), (10, "truncated")),
    Case(T.INSERTED, _lines(6, 5, _row_6_again), (6, "inserted"), (6, "inserted")),
    Case(T.SWAPPED, _lines(6, 7, lambda log: [log.rows[6], log.rows[5]]), (6, "reordered"), (6, "reordered")),
    Case(T.TIME, lambda log: _fields(6, at=log.rows[6].at)(log), (6, "edited"), (6, "edited")),
    Case(T.ACTOR, _fields(6, actor="deleted user"), (6, "edited"), (6, "edited")),
    Case(T.ONE_HASH, _lines(6, 6, _row_6_again), (6, "forged"), (6, "forged")),
    Case(T.NO_KEY, _lines(1, ROWS, _rewritten), (5, "forged"), (5, "forged")),
    Case(T.NO_ANCHOR, _export_signed_anew, (5, "forged"), (5, "forged")),
    Case(T.NUMBER, _lines(7, 6, lambda log: [log.rows[5]]), (6, "inserted"), (6, "inserted")),
    Case(T.FOREIGN, _lines(1, 1, lambda log: _foreign(log)[:1]), (1, "foreign"), (1, "foreign")),
    Case(T.FOREIGN, _lines(6, 6, lambda log: _foreign(log)[5:6]), (6, "forged"), (5, "forged")),
    Case(T.FOREIGN, _lines(6, 5, lambda log: _foreign(log)[5:6]), (6, "inserted"), (6, "inserted")),
    Case(T.FORM, _fields(6, reason="cafe\u0301 6"), (6, "edited"), (6, "edited")),
    Case(T.FORM, _fields(6, seq="6"), (6, "edited"), (6, "edited")),
    Case(T.FORM, _fields(6, before={"count": "6", "status": "pending"}), (6, "edited"), (6, "edited")),
    # The order of keys is no part of what a row says (`chain`), so there is nothing to find.
    Case(T.FORM, _fields(6, before={"status": "pending", "count": 6}), None, None),
    Case(T.ANCHOR, _replace_anchor, (4, "signature"), (1, "signature")),
]


def test_each_class_is_tried_on_the_table_and_on_files() -> None:
    assert len(Tampering) == 14
    assert {case.tampering for case in BY_SQL} == {case.tampering for case in BY_EXPORT} == set(Tampering)


def test_what_was_done_to_the_table_is_found_and_named(log: Log) -> None:
    assert isinstance(verified(), Whole)
    found = [_try(log, case, lambda: (verified(), _third_party(log, lines()))) for case in BY_SQL]
    assert [told for told in found if told not in BY_SQL] == []


def test_what_was_done_to_an_export_is_found_and_named(log: Log) -> None:
    assert _command(log, log.anchor) is _third_party(log, log.exported) is None
    found = [
        _try(log, case, lambda: (_command(log, log.anchor), _third_party(log, log.exported))) for case in BY_EXPORT
    ]
    assert [told for told in found if told not in BY_EXPORT] == []


def _try(log: Log, case: Case, look: Callable[[], tuple[Any, Any]]) -> Case:
    """The case with what was found; afterwards everything is as before."""
    exported, anchor = list(log.exported), log.anchor.read_text()
    with transaction.atomic():
        case.do(log)
        ours, theirs = look()
        transaction.set_rollback(True)
    log.exported[:] = exported
    log.anchor.write_text(anchor)
    return case._replace(ours=ours, theirs=theirs)


def _third_party(log: Log, exported: list[str], signed: list[str] | None = None) -> Found:
    return third_party(exported, signed or log.anchor.read_text().splitlines(), log.public_key.read_text())


def _command(log: Log, signed: Path) -> Found:
    """What `manage.py verify_audit` says to the export."""
    export, out = log.anchor.with_name("export.jsonl"), StringIO()
    export.write_text("".join(log.exported), encoding="utf-8")
    with suppress(SystemExit):
        files = {"--checkpoints": signed, "--public-key": log.public_key}
        call_command("verify_audit", str(export), *(str(a) for pair in files.items() for a in pair), stdout=out)
    if out.getvalue().startswith("whole: 12 rows"):
        return None
    said = re.match(r"broken at row (\d+): (\w+): ", out.getvalue())
    assert said, out.getvalue()
    return int(said[1]), said[2]


def test_a_chain_recomputed_with_the_key_cannot_be_told_by_the_intruders_own_checkpoints(log: Log) -> None:
    _export_signed_anew(log)
    signed = list(Checkpoint.objects.order_by("number").values_list("line", flat=True))
    file = log.anchor.with_name("from-the-table.jsonl")
    file.write_text("".join(f"{line}\n" for line in signed))
    assert _command(log, file) is None
    assert _third_party(log, log.exported, signed) is None
    assert _command(log, log.anchor) == _third_party(log, log.exported) == (5, "forged")


def test_a_missing_anchor_is_found(log: Log) -> None:
    log.anchor.unlink()
    assert verified() == (4, "anchor")
    with pytest.raises(CommandError, match=r"audit-checkpoints\.jsonl cannot be read"):
        _command(log, log.anchor)


def test_rows_outlive_the_person_they_name(log: Log) -> None:
    auditor = Browser(reader("auditor", Role.AUDITOR))
    Person.objects.filter(username="erin").delete()
    assert isinstance(verified(), Whole)
    page = auditor.open("/audit/?actor=erin")
    assert "endpoint-12" in page.text
    log.exported[:] = lines()
    assert {json.loads(line)["actor"] for line in log.exported[:ROWS]} == {"erin"}
    assert _third_party(log, log.exported) is None
