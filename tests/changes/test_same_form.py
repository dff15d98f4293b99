"""One confirmation is one act: whoever sends its form again gets the same answer, and nothing happens twice (R10)."""

from copy import deepcopy
from typing import Any, NoReturn

import pytest
from django.db import connection, connections
from django.test import Client, override_settings

from console.audit.models import Entry
from console.changes.kinds.connection import AcceptConnection
from console.changes.models import Batch, Change, ReasonRule, ShownPlan, Stage
from console.clouds.errors import CloudUnavailable
from tests.at_once import at_once
from tests.changes.acts import ACCEPT, REJECT, confirm_page
from tests.pages import Browser, Page

pytestmark = pytest.mark.django_db(transaction=True)


def reject_all(browser: Browser, stage: Any) -> Page:
    """The confirmation of a long act, whose form is too heavy to carry what was shown."""
    return browser.open(f"/demo/gateways/{stage.gateway('many_connections')}/vpc-endpoints/connections/reject/?all=1")


def unreadable(*_: object) -> NoReturn:
    raise CloudUnavailable("The service is busy.")


def test_the_same_form_with_another_reason_is_refused_in_words(stage: Any) -> None:
    browser = stage.browser("operator")
    page = confirm_page(browser, stage, REJECT)
    browser.submit(page, "Reject", reason="CHG-1")

    answer = browser.submit(page, "Reject", reason="CHG-2")

    assert answer.status == 422
    assert "had been sent before, with another reason" in answer.text
    assert len(stage.cloud.ledger()) == 1
    assert Entry.objects.get(error_code="confirmation_reused").state == "refused"


def test_the_same_form_sent_while_the_first_is_under_way_is_told_so(stage: Any) -> None:
    browser = stage.browser("operator")
    page = confirm_page(browser, stage, REJECT)
    browser.submit(page, "Reject", reason="CHG-1")
    for under_way in (Stage.CLAIMED, Stage.INTENDED):
        Change.objects.update(stage=under_way)

        answer = browser.submit(page, "Reject", reason=" CHG-1 ")

        assert answer.status == 409
        assert "still being carried out" in answer.text
        assert answer.link("See how far it is").endswith(f"/changes/{Change.objects.get().pk}/")
        assert len(stage.cloud.ledger()) == 1


def test_days_later_and_under_another_rule_the_answers_are_the_same(stage: Any) -> None:
    browser = stage.browser("operator")
    unread, moved, done = (confirm_page(browser, stage, act) for act in (ACCEPT, ACCEPT, REJECT))
    long = reject_all(browser, stage)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(AcceptConnection, "look_for", unreadable)
        browser.submit(unread, "Accept")
    stage.cloud.world.set_text(ACCEPT.target(stage), "status", "rejected")
    browser.submit(moved, "Accept")
    browser.submit(done, "Reject")
    first = browser.submit(long, "Reject", word="reject")

    ReasonRule.objects.create(required=True)
    ShownPlan.objects.all().delete()
    with override_settings(CONFIRMATION_SECONDS=-1):
        again = browser.submit(unread, "Accept")
        assert (again.status, "Nothing was sent" in again.text) == (409, True)
        assert browser.click(again, "Retry").has_button("Accept")
        again = browser.submit(moved, "Accept")
        assert (again.status, "This changed meanwhile" in again.text) == (409, True)
        assert {row["Now"] for row in again.table("What changed")} >= {"rejected"}
        again = browser.submit(done, "Reject")
        assert "had been sent before" in again.messages
        assert "rejected." in again.messages
        assert browser.submit(long, "Reject", word="reject").url == first.url
    assert [row["action"] for row in stage.cloud.ledger()] == ["connection.reject"]
    assert Batch.objects.count() == 4


def test_one_form_sent_thirty_two_times_at_once_acts_once(stage: Any) -> None:
    if connection.vendor == "sqlite" and "mode=memory" in str(connection.settings_dict["NAME"]):
        pytest.skip("threads need a database that they can share")
    browser = stage.browser("operator")
    form = confirm_page(browser, stage, REJECT).form("Reject")

    def send() -> int:
        client = Client()
        client.cookies = deepcopy(browser.client.cookies)
        try:
            return client.post(form.action, form.fields).status_code
        finally:
            connections.close_all()

    answers = at_once([send] * 32)

    assert 303 in answers
    assert set(answers) <= {303, 409}
    assert len(stage.cloud.ledger()) == 1
    assert list(Entry.objects.filter(action=REJECT.name).values_list("state", flat=True)) == ["intended", "succeeded"]
