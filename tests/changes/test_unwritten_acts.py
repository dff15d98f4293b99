"""What a person is told when the database stops taking writes before, or in the middle of, their act."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import pytest
from django.db import OperationalError

from console.audit.catalog import State
from console.audit.models import Entry
from console.changes import book, settling
from console.changes.models import Change, Stage
from tests.changes.acts import ACCEPT, ACTS, ADD, Act, confirm_page
from tests.pages import Browser, Page
from tests.running.unwritable import Database
from tests.running.unwritable import database as database

NOT_SENT = "Without its record nothing is sent to a cloud"
NOT_WRITTEN = "The console could not write that down."


@pytest.fixture
def fails_before(monkeypatch: pytest.MonkeyPatch, database: Database) -> Callable[[str, int], None]:
    """`fails_before("settle", 2)`: from the second call of that step on the database takes no writes."""

    def fail(step: str, turn: int = 1) -> None:
        original, turns = getattr(book, step), []

        def failing(*args: Any, **kwargs: Any) -> Any:
            turns.append(step)
            if len(turns) == turn:
                database.refuse_writes()
            return original(*args, **kwargs)

        monkeypatch.setattr(book, step, failing)

    return fail


def confirmed(stage: Any, act: Act) -> tuple[Browser, Page]:
    browser = stage.browser(act.role)
    browser.client.raise_request_exception = False
    return browser, confirm_page(browser, stage, act)


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.name)
@pytest.mark.parametrize("step", ["claim", "intend"])
def test_nothing_is_sent_without_its_record(stage: Any, fails_before: Any, act: Act, step: str) -> None:
    browser, page = confirmed(stage, act)
    fails_before(step)

    answer = browser.submit(page, act.button)

    assert answer.status == HTTPStatus.SERVICE_UNAVAILABLE
    assert NOT_SENT in answer.text
    assert "is read-only" in answer.text
    assert stage.cloud.ledger() == []


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.name)
def test_an_end_that_cannot_be_written_down_is_told_and_settled_later(
    stage: Any, database: Database, fails_before: Any, act: Act
) -> None:
    browser, page = confirmed(stage, act)
    fails_before("settle")

    answer = browser.submit(page, act.button)

    assert answer.status == HTTPStatus.SERVICE_UNAVAILABLE
    assert NOT_WRITTEN in answer.text
    assert "nothing was sent" not in answer.text.lower()
    assert len(stage.cloud.ledger()) == 1

    database.take_writes()
    change = Change.objects.get()
    assert change.stage == Stage.INTENDED
    Change.objects.update(look_after=change.claimed_at)
    settling.settle_open()
    assert Change.objects.get().stage == Stage.SUCCEEDED
    assert list(Entry.objects.filter(change_id=str(change.pk)).order_by("seq").values_list("state", flat=True)) == [
        "intended",
        "succeeded",
    ]


def test_a_lost_answer_that_cannot_be_written_down_is_told_as_unknown(stage: Any, fails_before: Any) -> None:
    browser, page = confirmed(stage, ACCEPT)
    stage.cloud.faults({"match": {"method": "POST", "path": ACCEPT.wire_path}, "fault": "reset_after"})
    fails_before("settle")

    answer = browser.submit(page, ACCEPT.button)

    assert "unknown whether it was accepted" in answer.text
    assert NOT_WRITTEN in answer.text


def test_a_refusal_that_cannot_be_written_down_is_told_as_one(stage: Any, fails_before: Any) -> None:
    browser, page = confirmed(stage, ADD)
    fault = {"fault": "status", "status": 400, "code": "APIG.2000"}
    stage.cloud.faults({"match": {"method": "POST", "path": ADD.wire_path}, **fault})
    fails_before("settle")

    answer = browser.submit(page, ADD.button)

    assert "not added. The cloud refused." in answer.text
    assert NOT_WRITTEN in answer.text


@pytest.mark.parametrize(("step", "turn", "effects"), [("settle", 1, 1), ("settle", 2, 2), ("intend", 2, 1)])
def test_what_was_not_begun_is_told_apart(stage: Any, fails_before: Any, step: str, turn: int, effects: int) -> None:
    targets = stage.connection_ids("pendingAcceptance")[:3]
    browser = stage.browser("operator")
    browser.client.raise_request_exception = False
    page = browser.open(f"{stage.tab_url}connections/accept/?" + "&".join(f"id={target}" for target in targets))
    fails_before(step, turn)

    answer = browser.submit(page, "Accept")

    told = answer.soup.find(id="broken-off").get_text(" ")
    assert answer.status == HTTPStatus.SERVICE_UNAVAILABLE
    sent = [row["object"] for row in stage.cloud.ledger()]
    assert len(sent) == effects
    assert all(target in told for target in targets)
    (unsent,) = [line for line in answer.soup.find(id="broken-off").find_all("li") if "nothing was sent" in str(line)]
    assert [target for target in targets if target in str(unsent)] == [one for one in targets if one not in sent]


def test_an_act_that_is_too_large_for_its_form_cannot_be_confirmed(stage: Any, database: Database) -> None:
    browser = stage.browser("operator")
    browser.client.raise_request_exception = False
    database.refuse_writes()

    page = browser.open(f"/demo/gateways/{stage.gateway('many_connections')}/vpc-endpoints/connections/reject/?all=1")

    assert page.status == HTTPStatus.SERVICE_UNAVAILABLE
    assert NOT_SENT in page.text
    assert not page.has_button("Reject")


def test_a_dialog_shows_it_too(stage: Any, fails_before: Any) -> None:
    browser, page = confirmed(stage, ADD)
    fails_before("settle")
    form = page.form(ADD.button)

    answer = browser.client.post(
        form.action, form.fields, headers={"HX-Request": "true", "Referer": "http://testserver/"}
    )

    assert answer.status_code == HTTPStatus.CONFLICT
    assert NOT_WRITTEN in answer.content.decode()


@pytest.mark.parametrize("called_off", [State.INTENDED, State.SUCCEEDED])
@pytest.mark.django_db(transaction=True)
def test_a_step_that_is_called_off_by_a_deadlock_is_made_again_whole(
    stage: Any, monkeypatch: pytest.MonkeyPatch, called_off: State
) -> None:
    browser, page = confirmed(stage, ADD)
    original, turns = book.write_down, []

    def deadlocked(change: Change, state: State, *args: Any, **kwargs: Any) -> None:
        if state is called_off and not turns:
            turns.append(state)
            raise OperationalError("deadlock detected") from _Deadlock()
        original(change, state, *args, **kwargs)

    monkeypatch.setattr(book, "write_down", deadlocked)

    browser.submit(page, ADD.button)

    assert turns == [called_off]
    assert len(stage.cloud.ledger()) == 1
    assert Change.objects.get().stage == Stage.SUCCEEDED


class _Deadlock(Exception):
    """As the driver of PostgreSQL raises it."""

    sqlstate = "40P01"
