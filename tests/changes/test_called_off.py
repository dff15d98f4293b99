"""A step of a Change that the database calls off in a deadlock is taken again, as if it had not been tried before."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import OperationalError

from console.audit.models import Entry
from console.changes import book
from console.changes.models import Change, Stage
from tests.changes.acts import ACCEPT, confirm_page

pytestmark = pytest.mark.django_db(transaction=True)


class Deadlock(Exception):
    """What the driver of PostgreSQL raises for the one that it calls off."""

    sqlstate = "40P01"


@pytest.fixture
def call_off(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """`call_off("succeeded")`: the first time that this is written into the log, the transaction is called off."""

    def call_off(state: str) -> None:
        real, called_off = book.journal.record, []

        def record(**fields: Any) -> Any:
            if fields["state"].value == state and not called_off:
                called_off.append(state)
                raise OperationalError("deadlock detected") from Deadlock()
            return real(**fields)

        monkeypatch.setattr(book.journal, "record", record)

    return call_off


@pytest.mark.parametrize("step", ["intended", "succeeded"])
def test_an_act_is_told_as_it_ended_though_one_of_its_steps_was_called_off(
    stage: Any, call_off: Callable[[str], None], step: str
) -> None:
    operator = stage.browser("operator")
    page = confirm_page(operator, stage, ACCEPT)
    call_off(step)

    answer = operator.submit(page, "Accept")

    assert "accepted" in answer.messages
    assert Change.objects.get().stage == Stage.SUCCEEDED
    states = Entry.objects.exclude(change_id="").order_by("seq").values_list("state", flat=True)
    assert list(states) == ["intended", "succeeded"]
    assert len(stage.cloud.ledger()) == 1
