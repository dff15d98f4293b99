"""Hostile and odd texts can be put into every field that the cloud shows; and the helpers for tests."""

import pytest

from console.simcloud import Clock, SimulatedCloud, World
from tests.simcloud.caller import Caller

HOSTILE = "<script>alert('x')</script>\u202e\u0000\ud800\""


def test_any_text_goes_into_a_gateway_and_comes_out(caller: Caller) -> None:
    gateway = caller.cloud.world.gateway_named("main")
    for field in ("name", "description", "status", "spec"):
        caller.cloud.world.set_text(gateway.id, field, HOSTILE)
    detail = caller.apig("GET", f"/instances/{gateway.id}").body
    assert [detail[name] for name in ("instance_name", "description", "status", "spec")] == [HOSTILE] * 4


def test_any_text_goes_into_a_service_name(caller: Caller) -> None:
    gateway = caller.cloud.world.gateway_named("main")
    caller.cloud.world.set_text(gateway.service_id or "", "name", "<i>")
    assert ".<i>." in str(caller.service_name())


def test_any_text_goes_into_a_connection(caller: Caller) -> None:
    endpoint = caller.cloud.world.connections_of("main")[0]
    for field in ("status", "domain_id", "description", "error"):
        caller.cloud.world.set_text(endpoint.id, field, HOSTILE)
    row = caller.connections(id=endpoint.id).body["connections"][0]
    assert (row["status"], row["domain_id"]) == (HOSTILE, HOSTILE)
    assert endpoint.error[0]["error_message"] == HOSTILE


def test_any_text_goes_into_a_permission(caller: Caller) -> None:
    service_id = caller.cloud.world.gateway_named("main").service_id or ""
    record = next(iter(caller.cloud.world.permissions[service_id].values()))
    caller.cloud.world.set_text(record.id, "account", "<u>")
    assert "iam:domain::<u>" in caller.accounts()


def test_any_text_goes_into_an_error_message(caller: Caller) -> None:
    caller.cloud.world.set_text("APIC.7314", "message", HOSTILE)
    assert caller.connections("without_service").body["error_msg"] == HOSTILE
    caller.cloud.world.set_text("EndPoint.2014", "message", "<b>")
    assert caller.decide("receive", caller.first("accepted")).body["error_msg"].endswith("EndPoint.2014: <b>")
    caller.cloud.reset()
    assert caller.connections("without_service").body["error_msg"] == "Endpoint service not found"


def test_texts_leave_no_effect_in_the_ledger(caller: Caller) -> None:
    caller.cloud.world.set_text(caller.gateway_id(), "name", "x")
    assert caller.cloud.ledger() == []


def test_only_text_fields_of_known_records_take_text(caller: Caller) -> None:
    world = caller.cloud.world
    with pytest.raises(KeyError):
        world.set_text("nothing", "name", "x")
    with pytest.raises(AttributeError):
        world.set_text(caller.gateway_id(), "created_at", "x")
    with pytest.raises(AttributeError):
        world.set_text(caller.gateway_id(), "colour", "x")


def test_an_unknown_status_can_be_decided_on(caller: Caller) -> None:
    waiting = caller.first("pendingAcceptance")
    caller.cloud.world.set_text(waiting, "status", "migrating")
    assert caller.status_of(waiting) == "migrating"
    assert caller.decide("reject", waiting).status == 200


def test_gateways_are_found_by_name_or_role() -> None:
    world = World.seeded()
    assert world.gateway_named("partner-hub") is world.gateway_named("many_connections")
    with pytest.raises(KeyError):
        world.gateway_named("nothing")
    with pytest.raises(KeyError):
        World.seeded("mars")
    with pytest.raises(ValueError, match="from 0"):
        World.seeded(connections=-1)


def test_clocks_do_not_go_back() -> None:
    with pytest.raises(ValueError, match="forward"):
        Clock().advance(-1)


def test_a_taken_port_is_an_error_at_once() -> None:
    with SimulatedCloud() as first:
        port = int(first.base_url.rpartition(":")[2])
        with pytest.raises(OSError, match="in use"):
            SimulatedCloud(port=port).start()


def test_a_stopped_cloud_leaves_no_thread_and_frees_its_port() -> None:
    cloud = SimulatedCloud().start()
    base_url = cloud.base_url
    Caller(cloud)
    cloud.stop()
    again = SimulatedCloud(port=int(base_url.rpartition(":")[2])).start()
    assert again.base_url == base_url
    again.stop()
