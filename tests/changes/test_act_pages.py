"""The page of an act of several objects: found again from everywhere, honest about what is open, and who stopped it."""

from typing import Any

import pytest

from console.audit.models import Entry
from console.changes import background
from console.changes.models import Batch, Change, Stage
from tests.pages import Page

pytestmark = pytest.mark.django_db(transaction=True)


def crowded(stage: Any) -> str:
    return f"/demo/gateways/{stage.gateway('many_connections')}/vpc-endpoints/"


def reject(stage: Any, address: str, **typed: str) -> Page:
    browser = stage.browser("operator")
    return browser.submit(browser.open(address), "Reject", word="reject", **typed)


def several(stage: Any, count: int = 3) -> str:
    """The confirmation of a short act, as many connections as that."""
    ids = [*stage.connection_ids("accepted"), *stage.connection_ids("pendingAcceptance")][:count]
    return f"{stage.tab_url}connections/reject/?" + "&".join(f"id={one}" for one in ids)


def work() -> None:
    while background.advance("worker", seconds=60):
        pass


def test_a_short_act_of_several_has_the_same_page_and_every_way_leads_there(stage: Any) -> None:
    write = {"method": "POST", "path": "connections/action"}
    stage.cloud.faults({"match": write, "fault": "status", "status": 400, "code": "APIC.7211", "times": 1})
    operator, auditor = stage.browser("operator"), stage.browser("auditor")
    told = reject(stage, several(stage))

    act = operator.click(told, "See how each object ended")
    assert act.url == f"/changes/acts/{Batch.objects.get().pk}/"
    assert "3 of 3 ended" in act.text
    assert "Ended." in act.text
    assert [row["How it ended"] for row in act.table("Objects")] == ["Not done", "Done", "Done"]
    assert "APIC.7211" in act.table("Objects")[0]["Why"]
    retry = operator.click(act, "Retry the 1 not done")
    assert retry.heading == "Reject This Connection"
    assert b"APIC.7211" in b"".join(operator.client.get(f"{act.url}export.csv").streaming_content)

    change = Change.objects.order_by("position")[0]
    page = auditor.open(f"/changes/{change.pk}/")
    assert auditor.click(page, "The whole act, object by object").heading == act.heading
    assert len(auditor.click(page, "All steps of this act in the audit log").table("Audit log")) == 6
    assert len(auditor.click(page, "All steps of this Change in the audit log").table("Audit log")) == 2
    row = Entry.objects.filter(batch_id=str(change.batch_id)).latest("seq")
    assert auditor.click(auditor.open(f"/audit/{row.seq}/"), "The whole act, object by object").url == act.url


def test_a_short_act_of_one_object_leads_to_no_page_of_several(stage: Any) -> None:
    assert "See how each object ended" not in reject(stage, several(stage, 1)).text
    assert "The whole act" not in stage.browser("auditor").open(f"/changes/{Change.objects.get().pk}/").text


def test_the_pages_of_the_host_lead_to_its_long_acts_while_they_run_and_after(stage: Any) -> None:
    viewer, tab = stage.browser("viewer"), crowded(stage)
    act = reject(stage, f"{tab}connections/reject/?all=1")
    total = Change.objects.count()
    for ended in (0, total):
        page = viewer.open(tab)
        (row,) = page.table("Acts in the background")
        assert row["How far it is"] == f"{ended} of {total} ended"
        assert viewer.click(page, row["Act"]).url == act.url
        work()
    assert "Acts in the background" not in viewer.open(stage.tab_url).text


def test_a_page_looks_on_until_every_end_is_known(stage: Any) -> None:
    act = reject(stage, f"{crowded(stage)}connections/reject/?all=1")
    work()
    last, *_ = Change.objects.order_by("-position")
    for stage_then, looks in ((Stage.INTENDED, True), (Stage.UNKNOWN, True), (Stage.SUCCEEDED, False)):
        Change.objects.filter(pk=last.pk).update(stage=stage_then)
        page = stage.browser("viewer").open(act.url)
        assert "Finished" in page.text
        assert ("1 end is still being found out" in page.text) is looks
        assert (page.soup.find(attrs={"data-poll": True}) is not None) is looks


def test_what_had_changed_about_an_object_stands_on_its_page_and_on_that_of_the_act(stage: Any) -> None:
    act = reject(stage, f"{crowded(stage)}connections/reject/?all=1")
    moved = Change.objects.order_by("position")[0]
    stage.cloud.world.set_text(moved.target, "status", "deleting")
    work()

    operator = stage.browser("operator")
    (row,) = operator.open(f"{act.url}?stage=stale").table("Objects")
    assert f"Status: {moved.before['status']} deleting" in row["Why"]
    facts = {one["Fact"]: one for one in operator.open(f"/changes/{moved.pk}/").table("What changed")}
    assert (facts["Status"]["Was shown"], facts["Status"]["Now"]) == (moved.before["status"], "deleting")


def test_who_pressed_stop_has_a_row_that_says_how_many_were_left(stage: Any) -> None:
    act = reject(stage, f"{crowded(stage)}connections/reject/?all=1")
    admin = stage.browser("admin")
    page = admin.open(act.url)
    assert "Stopped" in admin.submit(page, "Stop").messages
    assert "before" in admin.submit(page, "Stop").messages

    row = Entry.objects.get(actor="admin", action="connection.reject")
    assert (row.state, row.target, row.error_code) == ("cancelled", "", "stopped")
    assert row.batch_id == str(Batch.objects.get().pk)
    assert row.after == f'{{"left":{Change.objects.count()}}}'


def test_whoever_comes_second_leaves_a_row(stage: Any) -> None:
    second = stage.browser("admin")
    page = second.open(several(stage, 1))
    reject(stage, several(stage, 1))
    Change.objects.update(stage=Stage.INTENDED)

    answer = second.submit(page, "Reject", reason="CHG-3")

    assert "Somebody else is acting on this now" in answer.text
    row = Entry.objects.get(actor="admin", error_code="somebody_else_acts")
    assert (row.state, row.target, row.reason) == ("stale", Change.objects.get().target, "CHG-3")
