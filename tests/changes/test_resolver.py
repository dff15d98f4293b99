"""The resolver: what is open is settled by reading the cloud, never by guessing, by any number of workers."""

from typing import Any

import pytest
from django.db import connection, connections
from django.utils import timezone

from console.audit.models import Entry
from console.changes import settling
from console.changes.models import Change, Stage
from tests.at_once import at_once
from tests.changes.acts import ACCEPT, ACTS, REJECT, Act, confirm_page
from tests.changes.passing_time import pass_time

pytestmark = pytest.mark.django_db(transaction=True)


def lose_the_answer(stage: Any, act: Act, fault: dict[str, Any]) -> Change:
    browser = stage.browser(act.role)
    page = confirm_page(browser, stage, act)
    stage.cloud.faults({"match": {"method": act.wire_method, "path": act.wire_path}, "times": 1, **fault})
    browser.submit(page, act.button)
    stage.cloud.faults()
    return Change.objects.get(stage=Stage.UNKNOWN)


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.name)
def test_an_effect_that_is_there_settles_the_act_at_once(stage: Any, act: Act) -> None:
    change = lose_the_answer(stage, act, {"fault": "reset_after"})

    assert settling.settle_open() == 1

    change.refresh_from_db()
    assert change.stage == Stage.SUCCEEDED
    assert change.after is not None
    assert Entry.objects.order_by("-seq").values_list("actor", flat=True)[0] == "system"


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.name)
def test_an_effect_that_is_not_there_proves_nothing_at_first(stage: Any, act: Act) -> None:
    change = lose_the_answer(stage, act, {"fault": "reset_before"})

    assert settling.settle_open() == 0
    change.refresh_from_db()
    assert change.stage == Stage.UNKNOWN

    pass_time()
    assert settling.settle_open() == 1
    change.refresh_from_db()
    assert (change.stage, change.error_code) == (Stage.FAILED, "not_done")


def test_a_cloud_that_is_away_leaves_everything_open_and_is_asked_again_later(stage: Any) -> None:
    change = lose_the_answer(stage, REJECT, {"fault": "reset_after"})
    stage.cloud.faults({"match": {"path": "."}, "fault": "status", "status": 503, "times": 999})

    assert settling.settle_open() == 0
    change.refresh_from_db()
    assert change.stage == Stage.UNKNOWN
    assert change.look_after > timezone.now()

    stage.cloud.faults()
    pass_time()
    assert settling.settle_open() == 1


def test_an_intent_whose_process_died_is_settled(stage: Any) -> None:
    browser = stage.browser("operator")
    browser.submit(confirm_page(browser, stage, ACCEPT), "Accept")
    Change.objects.update(stage=Stage.INTENDED, settled_at=None, look_after=timezone.now())
    pass_time()

    assert settling.settle_open() == 1
    assert Change.objects.get().stage == Stage.SUCCEEDED


def test_a_claim_without_intent_was_never_sent(stage: Any) -> None:
    browser = stage.browser("operator")
    browser.submit(confirm_page(browser, stage, ACCEPT), "Accept")
    Change.objects.update(stage=Stage.CLAIMED, settled_at=None, intended_at=None, look_after=timezone.now())
    pass_time()

    assert settling.settle_open() == 1
    assert Change.objects.get().stage == Stage.CANCELLED


def test_an_object_that_is_gone_leaves_an_end_that_cannot_be_known(stage: Any) -> None:
    change = lose_the_answer(stage, REJECT, {"fault": "reset_before"})
    Change.objects.update(target="00000000-0000-4000-8000-000000000000")
    pass_time()

    assert settling.settle_open() == 1
    change.refresh_from_db()
    assert change.stage == Stage.UNKNOWABLE
    assert Entry.objects.order_by("-seq").values_list("state", flat=True)[0] == "unknown"


def test_many_workers_settle_each_change_once(stage: Any) -> None:
    if connection.vendor == "sqlite" and "mode=memory" in str(connection.settings_dict["NAME"]):
        pytest.skip("threads need a database that they can share")
    lose_the_answer(stage, REJECT, {"fault": "reset_after"})

    def work() -> int:
        try:
            return settling.settle_open()
        finally:
            connections.close_all()

    assert sum(at_once([work] * 8)) == 1
    assert Entry.objects.filter(action="connection.reject", state="succeeded").count() == 1


def test_an_unknown_end_is_shown_on_the_tab_until_it_is_settled(stage: Any) -> None:
    lose_the_answer(stage, REJECT, {"fault": "reset_after"})
    viewer = stage.browser("viewer")
    assert "Acts whose end is not known" in viewer.open(stage.tab_url).text
    settling.settle_open()
    assert "Acts whose end is not known" not in viewer.open(stage.tab_url).text
