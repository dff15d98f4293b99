"""The page warns of a key that no key endorsed, until an administrator of everything acknowledges it."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from console.access.actor import SYSTEM
from console.access.roles import Role
from console.audit import checkpoints, keyring
from console.audit.models import Checkpoint, Entry, KeyAcknowledgement
from tests.audit.factories import entries, reader
from tests.audit.proving import lay_open, sign, sql
from tests.pages import Browser, words

pytestmark = pytest.mark.usefixtures("vault")

_TITLE = "Signed by a key that no key endorsed"


@pytest.fixture
def replaced(vault: Path) -> tuple[str, str]:
    """The ids of a lost key, which covers four rows, and of the one that took its place with row 5."""
    entries(4)
    old = sign().key_id
    (vault / "audit-signing-key.pem").unlink()
    call_command("audit_rotate_key", "--unendorsed", "--yes", stdout=StringIO())
    return old, Checkpoint.objects.latest("number").key_id


@pytest.fixture
def admin(db: None) -> Browser:
    return Browser(reader("ada", Role.ADMINISTRATOR))


@pytest.fixture
def auditor(db: None) -> Browser:
    return Browser(reader("aldo", Role.AUDITOR))


def test_the_warning_names_both_keys_the_first_row_and_who_did_it(replaced, admin):
    old, new = replaced
    page = admin.open("/audit/proof/")
    warning = words(page.soup.find(id=f"new-key-{new}"))
    assert warning.startswith(f"{_TITLE} Since ")
    assert f"the key {new} signs in place of {old} , which did not endorse it" in warning
    assert "Rows up to 4 stay proven by the old key. From row 5 on" in warning
    assert f"verify_audit --accept-key {new}" in warning
    assert "Who: manage.py audit_rotate_key --unendorsed, run by " in warning
    assert page.link("row 5").endswith("/audit/5/")
    assert [row["Endorsed by"] for row in page.table("Public keys")] == ["first key", "no key"]


def test_an_administrator_acknowledges_it_after_a_page_that_asks(replaced, admin, auditor):
    old, new = replaced
    asked = admin.click(admin.open("/audit/proof/"), "Acknowledge")
    assert asked.heading == "Acknowledge a Signing Key"
    assert new in asked.text
    assert not KeyAcknowledgement.objects.exists()
    page = admin.submit(asked, "Acknowledge")
    assert f"Acknowledged: {new}." in page.messages
    assert _TITLE not in page.text
    assert [row["Endorsed by"] for row in page.table("Public keys")] == ["first key", "no key · acknowledged by ada"]
    assert _TITLE not in auditor.open("/audit/proof/").text
    row = Entry.objects.get(action="audit.acknowledge_key")
    assert (row.actor, row.state, row.target) == ("ada", "succeeded", new)
    assert row.after == f'{{"old_key_id":"{old}","since_row":5}}'


def test_sending_the_form_again_writes_nothing_more(replaced, admin):
    asked = admin.open("/audit/proof/keys/")
    admin.submit(asked, "Acknowledge")
    again = admin.submit(asked, "Acknowledge")
    assert "No signing key waits to be acknowledged." in again.messages
    assert "No signing key waits" in admin.open("/audit/proof/keys/").messages
    assert Entry.objects.filter(action="audit.acknowledge_key").count() == 1


def test_only_the_keys_that_were_shown_are_acknowledged(replaced, admin, vault):
    asked = admin.open("/audit/proof/keys/")
    (vault / "audit-signing-key.pem").unlink()
    call_command("audit_rotate_key", "--unendorsed", "--yes", stdout=StringIO())
    page = admin.submit(asked, "Acknowledge")
    newest = Checkpoint.objects.latest("number").key_id
    assert list(KeyAcknowledgement.objects.values_list("key_id", flat=True)) == [replaced[1]]
    assert page.soup.find(id=f"new-key-{newest}") is not None
    assert page.soup.find(id=f"new-key-{replaced[1]}") is None


def test_an_auditor_sees_the_warning_and_may_not_acknowledge(replaced, auditor):
    page = auditor.open("/audit/proof/")
    assert "It stands here until an administrator of everything acknowledges it." in page.text
    assert auditor.client.post("/audit/proof/keys/", {"key": replaced[1]}).status_code == 403
    assert not KeyAcknowledgement.objects.exists()


def test_who_reads_a_part_of_the_log_learns_of_the_key_and_neither_of_rows_nor_of_people(replaced):
    page = Browser(reader("narrow", Role.ADMINISTRATOR, "demo")).open("/audit/proof/")
    assert _TITLE in page.text
    assert "audit_rotate_key" not in page.text
    assert "Rows up to 4" not in page.text
    assert not page.has_button("Acknowledge")
    assert "/audit/proof/keys/" not in page.html


def test_a_key_that_nobody_wrote_down_is_shown_as_such(admin, vault):
    """As an intruder would put it there."""
    entries(4)
    sign()
    (vault / "audit-signing-key.pem").unlink()
    checkpoints.replace_lost_key(Checkpoint.objects.get().key_id, SYSTEM, "")
    lay_open()
    sql("UPDATE audit_entry SET action = 'page.open' WHERE action = 'audit.replace_key'")
    assert "no row of the log says who; if nobody of you did it" in admin.open("/audit/proof/").text


def test_a_changed_key_that_was_endorsed_needs_no_acknowledgement(admin):
    entries(1)
    call_command("audit_rotate_key", stdout=StringIO())
    page = admin.open("/audit/proof/")
    assert _TITLE not in page.text
    assert next(iter(keyring.in_hand())) in page.text


def test_the_page_opens_beside_a_checkpoint_that_cannot_be_read(replaced, admin):
    lay_open()
    sql("UPDATE audit_checkpoint SET line = 'garbage' WHERE number = 1")
    assert admin.open("/audit/proof/").status == 200
    assert admin.client.get("/audit/public-keys.pem").status_code == 200
