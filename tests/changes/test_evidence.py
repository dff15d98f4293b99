"""What proves an end: done is what is seen, not done is what can have left no trace, everything else is not guessed."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from console import wiring
from console.access.actor import SYSTEM
from console.audit.models import Entry
from console.changes import background, book, settling
from console.changes.models import Batch, Change, Stage
from console.clouds.types import IntentId
from tests.changes.acts import ACCEPT, ADD, REJECT, RENAME, confirm_page
from tests.changes.passing_time import pass_time
from tests.changes.test_resolver import lose_the_answer
from tests.pages import words

pytestmark = pytest.mark.django_db(transaction=True)


MANY = 400


def states(change: Change) -> list[str]:
    return list(Entry.objects.filter(change_id=str(change.pk)).order_by("seq").values_list("state", flat=True))


def test_an_act_that_was_done_and_undone_by_a_later_one_is_not_called_undone(stage: Any) -> None:
    """The one who rejected it afterwards had seen it accepted: that is the proof."""
    lost = lose_the_answer(stage, ACCEPT, {"fault": "reset_after"})
    admin = stage.browser("admin")
    admin.submit(admin.open(f"{stage.tab_url}connections/reject/?id={lost.target}"), "Reject")
    pass_time()

    assert settling.settle_open() == 1

    lost.refresh_from_db()
    assert states(lost) == ["intended", "unknown", "succeeded"]
    assert "before admin acted on it" in lost.explanation


def test_an_act_that_somebody_elsewhere_undid_cannot_be_known(stage: Any) -> None:
    lost = lose_the_answer(stage, ACCEPT, {"fault": "reset_after"})
    port: Any = wiring.get_cloud("demo").gateway_endpoints
    port.reject(stage.gateway_id, lost.target, intent=IntentId("elsewhere"))
    pass_time()

    settling.settle_open()

    lost.refresh_from_db()
    assert (lost.stage, states(lost)[-1]) == (Stage.UNKNOWABLE, "unknown")


def test_an_account_that_was_added_and_taken_off_again_cannot_be_known(stage: Any) -> None:
    lost = lose_the_answer(stage, ADD, {"fault": "reset_after"})
    owner = stage.browser("owner")
    owner.submit(owner.open(f"{stage.tab_url}permissions/remove/?id={lost.target}"), "Remove")
    pass_time()

    settling.settle_open()

    lost.refresh_from_db()
    assert lost.stage in (Stage.UNKNOWABLE, Stage.SUCCEEDED)
    assert "failed" not in states(lost)


def test_an_acceptance_that_does_not_show_yet_stays_open(stage: Any) -> None:
    """A list may go on showing a re-accepted connection as rejected for a while (huawei-contract 4.5)."""
    stage.cloud.world.switch(reaccept_shows="rejected")
    stage.cloud.world.delay = 3600.0
    target = stage.connection_ids("rejected")[0]
    operator = stage.browser("operator")
    page = operator.open(f"{stage.tab_url}connections/accept/?id={target}")
    stage.cloud.faults({"match": {"method": "POST", "path": "action$"}, "fault": "reset_after", "times": 1})
    operator.submit(page, "Accept")
    stage.cloud.faults()
    pass_time(seconds=120)

    assert settling.settle_open() == 0
    assert states(Change.objects.get()) == ["intended", "unknown"]

    stage.cloud.world.advance(3600)
    pass_time(seconds=60)
    assert settling.settle_open() == 1
    assert states(Change.objects.get()) == ["intended", "unknown", "succeeded"]


def test_an_effect_that_comes_after_it_was_found_not_done_is_written_down(stage: Any) -> None:
    """A new name may show ten minutes later; what was written too early is put right by a later row."""
    stage.cloud.world.delay = 300.0
    lost = lose_the_answer(stage, RENAME, {"fault": "reset_after"})
    pass_time(seconds=60)
    assert settling.settle_open() == 1
    assert states(lost) == ["intended", "unknown", "failed"]

    stage.cloud.world.advance(300)
    pass_time(seconds=120)
    assert settling.settle_open() == 0  # it is looked at once more when even a late effect has come
    pass_time(seconds=600)
    assert settling.settle_open() == 1
    lost.refresh_from_db()
    assert states(lost) == ["intended", "unknown", "failed", "succeeded"]
    assert "it had shown nothing of it" in lost.explanation


def test_what_was_not_done_is_looked_at_once_more_and_then_left_alone(stage: Any) -> None:
    lost = lose_the_answer(stage, REJECT, {"fault": "reset_before"})
    pass_time(seconds=60)
    assert settling.settle_open() == 1
    pass_time()
    calls = len(stage.cloud.calls())
    assert settling.settle_open() == 0
    assert len(stage.cloud.calls()) > calls
    lost.refresh_from_db()
    assert (lost.stage, lost.look_after) == (Stage.FAILED, None)


def test_what_has_ended_is_not_settled_again_by_an_old_button(stage: Any) -> None:
    lost = lose_the_answer(stage, REJECT, {"fault": "reset_after"})
    operator = stage.browser("operator")
    page = operator.open(f"/changes/{lost.pk}/")
    for _press in range(2):
        operator.submit(page, "Check again")
    assert states(lost) == ["intended", "unknown", "succeeded"]


def test_a_certain_no_is_never_looked_at_again(stage: Any) -> None:
    operator = stage.browser("operator")
    page = confirm_page(operator, stage, REJECT)
    stage.cloud.faults({"match": {"method": "POST", "path": "action$"}, "fault": "status", "status": 400, "times": 1})
    operator.submit(page, "Reject")
    assert Change.objects.get().look_after is None


@pytest.mark.parametrize(("act", "body"), [(ACCEPT, '{"connections": []}'), (ADD, '{"permissions": []}')])
def test_an_answer_without_an_effect_is_not_believed(stage: Any, act: Any, body: str) -> None:
    browser = stage.browser(act.role)
    page = confirm_page(browser, stage, act)
    match = {"method": act.wire_method, "path": act.wire_path}
    stage.cloud.faults({"match": match, "fault": "status", "status": 200, "body": body, "times": 1})

    answer = browser.submit(page, act.button)

    change = Change.objects.get()
    assert "unknown whether" in answer.messages
    assert states(change) == ["intended", "unknown"]
    pass_time()
    settling.settle_open()
    assert states(change) == ["intended", "unknown", "failed"]


def test_of_two_who_rename_one_is_told_that_the_other_was_there_first(stage: Any) -> None:
    """The cloud goes on showing the old name, so both were shown the same."""
    stage.cloud.world.delay = 600.0
    first, second = stage.browser("admin"), stage.browser("admin")
    mine = first.open(f"{stage.tab_url}service-name/?name=first")
    theirs = second.open(f"{stage.tab_url}service-name/?name=second")

    first.submit(mine, "Save")
    answer = second.submit(theirs, "Save")

    assert answer.status == 409
    assert "This changed meanwhile" in answer.text
    assert "by admin" in answer.text
    assert [row["action"] for row in stage.cloud.ledger()] == ["service.rename"]
    assert sorted(Change.objects.values_list("stage", flat=True)) == ["stale", "succeeded"]


def test_an_intent_that_was_held_after_the_look_is_not_called_undone(
    stage: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever holds it may send it this moment; what was seen before proves nothing."""
    lost = lose_the_answer(stage, REJECT, {"fault": "reset_before"})
    Change.objects.update(stage=Stage.INTENDED)
    pass_time()
    real = settling._look_at

    def look_and_let_another_worker_go_on(alike: Any) -> Any:
        seen = real(alike)
        book.hold([Change.objects.get()], seconds=60)
        return seen

    monkeypatch.setattr(settling, "_look_at", look_and_let_another_worker_go_on)
    settling.settle_open()

    lost.refresh_from_db()
    assert lost.stage == Stage.INTENDED
    assert "failed" not in states(lost)


def test_what_belongs_to_a_cloud_that_is_not_configured_any_more_stays_open_and_holds_nobody_up(stage: Any) -> None:
    gone = lose_the_answer(stage, REJECT, {"fault": "reset_after"})
    Change.objects.update(cloud="gone")
    lost = lose_the_answer_of_another(stage)

    assert settling.settle_open() == 1

    gone.refresh_from_db()
    lost.refresh_from_db()
    assert (gone.stage, lost.stage) == (Stage.UNKNOWN, Stage.SUCCEEDED)


def lose_the_answer_of_another(stage: Any) -> Change:
    operator = stage.browser("operator")
    page = confirm_page(operator, stage, ACCEPT)
    stage.cloud.faults({"match": {"method": "POST", "path": "action$"}, "fault": "reset_after", "times": 1})
    operator.submit(page, "Accept")
    stage.cloud.faults()
    return Change.objects.get(kind="connection.accept")


def test_a_long_act_of_a_cloud_that_is_gone_is_given_up_and_the_next_one_goes_on(stage: Any) -> None:
    owner = stage.browser("owner")
    for first in (1, 50):
        ids = "&".join(f"id={number:032x}" for number in range(first, first + 12))
        owner.submit(owner.open(f"{stage.tab_url}permissions/add/?{ids}"), "Add")
    older = Batch.objects.order_by("created_at")[0]
    Batch.objects.filter(pk=older.pk).update(cloud="gone")
    Change.objects.filter(batch=older).update(cloud="gone")

    while background.advance("worker", seconds=10):
        pass

    assert set(older.changes.values_list("stage", "error_code")) == {("cancelled", "no_cloud")}
    assert len(stage.cloud.ledger()) == 12


def test_a_long_act_that_the_cloud_forbids_to_read_for_is_given_up_in_the_clouds_words(stage: Any) -> None:
    owner = stage.browser("owner")
    ids = "&".join(f"id={number:032x}" for number in range(1, 13))
    owner.submit(owner.open(f"{stage.tab_url}permissions/add/?{ids}"), "Add")
    stage.cloud.faults({"match": {"path": "permissions$"}, "fault": "status", "status": 403, "code": "APIC.7106"})

    background.advance("worker", seconds=10)

    ends = Change.objects.values_list("stage", "error_code", "explanation").distinct()
    assert len(ends) == 1
    assert ends[0][:2] == ("cancelled", "forbidden")
    assert "APIC.7106" in ends[0][2]


def test_hundreds_of_open_intents_are_settled_in_a_few_looks(stage: Any) -> None:
    """A restart finds them all; the cloud is asked once for many (reliability R6)."""
    template = lose_the_answer(stage, REJECT, {"fault": "reset_after"})
    past = timezone.now() - timedelta(minutes=20)
    Change.objects.bulk_create(
        Change(
            batch=template.batch,
            position=number,
            kind="permission.add",
            cloud=template.cloud,
            gateway_id=template.gateway_id,
            target=f"{number:032x}",
            stage=Stage.INTENDED,
            actor_name="operator",
            actor_role="Operator",
            before={"exists": False, "created_at": None, "own": False},
            claimed_at=past,
            intended_at=past,
            look_after=past,
        )
        for number in range(1, MANY + 1)
    )
    calls = len(stage.cloud.calls())

    while settling.settle_open():
        pass

    assert not Change.objects.filter(stage__in=(Stage.INTENDED, Stage.UNKNOWN)).exists()
    assert Change.objects.filter(stage=Stage.FAILED).count() == MANY
    assert len(stage.cloud.calls()) - calls < 20


def test_a_confirmation_names_an_earlier_act_whose_end_is_not_known(stage: Any) -> None:
    lost = lose_the_answer(stage, ACCEPT, {"fault": "reset_after"})
    admin = stage.browser("admin")
    address = f"{stage.tab_url}connections/reject/?id={lost.target}"

    warning = admin.open(address).soup.find(id="unended")
    assert f"Accept a connection {lost.target} , begun by operator" in words(warning)
    assert "Unknown" in words(warning)
    assert warning.find("a")["href"] == f"/changes/{lost.pk}/"

    other = stage.connection_ids("accepted")[0]
    assert admin.open(f"{stage.tab_url}connections/reject/?id={other}").soup.find(id="unended") is None
    settling.check_again(lost, SYSTEM)
    assert admin.open(address).soup.find(id="unended") is None
