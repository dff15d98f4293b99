"""What may be concluded where other acts on the same object come between an act and the look at what came of it."""

from typing import Any

import pytest

from console.changes import settling
from console.changes.kinds.registry import KINDS
from console.changes.models import Stage
from tests.changes.acts import REJECT, Act
from tests.changes.passing_time import pass_time
from tests.changes.test_evidence import states
from tests.changes.test_resolver import lose_the_answer

pytestmark = pytest.mark.django_db(transaction=True)


def press(stage: Any, act: Act, target: str) -> None:
    """Somebody else does it, and the cloud answers."""
    admin = stage.browser("admin")
    page = admin.open(f"{stage.tab_url}connections/{act.button.lower()}/?id={target}")
    answer = admin.submit(page, act.button)
    assert ": " + KINDS[act.name].past in answer.messages, answer.text


def test_an_act_that_began_while_the_cloud_was_being_read_may_have_done_it(
    stage: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The look began before that act, but was answered after it."""
    lost = lose_the_answer(stage, REJECT, {"fault": "reset_before"})
    kind = type(KINDS[REJECT.name])
    real = kind.look_for

    def be_slow(self: Any, *args: Any) -> Any:
        monkeypatch.setattr(kind, "look_for", real)
        press(stage, REJECT, lost.target)
        return real(self, *args)

    monkeypatch.setattr(kind, "look_for", be_slow)
    settling.settle_open()

    lost.refresh_from_db()
    assert lost.stage != Stage.SUCCEEDED
    assert [row["action"] for row in stage.cloud.ledger()] == [REJECT.name]
    pass_time()
    settling.settle_open()
    assert "succeeded" not in states(lost)
