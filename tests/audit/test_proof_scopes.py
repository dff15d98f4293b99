"""What the page of the proof tells to whom, and what its two buttons cost."""

import threading
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import close_old_connections, connection
from django.utils import timezone

from console.access.actor import SYSTEM
from console.access.roles import Role
from console.audit import checkpoints, verification
from console.audit.breaks import Whole
from console.audit.models import Checkpoint, Entry, Verification
from tests.at_once import at_once
from tests.audit.factories import entries, reader
from tests.audit.proving import lay_open, sign, sql, verified
from tests.pages import Browser

pytestmark = pytest.mark.usefixtures("vault")

SCOPES = [("demo", "gateway-1"), ("demo", "")]


@pytest.fixture
def auditor() -> Browser:
    return Browser(reader("auditor-of-everything", Role.AUDITOR))


@pytest.fixture(params=SCOPES, ids=lambda scope: "one gateway" if scope[1] else "one cloud")
def narrow(request: pytest.FixtureRequest) -> Browser:
    return Browser(reader("narrow", Role.AUDITOR, *request.param))


def test_a_scoped_auditor_learns_that_the_log_is_proven_and_nothing_of_the_rest(auditor, narrow, settings, vault):
    settings.AUDIT_WEBHOOK = "https://receiver.example/hook"
    entries(7)
    sign()
    auditor.submit(auditor.open("/audit/proof/"), "Verify")
    rows = Entry.objects.count()
    page = narrow.open("/audit/proof/")
    assert page.status == 200
    for text in (str(vault), "audit-checkpoints.jsonl", "receiver.example", "auditor-of-everything"):
        assert text not in page.html, text
    for text in (f"{rows} rows", f"row {rows}", f"1 to {rows}", Entry.objects.latest("seq").hash):
        assert text not in page.text, text
    assert not page.has_button("Verify")
    assert not page.has_button("Sign now")
    assert "Whole" in page.text
    assert "signed up to" in page.text.lower()
    assert [row["Endorsed by"] for row in page.table("Public keys")] == ["first key"]


def test_a_scoped_auditor_of_a_broken_log_learns_just_that(auditor, narrow):
    entries(5)
    lay_open()
    sql("UPDATE audit_entry SET actor = 'nobody' WHERE seq = 4")
    auditor.submit(auditor.open("/audit/proof/"), "Verify")
    page = narrow.open("/audit/proof/")
    assert "Broken" in page.text
    assert "/audit/4/" not in page.html
    assert "row 4" not in page.text


def test_a_verification_under_way_is_shown_to_a_scoped_auditor_without_its_progress(auditor, narrow, monkeypatch):
    monkeypatch.setattr(verification, "MOST_AT_ONCE", 2)
    entries(5)
    auditor.submit(auditor.open("/audit/proof/"), "Verify")
    page = narrow.open("/audit/proof/")
    assert "of 7 rows" not in page.text
    assert "auditor-of-everything" not in page.html


@pytest.mark.parametrize("address", ["/audit/verify/", "/audit/checkpoint/", "/audit/checkpoints.jsonl"])
def test_what_concerns_the_whole_log_is_for_auditors_of_everything(narrow, address):
    entries(2)
    sign()
    client = narrow.client
    response = client.get(address) if address.endswith("l") else client.post(address)
    assert response.status_code == 403
    assert Checkpoint.objects.count() == 1
    assert not Verification.objects.exists()
    assert Entry.objects.filter(actor="narrow", state="refused").count() == 1
    assert client.get("/audit/public-keys.pem").status_code == 200


def test_signing_does_nothing_when_nothing_is_new(auditor):
    entries(2)
    page = auditor.submit(auditor.open("/audit/proof/"), "Sign now")
    assert "Checkpoint 1 is signed." in page.messages
    rows = Entry.objects.count()
    for _ in range(15):
        page = auditor.submit(page, "Sign now")
        assert "Nothing was written since checkpoint 1, so nothing was signed." in page.messages
    assert Checkpoint.objects.count() == 1
    assert Entry.objects.count() == rows
    entries(1)
    assert "Checkpoint 2 is signed." in auditor.submit(page, "Sign now").messages
    assert isinstance(verified(), Whole)


def test_the_command_prints_the_last_checkpoint_again_when_nothing_is_new(capsys):
    entries(2)
    call_command("audit_checkpoint")
    first = capsys.readouterr().out
    call_command("audit_checkpoint")
    again = capsys.readouterr()
    assert again.out == first
    assert "Nothing was written since checkpoint 1" in again.err
    assert Checkpoint.objects.count() == 1


def test_whoever_asks_while_one_is_under_way_is_told(auditor, monkeypatch):
    monkeypatch.setattr(verification, "MOST_AT_ONCE", 2)
    entries(5)
    open_page = auditor.open("/audit/proof/")
    auditor.submit(open_page, "Verify")
    page = auditor.submit(open_page, "Verify")
    assert "A verification is under way already, so no other one was started." in page.messages
    assert Verification.objects.count() == 1


def test_a_verification_that_broke_off_does_not_block_the_next(auditor):
    entries(3)
    auditor.submit(auditor.open("/audit/proof/"), "Verify")
    long_ago = timezone.now() - timedelta(minutes=5)
    Verification.objects.update(state="running", lease_until=long_ago, asked_at=long_ago, finished_at=None)
    auditor.client.post("/audit/verify/")
    states = list(Verification.objects.order_by("pk").values_list("state", flat=True))
    assert states == ["stopped", "whole"]
    broken_off = Verification.objects.earliest("pk")
    assert broken_off.finished_at
    assert "broke off" in broken_off.result


def test_one_that_was_taken_for_dead_ends_once(monkeypatch):
    entries(3)
    real = verification.verify_table

    def slowly(roots, progress, accepted):
        Verification.objects.update(state="stopped", finished_at=timezone.now(), result="it broke off")
        return real(roots, progress, accepted)

    monkeypatch.setattr(verification, "verify_table", slowly)
    verification.ask(SYSTEM)
    assert Verification.objects.get().state == "stopped"
    assert not Entry.objects.filter(action="audit.verify").exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor == "sqlite", reason="in-memory SQLite has one connection")
def test_of_several_who_ask_at_once_one_verifies(monkeypatch):
    entries(3)
    running, most, gate = [0], [0], threading.Lock()
    real = verification.verify_table

    def counted(roots, progress, accepted):
        with gate:
            running[0] += 1
            most[0] = max(most[0], running[0])
        try:
            return real(roots, progress, accepted)
        finally:
            with gate:
                running[0] -= 1

    monkeypatch.setattr(verification, "verify_table", counted)

    def ask() -> bool:
        try:
            return verification.ask(SYSTEM).started
        finally:
            close_old_connections()
            connection.close()

    started = at_once([ask] * 6)
    assert most[0] == 1
    assert sum(started) == Verification.objects.count()


def test_a_checkpoint_protects_what_a_refused_signing_did_not_touch(auditor):
    """The last checkpoint still covers the end of the log after a press that did nothing."""
    entries(2)
    page = auditor.submit(auditor.open("/audit/proof/"), "Sign now")
    auditor.submit(page, "Sign now")
    last = checkpoints.newest()
    assert last is not None
    assert last.seq == Entry.objects.latest("seq").seq
