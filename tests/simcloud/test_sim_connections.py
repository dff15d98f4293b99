"""APIG's list of connections: paging, filters, and what bad input gets."""

import pytest

from console.simcloud import SimulatedCloud, World
from tests.simcloud.caller import Caller

MANY = "many_connections"


def test_the_seeded_gateway_has_more_than_one_page_and_every_status(caller: Caller) -> None:
    body = caller.connections(MANY, limit=500).body
    assert (body["total"], body["size"]) == (63, 63)
    statuses = {row["status"] for row in body["connections"]}
    assert statuses == {"pendingAcceptance", "creating", "accepted", "rejected", "failed", "deleting"}
    assert len({row["domain_id"] for row in body["connections"]}) >= 4


@pytest.mark.parametrize(
    ("query", "first", "size"),
    [
        ({}, 0, 20),
        ({"limit": 0}, 0, 20),
        ({"limit": -5}, 0, 20),
        ({"limit": 7}, 0, 7),
        ({"limit": 9999}, 0, 63),
        ({"offset": -3}, 0, 20),
        ({"offset": 60}, 60, 3),
        ({"offset": 63}, 63, 0),
        ({"offset": 10**9, "limit": 500}, 63, 0),
    ],
)
def test_offset_and_limit_are_clamped(caller: Caller, query: dict[str, int], first: int, size: int) -> None:
    everything = caller.connections(MANY, limit=500).body["connections"]
    body = caller.connections(MANY, **query).body
    assert (body["total"], body["size"]) == (63, size)
    assert body["connections"] == everything[first : first + size]


def test_a_page_holds_five_hundred_rows_at_most() -> None:
    with SimulatedCloud(World.seeded(connections=1000)) as cloud:
        caller = Caller(cloud)
        pages = [caller.connections(MANY, limit=5000, offset=offset).body for offset in (0, 500, 1000)]
    assert [(page["total"], page["size"]) for page in pages] == [(1000, 500), (1000, 500), (1000, 0)]
    assert len({row["id"] for page in pages for row in page["connections"]}) == 1000


@pytest.mark.parametrize("status", ["pendingAcceptance", "accepted", "rejected", "failed"])
def test_a_status_filter_shows_that_status_only(caller: Caller, status: str) -> None:
    body = caller.connections(MANY, status=status, limit=500).body
    assert {row["status"] for row in body["connections"]} == {status}
    assert body["total"] == sum(row.status == status for row in caller.cloud.world.connections_of(MANY))


@pytest.mark.parametrize("status", ["creating", "deleting", "Accepted", "nonsense"])
def test_other_statuses_cannot_be_filtered_by(caller: Caller, status: str) -> None:
    reply = caller.connections(MANY, status=status)
    assert (reply.status, reply.code) == (400, "APIC.7211")
    assert "[status]" in reply.body["error_msg"]


def test_an_id_filter_finds_one_or_none(caller: Caller) -> None:
    one = caller.first("accepted", MANY)
    assert [row["id"] for row in caller.connections(MANY, id=one).body["connections"]] == [one]
    for unknown in ("00000000-0000-4000-8000-000000000000", "nonsense", "<b>"):
        reply = caller.connections(MANY, id=unknown)
        assert (reply.status, reply.body["total"], reply.body["connections"]) == (200, 0, [])


def test_a_packet_id_above_two_to_the_53_is_exact(caller: Caller) -> None:
    for role, marker in (("main", 422321321312321321), (MANY, 9007199254740993)):
        reply = caller.connections(role, marker_id=marker)
        assert [row["marker_id"] for row in reply.body["connections"]] == [marker]
        assert f'"marker_id":{marker},'.encode() in reply.content
        assert caller.connections(role, marker_id=marker - 1).body["total"] == 0


@pytest.mark.parametrize(
    ("name", "value"), [("marker_id", "12x"), ("marker_id", "9" * 20), ("limit", "ten"), ("offset", "1.5")]
)
def test_a_parameter_that_is_no_number_is_named(caller: Caller, name: str, value: str) -> None:
    reply = caller.connections(MANY, **{name: value})
    assert (reply.status, reply.code) == (400, "APIC.7211")
    assert f"[{name}]" in reply.body["error_msg"]


def test_filters_add_up(caller: Caller) -> None:
    one = caller.first("accepted")
    assert caller.connections(id=one, status="rejected").body["total"] == 0
    assert caller.connections(id=one, status="accepted").body["total"] == 1


def test_rows_have_exactly_the_documented_fields(caller: Caller) -> None:
    row = caller.connections().body["connections"][0]
    assert set(row) == {"id", "marker_id", "created_at", "updated_at", "domain_id", "status"}
    assert len(row["created_at"]) == len("2026-05-07T14:20:14Z")
    assert row["created_at"].endswith("Z")


@pytest.mark.parametrize("role", ["without_service", "not_offered"])
def test_a_gateway_without_endpoint_service_says_so(caller: Caller, role: str) -> None:
    for reply in (
        caller.connections(role),
        caller.permissions(role),
        caller.decide("receive", "00000000-0000-4000-8000-000000000000", role=role),
        caller.add("*", role=role),
        caller.remove("*", role=role),
    ):
        assert (reply.status, reply.code) == (404, "APIC.7314")


def test_a_frozen_gateway_shows_but_does_not_act(caller: Caller) -> None:
    waiting = caller.first("pendingAcceptance", "frozen")
    assert caller.connections("frozen").body["total"] == 2
    for reply in (
        caller.decide("receive", waiting, role="frozen"),
        caller.add("*", role="frozen"),
        caller.remove("*", role="frozen"),
        caller.update("frozen", vpcep_service_name="new"),
    ):
        assert (reply.status, reply.code) == (409, "APIC.7701")
    assert caller.effects() == []


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ({"action": "accept", "endpoints": ["x"]}, "action"),
        ({"endpoints": ["x"]}, "action"),
        ({"action": ["receive"], "endpoints": ["x"]}, "action"),
        ({"action": "receive"}, "endpoints"),
        ({"action": "receive", "endpoints": []}, "endpoints"),
        ({"action": "receive", "endpoints": "x"}, "endpoints"),
        ({"action": "receive", "endpoints": [1]}, "endpoints"),
        ({"action": "receive", "endpoints": ["no-uuid"]}, "endpoints"),
        ({"action": "receive", "endpoints": ["00000000-0000-4000-8000-000000000000"] * 51}, "endpoints"),
        ([], "body"),
        (b"{", "body"),
        (b"", "body"),
        (b"[" * 100_000, "body"),
        (b"\xff\xfe", "body"),
    ],
)
def test_a_bad_action_body_names_the_parameter(caller: Caller, body: object, name: str) -> None:
    path = f"/instances/{caller.gateway_id()}/vpc-endpoint/connections/action"
    reply = caller.apig("POST", path, body)
    assert (reply.status, reply.code) == (400, "APIC.7211")
    assert f"[{name}]" in reply.body["error_msg"]
    assert caller.effects() == []
