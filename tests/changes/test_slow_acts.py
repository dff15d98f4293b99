"""A short act on a slow cloud: the page does not keep its person waiting, and nothing is given up."""

from typing import Any

import pytest

from console.audit.models import Entry
from console.changes import background, execution, settling
from console.changes.models import Batch, Change, Stage
from tests.changes.dying import then
from tests.changes.passing_time import pass_time
from tests.pages import Page

pytestmark = pytest.mark.django_db(transaction=True)


def reject_three(stage: Any) -> Page:
    """Confirm the rejection of three connections."""
    browser = stage.browser("operator")
    chosen = [row.id for row in stage.connections() if row.status.can_reject][:3]
    page = browser.open(f"{stage.tab_url}connections/reject/?" + "&".join(f"id={each}" for each in chosen))
    return browser.submit(page, "Reject", word="reject")


def effects(stage: Any) -> list[str]:
    return [row["object"] for row in stage.cloud.ledger() if row["action"] == "connection.reject"]


def test_what_the_page_has_no_time_for_goes_on_in_the_background(stage: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(execution, "remaining", lambda _default: 0.0)  # used up by the first of them

    page = reject_three(stage)

    assert page.url == f"/changes/acts/{Batch.objects.get().pk}/"
    assert "1 of 3 ended" in page.text
    assert page.has_button("Stop")
    assert len(effects(stage)) == 1
    while background.advance("worker", seconds=60):
        pass
    assert "3 of 3 ended" in stage.browser("operator").open(page.url).text
    assert sorted(effects(stage)) == sorted(Change.objects.values_list("target", flat=True))
    assert Entry.objects.filter(action="connection.reject", state="succeeded").count() == 3


def test_a_process_that_slept_until_it_was_taken_for_dead_sends_nothing(
    stage: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def sleep_meanwhile() -> None:
        pass_time()
        settling.settle_open()

    monkeypatch.setattr(execution, "_look_again", then(execution._look_again, sleep_meanwhile))

    page = reject_three(stage)

    assert page.status == 200
    assert set(Change.objects.values_list("stage", flat=True)) == {Stage.CANCELLED}
    assert effects(stage) == []
