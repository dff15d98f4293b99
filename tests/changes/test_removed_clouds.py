"""A cloud that the settings name no more, with acts whose end is open: administrators are told until it is decided."""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db.models import F

from console import wiring
from console.audit.models import Entry, OpenChange
from console.changes import orphans, settling
from console.changes.models import Change, Stage
from tests.changes.acts import ACCEPT, ADD, Act, confirm_page
from tests.changes.passing_time import pass_time
from tests.changes.test_faults import on_the_write
from tests.pages import Browser, Page
from tests.stage import Stage as Scene

pytestmark = pytest.mark.django_db(transaction=True)

PAGE = "/changes/removed-clouds/demo/"
NOTICE = "The settings name the cloud demo no more, and 1 act there has no certain end"
REASON = "The contract ended in May."


def lose(stage: Scene, act: Act, fault: str = "reset_after") -> Change:
    """An act whose answer is lost, twenty minutes ago."""
    browser = stage.browser(act.role)
    page = confirm_page(browser, stage, act)
    stage.cloud.faults(on_the_write(act, {"fault": fault}, times=1))
    browser.submit(page, act.button)
    stage.cloud.faults()
    pass_time()
    return Change.objects.get(kind=act.name)


def lose_two(stage: Scene) -> tuple[Change, Change]:
    """As `lose`, of two acts. What the pages of the second one show would settle the first; here they are both open."""
    lost = lose(stage, ACCEPT), lose(stage, ADD)
    Change.objects.update(stage=Stage.UNKNOWN, settled_at=None, look_after=F("claimed_at"))
    for change in lost:
        change.refresh_from_db()
    return lost


@contextmanager
def removed() -> Iterator[None]:
    """The settings name another cloud only."""
    demo = wiring.get_cloud("demo")
    with wiring.use_clouds({"other": demo}):
        yield


def close(browser: Browser, **more: str) -> Page:
    return browser.submit(browser.open(PAGE), "Close as “Cannot Be Known”", reason=REASON, **more)


@pytest.mark.parametrize("address", ["/", "/gateways/", "/audit/", "/changes/reasons/"])
def test_administrators_are_told_with_names_ages_and_what_to_do(stage: Scene, address: str) -> None:
    lose(stage, ACCEPT)
    with removed():
        page = stage.browser("admin").open(address)
    assert NOTICE in page.text
    assert "The oldest began 20 minutes ago" in page.text
    assert "Put the cloud back into the file of clouds and restart" in page.text


def test_others_are_not_bothered_and_may_not_close_it(stage: Scene) -> None:
    lose(stage, ACCEPT)
    with removed():
        for role in ("operator", "auditor", "viewer"):
            assert NOTICE not in stage.browser(role).open("/").text
            assert stage.browser(role).open(PAGE).status == 403


def test_an_administrator_of_another_cloud_is_not_told_of_this_one(stage: Scene) -> None:
    lose(stage, ACCEPT)
    admin = stage.browser("admin")
    stage.people["admin"].grants.update(cloud="other")
    with removed():
        assert NOTICE not in admin.open("/").text
        assert admin.open(PAGE).status == 404


def test_nothing_is_told_where_the_cloud_is_there_or_nothing_is_open(stage: Scene) -> None:
    admin = stage.browser("admin")
    change = lose(stage, ACCEPT)
    assert NOTICE not in admin.open("/").text
    settling.settle_open()
    change.refresh_from_db()
    assert change.stage == Stage.SUCCEEDED
    with removed():
        assert NOTICE not in admin.open("/").text
        assert admin.open(PAGE).status == 404


def test_an_administrator_closes_it_with_a_reason_that_the_log_keeps(stage: Scene) -> None:
    change = lose(stage, ACCEPT)
    effects = stage.cloud.ledger()
    admin = stage.browser("admin")
    with removed():
        answer = close(admin)
        assert "1 of 1 closed as “cannot be known”." in answer.messages
        assert NOTICE not in admin.open("/").text
        assert "cannot be known any more" not in admin.open("/").text

    change.refresh_from_db()
    assert (change.stage, change.error_code, change.look_after) == (Stage.UNKNOWABLE, "cannot_be_known", None)
    row = Entry.objects.filter(change_id=str(change.pk)).latest("seq")
    assert (row.actor, row.role, row.state, row.reason) == ("admin", "Administrator", "unknown", REASON)
    assert (row.action, row.target, row.error_code) == (ACCEPT.name, change.target, "cannot_be_known")
    assert json.loads(row.after)["because"] == change.explanation
    assert "admin closed it" in change.explanation
    assert not OpenChange.objects.exists()
    assert stage.cloud.ledger() == effects


def test_without_a_reason_nothing_is_closed(stage: Scene) -> None:
    change = lose(stage, ACCEPT)
    admin = stage.browser("admin")
    with removed():
        page = admin.submit(admin.open(PAGE), "Close as “Cannot Be Known”", reason="")
    assert page.status == 422
    change.refresh_from_db()
    assert change.stage == Stage.UNKNOWN


def test_only_the_chosen_acts_are_closed(stage: Scene) -> None:
    kept, closed = lose_two(stage)
    admin = stage.browser("admin")
    with removed():
        assert "2 acts there have no certain end" in admin.open("/").text
        admin.submit(admin.open(PAGE), "Close as “Cannot Be Known”", reason=REASON, id=str(closed.pk))
    kept.refresh_from_db()
    closed.refresh_from_db()
    assert (kept.stage, closed.stage) == (Stage.UNKNOWN, Stage.UNKNOWABLE)


def test_a_cloud_that_is_put_back_settles_the_act_by_itself(stage: Scene) -> None:
    change = lose(stage, ACCEPT)
    with removed():
        assert settling.settle_open() == 0
    assert settling.settle_open() == 1
    change.refresh_from_db()
    assert change.stage == Stage.SUCCEEDED


def test_a_cloud_that_came_back_while_the_page_lay_open_is_asked_and_not_the_administrator(stage: Scene) -> None:
    change = lose(stage, ACCEPT)
    admin = stage.browser("admin")
    with removed():
        page = admin.open(PAGE)
    assert admin.submit(page, "Close as “Cannot Be Known”", reason=REASON).status == 404
    change.refresh_from_db()
    assert change.stage == Stage.UNKNOWN


def test_an_act_that_somebody_may_still_be_at_is_not_closed(stage: Scene) -> None:
    """Another process may not have read the new settings yet."""
    change = lose(stage, ACCEPT)
    Change.objects.update(settle_after=change.settle_after and change.settle_after.replace(year=9_999))
    with removed():
        answer = close(stage.browser("admin"))
    assert "1 not closed" in answer.messages
    change.refresh_from_db()
    assert change.stage == Stage.UNKNOWN


def test_the_worker_warns_once_and_again_of_another_cloud(
    stage: Scene, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(orphans, "_reported", frozenset())
    lose(stage, ACCEPT)
    with removed(), caplog.at_level(logging.INFO, "console.changes"):
        for _ in range(3):
            settling.settle_open()
            orphans.report()
        Change.objects.update(cloud="third")
        orphans.report()
    told = [record for record in caplog.records if record.name.startswith("console.changes")]
    assert [record.levelname for record in told] == ["WARNING", "WARNING"]
    assert "1 acts at the cloud demo" in told[0].getMessage()
    assert "the cloud third" in told[1].getMessage()


def test_what_was_claimed_and_never_sent_is_called_off_without_its_cloud(stage: Scene) -> None:
    change = lose(stage, ACCEPT)
    Change.objects.update(stage=Stage.CLAIMED, intended_at=None)
    with removed():
        assert orphans.open_acts_of_removed_clouds() == []
        assert settling.settle_open() == 1
    change.refresh_from_db()
    assert change.stage == Stage.CANCELLED


def test_the_status_page_gets_name_number_and_age_in_one_query(stage: Scene, django_assert_num_queries: Any) -> None:
    first, _second = lose_two(stage)
    with removed(), django_assert_num_queries(1):
        (found,) = orphans.open_acts_of_removed_clouds()
    assert found == orphans.RemovedCloud("demo", 2, first.claimed_at)
