import base64
import json
import stat

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from console.access.actor import SYSTEM
from console.audit import chain, checkpoints, keyring, statements
from console.audit.breaks import Kind, Whole
from console.audit.keyring import KeyTrouble
from console.audit.models import Checkpoint, Delivery, Entry, Head
from console.audit.sources import Table
from tests.audit.factories import entries, entry
from tests.audit.proving import (
    keys,
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


def test_a_checkpoint_agrees_with_the_log_here_and_for_a_third_party():
    entries(3)
    sign()
    entries(2)
    sign()
    found = verified()
    assert isinstance(found, Whole)
    assert (found.rows, found.checkpoints) == (5, 2)
    assert str(found).count("\n") == 0
    assert third_party(lines()) is None


def test_the_first_key_is_made_once_and_for_this_user_only(vault):
    assert not keyring.in_hand()
    entries(1)
    sign()
    path = vault / "audit-signing-key.pem"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    before = path.read_bytes()
    entries(1)
    sign()
    assert path.read_bytes() == before
    assert {file.name for file in vault.iterdir()} == {"audit-checkpoints.jsonl", path.name}


def test_a_key_that_others_may_read_is_refused(vault):
    entries(1)
    sign()
    (vault / "audit-signing-key.pem").chmod(0o644)
    with pytest.raises(KeyTrouble, match="0600"):
        checkpoints.sign()


def test_the_private_key_stays_in_its_file(vault):
    entries(1)
    made = sign()
    pem = (vault / "audit-signing-key.pem").read_text()
    key = next(iter(keyring.in_hand().values()))
    secrets = [base64.b64encode(key.private_bytes_raw()).decode(), pem.splitlines()[1], key.private_bytes_raw().hex()]
    stored = [made.line, *lines(), keys(), repr(key), *map(str, Delivery.objects.values_list())]
    assert not [text for text in stored for secret in secrets if secret in text]


def _pem(content: str) -> str:
    """As a key file looks, put together so that this file does not look like one."""
    return "\n".join([f"-----BEGIN {'PRIVATE'} KEY-----", content, f"-----END {'PRIVATE'} KEY-----", ""])


@pytest.mark.parametrize("text", ["hello", _pem("c2VjcmV0LWNhbmFyeQ==")])
def test_a_setting_that_is_no_key_is_told_without_showing_it(settings, text):
    settings.AUDIT_SECRET_KEY = text
    entries(1)
    with pytest.raises(KeyTrouble) as told:
        checkpoints.sign()
    assert "CONSOLE_AUDIT_SECRET_KEY" in str(told.value)
    assert "c2VjcmV0" not in str(told.value)
    assert told.value.__cause__ is None


def test_another_key_cannot_go_on_signing(settings):
    entries(1)
    sign()
    settings.AUDIT_SECRET_KEY = keyring.private_pem(Ed25519PrivateKey.generate()).decode()
    with pytest.raises(KeyTrouble, match="does not hold the key"):
        checkpoints.sign()
    assert verified() == (1, "signature")


def test_a_checkpoint_is_signed_at_intervals_only_when_rows_came(settings):
    assert not checkpoints.sign_when_due()
    entries(1)
    assert checkpoints.sign_when_due()
    assert not checkpoints.sign_when_due()
    entries(1)
    assert not checkpoints.sign_when_due()
    settings.AUDIT_CHECKPOINT_SECONDS = 0
    assert checkpoints.sign_when_due()
    assert not checkpoints.sign_when_due()
    assert list(Checkpoint.objects.values_list("number", "seq").order_by("number")) == [(1, 1), (2, 2)]


def test_trouble_with_the_key_does_not_stop_the_worker(settings, caplog):
    settings.AUDIT_SECRET_KEY = "no key"
    entries(1)
    assert not checkpoints.sign_when_due()
    assert "no checkpoint was signed" in caplog.text


def test_checkpoints_cannot_be_changed_or_removed(settings):
    settings.AUDIT_ANCHOR_PATH = ""  # no deliveries, which would wait for the end of the transaction
    entries(2)
    sign()
    statements_of_an_intruder = ["UPDATE audit_checkpoint SET first = 9", "DELETE FROM audit_checkpoint"]
    if connection.vendor == "sqlite":
        statements_of_an_intruder.append("INSERT OR REPLACE INTO audit_checkpoint SELECT * FROM audit_checkpoint")
    else:
        statements_of_an_intruder.append("TRUNCATE audit_checkpoint CASCADE")
    for statement in statements_of_an_intruder:
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            sql(statement)


def test_the_new_key_is_signed_by_the_old_one(vault):
    entries(2)
    sign()
    first_keys = keys()
    old = next(iter(keyring.in_hand()))
    new = checkpoints.rotate(SYSTEM)
    entries(2)
    sign()
    assert list(keyring.in_hand()) == [new] != [old]
    assert [key["endorsed_by"] for key in checkpoints.public_keys()] == ["", old]
    assert isinstance(verified(), Whole)
    assert Entry.objects.filter(action="audit.rotate_key", target=new).exists()
    assert not (vault / "audit-signing-key.next.pem").exists()
    # Whoever knows either key can believe both.
    last_key = keyring.public_pem(checkpoints.public_keys()[-1]["public_key"])
    assert third_party(lines(), pem=first_keys) is None
    assert third_party(lines(), pem=last_key) is None


def test_a_key_of_the_setting_is_changed_by_giving_both(settings):
    one, other = (keyring.private_pem(Ed25519PrivateKey.generate()).decode() for _ in range(2))
    settings.AUDIT_SECRET_KEY = one
    entries(1)
    sign()
    with pytest.raises(KeyTrouble, match="beside the old one"):
        checkpoints.rotate(SYSTEM)
    settings.AUDIT_SECRET_KEY = one + other
    checkpoints.rotate(SYSTEM)
    settings.AUDIT_SECRET_KEY = other
    entries(1)
    sign()
    assert isinstance(verified(), Whole)


def test_a_crash_in_the_middle_of_a_change_of_keys_is_no_trouble(vault, monkeypatch):
    entries(1)
    sign()
    monkeypatch.setattr(keyring, "forget_all_but", lambda current: None)
    new = checkpoints.rotate(SYSTEM)
    entries(1)
    assert sign().key_id == new
    assert isinstance(verified(), Whole)


def test_a_change_of_keys_that_was_rolled_back_is_done_with_the_next(vault):
    entries(1)
    sign()
    current = next(iter(keyring.in_hand()))
    waiting = keyring.successor(current)
    assert checkpoints.rotate(SYSTEM) == statements.key_id(statements.public_text(waiting))


def test_the_command_signs_and_prints(capsys):
    entries(1)
    call_command("audit_checkpoint")
    line = capsys.readouterr().out.strip()
    assert json.loads(line)["seq"] == 2  # the row that says so is covered
    call_command("audit_public_key")
    assert capsys.readouterr().out == keys()
    call_command("audit_rotate_key")
    assert "signs from now on" in capsys.readouterr().out


def test_the_command_says_when_there_is_nothing_to_show():
    with pytest.raises(CommandError, match="nothing was signed"):
        call_command("audit_public_key")


# The classes of reliability.md 2.1 that only something outside the table of rows can find.


def _rewrite(first: int = 6, head: bool = True) -> None:
    lay_open()
    rows = rechained(list(Table().rows()), first, actor="nobody")
    for row in rows[first - 1 :]:
        write(row)
    if head:
        Head.objects.update(hash=rows[-1].hash)


def test_a_chain_recomputed_without_the_key_is_found():
    entries(4)
    sign()
    entries(4)
    sign()
    entries(2)
    _rewrite()
    assert verified() == (5, "forged")
    assert third_party(lines()) == (5, "forged")


def test_a_chain_recomputed_with_the_key_but_not_the_anchor_is_found():
    entries(4)
    sign()
    entries(4)
    sign()
    _rewrite()
    key, last = next(iter(keyring.in_hand().values())), json.loads(Checkpoint.objects.get(number=1).line)
    fields = json.loads(Checkpoint.objects.get(number=2).line) | {"hash": Entry.objects.get(seq=8).hash}
    del fields["signature"], fields["log"]
    line = statements.sign(key, fields | {"previous": statements.digest(last)})
    sql("UPDATE audit_checkpoint SET line = %s WHERE number = 2", line)
    assert third_party(lines()) is None  # the files of the intruder fit each other
    assert verified() == (5, "anchor")


@pytest.mark.parametrize("checkpoints_too", [False, True])
def test_rows_cut_from_the_end_with_the_head_are_truncated(checkpoints_too):
    entries(4)
    sign()
    entries(4)
    sign()
    lay_open()
    sql("DELETE FROM audit_entry WHERE seq > 5")
    Head.objects.update(seq=5, hash=Entry.objects.get(seq=5).hash)
    if checkpoints_too:
        sql("DELETE FROM audit_delivery WHERE checkpoint_id = 2")
        sql("DELETE FROM audit_checkpoint WHERE number = 2")
    assert verified() == (6, "truncated")


def test_an_emptied_database_is_found_by_the_anchor():
    entries(3)
    sign()
    lay_open()
    for table in ("audit_delivery", "audit_checkpoint", "audit_entry", "audit_head"):
        sql(f"DELETE FROM {table}")
    assert not isinstance(verified(), Whole)


def test_a_log_of_another_installation_is_foreign():
    entries(3)
    sign()
    lay_open()
    rows = list(Table().rows())
    rows = rechained([rows[0]._replace(previous_hash=chain.genesis("another")), *rows[1:]], 1)
    for row in rows:
        write(row)
    Head.objects.update(installation="another", hash=rows[-1].hash)
    assert verified() == (1, "foreign")


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        (lambda text: "", "anchor"),
        (lambda text: "hello\n" + text, "anchor"),
        (lambda text: "".join(text.splitlines(keepends=True)[1:]), "anchor"),
        (lambda text: "".join(text.splitlines(keepends=True)[:-1]), "anchor"),
        (lambda text: text.replace('"seq":3', '"seq":2'), "anchor"),
        (None, "anchor"),
    ],
)
def test_a_replaced_or_missing_anchor_is_found(vault, change, kind):
    entries(3)
    sign()
    entries(3)
    sign()
    path = vault / "audit-checkpoints.jsonl"
    if change is None:
        path.unlink()
    else:
        path.write_text(change(path.read_text()))
    assert verified()[1] == kind == Kind.ANCHOR


def test_a_line_told_twice_to_the_anchor_is_no_harm(vault):
    entries(3)
    sign()
    path = vault / "audit-checkpoints.jsonl"
    path.write_text(path.read_text() * 2)
    assert isinstance(verified(), Whole)


@pytest.mark.parametrize("field", ["seq", "hash", "first", "at", "number", "previous", "installation", "signature"])
def test_one_changed_field_of_a_checkpoint_is_found(field):
    entries(3)
    sign()
    entries(3)
    sign()
    lay_open()
    fields = json.loads(Checkpoint.objects.get(number=2).line)
    value = fields[field]
    fields[field] = value + 1 if isinstance(value, int) else ("0" if value[0] != "0" else "1") + value[1:]
    sql("UPDATE audit_checkpoint SET line = %s WHERE number = 2", json.dumps(fields))
    found = verified()
    assert not isinstance(found, Whole)
    assert found[1] == "signature"
    assert third_party(lines()) is not None


def test_a_checkpoint_taken_out_of_the_middle_is_found(settings):
    settings.AUDIT_ANCHOR_PATH = ""
    for _ in range(3):
        entries(2)
        sign()
    lay_open()
    sql("DELETE FROM audit_checkpoint WHERE number = 2")
    assert verified() == (6, "signature")
    assert third_party(lines()) is not None


def test_checkpoints_signed_by_a_strangers_key_are_not_believed(settings):
    settings.AUDIT_ANCHOR_PATH = ""
    entries(3)
    good = keys() if sign() else ""
    stranger = Ed25519PrivateKey.generate()
    installation = Head.objects.get().installation
    fields = json.loads(Checkpoint.objects.get().line)
    del fields["signature"]
    fields["key"] = statements.state_key(stranger, installation, fields["at"])
    lay_open()
    sql("UPDATE audit_checkpoint SET line = %s", statements.sign(stranger, fields))
    assert verified() == (3, "signature")
    assert third_party(lines(), pem=good) == (1, "signature")


def test_an_endorsement_by_a_stranger_is_not_believed(settings):
    settings.AUDIT_ANCHOR_PATH = ""
    entries(3)
    sign()
    checkpoints.rotate(SYSTEM)
    stranger, new = Ed25519PrivateKey.generate(), next(iter(keyring.in_hand().values()))
    fields = json.loads(Checkpoint.objects.get(number=2).line)
    del fields["signature"]
    stated = statements.state_key(new, fields["installation"], fields["at"], endorser=stranger)
    for key in (stated, stated | {"endorsed_by": fields["key"]["endorsed_by"]}):
        lay_open()
        sql("UPDATE audit_checkpoint SET line = %s WHERE number = 2", statements.sign(new, fields | {"key": key}))
        assert verified() == (4, "signature")


def test_signing_goes_on_after_the_clock_was_set_back():
    entry()
    sign()
    lay_open()
    sql("UPDATE audit_checkpoint SET at = %s", "2100-01-01 00:00:00+00:00")
    entry()
    assert checkpoints.sign_when_due()
