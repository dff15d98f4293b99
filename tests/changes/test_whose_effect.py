"""Whose effect it is: an effect belongs to one act, and what the cloud itself answered counts for more than a look."""

from dataclasses import replace
from typing import Any

import pytest
from django.db import DatabaseError

from console import clock, wiring
from console.access.actor import SYSTEM
from console.audit.models import Entry
from console.changes import book, settling
from console.changes.kinds.registry import KINDS
from console.changes.models import Change, Stage
from console.clouds.errors import CloudOutcomeUnknown
from console.clouds.types import IntentId
from tests.changes.acts import ACCEPT, ADD, REJECT, REMOVE, RENAME, confirm_page
from tests.changes.passing_time import pass_time
from tests.changes.test_evidence import states
from tests.changes.test_resolver import lose_the_answer

pytestmark = pytest.mark.django_db(transaction=True)


def test_what_a_later_act_did_is_not_credited_to_the_earlier_one(stage: Any) -> None:
    lost = lose_the_answer(stage, REJECT, {"fault": "reset_before"})
    admin = stage.browser("admin")
    admin.submit(admin.open(f"{stage.tab_url}connections/reject/?id={lost.target}"), "Reject")
    pass_time()

    settling.settle_open()

    lost.refresh_from_db()
    assert lost.stage == Stage.FAILED
    assert "admin did the same" in lost.explanation
    assert "succeeded" not in states(lost)


def test_a_later_act_that_saw_the_object_untouched_proves_that_the_earlier_was_not_done(stage: Any) -> None:
    lost = lose_the_answer(stage, REJECT, {"fault": "reset_before"})
    pass_time()
    admin = stage.browser("admin")
    admin.submit(admin.open(f"{stage.tab_url}connections/reject/?id={lost.target}"), "Reject")

    settling.settle_open()

    lost.refresh_from_db()
    assert states(lost) == ["intended", "unknown", "failed"]
    assert "that it was not done before admin acted on it" in lost.explanation


def test_a_rename_is_proven_by_what_the_next_rename_saw_before_it(stage: Any) -> None:
    lost = lose_the_answer(stage, RENAME, {"fault": "reset_after"})
    admin = stage.browser("admin")
    admin.submit(admin.open(f"{stage.tab_url}service-name/?name=another"), "Save")
    pass_time()

    settling.settle_open()

    lost.refresh_from_db()
    assert states(lost) == ["intended", "unknown", "succeeded"]
    assert "before admin acted on it" in lost.explanation


def test_a_name_that_shows_late_is_not_credited_to_who_asked_for_the_same_one_meanwhile(stage: Any) -> None:
    """The first rename had been answered before the second was begun, and both people were shown the old name."""
    stage.cloud.world.delay = 30.0
    admin = stage.browser("admin")
    admin.submit(admin.open(f"{stage.tab_url}service-name/?name=renamed"), "Save")
    lost = lose_the_answer(stage, RENAME, {"fault": "reset_before"})
    stage.cloud.world.advance(30)

    settling.settle_open()

    lost.refresh_from_db()
    assert lost.stage != Stage.SUCCEEDED
    assert len(stage.cloud.ledger()) == 1


def test_of_two_acts_whose_answers_were_lost_neither_is_credited_with_the_one_effect(stage: Any) -> None:
    first = lose_the_answer(stage, REJECT, {"fault": "reset_before"})
    admin = stage.browser("admin")
    page = admin.open(f"{stage.tab_url}connections/reject/?id={first.target}")
    stage.cloud.faults({"match": {"method": "POST", "path": REJECT.wire_path}, "fault": "reset_after", "times": 1})
    admin.submit(page, "Reject")
    stage.cloud.faults()
    pass_time()

    settling.settle_open()

    assert set(Change.objects.values_list("stage", flat=True)) == {Stage.UNKNOWABLE}
    assert not Entry.objects.filter(action="connection.reject", state="succeeded").exists()


def test_what_somebody_does_while_the_cloud_is_looked_at_is_not_credited_to_the_earlier_act(
    stage: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The look began before the other act and was answered after it, so that it shows what the other did."""
    lost = lose_the_answer(stage, REJECT, {"fault": "reset_before"})
    admin = stage.browser("admin")
    page = admin.open(f"{stage.tab_url}connections/reject/?id={lost.target}")
    real = settling._look_at

    def while_another_acts(alike: Any) -> Any:
        began = clock.now()
        with monkeypatch.context() as patch:
            patch.setattr(settling, "_look_at", real)
            admin.submit(page, "Reject")
        return replace(real(alike), began=began)

    monkeypatch.setattr(settling, "_look_at", while_another_acts)
    settling.settle_open()

    lost.refresh_from_db()
    assert lost.stage != Stage.SUCCEEDED
    assert Change.objects.filter(stage=Stage.SUCCEEDED).count() == 1


def test_what_was_seen_early_does_not_leave_an_act_open_for_ever(stage: Any) -> None:
    """Two rejections lost their answers, and who accepted it afterwards saw what one of them had done."""
    first = lose_the_answer(stage, REJECT, {"fault": "reset_before"})
    admin = stage.browser("admin")
    page = admin.open(f"{stage.tab_url}connections/reject/?id={first.target}")
    stage.cloud.faults({"match": {"method": "POST", "path": REJECT.wire_path}, "fault": "reset_after", "times": 1})
    admin.submit(page, "Reject")
    stage.cloud.faults()
    admin.submit(admin.open(f"{stage.tab_url}connections/accept/?id={first.target}"), "Accept")
    pass_time()

    settling.settle_open()

    stages = Change.objects.filter(kind="connection.reject").values_list("stage", flat=True)
    assert set(stages) == {Stage.UNKNOWABLE}


def test_an_act_that_was_undone_by_an_earlier_one_on_its_late_way_is_not_called_undone(stage: Any) -> None:
    """The removal was given up, an account was added, and then the removal came through after all."""
    removal = lose_the_answer(stage, REMOVE, {"fault": "reset_before"})
    port: Any = wiring.get_cloud("demo").gateway_endpoints
    port.remove_permission(stage.gateway_id, removal.target, intent=IntentId("shown as if it were gone"))
    owner = stage.browser("owner")
    page = owner.open(f"{stage.tab_url}permissions/add/?id={removal.target}")
    stage.cloud.faults({"match": {"method": "POST", "path": ADD.wire_path}, "fault": "reset_after", "times": 1})
    owner.submit(page, "Add")
    stage.cloud.faults()
    port.remove_permission(stage.gateway_id, removal.target, intent=IntentId(str(removal.pk)))
    pass_time()

    settling.settle_open()

    added = Change.objects.get(kind="permission.add")
    assert added.stage != Stage.FAILED


def test_the_clouds_receipt_counts_for_more_than_a_look_that_found_nothing(
    stage: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process took the act for abandoned, looked too early, and wrote "not done" while it was on its way."""
    real = type(KINDS["connection.accept"]).call_together

    def call_and_be_judged(self: Any, *args: Any, **kwargs: Any) -> Any:
        receipt = real(self, *args, **kwargs)
        book.settle(Change.objects.get(), Stage.FAILED, SYSTEM, error_code="not_done", explanation="Seen too early.")
        return receipt

    operator = stage.browser("operator")
    page = confirm_page(operator, stage, ACCEPT)
    monkeypatch.setattr(type(KINDS["connection.accept"]), "call_together", call_and_be_judged)
    answer = operator.submit(page, "Accept")

    change = Change.objects.get()
    assert states(change) == ["intended", "failed", "succeeded"]
    assert (change.stage, change.error_code) == (Stage.SUCCEEDED, "")
    assert "accepted" in answer.messages


def test_what_the_cloud_took_is_not_called_undone_because_somebody_undid_it_before_anybody_looked(
    stage: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process stood still with the answer in its hand; meanwhile an account was taken off the whitelist again,
    which leaves no trace, and another process found that it was not there."""
    real = type(KINDS["permission.add"]).call_together

    def call_and_stand_still(self: Any, *args: Any, **kwargs: Any) -> Any:
        receipt, change = real(self, *args, **kwargs), Change.objects.get()
        port: Any = wiring.get_cloud("demo").gateway_endpoints
        port.remove_permission(stage.gateway_id, change.target, intent=IntentId("outside"))
        book.settle(change, Stage.FAILED, SYSTEM, error_code="not_done", explanation="It is not there.")
        return receipt

    owner = stage.browser("owner")
    page = confirm_page(owner, stage, ADD)
    monkeypatch.setattr(type(KINDS["permission.add"]), "call_together", call_and_stand_still)
    answer = owner.submit(page, "Add")

    assert states(Change.objects.get()) == ["intended", "failed", "unknown"]
    assert Change.objects.get().stage == Stage.UNKNOWABLE
    assert "not added" not in answer.messages


@pytest.mark.parametrize("seconds", [1200, 100_000])
def test_not_done_is_never_the_last_word_without_a_second_look(stage: Any, seconds: int) -> None:
    lost = lose_the_answer(stage, REJECT, {"fault": "reset_before"})
    pass_time(seconds)

    settling.settle_open()

    lost.refresh_from_db()
    assert lost.stage == Stage.FAILED
    assert lost.look_after is not None


def test_a_failing_cache_changes_nothing_that_the_person_is_told(stage: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: Any) -> None:
        raise DatabaseError("disk full")

    monkeypatch.setattr("console.changes.invalidation.outdate", fail)
    operator = stage.browser("operator")
    answer = operator.submit(confirm_page(operator, stage, ACCEPT), "Accept")

    assert answer.status == 200
    assert "accepted" in answer.messages


def test_what_was_found_not_done_is_not_called_a_refusal_of_the_cloud(
    stage: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer was lost, and another process had found out how it ended before the person is told."""

    def be_judged_and_lose_the_answer(*_args: Any, **_kwargs: Any) -> Any:
        why = {"error_code": "not_done", "explanation": "The cloud shows that it was not done."}
        book.settle(Change.objects.get(), Stage.FAILED, SYSTEM, **why)
        raise CloudOutcomeUnknown("the connection broke")

    operator = stage.browser("operator")
    page = confirm_page(operator, stage, ACCEPT)
    monkeypatch.setattr(type(KINDS["connection.accept"]), "call_together", be_judged_and_lose_the_answer)
    answer = operator.submit(page, "Accept")

    assert "not accepted. The cloud shows that it was not done. (not_done)" in answer.messages
    assert "The cloud refused" not in answer.messages
