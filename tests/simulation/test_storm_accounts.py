"""The accounting of the storms: each kind of lie that a console could tell is found, and the truth is not."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.simulation.storm_accounts import Accounts, Books, account, effects_of
from tests.simulation.storm_cloud import LOST_ANSWERS, MIXED, OUTSIDER, Profile
from tests.simulation.storm_people import End, Told

CONSOLE = "127.0.0.1"
ACCOUNT = "7cc2018e40394f7c9692f1713e76234d"
BEGIN = 1_800_000_000.0


def at(seconds: float) -> str:
    return datetime.fromtimestamp(BEGIN + seconds, UTC).isoformat()


def change(stage: str, begun: float = 0.0, **more: Any) -> dict[str, Any]:
    """One addition of the account, whose intent was written at that second."""
    return {
        "id": f"change-{begun:g}",
        "batch_id": f"batch-{begun:g}",
        "kind": "permission.add",
        "target": ACCOUNT,
        "stage": stage,
        "reason": f"storm {begun:g}",
        "after": None,
        "explanation": "",
        "cloud_request_id": "",
        "claimed_at": BEGIN + begun,
        "intended_at": BEGIN + begun,
        "settled_at": BEGIN + begun + 30,
        **more,
    }


def effect(seconds: float, request_id: str = "r1", client: str = CONSOLE) -> tuple[dict[str, Any], dict[str, Any]]:
    """A row of the ledger, and the call that it came from."""
    row = {"action": "permission.add", "object": ACCOUNT, "gateway_id": "g", "request_id": request_id}
    call = {"request_id": request_id, "client": client, "status": 200, "milliseconds": 0.0}
    return {**row, "at": at(seconds)}, {**call, "at": at(seconds)}


def told(end: str, begun: float = 0.0) -> Told:
    ends: tuple[End, ...] = ((end, (ACCOUNT,), 1),)
    return Told(f"storm {begun:g}", "permission.add", (ACCOUNT,), 200, ends, end)


def accounts(changes: list[dict[str, Any]], effects: list[Any], answers: list[Told]) -> Accounts:
    """Each call ended a second after its intent, as far as the log says."""
    ledger, calls = [row for row, _call in effects], [call for _row, call in effects]
    rows = [{"change_id": one["id"], "state": "unknown", "at": at(one["intended_at"] - BEGIN + 1)} for one in changes]
    return account(Books(changes, rows, effects_of(ledger, calls), calls), changes, answers)


def test_an_act_that_was_done_and_is_told_so_is_no_complaint() -> None:
    found = accounts([change("succeeded")], [effect(0.2)], [told("done")])
    assert (found.untrue, found.wrong_succeeded, found.twice, found.without_change) == ([], [], [], [])


@pytest.mark.parametrize(("stage", "end"), [("failed", "not done"), ("cancelled", "not done")])
def test_an_act_that_was_done_is_not_told_to_be_undone(stage: str, end: str) -> None:
    assert len(accounts([change(stage)], [effect(0.2)], [told(end)]).untrue) == 2


def test_an_act_that_was_not_done_is_not_told_to_be_done() -> None:
    found = accounts([change("succeeded")], [], [told("done")])
    assert len(found.untrue) == 1
    assert len(found.wrong_succeeded) == 1


def test_an_effect_of_another_act_on_the_same_object_is_not_credited() -> None:
    found = accounts([change("succeeded", 0), change("succeeded", 10)], [effect(10.2)], [])
    assert len(found.wrong_succeeded) == 1
    assert "storm 0," in found.wrong_succeeded[0]


def test_what_the_outsider_did_meanwhile_is_told_apart() -> None:
    found = accounts([change("succeeded")], [effect(0.2, client=OUTSIDER)], [])
    assert found.wrong_succeeded == []
    assert found.counted["succeeded: done by the outsider meanwhile"] == 1


def test_a_second_effect_of_one_act_is_found() -> None:
    assert len(accounts([change("succeeded")], [effect(0.2, "r1"), effect(0.9, "r2")], []).twice) == 1


def test_an_effect_that_no_act_had_under_way_is_found() -> None:
    assert len(accounts([change("succeeded")], [effect(0.2), effect(25, "r2")], []).without_change) == 1
    assert len(accounts([change("succeeded", 5)], [effect(1)], []).without_change) == 1  # before its intent


def test_unknown_for_good_comes_with_the_truth_and_the_reason() -> None:
    found = accounts([change("unknowable", explanation="The object is gone.")], [effect(0.2)], [told("unknown")])
    assert found.untrue == []
    assert "in truth done" in found.unknown[0]
    assert "The object is gone." in found.unknown[0]


def test_what_has_no_end_is_found() -> None:
    assert len(accounts([change("unknown")], [], []).not_settled) == 1


def test_one_form_is_one_act() -> None:
    twice = [change("failed", 0), change("failed", 10, reason="storm 0")]
    assert "several acts" in accounts(twice, [], [told("not done")]).untrue[0]


@pytest.mark.parametrize(("profile", "share"), [(MIXED, 0.22), (LOST_ANSWERS, 0.45)])
def test_the_faults_strike_as_often_as_the_profile_says(profile: Profile, share: float) -> None:
    untouched = 1.0
    for rule in profile.rules(7):
        if rule["match"]["method"] != "GET":
            untouched *= 1 - rule["probability"]
    assert untouched == pytest.approx(1 - share, abs=0.01)
