"""The signing key is lost: a new one goes on that nobody endorsed, and every verifier says what that means."""

import json
import logging
from io import StringIO
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.core.management import CommandError, call_command

from console.access.actor import SYSTEM
from console.access.roles import Role
from console.audit import checkpoints, keyring, statements
from console.audit.breaks import Break, Whole
from console.audit.keyring import KeyTrouble
from console.audit.models import Checkpoint, Entry, Head
from console.audit.sampling import verify_sample
from console.audit.sources import Table
from console.audit.verify import verify_file, verify_table
from tests.audit.factories import entries, reader
from tests.audit.proving import keys, lay_open, lines, rechained, sign, sql, third_party, verified, write
from tests.pages import Browser

pytestmark = pytest.mark.usefixtures("vault")


@pytest.fixture
def lost(vault: Path) -> str:
    """Four rows signed by a key that is gone, whose id this is, and three more that nothing signed."""
    entries(4)
    old = sign().key_id
    entries(3)
    (vault / "audit-signing-key.pem").unlink()
    return old


def replace() -> str:
    """The id of the new key. Its row is number 8."""
    call_command("audit_rotate_key", "--unendorsed", "--yes", stdout=StringIO())
    return newest()


def newest() -> str:
    """The id of the key that signed last."""
    return Checkpoint.objects.latest("number").key_id


def public(key_id: str) -> str:
    return next(key["public_key"] for key in checkpoints.public_keys() if key["key_id"] == key_id)


def test_without_the_command_nothing_signs_any_more(lost):
    for command in ("audit_rotate_key", "audit_checkpoint"):
        with pytest.raises(CommandError, match=f"does not hold the key {lost}, which signed last: put it back"):
            call_command(command)


def test_after_the_command_signing_goes_on_and_a_row_says_who_ran_it(lost):
    new = replace()
    assert new != lost
    entries(2)
    assert sign().key_id == new
    row = Entry.objects.get(action="audit.replace_key")
    assert (row.state, row.target, row.seq) == ("succeeded", new, 8)
    assert row.reason.startswith("manage.py audit_rotate_key --unendorsed, run by ")
    assert json.loads(row.before) == {"key_id": lost, "covers_up_to_row": 4}
    assert json.loads(row.after) == {"key_id": new, "verifies_with": public(new), "endorsed_by": None}


def test_the_command_says_what_it_means_before_it_acts(lost, monkeypatch):
    out, asked = StringIO(), []
    monkeypatch.setattr("builtins.input", lambda question: asked.append(out.getvalue()) or f" {lost} ")
    call_command("audit_rotate_key", "--unendorsed", stdout=out)
    assert f"The key {lost} signed the audit log up to row 4" in asked[0]
    assert "broken at row 5, until they accept the new key by name" in asked[0]
    new = newest()
    assert f"the key {new} signs from now on, and no key endorsed it" in out.getvalue()
    assert public(new) in out.getvalue()


@pytest.mark.parametrize("answer", ["", "yes", "0123456789abcdef", None])
def test_another_answer_changes_nothing(lost, vault, monkeypatch, answer):
    def typed(question: str) -> str:
        if answer is None:
            raise EOFError
        return answer

    monkeypatch.setattr("builtins.input", typed)
    with pytest.raises(CommandError, match="not confirmed"):
        call_command("audit_rotate_key", "--unendorsed", stdout=StringIO())
    assert Checkpoint.objects.count() == 1
    assert Entry.objects.count() == 7
    assert not (vault / "audit-signing-key.pem").exists()


def test_a_key_that_is_there_is_not_replaced_unendorsed():
    entries(1)
    held = sign().key_id
    with pytest.raises(CommandError, match=f"holds the key {held}, which signed last and can endorse the new one"):
        call_command("audit_rotate_key", "--unendorsed", "--yes")


def test_without_a_checkpoint_no_key_is_lost():
    entries(1)
    with pytest.raises(CommandError, match="nothing was signed yet"):
        call_command("audit_rotate_key", "--unendorsed", "--yes")


def test_a_key_that_can_be_mended_is_not_given_up(vault):
    entries(1)
    sign()
    (vault / "audit-signing-key.pem").chmod(0o644)
    with pytest.raises(CommandError, match="0600"):
        call_command("audit_rotate_key", "--unendorsed", "--yes")
    assert Checkpoint.objects.count() == 1


def test_with_a_key_of_the_setting_the_new_one_is_put_there_first(settings):
    old, new, third = (keyring.private_pem(Ed25519PrivateKey.generate()).decode() for _ in range(3))
    settings.AUDIT_SECRET_KEY = old
    entries(1)
    sign()
    settings.AUDIT_SECRET_KEY = new + third
    with pytest.raises(KeyTrouble, match="CONSOLE_AUDIT_SECRET_KEY holds several keys"):
        checkpoints.replace_lost_key(newest(), SYSTEM, "")
    settings.AUDIT_SECRET_KEY = new
    assert replace() in keyring.in_hand()
    assert isinstance(verified(), Whole)


def test_a_key_that_was_changed_before_does_not_come_back(vault, lost):
    retired = Ed25519PrivateKey.generate()
    replace()
    (vault / "audit-signing-key.pem").write_bytes(keyring.private_pem(retired))
    replace()
    checkpoints.rotate(SYSTEM)
    (vault / "audit-signing-key.pem").write_bytes(keyring.private_pem(retired))
    with pytest.raises(KeyTrouble, match="which signed before"):
        checkpoints.replace_lost_key(newest(), SYSTEM, "")


def test_of_two_machines_that_replace_it_at_once_the_first_does(lost, vault, settings):
    first = replace()
    settings.DATA_DIR = vault / "machine-2"
    with pytest.raises(KeyTrouble, match=f"meanwhile the key {first} signs"):
        checkpoints.replace_lost_key(lost, SYSTEM, "")
    assert newest() == first
    assert not keyring.in_hand()


def test_a_machine_that_was_not_given_the_new_key_says_so(lost, vault, settings):
    first = replace()
    settings.DATA_DIR = vault / "machine-2"
    entries(1)
    settings.AUDIT_CHECKPOINT_SECONDS = 0
    assert not checkpoints.sign_when_due()
    assert f"This machine does not hold the key {first}" in checkpoints.trouble_with_key()
    settings.DATA_DIR = vault
    assert checkpoints.sign_when_due()


def test_after_a_crash_before_the_commit_the_same_key_goes_on(lost):
    made = keyring.unused([])
    assert replace() == statements.key_id(statements.public_text(made))


def test_the_job_that_signs_tells_the_lost_key_once_and_once_that_it_signs_again(lost, caplog, settings):
    caplog.set_level(logging.INFO, "console.audit.checkpoints")
    settings.AUDIT_CHECKPOINT_SECONDS = 0
    for _ in range(3):
        assert not checkpoints.sign_when_due()
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    assert lost in caplog.text
    assert lost in checkpoints.trouble_with_key()
    replace()
    assert checkpoints.trouble_with_key() == ""
    assert not checkpoints.sign_when_due()  # nothing is new
    entries(1)
    assert checkpoints.sign_when_due()
    assert [record.message for record in caplog.records][1:] == ["resolved: no checkpoint was signed"]


def test_the_page_says_that_nothing_can_be_signed(lost):
    page = Browser(reader("auditor", Role.AUDITOR)).open("/audit/proof/")
    assert f"This machine does not hold the key {lost}, which signed the audit log last." in page.text


# What verifiers say. Row 8 tells of the new key, and the second checkpoint covers it.


def test_this_machine_holds_the_new_key_and_says_what_it_proves(lost):
    new = replace()
    found = verified()
    assert isinstance(found, Whole)
    said = f"rows up to 4 are signed by key {lost}, those after it by key {new}, which no key before it endorsed"
    assert str(found).endswith(f"({said})")
    assert str(verify_sample(100, [public(new)], accepted=[new])).endswith(f"; {said}")


def test_who_knows_the_old_key_only_believes_the_rows_that_it_signed(lost):
    old_pem = keys()
    new = replace()
    found = verify_table([public(lost)])
    assert isinstance(found, Break)
    assert (found.seq, found.kind.value) == (5, "signature")
    assert f"rows up to 4 are signed by key {lost}" in found.text
    assert found.text.endswith(f"they hold only for who accepts it (--accept-key {new})")
    assert third_party(lines(), pem=old_pem) == (5, "signature")
    assert isinstance(verify_sample(100, [public(lost)]), Break)


@pytest.mark.parametrize("name", ["id", "public key"])
def test_who_accepts_the_new_key_by_name_believes_all(lost, name):
    old_pem = keys()
    new = replace()
    accepted = [new if name == "id" else public(new)]
    assert isinstance(verify_table([public(lost)], accepted=accepted), Whole)
    assert third_party(lines(), pem=old_pem, accepted=accepted) is None
    assert isinstance(verify_table([public(lost)], accepted=["0123456789abcdef"]), Break)


def test_a_file_of_all_public_keys_accepts_none_of_them_by_itself(lost, tmp_path, capsys):
    new = replace()
    export, signed, pem = (tmp_path / name for name in ("log.jsonl", "signed.jsonl", "keys.pem"))
    export.write_text("".join(lines()))
    signed.write_text("".join(f"{line}\n" for line in checkpoints.lines()))
    pem.write_text(keys())
    command = ["verify_audit", str(export), "--checkpoints", str(signed)]
    for more in ([], ["--public-key", str(pem)]):
        with pytest.raises(SystemExit):
            call_command(*command, *more)
        assert capsys.readouterr().out.startswith("broken at row 5: signature: checkpoint 2: rows up to 4")
        call_command(*command, *more, "--accept-key", new)
        assert capsys.readouterr().out.startswith("whole: 8 rows")
    assert isinstance(verify_file(export, "", signed, [public(new)]), Break)


def test_the_command_that_verifies_the_table_takes_the_name_too(lost, tmp_path, capsys):
    pem = tmp_path / "old.pem"
    pem.write_text(keys())
    new = replace()
    with pytest.raises(SystemExit):
        call_command("verify_audit", "--public-key", str(pem))
    call_command("verify_audit", "--public-key", str(pem), "--accept-key", new)
    call_command("verify_audit")
    assert capsys.readouterr().out.count(f"by key {new}, which no key before it endorsed") == 3


def test_keys_that_the_new_one_endorses_are_accepted_with_it(lost):
    new = replace()
    checkpoints.rotate(SYSTEM)
    entries(1)
    sign()
    assert isinstance(verified(), Whole)
    for accepted in ([new], list(keyring.in_hand())):
        assert isinstance(verify_table([public(lost)], accepted=accepted), Whole)
        assert third_party(lines(), accepted=accepted) is None
    assert isinstance(verify_table([public(lost)], accepted=[lost]), Break)


def test_of_two_lost_keys_the_newest_vouches_for_what_was_signed_before_it(lost, vault):
    first = replace()
    entries(1)
    (vault / "audit-signing-key.pem").unlink()
    second = replace()
    assert str(verified()).count("which no key before it endorsed") == 2
    found = verify_table([public(lost)], accepted=[first])
    assert isinstance(found, Break)
    assert (found.seq, found.kind.value) == (9, "signature")
    assert third_party(lines(), accepted=[first]) == (9, "signature")
    assert isinstance(verify_table([public(lost)], accepted=[second]), Whole)


def test_a_retired_key_that_signs_again_is_not_believed_for_its_old_name():
    """Whoever finds a key that was changed long ago cannot go on from where the log is now."""
    entries(2)
    sign()
    retired = next(iter(keyring.in_hand().values()))
    checkpoints.rotate(SYSTEM)
    current = next(iter(keyring.in_hand()))
    last = Checkpoint.objects.latest("number")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keyring, "in_hand", dict)
        patch.setattr(keyring, "unused", lambda used: retired)
        checkpoints.replace_lost_key(newest(), SYSTEM, "")
    for accepted in ([], [current], [public(current)]):
        found = verify_table([public(current)], accepted=accepted)
        assert isinstance(found, Break)
        assert (found.seq, found.kind.value) == (last.seq + 1, "signature")


def test_an_intruder_who_signs_with_a_key_of_their_own_is_not_believed(vault):
    """As the owner of the database could: everything after a checkpoint is rewritten, and signed as if by a new key."""
    entries(4)
    sign()
    entries(4)
    sign()
    good = keys()
    lay_open()
    rows = rechained([*Table().rows()], 6, at="2020-01-01T00:00:00.000000Z")
    for row in rows[5:]:
        write(row)
    Head.objects.update(hash=rows[-1].hash)
    sql("DELETE FROM audit_delivery")
    sql("DELETE FROM audit_checkpoint WHERE number = 2")
    (vault / "audit-checkpoints.jsonl").unlink()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keyring, "in_hand", dict)
        patch.setattr(keyring, "unused", lambda used: Ed25519PrivateKey.generate())
        checkpoints.replace_lost_key(newest(), SYSTEM, "")
    assert verified() == (5, "signature")
    assert third_party(lines(), pem=good) == (5, "signature")
    assert third_party(lines()) == (5, "signature")  # also with a file of keys that names the intruder's
