"""Acts that ended long ago are deleted, never one that is open or that an open one needs; the log keeps their rows."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F

from console import clock
from console.audit.models import Entry, OpenChange
from console.changes import book, old_acts, settling
from console.changes.models import Batch, Change, Stage, Transcript
from console.running.checks import acts_are_kept_long_enough
from console.running.jobs import JOBS
from tests.changes.acts import ACCEPT, ADD, REJECT, Act, confirm_page
from tests.changes.passing_time import pass_time
from tests.changes.test_faults import on_the_write
from tests.stage import Stage as Scene

pytestmark = pytest.mark.django_db(transaction=True)

DAYS = 400


def do(stage: Scene, act: Act) -> Change:
    browser = stage.browser(act.role)
    browser.submit(confirm_page(browser, stage, act), act.button)
    return Change.objects.get(kind=act.name)


def do_several(stage: Scene) -> Batch:
    """Some connections are rejected by one act, which a page of its own shows."""
    browser = stage.browser("operator")
    ids = "&".join(f"id={one}" for one in stage.connection_ids("accepted")[:3])
    browser.submit(browser.open(f"{stage.tab_url}connections/reject/?{ids}"), "Reject", word="reject")
    return Batch.objects.get()


def forget_all() -> None:
    while old_acts.forget_old():
        pass


def test_an_act_is_kept_for_its_time_and_then_deleted_with_all_that_belongs_to_it(
    stage: Scene, days_later: Any
) -> None:
    do(stage, ACCEPT)
    rows = Entry.objects.count()

    days_later(DAYS - 1)
    forget_all()
    assert Change.objects.count() == Batch.objects.count() == Transcript.objects.count() == 1

    days_later(DAYS + 1)
    forget_all()
    assert [model.objects.count() for model in (Change, Batch, Transcript)] == [0, 0, 0]
    assert Entry.objects.count() == rows


def test_many_old_acts_are_deleted_in_portions(stage: Scene, days_later: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(old_acts, "_PORTION", 1)
    do(stage, ACCEPT)
    do(stage, REJECT)
    days_later(DAYS + 1)

    assert old_acts.forget_old()
    assert Batch.objects.count() == 1
    assert old_acts.forget_old()
    assert Batch.objects.count() == 0
    assert not old_acts.forget_old()


def test_zero_days_keep_everything(stage: Scene, days_later: Any, settings: Any) -> None:
    settings.CHANGES_DAYS = 0
    do(stage, ACCEPT)
    days_later(10_000)
    forget_all()
    assert Change.objects.count() == 1


@pytest.mark.parametrize("stage_of_it", [Stage.QUEUED, Stage.CLAIMED, Stage.INTENDED, Stage.UNKNOWN])
def test_an_act_whose_end_is_open_is_never_deleted(stage: Scene, days_later: Any, stage_of_it: Stage) -> None:
    do(stage, ACCEPT)
    Change.objects.update(stage=stage_of_it, settled_at=None)
    days_later(10 * DAYS)
    forget_all()
    assert Change.objects.count() == 1


def test_an_act_that_ended_long_after_it_was_confirmed_is_kept_from_its_end_on(stage: Scene, days_later: Any) -> None:
    do(stage, ACCEPT)
    Change.objects.update(settled_at=clock.now() + timedelta(days=100))
    days_later(DAYS + 1)
    forget_all()
    assert Change.objects.count() == 1


def test_what_may_be_evidence_for_an_open_act_is_kept_and_still_settles_it(stage: Scene, days_later: Any) -> None:
    """The accept was lost; what a later act saw before it proves that the accept had been done."""
    target = ACCEPT.target(stage)
    stage.cloud.faults(on_the_write(ACCEPT, {"fault": "reset_after"}, times=1))
    do(stage, ACCEPT)
    stage.cloud.faults()
    pass_time()
    browser = stage.browser("operator")
    browser.submit(browser.open(f"{stage.tab_url}connections/reject/?id={target}"), "Reject")
    # What the pages showed has settled it; here nobody had seen them.
    Change.objects.filter(kind=ACCEPT.name).update(stage=Stage.UNKNOWN, settled_at=None, look_after=F("claimed_at"))
    days_later(DAYS + 1)

    forget_all()

    assert Change.objects.count() == 2
    settling.settle_open()
    assert Change.objects.get(kind=ACCEPT.name).stage == Stage.SUCCEEDED
    days_later(2 * DAYS + 2)
    forget_all()
    assert Change.objects.count() == 0


def test_what_cannot_be_known_is_deleted_after_the_same_time_and_no_longer_counts_as_open(
    stage: Scene, days_later: Any
) -> None:
    change = do(stage, ACCEPT)
    Change.objects.update(stage=Stage.UNKNOWABLE)
    row = Entry.objects.filter(change_id=str(change.pk)).latest("seq")
    OpenChange.objects.create(change_id=str(change.pk), entry=row, at=row.at)
    days_later(DAYS + 1)

    forget_all()

    assert (Change.objects.count(), OpenChange.objects.count()) == (0, 0)


def test_a_second_look_that_never_came_does_not_keep_an_act(stage: Scene, days_later: Any) -> None:
    do(stage, ACCEPT)
    Change.objects.update(stage=Stage.FAILED, look_after=clock.now())
    days_later(DAYS + 1)
    forget_all()
    assert Change.objects.count() == 0


def test_the_address_of_a_deleted_act_leads_to_its_rows_in_the_audit_log(stage: Scene, days_later: Any) -> None:
    change = do(stage, ACCEPT)
    days_later(DAYS + 1)
    forget_all()

    auditor = stage.browser("auditor")
    page = auditor.open(f"/changes/{change.pk}/")

    assert (page.status, page.heading) == (410, "This act is not kept any more")
    assert f"kept for {DAYS} days" in page.text
    rows = auditor.click(page, "All its steps in the audit log")
    assert [cells["Target"] for cells in rows.table("Audit log")] == [change.target] * 2


def test_the_page_of_a_deleted_act_of_several_objects_leads_to_all_of_its_rows(stage: Scene, days_later: Any) -> None:
    batch = do_several(stage)
    days_later(DAYS + 1)
    forget_all()

    auditor = stage.browser("auditor")
    page = auditor.open(f"/changes/acts/{batch.pk}/")

    assert page.status == 410
    assert len(auditor.click(page, "All its steps in the audit log").table("Audit log")) == 6


def test_an_act_that_vanished_before_its_time_is_not_said_to_be_old(stage: Scene) -> None:
    change = do(stage, ACCEPT)
    Change.objects.all().delete()
    page = stage.browser("auditor").open(f"/changes/{change.pk}/")
    assert page.status == 410
    assert "It was removed from the database" in page.text


def test_who_may_not_read_the_log_is_told_whom_to_ask(stage: Scene, days_later: Any) -> None:
    change = do(stage, ACCEPT)
    days_later(DAYS + 1)
    forget_all()
    page = stage.browser("viewer").open(f"/changes/{change.pk}/")
    assert page.status == 410
    assert "Ask somebody who may read it." in page.text
    assert "/audit/" not in page.html


def test_a_deleted_act_of_another_gateway_does_not_exist_for_strangers(stage: Scene, days_later: Any) -> None:
    change = do(stage, ACCEPT)
    days_later(DAYS + 1)
    forget_all()
    stranger = stage.browser("viewer")
    stage.people["viewer"].grants.update(cloud="demo", gateway_id="0" * 32)
    assert stranger.open(f"/changes/{change.pk}/").status == 404


def test_an_act_that_never_was_is_not_found(stage: Scene) -> None:
    browser = stage.browser("admin")
    for address in ("/changes/{}/", "/changes/acts/{}/"):
        assert browser.open(address.format("00000000-0000-4000-8000-000000000000")).status == 404


def test_the_traces_of_a_deleted_act_say_that_it_is_old_and_do_not_accuse(stage: Scene, days_later: Any) -> None:
    do(stage, ADD)
    days_later(DAYS + 1)
    forget_all()

    answer = stage.browser("auditor").client.get("/audit/export-cts.jsonl", {"action": ADD.name, "state": "succeeded"})
    (line,) = b"".join(answer).decode().splitlines()  # type: ignore[call-overload]

    remark = json.loads(json.loads(line)["message"])["remark"]
    assert "not kept any more" in remark
    assert "changed or removed" not in remark


def test_the_same_form_sent_after_its_act_was_deleted_sends_nothing(stage: Scene, days_later: Any) -> None:
    browser = stage.browser("operator")
    page = confirm_page(browser, stage, ACCEPT)
    browser.submit(page, "Accept")
    days_later(DAYS + 1)
    forget_all()
    effects = len(stage.cloud.ledger())

    stage.browser("operator").submit(page, "Accept")

    assert len(stage.cloud.ledger()) == effects


def test_the_worker_does_it() -> None:
    assert old_acts.forget_old in [job.run for job in JOBS]


def test_an_intent_of_today_is_untouched_by_the_deleting(stage: Scene, days_later: Any) -> None:
    """The book goes on while old acts go: what is claimed at that moment is not lost."""
    do(stage, REJECT)
    days_later(DAYS + 1)
    change = do(stage, ACCEPT)
    forget_all()
    change.refresh_from_db()
    assert change.stage == Stage.SUCCEEDED
    assert book.actor_of_change(change).name == "operator"


def test_acts_cannot_be_kept_shorter_than_they_are_needed(settings: Any) -> None:
    for days, is_long_enough in ((0, True), (1, False), (29, False), (30, True)):
        settings.CHANGES_DAYS = days
        assert (acts_are_kept_long_enough(None) == []) is is_long_enough
