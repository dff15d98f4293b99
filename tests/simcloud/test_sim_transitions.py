"""The transition table of huawei-contract 6.2, for every status and action."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.simcloud import Clock, SimulatedCloud, World
from tests.simcloud.caller import Caller

#: (status, action): the error inside APIC.9007, or what the connection becomes.
TABLE = {
    ("pendingAcceptance", "receive"): "accepted",
    ("pendingAcceptance", "reject"): "rejected",
    ("creating", "receive"): "EndPoint.2019",
    ("creating", "reject"): "EndPoint.2019",
    ("accepted", "receive"): "EndPoint.2014",
    ("accepted", "reject"): "rejected",
    ("rejected", "receive"): "accepted",
    ("rejected", "reject"): "rejected",
    ("failed", "receive"): "EndPoint.2047",
    ("failed", "reject"): "EndPoint.2047",
    ("deleting", "receive"): "EndPoint.2018",
    ("deleting", "reject"): "EndPoint.2018",
}
DELETIONS = {"creating": "EndPoint.2019", "deleting": "EndPoint.2018"}


def test_every_status_answers_every_action_as_documented(caller: Caller) -> None:
    world = caller.cloud.world
    endpoint = world.connections_of("main")[0]

    @given(pair=st.sampled_from(sorted(TABLE)))
    @settings(max_examples=60, deadline=None)
    def check(pair: tuple[str, str]) -> None:
        status, action = pair
        with world.turn():
            endpoint.status, endpoint.next_status, endpoint.due_at = status, None, None
        before = len(caller.cloud.ledger())
        reply = caller.decide(action, endpoint.id)
        expected = TABLE[pair]
        effects = caller.cloud.ledger()[before:]
        if expected.startswith("EndPoint."):
            assert (reply.status, reply.code) == (500, "APIC.9007")
            assert expected in reply.body["error_msg"]
            assert effects == []
            assert caller.status_of(endpoint.id) == status
        else:
            assert reply.status == 200
            assert caller.status_of(endpoint.id) == expected
            assert [(row["before"], row["after"]) for row in effects] == ([(status, expected)] * (status != expected))

    check()


def test_a_story_of_acts_never_leaves_the_table(caller: Caller) -> None:
    world = caller.cloud.world

    @given(actions=st.lists(st.sampled_from(["receive", "reject"]), max_size=8), index=st.integers(0, 12))
    @settings(max_examples=25, deadline=None)
    def check(actions: list[str], index: int) -> None:
        world.reset()
        endpoint = world.connections_of("main")[index]
        marker, ip = endpoint.marker_id, endpoint.ip
        for action in actions:
            status = caller.status_of(endpoint.id)
            expected = TABLE[(str(status), action)]
            reply = caller.decide(action, endpoint.id)
            assert (reply.status == 500) == expected.startswith("EndPoint.")
            assert caller.status_of(endpoint.id) == (status if reply.status == 500 else expected)
        assert (endpoint.marker_id, endpoint.ip) == (marker, ip)

    check()


@pytest.mark.parametrize("status", ["pendingAcceptance", "creating", "accepted", "rejected", "failed", "deleting"])
def test_the_consumer_may_delete_whatever_does_not_change_already(
    caller: Caller, consumer: Caller, status: str
) -> None:
    own = next(row for row in caller.cloud.world.connections_of("main") if row.domain_id == consumer.account.domain_id)
    caller.cloud.world.set_text(own.id, "status", status)
    reply = consumer.vpcep("DELETE", f"/vpc-endpoints/{own.id}")
    if status in DELETIONS:
        assert (reply.status, reply.code) == (400, DELETIONS[status])
        assert caller.status_of(own.id) == status
    else:
        assert (reply.status, reply.content) == (204, b"")
        assert caller.status_of(own.id) is None
        assert consumer.vpcep("GET", f"/vpc-endpoints/{own.id}").code == "EndPoint.0005"


def test_an_accepted_connection_passes_through_creating(caller: Caller) -> None:
    world = caller.cloud.world
    world.delay = 2
    waiting = caller.first("pendingAcceptance")
    answer = caller.decide("receive", waiting).body["connections"]
    assert [row["status"] for row in answer] == ["creating"]
    world.advance(1.0)
    assert caller.status_of(waiting) == "creating"
    world.advance(1.1)
    assert caller.status_of(waiting) == "accepted"


def test_with_a_frozen_clock_only_the_test_moves_time() -> None:
    with SimulatedCloud(World.seeded(clock=Clock(frozen=True), delay=0.001)) as cloud:
        caller = Caller(cloud)
        waiting = caller.first("pendingAcceptance")
        caller.decide("receive", waiting)
        assert [caller.status_of(waiting) for _ in range(5)] == ["creating"] * 5
        cloud.world.advance(0.001)
        assert caller.status_of(waiting) == "accepted"


def test_rejected_after_accepted_keeps_its_address(caller: Caller, consumer: Caller) -> None:
    accepted = next(
        row
        for row in caller.cloud.world.connections_of("main")
        if row.domain_id == consumer.account.domain_id and row.status == "accepted"
    )
    caller.decide("reject", accepted.id)
    seen = consumer.vpcep("GET", f"/vpc-endpoints/{accepted.id}").body
    assert (seen["status"], seen["ip"]) == ("rejected", accepted.ip)


def test_a_frozen_account_is_not_accepted(caller: Caller) -> None:
    waiting = caller.first("pendingAcceptance")
    caller.cloud.world.set_text(waiting, "active_status", "frozen")
    assert "EndPoint.2015" in caller.decide("receive", waiting).body["error_msg"]


def test_a_disabled_endpoint_is_not_accepted(caller: Caller) -> None:
    waiting = caller.first("pendingAcceptance")
    caller.cloud.world.set_text(waiting, "enable_status", "disable")
    assert "EndPoint.2050" in caller.decide("receive", waiting).body["error_msg"]


def test_one_illegal_id_in_a_batch_changes_nothing(caller: Caller) -> None:
    waiting, failed = caller.first("pendingAcceptance"), caller.first("failed")
    reply = caller.decide("receive", waiting, failed)
    assert "EndPoint.2047" in reply.body["error_msg"]
    assert caller.status_of(waiting) == "pendingAcceptance"
    assert caller.effects() == []


def test_a_batch_changes_each_id_once(caller: Caller) -> None:
    world = caller.cloud.world
    waiting = [row.id for row in world.connections_of("main") if row.status == "pendingAcceptance"]
    reply = caller.decide("reject", *waiting, waiting[0])
    assert [row["status"] for row in reply.body["connections"]] == ["rejected"] * len(waiting)
    assert caller.effects() == [("connection.reject", one) for one in waiting]


def test_an_unknown_id_is_refused(caller: Caller) -> None:
    reply = caller.decide("receive", "00000000-0000-4000-8000-000000000000")
    assert (reply.status, reply.code) == (500, "APIC.9007")
    assert "EndPoint.2006" in reply.body["error_msg"]


def test_an_id_of_another_service_is_refused(caller: Caller) -> None:
    elsewhere = caller.first("pendingAcceptance", role="many_connections")
    assert "EndPoint.2013" in caller.decide("receive", elsewhere).body["error_msg"]
