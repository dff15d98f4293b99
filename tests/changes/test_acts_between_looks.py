"""What may be concluded where other acts on the same object come between an act and the look at what came of it."""

from typing import Any

import pytest

from console import wiring
from console.access.actor import SYSTEM
from console.changes import settling
from console.changes.kinds.registry import KINDS
from console.changes.models import Change, Stage
from console.clouds.types import IntentId
from tests.changes.acts import ACCEPT, REJECT, RENAME, Act
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


def test_what_another_act_did_and_saw_undone_before_it_was_not_done_by_the_earlier_one(stage: Any) -> None:
    """Not yet proven at the first look: until the effect of a lost call cannot come any more, it may be on its way."""
    lost = lose_the_answer(stage, REJECT, {"fault": "reset_before"})
    press(stage, REJECT, lost.target)

    assert settling.settle_open() == 0
    pass_time(60)
    assert settling.settle_open() == 1

    lost.refresh_from_db()
    assert states(lost) == ["intended", "unknown", "failed"]
    assert "admin did the same" in lost.explanation


def test_an_act_whose_trace_another_act_would_have_met_was_not_done(stage: Any) -> None:
    lost = lose_the_answer(stage, REJECT, {"fault": "reset_before"})
    press(stage, REJECT, lost.target)
    press(stage, ACCEPT, lost.target)
    pass_time(60)

    settling.settle_open()

    lost.refresh_from_db()
    assert states(lost) == ["intended", "unknown", "failed"]


def test_of_several_acts_whose_calls_never_arrived_each_is_found_not_done(stage: Any) -> None:
    first = lose_the_answer(stage, REJECT, {"fault": "reset_before"})
    lose_again(stage, REJECT, first.target, {"fault": "reset_before"})
    pass_time(60)

    settling.settle_open()

    assert list(Change.objects.values_list("stage", flat=True)) == [Stage.FAILED, Stage.FAILED]


def test_an_effect_that_came_after_an_act_in_between_is_no_proof_against_the_earlier_one(stage: Any) -> None:
    """The lost rejection was on its way for long, and came after somebody had accepted what had not been touched."""
    late = stage.connection_ids("pendingAcceptance")[0]
    lost = lose_again(stage, REJECT, late, {"fault": "reset_before"})
    press(stage, ACCEPT, late)
    port: Any = wiring.get_cloud("demo").gateway_endpoints
    port.reject(stage.gateway_id, late, intent=IntentId("on its way"))
    pass_time(60)

    settling.settle_open()

    lost.refresh_from_db()
    assert lost.stage == Stage.SUCCEEDED


def test_a_name_that_shows_late_is_not_called_undone_for_what_the_next_rename_saw(stage: Any) -> None:
    """What the next one saw may have been the name of before, because the cloud shows new names late."""
    lost = lose_the_answer(stage, RENAME, {"fault": "reset_before"})
    admin = stage.browser("admin")
    admin.submit(admin.open(f"{stage.tab_url}service-name/?name=another"), "Save")
    pass_time(60)

    settling.settle_open()

    lost.refresh_from_db()
    assert lost.stage == Stage.UNKNOWABLE


def lose_again(stage: Any, act: Act, target: str, fault: dict[str, Any]) -> Change:
    """One more act on that object whose answer is lost."""
    admin = stage.browser("admin")
    page = admin.open(f"{stage.tab_url}connections/{act.button.lower()}/?id={target}")
    stage.cloud.faults({"match": {"method": act.wire_method, "path": act.wire_path}, "times": 1, **fault})
    admin.submit(page, act.button)
    stage.cloud.faults()
    return Change.objects.order_by("-claimed_at")[0]


def test_an_act_whose_effect_would_have_been_met_does_not_explain_a_later_effect(stage: Any) -> None:
    """The second one saw the connection untouched when the first one's effect could not come any more."""
    first = lose_the_answer(stage, REJECT, {"fault": "reset_before"})
    pass_time(60)
    second = lose_again(stage, REJECT, first.target, {"fault": "reset_after"})

    settling.check_again(second, SYSTEM)  # while the first has no end yet

    assert second.stage == Stage.SUCCEEDED
