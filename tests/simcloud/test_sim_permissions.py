"""APIG's whitelist: listing, adding, removing."""

import pytest

from tests.simcloud.caller import STRANGER, Caller


def test_the_own_account_is_on_the_list_from_the_start(caller: Caller) -> None:
    assert f"iam:domain::{caller.account.domain_id}" in caller.accounts()


def test_an_added_account_is_listed_and_in_the_ledger(caller: Caller) -> None:
    reply = caller.add(STRANGER)
    assert (reply.status, reply.body) == (200, {"permissions": [f"iam:domain::{STRANGER}"]})
    assert f"iam:domain::{STRANGER}" in caller.accounts()
    (row,) = caller.cloud.ledger()
    assert (row["action"], row["object"]) == ("permission.add", STRANGER)
    assert (row["before"], row["after"]) == (None, f"iam:domain::{STRANGER}")
    assert row["gateway_id"] == caller.gateway_id()
    assert row["request_id"] == reply.headers["x-request-id"]


def test_adding_twice_keeps_the_record_and_changes_nothing(caller: Caller) -> None:
    caller.add(STRANGER)
    before = caller.permissions(permission=STRANGER).body
    assert caller.add(STRANGER, STRANGER).status == 200
    assert caller.permissions(permission=STRANGER).body == before
    assert len(caller.effects()) == 1


def test_a_removed_account_is_gone(caller: Caller) -> None:
    caller.add(STRANGER)
    reply = caller.remove(STRANGER)
    assert (reply.status, reply.body) == (200, {"permissions": [f"iam:domain::{STRANGER}"]})
    assert f"iam:domain::{STRANGER}" not in caller.accounts()
    assert caller.effects() == [("permission.add", STRANGER), ("permission.remove", STRANGER)]


def test_removing_what_is_not_there_is_fine_and_no_effect(caller: Caller) -> None:
    reply = caller.remove(STRANGER)
    assert (reply.status, reply.body) == (200, {"permissions": []})
    assert caller.effects() == []


def test_the_own_account_stays(caller: Caller) -> None:
    assert caller.remove(caller.account.domain_id).status == 200
    assert f"iam:domain::{caller.account.domain_id}" in caller.accounts()
    assert caller.effects() == []


def test_removal_leaves_connections_alone(caller: Caller) -> None:
    accepted = next(row for row in caller.cloud.world.connections_of("main") if row.status == "accepted")
    caller.remove(accepted.domain_id)
    assert caller.status_of(accepted.id) == "accepted"


def test_everyone_is_spelled_with_a_prefix(caller: Caller) -> None:
    assert caller.add("*").status == 200
    assert "iam:domain::*" in caller.accounts()
    assert caller.effects() == [("permission.add", "*")]


def test_the_filter_matches_any_part(caller: Caller) -> None:
    caller.add(STRANGER)
    for wanted in (f"iam:domain::{STRANGER}", STRANGER, STRANGER[5:12]):
        found = caller.permissions(permission=wanted).body
        assert (found["total"], found["size"]) == (1, 1)
        assert found["permissions"][0]["permission"] == f"iam:domain::{STRANGER}"
    assert caller.permissions(permission="iam:domain::zzz").body["permissions"] == []


def test_fifty_accounts_at_once_and_no_more(caller: Caller) -> None:
    accounts = [f"{number:032x}" for number in range(51)]
    too_many = caller.add(*accounts)
    assert (too_many.status, too_many.code) == (400, "APIC.7211")
    assert caller.effects() == []
    assert caller.add(*accounts[:50]).status == 200
    assert len(caller.effects()) == 50


def test_the_list_is_paged(caller: Caller) -> None:
    caller.add(*[f"{number:032x}" for number in range(30)])
    first, second = caller.permissions().body, caller.permissions(offset=20).body
    assert (first["size"], first["total"]) == (20, second["total"])
    assert second["size"] == second["total"] - 20


@pytest.mark.parametrize(
    "entries",
    [
        [],
        "iam:domain::*",
        None,
        [7],
        [STRANGER],
        ["iam:domain::"],
        [f"iam:domain::{STRANGER[:31]}"],
        [f"iam:domain::{STRANGER}0"],
        [f"iam:domain::{STRANGER.upper()}"],
        [f"iam:domain::{STRANGER}\n"],
        ["*"],
        ["iam:domain::<script>alert(1)</script>"],
    ],
)
def test_a_malformed_entry_is_refused(caller: Caller, entries: object) -> None:
    for batch in ("batch-add", "batch-delete"):
        path = f"/instances/{caller.gateway_id()}/vpc-endpoint/permissions/{batch}"
        reply = caller.apig("POST", path, {"permissions": entries})
        assert (reply.status, reply.code) == (400, "APIC.7211")
        assert "[permissions]" in reply.body["error_msg"]
    assert caller.effects() == []


def test_one_malformed_entry_spoils_the_batch(caller: Caller) -> None:
    assert caller.add(STRANGER, "nonsense").status == 400
    assert caller.effects() == []
