"""The wire of a Change: shown before, kept after, without secrets, to whoever may know (P-15, P-16, N-23)."""

import json
import shlex
from datetime import UTC, datetime
from typing import Any

import pytest
from bs4 import Tag

from console import wiring
from console.audit.models import Entry
from console.changes import wire
from console.changes.kinds.kind import Place
from console.changes.kinds.registry import KINDS
from console.changes.models import Change
from console.changes.planning import make_plan
from console.changes.transcripts import transcript_of
from console.clouds.errors import CloudBusy, CloudRefused
from console.clouds.exchange import Exchange, WireCall
from console.clouds.types import GatewayId, Receipt
from console.simcloud.identity import DEMO
from tests.changes.acts import ACCEPT, ACTS, ADD, REJECT, RENAME, Act, confirm_page
from tests.changes.forging import forge_the_body
from tests.changes.test_faults import on_the_write
from tests.pages import Browser, Page

pytestmark = pytest.mark.django_db(transaction=True)

EVERY_ACT = pytest.mark.parametrize("act", ACTS, ids=lambda act: act.name)


def writes(stage: Any) -> list[dict[str, Any]]:
    """What reached the cloud and could have changed something."""
    return [c for c in stage.cloud.calls() if c["method"] != "GET" and not c["path"].startswith(("/v3/", "/_sim"))]


def blocks(page: Page, part: str) -> list[str]:
    """The wire texts on a page whose label has this in it, as they are."""
    return [str(pre.get_text()) for pre in page.soup.find_all("pre") if part in str(pre.get("aria-label"))]


def change_page(browser: Browser) -> Page:
    return browser.open(f"/changes/{Change.objects.get().pk}/")


def whole(stage: Any) -> list[str]:
    """The console's secrets of this world."""
    client = wiring.get_cloud("demo").gateway_endpoints._client  # type: ignore[union-attr]
    tokens = [entry.token.value.reveal() for entry in client._identity._tokens._entries.values() if entry.token]
    assert tokens
    return [DEMO.password, *tokens]


@EVERY_ACT
def test_what_the_confirmation_shows_is_what_is_sent_field_by_field(stage: Any, act: Act) -> None:
    browser = stage.browser(act.role)
    page = confirm_page(browser, stage, act)
    (shown,) = [text for text in blocks(page, "The call for") if not text.startswith("curl")]
    assert writes(stage) == []

    browser.submit(page, act.button)

    change = Change.objects.defer(None).get()
    (attempt,) = wire.wire_of(change).attempts  # type: ignore[union-attr]
    assert shown == attempt.card.text
    (seen,) = writes(stage)
    assert (attempt.card.call.method, attempt.card.call.url) == (seen["method"], stage.cloud.base_url + seen["path"])
    assert dict(attempt.card.call.headers)["X-Auth-Token"] == "***"
    assert json.loads(attempt.card.call.body)


@EVERY_ACT
def test_looking_at_the_calls_sends_none(stage: Any, act: Act) -> None:
    gateway = GatewayId(stage.gateway_id)
    place = Place(wiring.get_cloud("demo"), gateway)
    parameters = {"name": "renamed"} if act is RENAME else {}
    target = act.target(stage)

    plan = make_plan(KINDS[act.name], place, [target], parameters)
    (card,) = wire.preview(plan).cards

    assert card.target == target
    assert card.call.method == act.wire_method
    assert writes(stage) == []
    assert stage.cloud.ledger() == []
    assert not Change.objects.exists()
    assert not Entry.objects.exists()


@EVERY_ACT
def test_the_calls_can_be_opened_without_scripts_and_copied(stage: Any, act: Act) -> None:
    page = confirm_page(stage.browser(act.role), stage, act)
    details = page.soup.find("details", id="calls")
    assert isinstance(details, Tag)
    assert "Show the calls" in details.find("summary").get_text()  # type: ignore[union-attr]
    call, command = [str(button["data-copy"]) for button in details.select("button.copy")]
    assert [call, command] == [str(pre.get_text()) for pre in details.find_all("pre")]
    words = shlex.split(command)
    assert words[:2] == ["curl", "--globoff"]
    assert "X-Auth-Token: $TOKEN" in words
    assert call.splitlines()[0].split(" ") == words[words.index("--request") + 1 :][:2]
    assert call.endswith(words[-1])


def test_several_objects_have_a_call_each(stage: Any) -> None:
    ids = stage.connection_ids("accepted")[:3]
    page = stage.browser("operator").open(
        stage.tab_url + "connections/reject/?" + "&".join(f"id={endpoint}" for endpoint in ids)
    )
    shown = [text for text in blocks(page, "The call for") if not text.startswith("curl")]
    assert len(shown) == 3
    assert all(endpoint in text for endpoint, text in zip(ids, shown, strict=True))


def test_many_calls_are_not_all_shown(stage: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "MOST_SHOWN", 2)
    ids = stage.connection_ids("accepted")[:4]
    page = stage.browser("operator").open(
        stage.tab_url + "connections/reject/?" + "&".join(f"id={endpoint}" for endpoint in ids)
    )
    assert len(blocks(page, "as curl")) == 2
    assert "And 2 more like these" in page.text


@EVERY_ACT
def test_a_success_is_kept_with_its_answer(stage: Any, act: Act) -> None:
    browser = stage.browser(act.role)
    browser.submit(confirm_page(browser, stage, act), act.button)

    page = change_page(browser)

    assert "What was sent and answered" in page.text
    assert "answered with status 200" in page.text
    (answer,) = blocks(page, "The answer to attempt 1")
    assert f"X-Request-Id: {writes(stage)[0]['request_id']}" in answer
    assert "Safe to try again?" not in page.text


def test_a_refusal_shows_code_meaning_next_step_and_whether_to_try_again(stage: Any) -> None:
    browser = stage.browser(ADD.role)
    page = confirm_page(browser, stage, ADD)
    stage.cloud.faults(on_the_write(ADD, {"fault": "status", "status": 404, "code": "APIC.7314"}))
    browser.submit(page, ADD.button)

    page = change_page(browser)

    assert "Error code APIC.7314" in page.text
    assert "What the failure means This gateway has no VPC endpoint service." in page.text
    assert "Next step Give the service a name first: that enables it." in page.text
    assert "Safe to try again? Safe, but useless until the cause is gone. Nothing was done." in page.text
    assert "APIC.7314" in blocks(page, "The answer to attempt 1")[0]


def test_everything_for_a_support_ticket_can_be_copied(stage: Any) -> None:
    browser = stage.browser(ADD.role)
    page = confirm_page(browser, stage, ADD)
    stage.cloud.faults(on_the_write(ADD, {"fault": "status", "status": 409, "code": "APIC.7701"}))
    browser.submit(page, ADD.button)

    page = change_page(browser)
    change = Change.objects.get()
    button = page.soup.find("button", attrs={"aria-label": "Copy everything for a support ticket"})
    assert isinstance(button, Tag)
    ticket = str(button["data-copy"])
    assert f"Act: permission.add on {change.target}" in ticket
    assert "Error code: APIC.7701" in ticket
    assert f"Cloud request ID: {change.cloud_request_id}" in ticket
    assert blocks(page, "The call for")[0] in ticket
    assert blocks(page, "The answer to")[0] in ticket


def test_an_act_that_died_before_its_answer_says_that_nothing_is_kept(stage: Any) -> None:
    browser = stage.browser(REJECT.role)
    browser.submit(confirm_page(browser, stage, REJECT), REJECT.button)
    Change.objects.update(stage="intended", transcript=None)
    assert "the console stopped before it did" in change_page(browser).text


def test_every_attempt_at_a_throttled_write_is_shown(stage: Any) -> None:
    browser = stage.browser(REJECT.role)
    page = confirm_page(browser, stage, REJECT)
    stage.cloud.faults(on_the_write(REJECT, {"fault": "status", "status": 429, "code": "APIGW.0308"}, times=2))
    browser.submit(page, REJECT.button)

    page = change_page(browser)

    assert [str(h.get_text()) for h in page.soup.select("#wire h3")] == ["Attempt 1", "Attempt 2", "Attempt 3"]
    assert "answered with status 429" in page.text
    assert "answered with status 200" in page.text


def test_a_lost_answer_is_told_until_it_is_settled(stage: Any) -> None:
    browser = stage.browser(ACCEPT.role)
    page = confirm_page(browser, stage, ACCEPT)
    stage.cloud.faults(on_the_write(ACCEPT, {"fault": "reset_after"}, times=1))
    browser.submit(page, ACCEPT.button)

    page = change_page(browser)
    assert "sent, and no whole answer came: the connection to" in page.text
    assert "No. It may have been done: look at the cloud first." in page.text

    stage.cloud.faults()
    browser.submit(page, "Check again")
    settled = change_page(browser)
    assert "sent, and no whole answer came" in settled.text
    assert "look at the cloud first" not in settled.text


def test_whoever_reads_the_audit_log_can_open_the_wire(stage: Any) -> None:
    operator = stage.browser(REJECT.role)
    operator.submit(confirm_page(operator, stage, REJECT), REJECT.button)
    row = Entry.objects.filter(action=REJECT.name, state="succeeded").get()

    auditor = stage.browser("auditor")
    page = auditor.open(f"/audit/{row.seq}/")
    opened = auditor.click(page, "What was sent and answered")

    assert opened.status == 200
    assert blocks(opened, "The call for")
    assert "as curl" in str(opened.soup)


def test_a_row_without_a_change_leads_to_no_wire(stage: Any) -> None:
    stage.browser("viewer").open(f"{stage.tab_url}connections/reject/")  # refused, and so a row
    row = Entry.objects.exclude(action="session.open").filter(change_id="").first()
    assert row is not None
    page = stage.browser("auditor").open(f"/audit/{row.seq}/")
    assert page.status == 200
    assert "What was sent and answered" not in page.text


@pytest.mark.parametrize(("act", "fault"), [*((act, None) for act in ACTS), *((REJECT, s) for s in (401, 403, 500))])
def test_no_secret_is_shown_kept_or_exported(stage: Any, act: Act, fault: int | None) -> None:
    browser = stage.browser(act.role)
    page = confirm_page(browser, stage, act)
    secrets = whole(stage)
    if fault:
        body = json.dumps({"error_code": "APIGW.0301", "error_msg": f"bad {' '.join(secrets)}", "token": secrets[-1]})
        stage.cloud.faults(on_the_write(act, {"fault": "status", "status": fault, "body": body}))
    after = browser.submit(page, act.button)

    auditor = stage.browser("auditor")
    exported = [auditor.open(url).html for url in ("/audit/", f"/changes/{Change.objects.get().pk}/")]
    files = [b"".join(auditor.client.get(f"/audit/export.{form}")).decode() for form in ("jsonl", "csv")]
    rows = [repr(list(model.objects.values())) for model in (Change, Entry)]
    everything = "\n".join([page.html, after.html, *exported, *files, *rows])
    assert "***" in everything
    assert [secret for secret in {*secrets, *whole(stage)} if secret in everything] == []


def test_lists_of_changes_leave_the_wire_where_it_is(stage: Any) -> None:
    browser = stage.browser(REJECT.role)
    browser.submit(confirm_page(browser, stage, REJECT), REJECT.button)
    assert "wire" in Change.objects.get().get_deferred_fields()
    assert "wire" in Change.objects.get().batch.changes.get().get_deferred_fields()


def test_a_very_long_row_of_attempts_keeps_its_ends() -> None:
    call = WireCall("POST", "https://a.test/", (), "{}")
    many = tuple(Exchange(call, None, datetime.now(UTC), n, sent=False, failure="x") for n in range(1, 26))
    error = CloudRefused("no")
    error.exchange = many
    found = wire.wire_of(Change(target="t", wire=json.loads(json.dumps(wire.of_error(error)))))
    assert found is not None
    assert [attempt.number for attempt in found.attempts] == [1, 2, 3, 4, 5, 21, 22, 23, 24, 25]
    assert [attempt.milliseconds for attempt in found.attempts] == [attempt.number for attempt in found.attempts]
    assert found.left_out == 15


def test_the_attempts_of_several_sendings_are_kept_together() -> None:
    one = Exchange(WireCall("POST", "https://a.test/", (), "{}"), None, datetime.now(UTC), 1, sent=True)
    together = wire.Together()

    def busy() -> Receipt:
        error = CloudBusy("not now")
        error.exchange = (one, one)
        raise error

    for kept in (2, 4):
        with pytest.raises(CloudBusy) as caught:
            together.call(busy)
        assert len(caught.value.exchange) == kept
    assert len(together.call(lambda: Receipt("id", exchange=(one,))).exchange) == 5


def test_a_change_settled_by_somebody_else_still_keeps_what_came(stage: Any) -> None:
    browser = stage.browser(REJECT.role)
    browser.submit(confirm_page(browser, stage, REJECT), REJECT.button)
    change = Change.objects.get()
    wire.keep_late(change, {"attempts": [], "left_out": 0, "advice": None})
    assert transcript_of(Change.objects.get()) == {"attempts": [], "left_out": 0, "advice": None}


def test_the_log_seals_what_was_sent_and_a_changed_wire_is_told(stage: Any) -> None:
    browser = stage.browser(ACCEPT.role)
    browser.submit(confirm_page(browser, stage, ACCEPT), ACCEPT.button)
    assert "The audit log holds the digest of this, and it is unchanged." in change_page(browser).text

    forge_the_body(Change.objects.get())

    assert "This is not what was written down" in change_page(browser).text
