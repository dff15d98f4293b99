"""Seen is signed: nothing is sent unless the confirmation is genuine, young, one's own and still true."""

from typing import Any

import pytest
from django.core import signing
from django.test import override_settings

from console.audit.models import Entry
from console.changes.models import Change
from tests.changes.acts import ACCEPT, ACTS, REJECT, Act, confirm_page, connection_in

pytestmark = pytest.mark.django_db(transaction=True)


def writes(stage: Any) -> list[str]:
    """Every call that could have changed something."""
    calls = stage.cloud.calls()
    return [c["path"] for c in calls if c["method"] != "GET" and not c["path"].startswith(("/v3/", "/_sim"))]


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.name)
def test_looking_at_a_confirmation_changes_nothing(stage: Any, act: Act) -> None:
    confirm_page(stage.browser(act.role), stage, act)

    assert writes(stage) == []
    assert not Change.objects.exists()


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.name)
def test_an_act_is_written_down_before_it_is_sent_and_after_it_ended(stage: Any, act: Act) -> None:
    browser = stage.browser(act.role)
    answer = browser.submit(confirm_page(browser, stage, act), act.button, reason="CHG-7")

    rows = list(Entry.objects.filter(action=act.name).order_by("seq"))
    assert [row.state for row in rows] == ["intended", "succeeded"]
    assert {row.reason for row in rows} == {"CHG-7"}
    assert {row.actor for row in rows} == {act.role}
    assert rows[1].cloud_request_id
    assert rows[0].change_id == rows[1].change_id != ""
    assert answer.status == 200
    assert [row["action"] for row in stage.cloud.ledger()] == [act.name]


def test_a_forged_confirmation_sends_nothing_and_is_audited(stage: Any) -> None:
    browser = stage.browser("operator")
    page = confirm_page(browser, stage, REJECT)
    token = page.form("Reject").fields["seen"][0]

    for forged in (
        "",
        "x",
        token[:-1] + ("A" if token[-1] != "A" else "B"),
        signing.dumps({"kind": "connection.reject"}),
    ):
        answer = browser.submit(page, "Reject", seen=forged)
        assert answer.status == 422
        assert "Nothing was sent" in answer.text

    assert writes(stage) == []
    refused = Entry.objects.filter(action="connection.reject", state="refused")
    assert refused.count() == 4
    assert {row.error_code for row in refused} == {"confirmation_invalid"}


def test_a_confirmation_that_was_opened_before_the_password_changed_sends_nothing(stage: Any) -> None:
    """Neither another browser nor the person can send it; the person must look again."""
    old, own = "the-old-one-" * 2, "a-password-of-my-own-7"
    stage.browser("operator")
    stage.people["operator"].set_password(old)
    stage.people["operator"].save()
    browser = stage.browser("operator")
    token = confirm_page(browser, stage, REJECT).form("Reject").fields["seen"]
    form = browser.open("/account/password/")
    changed = browser.submit(form, "Change password", oldpassword=old, password1=own, password2=own)
    assert "Your password is changed." in changed.text

    page = confirm_page(browser, stage, REJECT)
    answer = browser.submit(page, "Reject", seen=token)

    assert answer.status == 422
    assert "opened before your password or the console's SECRET_KEY was changed" in answer.text
    assert writes(stage) == []
    assert browser.submit(page, "Reject").status == 200
    assert len(stage.cloud.ledger()) == 1


def test_a_confirmation_ends_with_all_sessions_of_its_person(stage: Any) -> None:
    token = confirm_page(stage.browser("operator"), stage, REJECT).form("Reject").fields["seen"]
    person = stage.people["operator"]
    person.session_generation += 1
    person.save()
    browser = stage.browser("operator")

    answer = browser.submit(confirm_page(browser, stage, REJECT), "Reject", seen=token)

    assert answer.status == 422
    assert writes(stage) == []


def test_a_confirmation_of_somebody_else_is_not_taken(stage: Any) -> None:
    token = confirm_page(stage.browser("operator"), stage, REJECT).form("Reject").fields["seen"]
    admin = stage.browser("admin")
    page = confirm_page(admin, stage, REJECT)

    assert admin.submit(page, "Reject", seen=token).status == 422
    assert writes(stage) == []


def test_a_confirmation_cannot_be_moved_to_another_act_or_gateway(stage: Any) -> None:
    browser = stage.browser("operator")
    accepting = confirm_page(browser, stage, ACCEPT)
    rejecting = confirm_page(browser, stage, REJECT)
    token = accepting.form("Accept").fields["seen"]

    assert browser.submit(rejecting, "Reject", seen=token).status == 422

    other = stage.tab_url.replace(stage.gateway_id, stage.gateway("many_connections"))
    form = accepting.form("Accept")
    answer = browser.client.post(
        f"{other}connections/accept/", {"csrfmiddlewaretoken": form.fields["csrfmiddlewaretoken"], "seen": token}
    )
    assert answer.status_code == 422
    assert writes(stage) == []


def test_an_old_confirmation_is_asked_anew(stage: Any) -> None:
    browser = stage.browser("operator")
    page = confirm_page(browser, stage, REJECT)

    with override_settings(CONFIRMATION_SECONDS=-1):
        answer = browser.submit(page, "Reject")

    assert answer.status == 409
    assert "too old" in answer.text
    assert writes(stage) == []
    assert Entry.objects.get(action="connection.reject").state == "stale"
    assert browser.submit(answer, "Reject").status == 200
    assert len(stage.cloud.ledger()) == 1


def test_of_two_deciders_one_wins_and_the_other_is_shown_who_and_what(stage: Any) -> None:
    endpoint = connection_in(stage, "pendingAcceptance")
    operator, admin = stage.browser("operator"), stage.browser("admin")
    accepting = operator.open(f"{stage.tab_url}connections/accept/?id={endpoint}")
    rejecting = admin.open(f"{stage.tab_url}connections/reject/?id={endpoint}")

    operator.submit(accepting, "Accept")
    answer = admin.submit(rejecting, "Reject")

    assert answer.status == 409
    assert "This changed meanwhile" in answer.text
    assert "connection.accept by operator" in answer.text
    moved = {row["Fact"]: (row["You were shown"], row["Now"]) for row in answer.table("What changed")}
    assert moved["Status"] == ("pendingAcceptance", "accepted")
    assert [row["action"] for row in stage.cloud.ledger()] == ["connection.accept"]
    assert Entry.objects.filter(action="connection.reject").get().state == "stale"

    assert admin.submit(answer, "Reject").status == 200
    assert [row["action"] for row in stage.cloud.ledger()] == ["connection.accept", "connection.reject"]


def test_a_whitelist_that_moved_in_between_stops_a_decision(stage: Any) -> None:
    endpoint = connection_in(stage, "pendingAcceptance")
    owner_of_endpoint = next(c.owner for c in stage.connections() if c.id == endpoint)
    operator, owner = stage.browser("operator"), stage.browser("owner")
    page = operator.open(f"{stage.tab_url}connections/accept/?id={endpoint}")
    owner.submit(owner.open(f"{stage.tab_url}permissions/remove/?id={owner_of_endpoint}"), "Remove")

    answer = operator.submit(page, "Accept")

    assert answer.status == 409
    facts = {row["Fact"]: row["Now"] for row in answer.table("What changed")}
    assert facts == {"Owner is on the whitelist": "no"}


def test_the_same_object_cannot_be_acted_on_twice_at_once(stage: Any) -> None:
    endpoint = connection_in(stage, "pendingAcceptance")
    operator, admin = stage.browser("operator"), stage.browser("admin")
    first = operator.open(f"{stage.tab_url}connections/accept/?id={endpoint}")
    second = admin.open(f"{stage.tab_url}connections/reject/?id={endpoint}")
    operator.submit(first, "Accept")
    Change.objects.update(stage="intended")  # as if the operator's process were still at it

    answer = admin.submit(second, "Reject")

    assert answer.status == 409
    assert "Somebody else is acting on this now" in answer.text
    assert "was begun by operator" in answer.text
    assert len(stage.cloud.ledger()) == 1


def test_what_was_typed_is_kept_when_the_question_is_asked_again(stage: Any) -> None:
    browser = stage.browser("operator")
    page = confirm_page(browser, stage, REJECT)

    answer = browser.submit(page, "Reject", reason="x" * 201)

    assert answer.status == 422
    assert answer.form("Reject").fields["reason"] == ["x" * 201]
    assert "200" in answer.text
    assert writes(stage) == []


def test_rejecting_several_takes_a_typed_word_and_each_has_its_own_call(stage: Any) -> None:
    browser = stage.browser("operator")
    ids = [*stage.connection_ids("accepted")[:2], *stage.connection_ids("pendingAcceptance")[:1]]
    page = browser.open(stage.tab_url + "connections/reject/?" + "&".join(f"id={endpoint}" for endpoint in ids))

    refused = browser.submit(page, "Reject", word="yes")
    assert refused.status == 422
    assert writes(stage) == []

    browser.submit(refused, "Reject", word="reject")
    assert sorted(row["object"] for row in stage.cloud.ledger()) == sorted(ids)
    assert len(writes(stage)) == 3
    assert Change.objects.values("batch_id").distinct().count() == 1


def test_what_needs_nothing_done_is_left_out_and_said_so(stage: Any) -> None:
    browser = stage.browser("operator")
    waiting, done = connection_in(stage, "pendingAcceptance"), connection_in(stage, "accepted")
    failed = connection_in(stage, "failed")
    page = browser.open(f"{stage.tab_url}connections/accept/?id={waiting}&id={done}&id={failed}")
    assert "It is already accepted." in page.text

    browser.submit(page, "Accept")

    states = dict(Entry.objects.filter(action="connection.accept").values_list("target", "state"))
    assert states == {waiting: "succeeded", done: "skipped", failed: "refused"}
    assert [row["object"] for row in stage.cloud.ledger()] == [waiting]


@pytest.mark.parametrize("address", ["connections/accept/", "connections/reject/", "permissions/remove/"])
def test_a_confirmation_of_nothing_is_refused_in_words(stage: Any, address: str) -> None:
    role = "owner" if "permissions" in address else "operator"
    page = stage.browser(role).open(stage.tab_url + address)
    assert page.status == 422
    assert "Name at least one" in page.text


@pytest.mark.parametrize("wrong", ["x", "1", "../../x", "<b>", "9" * 500, "778af099-579b-475d-93d7-9ea657b486a", "%00"])
def test_a_malformed_endpoint_id_is_told_and_never_sent(stage: Any, wrong: str) -> None:
    page = stage.browser("operator").open(f"{stage.tab_url}connections/accept/?id={wrong}")
    assert page.status == 422
    assert not page.has_button("Accept")
    assert not [c for c in stage.cloud.calls() if "connections" in c["path"]]


def test_an_endpoint_that_does_not_exist_is_told(stage: Any) -> None:
    page = stage.browser("operator").open(f"{stage.tab_url}connections/accept/?id=00000000-0000-4000-8000-000000000000")
    assert page.status == 422
    assert "no connection of that VPC endpoint" in page.text


def test_a_role_that_may_not_is_refused_in_the_engine_too(stage: Any) -> None:
    """The view's guard is not the only door: rights taken away after the page was shown hold."""
    browser = stage.browser("operator")
    page = confirm_page(browser, stage, REJECT)
    stage.people["operator"].grants.all().delete()

    assert browser.submit(page, "Reject").status == 404
    assert writes(stage) == []
    assert Entry.objects.filter(action="connection.reject", state="refused").exists()
