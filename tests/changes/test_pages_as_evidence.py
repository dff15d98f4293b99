"""What a page reads of an object is evidence about the acts on it, like a look of the console's own."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError
from django.test import override_settings
from django.utils import timezone

from console import wiring
from console.changes import settling
from console.changes.models import Change, Stage
from console.clouds.types import IntentId
from tests.changes.acts import ACCEPT, ACTS, ADD, REJECT, Act
from tests.changes.passing_time import pass_time
from tests.changes.test_evidence import states
from tests.changes.test_resolver import lose_the_answer
from tests.changes.test_vpcep_faults import ACTS as SERVICE_ACTS
from tests.changes.test_vpcep_faults import confirmation, on_the_write, send
from tests.endpoint_services.estate import Estate

#: Every page reads anew.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("fresh")]
CREATIONS = [act for act in SERVICE_ACTS if act.name in ("service.create", "endpoint.create")]


@pytest.fixture
def fresh() -> Any:
    with override_settings(STATUS_INTERVAL_SECONDS=0):
        yield


def look_at_the_tab(stage: Any) -> str:
    """A little later: what was lost a moment ago is left to the first look of a worker."""
    pass_time(10)
    page = stage.browser("viewer").open(stage.tab_url)
    assert page.status == 200, page.text
    return str(page.text)


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.name)
def test_a_page_that_shows_the_effect_settles_the_act(stage: Any, act: Act) -> None:
    lost = lose_the_answer(stage, act, {"fault": "reset_after"})

    look_at_the_tab(stage)

    lost.refresh_from_db()
    assert states(lost) == ["intended", "unknown", "succeeded"]
    assert lost.after is not None


@pytest.mark.parametrize("act", CREATIONS, ids=lambda act: act.name)
def test_a_list_that_shows_what_was_made_settles_its_creation(stage: Any, act: Any) -> None:
    browser, page = confirmation(Estate(stage), act)
    stage.cloud.faults(on_the_write(act, {"fault": "reset_after"}, times=1))
    send(browser, page, act)
    stage.cloud.faults()
    lost = Change.objects.get(stage=Stage.UNKNOWN)

    pass_time(10)
    browser.open("/demo/endpoint-services/" if act.name == "service.create" else "/demo/endpoints/")

    lost.refresh_from_db()
    assert lost.stage == Stage.SUCCEEDED
    assert lost.after is not None
    assert lost.after["id"]


def test_what_a_page_saw_counts_when_it_was_undone_elsewhere_before_the_console_looked(stage: Any) -> None:
    lost = lose_the_answer(stage, ACCEPT, {"fault": "reset_after"})
    look_at_the_tab(stage)
    port: Any = wiring.get_cloud("demo").gateway_endpoints
    port.reject(stage.gateway_id, lost.target, intent=IntentId("elsewhere"))
    pass_time()

    settling.settle_open()

    lost.refresh_from_db()
    assert states(lost) == ["intended", "unknown", "succeeded"]


@pytest.mark.parametrize("act", [REJECT, ADD], ids=lambda act: act.name)
def test_a_page_without_the_effect_proves_something_only_when_it_cannot_come_any_more(stage: Any, act: Act) -> None:
    lost = lose_the_answer(stage, act, {"fault": "reset_before"})
    look_at_the_tab(stage)
    assert states(lost) == ["intended", "unknown"]
    pass_time(60)

    look_at_the_tab(stage)

    lost.refresh_from_db()
    assert states(lost) == ["intended", "unknown", "failed"]
    assert lost.look_after is not None  # "not done" is never the last word without a second look


def test_a_page_never_says_that_an_end_cannot_be_known(stage: Any) -> None:
    """Its rows may lack one that moved while the list was read; the console's own look decides."""
    lost = lose_the_answer(stage, ACCEPT, {"fault": "reset_after"})
    port: Any = wiring.get_cloud("demo").gateway_endpoints
    port.reject(stage.gateway_id, lost.target, intent=IntentId("elsewhere"))
    pass_time()

    look_at_the_tab(stage)

    assert states(lost) == ["intended", "unknown"]


def test_a_call_that_is_under_way_is_left_to_its_own_process(stage: Any) -> None:
    lost = lose_the_answer(stage, ACCEPT, {"fault": "reset_after"})
    soon = timezone.now() + timedelta(seconds=15)
    Change.objects.update(stage=Stage.INTENDED, look_after=soon, settle_after=None)

    look_at_the_tab(stage)

    lost.refresh_from_db()
    assert lost.stage == Stage.INTENDED


def test_a_page_is_shown_although_its_evidence_could_not_be_written_down(
    stage: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    lose_the_answer(stage, ACCEPT, {"fault": "reset_after"})

    def fail(*_args: Any, **_more: Any) -> None:
        raise DatabaseError("disk full")

    monkeypatch.setattr("console.changes.book.settle", fail)
    assert "Connections" in look_at_the_tab(stage)
