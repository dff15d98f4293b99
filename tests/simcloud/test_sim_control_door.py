"""The control door: ledger, calls, reset, switches, time; and who may use it."""

import socket
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from console.simcloud import SimulatedCloud, Switches, World, control
from console.simcloud.identity import DEMO
from console.simcloud.wire import Request
from tests.simcloud.caller import STRANGER, Caller, Reply, exchange


def door(caller: Caller, method: str, name: str, body: object = None, **headers: str) -> Reply:
    return exchange(caller.cloud.base_url, method, f"/_sim/{name}", body, **headers)


def test_the_ledger_has_exactly_the_promised_fields(caller: Caller) -> None:
    accepted = caller.first("pendingAcceptance")
    reply = caller.decide("receive", accepted)
    (row,) = door(caller, "GET", "ledger").body
    assert set(row) == {
        *("seq", "at", "action", "object", "gateway_id", "actor", "before", "after", "request_id"),
    }
    assert row["at"].endswith("Z")
    del row["at"]
    assert row == {
        "seq": 1,
        "action": "connection.accept",
        "object": accepted,
        "gateway_id": caller.gateway_id(),
        "actor": "northwind/console-bot",
        "before": "pendingAcceptance",
        "after": "accepted",
        "request_id": reply.headers["x-request-id"],
    }


def test_the_ledger_counts_from_one(caller: Caller) -> None:
    caller.add(STRANGER)
    caller.add("*")
    caller.remove("*", STRANGER)
    assert [row["seq"] for row in door(caller, "GET", "ledger").body] == [1, 2, 3, 4]


def test_calls_show_every_request_and_no_secret(caller: Caller) -> None:
    caller.connections(limit=3)
    caller.decide("nonsense")
    sign_in, listed, refused = door(caller, "GET", "calls").body
    assert (sign_in["method"], sign_in["path"], sign_in["status"]) == ("POST", "/v3/auth/tokens", 201)
    assert (listed["query"], listed["status"], listed["client"]) == ("limit=3", 200, "127.0.0.1")
    assert (refused["status"], len(refused["request_id"])) == (400, 32)
    text = door(caller, "GET", "calls").content.decode()
    for secret in (caller.token, DEMO.password, DEMO.secret_key):
        assert secret not in text


def test_every_answer_carries_a_request_id_of_its_own(caller: Caller) -> None:
    replies = [
        caller.connections(),
        caller.decide("nonsense"),
        caller.ask("GET", "/nowhere"),
        caller.sign_in(password="wrong"),
        caller.vpcep("GET", "/vpcs"),
        door(caller, "GET", "ledger"),
        door(caller, "GET", "nowhere"),
    ]
    ids = [reply.headers["x-request-id"] for reply in replies]
    assert len(set(ids)) == len(ids)
    assert all(len(one) == 32 and int(one, 16) >= 0 for one in ids)


def test_reset_brings_the_seed_back_and_keeps_tokens(caller: Caller) -> None:
    before = caller.connections().body["total"]
    caller.add(STRANGER)
    caller.decide("reject", caller.first("accepted"))
    caller.cloud.faults({"match": {"path": "permissions"}, "fault": "html"})
    door(caller, "POST", "switches", {"reject_of_rejected": "refuse"})
    door(caller, "POST", "latency", {"seconds": 0.01})
    assert door(caller, "POST", "reset").status == 200
    assert door(caller, "GET", "ledger").body == []
    assert door(caller, "GET", "calls").body == []
    assert f"iam:domain::{STRANGER}" not in caller.accounts()
    assert caller.connections().body["total"] == before
    assert caller.cloud.world.switches == Switches()
    assert caller.cloud.latency == 0


def test_ages_count_from_the_reset(caller: Caller) -> None:
    caller.cloud.world.advance(10 * 3600)
    old = caller.connections(limit=1).body["connections"][0]["created_at"]
    caller.cloud.reset()
    assert caller.connections(limit=1).body["connections"][0]["created_at"] > old


def test_latency_slows_every_service_answer(caller: Caller) -> None:
    assert door(caller, "POST", "latency", {"seconds": 0.1}).body == {"seconds": 0.1}
    for ask in (caller.connections, caller.sign_in):
        started = time.monotonic()
        ask()
        assert time.monotonic() - started >= 0.1


def test_latency_does_not_queue_callers(caller: Caller) -> None:
    caller.cloud.latency = 0.2
    started = time.monotonic()
    with ThreadPoolExecutor(8) as pool:
        replies = [pool.submit(caller.connections) for _ in range(8)]
    assert {reply.result().status for reply in replies} == {200}
    assert time.monotonic() - started < 8 * 0.2


def test_time_and_delay_can_be_set_from_outside(caller: Caller) -> None:
    door(caller, "POST", "delay", {"seconds": 60})
    waiting = caller.first("pendingAcceptance")
    caller.decide("receive", waiting)
    assert caller.status_of(waiting) == "creating"
    door(caller, "POST", "advance", {"seconds": 61})
    assert caller.status_of(waiting) == "accepted"


def test_tokens_can_be_expired_from_outside(caller: Caller) -> None:
    door(caller, "POST", "expire-tokens")
    assert caller.connections().code == "APIGW.0307"


def test_switches_are_shown_and_changed(caller: Caller) -> None:
    assert door(caller, "GET", "switches").body["vpcep_error_shape"] == "E1"
    assert door(caller, "POST", "switches", {"vpcep_error_shape": "E2"}).body["vpcep_error_shape"] == "E2"
    assert caller.cloud.world.switches.vpcep_error_shape == "E2"


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("switches", {"no_such_switch": True}),
        ("switches", {"vpcep_error_shape": "E9"}),
        ("switches", {"vpcep_error_shape": ["E1"]}),
        ("switches", {"removal_cuts_connections": "yes"}),
        ("switches", {"permission_maximum": -1}),
        ("switches", {"permission_maximum": True}),
        ("switches", []),
        ("latency", {"seconds": -1}),
        ("latency", {"seconds": True}),
        ("latency", {}),
        ("latency", None),
        ("advance", {"seconds": "1"}),
        ("faults", b"{"),
        ("faults", b"[" * 100_000),
    ],
)
def test_bad_input_at_the_door_changes_nothing(caller: Caller, name: str, body: object) -> None:
    reply = door(caller, "POST", name, body)
    assert reply.status == 400
    assert reply.body["error"]
    assert caller.cloud.world.switches == Switches()


def test_unknown_addresses_and_methods_at_the_door(caller: Caller) -> None:
    assert door(caller, "GET", "reset").status == 404
    assert door(caller, "POST", "ledger").status == 404
    assert door(caller, "GET", "").status == 404


def test_the_door_refuses_pages_in_a_browser(caller: Caller) -> None:
    assert door(caller, "POST", "reset", Origin="http://evil.invalid").status == 403


@pytest.mark.parametrize("client", ["192.0.2.7", "10.0.0.1", "2001:db8::1", "fe80::1%eth0"])
def test_the_door_is_shut_for_other_machines(cloud: SimulatedCloud, client: str) -> None:
    request = Request("POST", "/_sim/reset", {}, client=client)
    assert control.answer(cloud, request).status == 403


@pytest.mark.parametrize("client", ["127.0.0.1", "127.8.8.8", "::1"])
def test_the_door_is_open_for_this_machine(cloud: SimulatedCloud, client: str) -> None:
    assert control.answer(cloud, Request("GET", "/_sim/ledger", {}, client=client)).status == 200


def test_a_caller_from_another_address_is_served_but_not_let_in() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # sends nothing; tells which address of ours would be used
        except OSError:
            pytest.skip("this machine has no address besides loopback")
        address = str(probe.getsockname()[0])
    with SimulatedCloud(host="0.0.0.0") as cloud:
        base_url = cloud.base_url.replace("0.0.0.0", address)
        assert exchange(base_url, "GET", "/_sim/ledger").status == 403
        assert exchange(base_url, "GET", "/v3/auth/projects").status == 401


def test_describe_names_roles_and_both_accounts(caller: Caller) -> None:
    description = door(caller, "GET", "describe").body
    assert description == caller.cloud.describe()
    assert {gateway["seeded_as"] for gateway in description["gateways"]} == {
        *("main", "many_connections", "without_service", "frozen", "not_offered"),
    }
    for account in (description, description["consumer"]):
        assert {"access_key", "secret_key", "project_id", "domain_id", "user_name", "password"} <= set(account)
        assert all(vpc["subnets"] and vpc["ports"] for vpc in account["vpcs"])
    assert description["consumer"]["domain_id"] != description["domain_id"]


def test_the_same_seed_gives_the_same_ids_and_another_seed_others() -> None:
    def ids(**choices: int) -> list[str]:
        with SimulatedCloud(World.seeded(**choices)) as cloud:
            return [gateway["id"] for gateway in cloud.describe()["gateways"]]

    assert ids() == ids() == ids(connections=5)
    assert not set(ids()) & set(ids(seed=2))
