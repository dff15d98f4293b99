import json
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from console.access.roles import Role
from console.audit import checkpoints, cts, verification
from console.audit.breaks import Whole
from console.audit.catalog import Action, State
from console.audit.models import Checkpoint, Entry, Verification
from console.audit.sources import Table
from tests.audit.factories import entries, entry, reader
from tests.audit.proving import (
    keys,
    lay_open,
    sign,
    sql,
    third_party,
    verified,
)
from tests.pages import Browser

pytestmark = pytest.mark.usefixtures("vault")


@pytest.fixture
def auditor() -> Browser:
    """Row 1 of the log says that they signed in."""
    return Browser(reader("auditor", Role.AUDITOR))


def test_the_button_verifies_a_short_log_at_once_and_is_written_down(auditor):
    entries(3)
    sign()
    page = auditor.submit(auditor.click(auditor.open("/audit/"), "Proof"), "Verify")
    assert "Whole whole: 4 rows, the last is 4" in page.text
    assert "1 checkpoints agree" in page.text
    row = Entry.objects.get(action="audit.verify")
    assert (row.actor, row.role, row.state) == ("auditor", "Auditor", "succeeded")


def test_a_broken_log_is_shown_with_its_first_broken_row(auditor):
    entries(5)
    lay_open()
    sql("UPDATE audit_entry SET actor = 'nobody' WHERE seq = 4")
    page = auditor.submit(auditor.open("/audit/proof/"), "Verify")
    assert "Broken broken at row 4: edited" in page.text
    assert page.link("The first broken row").endswith("/audit/4/")
    row = Entry.objects.get(action="audit.verify")
    assert (row.state, row.error_code, row.target) == ("failed", "edited", "row 4")


def test_a_long_log_is_left_to_a_worker_with_progress(auditor, monkeypatch):
    monkeypatch.setattr(verification, "MOST_AT_ONCE", 2)
    monkeypatch.setattr("console.audit.walk._STEP", 2)
    entries(5)
    page = auditor.submit(auditor.open("/audit/proof/"), "Verify")
    assert "Waiting for a worker 0 of 6 rows checked" in page.text
    assert page.soup.find(id="verification")["hx-trigger"] == "every 2s"
    assert not page.has_button("Verify")
    auditor.client.post("/audit/verify/")
    assert Verification.objects.count() == 1  # one at a time
    seen = []
    real = verification.verify_table

    def slowly(roots, progress, accepted):
        def told(checked):
            progress(checked)
            seen.append(auditor.open("/audit/proof/").text)

        return real(roots, told, accepted)

    monkeypatch.setattr(verification, "verify_table", slowly)
    assert verification.advance()
    assert "Running 2 of 6 rows checked (33 %)" in seen[0]
    assert not verification.advance()
    assert "Whole whole: 6 rows" in auditor.click(page, "Refresh").text


def test_the_card_refreshes_itself_as_a_fragment(auditor):
    page = auditor.open("/audit/proof/", **{"HX-Request": "true"})
    assert page.html.strip().startswith('<section class="card" id="verification"')


def test_a_verification_whose_worker_died_is_taken_over(auditor, monkeypatch):
    monkeypatch.setattr(verification, "MOST_AT_ONCE", 2)
    entries(5)
    auditor.submit(auditor.open("/audit/proof/"), "Verify")
    Verification.objects.update(state="running", lease_until=timezone.now() + timedelta(seconds=9))
    assert not verification.advance()
    Verification.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert verification.advance()
    assert Verification.objects.get().state == "whole"


def test_signing_on_demand_is_written_down_and_covered(auditor):
    entries(2)
    assert "Protected no checkpoint says where it ends" in auditor.open("/audit/proof/").text
    page = auditor.submit(auditor.open("/audit/proof/"), "Sign now")
    assert "Checkpoint 1 is signed." in page.messages
    assert "Protected signed up to row 4 (" in page.text
    assert "only the next checkpoint will protect row" not in page.text
    page = auditor.submit(page, "Verify")
    assert page.text.count("only the next checkpoint will protect row 5") == 1  # by the facts; it was written after
    assert Entry.objects.get(seq=4).action == "audit.checkpoint"
    assert [row["Last row"] for row in page.table("Signed checkpoints")] == ["4"]
    assert [row["Endorsed by"] for row in page.table("Public keys")] == ["first key"]
    assert isinstance(verified(), Whole)


def test_what_hinders_signing_is_said(auditor, settings):
    settings.AUDIT_SECRET_KEY = "canary, no key"
    entries(1)
    page = auditor.submit(auditor.open("/audit/proof/"), "Sign now")
    assert "No checkpoint was signed: the setting CONSOLE_AUDIT_SECRET_KEY holds no private key" in page.messages
    assert "canary" not in page.html
    assert Entry.objects.get(action="audit.checkpoint").state == "failed"
    assert not Checkpoint.objects.exists()


def test_the_three_files_of_the_page_are_enough_for_a_third_party(auditor):
    entries(3)
    auditor.submit(auditor.open("/audit/proof/"), "Sign now")
    files = {
        name: b"".join(auditor.client.get(f"/audit/{name}")).decode()
        for name in ("export.jsonl", "checkpoints.jsonl", "public-keys.pem")
    }
    assert files["public-keys.pem"] == keys()
    exported = files["export.jsonl"].splitlines(keepends=True)
    assert third_party(exported, files["checkpoints.jsonl"].splitlines(), files["public-keys.pem"]) is None


def test_the_page_holds_no_private_key(auditor, vault):
    entries(1)
    page = auditor.submit(auditor.open("/audit/proof/"), "Sign now")
    assert (vault / "audit-signing-key.pem").read_text().splitlines()[1] not in page.html


def test_the_page_shows_how_far_a_delivery_is(auditor, settings, vault):
    (vault / "occupied").write_text("")
    settings.AUDIT_ANCHOR_PATH = str(vault / "occupied" / "file.jsonl")
    entries(1)
    sign()
    shown = auditor.open("/audit/proof/").table("Signed checkpoints")[0]["Sent to"]
    assert shown.startswith("Waiting File")
    assert shown.endswith(": File exists")


def _traces(auditor: Browser) -> list[dict[str, object]]:
    lines = b"".join(auditor.client.get("/audit/export-cts.jsonl")).decode().splitlines()
    return [json.loads(line) for line in lines]


def test_traces_have_the_fields_of_the_clouds_own(auditor):
    written = entry(before={"status": "accepted"}, cloud_request_id="request-9", reason="ticket")
    trace = _traces(auditor)[1]
    assert tuple(trace) == cts.FIELDS
    assert trace["time"] == round(written.at.timestamp() * 1000)
    assert (trace["service_type"], trace["resource_type"]) == ("APIG", "vpc-endpoint")
    assert (trace["trace_name"], trace["trace_type"]) == ("AcceptOrRejectEndpointConnections", "ConsoleAction")
    assert trace["source_ip"] == "192.0.2.7"
    assert json.loads(str(trace["user"]))["name"] == "operator"
    assert (trace["request"], trace["response"], trace["code"]) == ("", "", "")  # nothing was sent for this row
    message = json.loads(str(trace["message"]))
    assert (message["before"], message["request_id"]) == ({"status": "accepted"}, "request-9")
    assert trace["trace_id"] == _traces(auditor)[1]["trace_id"]


def test_a_row_that_somebody_broke_is_still_exported_as_a_trace(auditor):
    entries(2)
    lay_open()
    sql("UPDATE audit_entry SET before = %s, after = %s WHERE seq = 2", "no json", '{"a":NaN}')
    broken = json.loads(str(_traces(auditor)[1]["message"]))
    assert (broken["before"], broken["after"]) == ("no json", '{"a":NaN}')


@pytest.mark.parametrize(
    ("action", "state", "rating"),
    [
        (Action.CONNECTION_ACCEPT, State.SUCCEEDED, "normal"),
        (Action.CONNECTION_ACCEPT, State.INTENDED, "normal"),
        (Action.CONNECTION_ACCEPT, State.FAILED, "warning"),
        (Action.PAGE_OPEN, State.REFUSED, "warning"),
        (Action.CONNECTION_ACCEPT, State.UNKNOWN, "incident"),
        (Action.REQUEST_FORGED, State.REFUSED, "incident"),
        (Action.AUDIT_VERIFY, State.FAILED, "incident"),
    ],
)
def test_traces_are_rated(action, state, rating):
    entry(action=action, state=state)
    assert cts.rating(next(Table().rows())) == rating


def test_a_checkpoint_rolled_back_leaves_no_trace(vault):
    entries(1)
    with transaction.atomic():
        checkpoints.sign()
        transaction.set_rollback(True)
    assert not Checkpoint.objects.exists()
    assert not (vault / "audit-checkpoints.jsonl").exists()
    assert isinstance(verified(), Whole)
