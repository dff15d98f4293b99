"""Nobody's pages make the console read a cloud without limit, and what pages read never holds up an act."""

from typing import Any

import pytest
from django.test import override_settings

from console.clouds.allowance import ALLOWANCE
from console.observations.models import Snapshot
from tests.changes.acts import ADD, confirm_page
from tests.observations.watching import Clock, reads

pytestmark = pytest.mark.django_db(transaction=True)

WHITELIST = "/vpc-endpoint/permissions"
IN_A_MINUTE = {"fault": "status", "status": 429, "headers": {"Retry-After": "60"}, "times": 1}


@pytest.fixture(autouse=True)
def counted_anew(monkeypatch: pytest.MonkeyPatch, clock: Clock) -> None:
    """The allowance goes by the clock of the test, and nobody has read anything yet."""
    monkeypatch.setattr(ALLOWANCE, "_clock", lambda: clock.now.timestamp())
    ALLOWANCE.forget()


def test_three_hundred_refreshes_in_a_second_read_each_part_once(stage: Any, clock: Clock) -> None:
    viewer = stage.browser("viewer")
    for _press in range(300):
        assert viewer.open(f"{stage.tab_url}?refresh=1").status == 200
        clock.pass_by(0.003)
    assert reads(stage, "/vpc-endpoint/connections") == reads(stage, WHITELIST) == 1


def test_a_refresh_after_two_seconds_reads_again(stage: Any, clock: Clock) -> None:
    viewer = stage.browser("viewer")
    viewer.open(stage.tab_url)
    clock.pass_by(2.1)
    viewer.open(f"{stage.tab_url}?refresh=1")
    assert reads(stage, WHITELIST) == 2


@override_settings(READS_A_MINUTE=8)
def test_who_has_read_too_often_sees_what_is_known_and_when_to_try_again(stage: Any, clock: Clock) -> None:
    viewer, operator = stage.browser("viewer"), stage.browser("operator")
    for _view in range(3):
        viewer.open(stage.tab_url)
        clock.pass_by(5)
    calls = len(stage.cloud.calls())

    page = viewer.open(f"{stage.tab_url}?refresh=1")

    assert page.status == 200
    assert "your pages have read clouds 8 times within a minute" in page.text
    assert "Next try at" in page.text
    assert stage.connection_ids("accepted")[0] in page.text
    calls_of_the_test = len(stage.cloud.calls()) - calls
    assert reads(stage, WHITELIST) <= 3
    assert "your pages have read" not in operator.open(stage.tab_url).text  # nobody else is told
    assert calls_of_the_test <= 1  # the one that asked for the connections past the console

    clock.pass_by(61)
    assert "your pages have read" not in viewer.open(stage.tab_url).text


@override_settings(READS_A_MINUTE=8)
def test_who_has_refreshed_too_often_can_still_act(stage: Any, clock: Clock) -> None:
    owner = stage.browser("owner")
    for _view in range(4):
        owner.open(f"{stage.tab_url}?refresh=1")
        clock.pass_by(3)
    assert "your pages have read" in owner.open(f"{stage.tab_url}?refresh=1").text

    answer = owner.submit(confirm_page(owner, stage, ADD), "Add")

    assert "added" in answer.messages
    assert [row["action"] for row in stage.cloud.ledger()] == ["permission.add"]


@override_settings(READS_A_MINUTE=8)
def test_confirmations_have_an_end_too(stage: Any, clock: Clock) -> None:
    owner = stage.browser("owner")
    pages = [owner.open(stage.tab_url + ADD.address(stage)) for _ask in range(20)]
    assert pages[0].has_button("Add")
    assert not pages[-1].has_button("Add")
    assert "Try again in" in pages[-1].text


def test_a_pause_that_a_viewers_refresh_met_does_not_stop_the_owners_act(stage: Any, clock: Clock) -> None:
    viewer, owner = stage.browser("viewer"), stage.browser("owner")
    viewer.open(stage.tab_url)
    clock.pass_by(3)
    stage.cloud.faults({"match": {"path": f"{WHITELIST}$"}, **IN_A_MINUTE})
    assert "Next try at" in viewer.open(f"{stage.tab_url}?refresh=1").text

    answer = owner.submit(confirm_page(owner, stage, ADD), "Add")

    assert "added" in answer.messages


def test_a_pause_that_an_act_met_holds_acts_and_no_page(stage: Any, clock: Clock) -> None:
    owner, viewer = stage.browser("owner"), stage.browser("viewer")
    page = confirm_page(owner, stage, ADD)
    stage.cloud.faults({"match": {"method": "POST", "path": ADD.wire_path}, **IN_A_MINUTE})
    owner.submit(page, "Add")

    assert "asked not to be called again before" in owner.open(stage.tab_url + ADD.address(stage)).text
    assert "asked not to be called" not in viewer.open(stage.tab_url).text


@override_settings(READS_A_MINUTE=8)
def test_invented_gateways_leave_nothing_behind(stage: Any, clock: Clock) -> None:
    viewer = stage.browser("viewer")
    for number in range(40):
        viewer.open(f"/demo/gateways/{number:032x}/vpc-endpoints/")
    assert not Snapshot.objects.filter(gateway_id__startswith="0000").exists()
