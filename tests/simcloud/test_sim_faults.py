"""Each fault: what the client meets, and whether the effect happened."""

import http.client
import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.simcloud.caller import STRANGER, Caller, exchange

ADD = {"method": "POST", "path": "/permissions/batch-add$"}


def play(caller: Caller, fault: str, **rule: Any) -> None:
    caller.cloud.faults({"match": ADD, "fault": fault, "times": 1, **rule})


def test_reset_before_cuts_without_effect(caller: Caller) -> None:
    play(caller, "reset_before")
    with pytest.raises(ConnectionResetError):
        caller.add(STRANGER)
    assert caller.effects() == []
    assert caller.cloud.calls()[-1]["status"] is None
    assert caller.cloud.calls()[-1]["fault"] == "reset_before"


def test_reset_after_cuts_with_effect(caller: Caller) -> None:
    play(caller, "reset_after")
    with pytest.raises(ConnectionResetError):
        caller.add(STRANGER)
    assert caller.effects() == [("permission.add", STRANGER)]


def test_truncate_cuts_the_answer_with_effect(caller: Caller) -> None:
    play(caller, "truncate")
    with pytest.raises(http.client.IncompleteRead):
        caller.add(STRANGER)
    assert caller.effects() == [("permission.add", STRANGER)]


def test_status_answers_without_effect(caller: Caller) -> None:
    play(caller, "status", status=500)
    reply = caller.add(STRANGER)
    assert (reply.status, reply.code) == (500, "APIC.9000")
    assert caller.effects() == []


def test_status_after_answers_with_effect(caller: Caller) -> None:
    play(caller, "status", status=504, code="APIC.9999", message="<b>late</b>", after=True)
    reply = caller.add(STRANGER)
    assert (reply.status, reply.code, reply.body["error_msg"]) == (504, "APIC.9999", "<b>late</b>")
    assert caller.effects() == [("permission.add", STRANGER)]


def test_status_brings_headers_and_a_body_of_its_own(caller: Caller) -> None:
    play(caller, "status", status=429, headers={"Retry-After": "7"})
    throttled = caller.add(STRANGER)
    assert (throttled.code, throttled.headers["retry-after"]) == ("APIGW.0308", "7")
    play(caller, "status", status=200, body='{"permissions": [')
    assert caller.add(STRANGER).content == b'{"permissions": ['


def test_html_answers_without_effect(caller: Caller) -> None:
    play(caller, "html")
    reply = caller.add(STRANGER)
    assert (reply.status, reply.headers["content-type"]) == (502, "text/html")
    assert b"<h1>" in reply.content
    assert "x-request-id" in reply.headers
    assert caller.effects() == []


def test_duplicate_sends_the_request_twice_and_answers_the_second(caller: Caller) -> None:
    waiting = caller.first("pendingAcceptance")
    caller.cloud.world.delay = 0.0
    play(caller, "duplicate", match={"method": "POST", "path": "connections/action$"})
    reply = caller.decide("receive", waiting)
    assert (reply.status, reply.code) == (500, "APIC.9007")  # connected already, by the first
    assert caller.effects() == [("connection.accept", waiting)]


def test_delay_waits_and_goes_on(caller: Caller) -> None:
    play(caller, "delay", seconds=0.2)
    started = time.monotonic()
    assert caller.add(STRANGER).status == 200
    assert time.monotonic() - started >= 0.2
    assert caller.effects() == [("permission.add", STRANGER)]


def test_delay_after_has_its_effect_at_once(caller: Caller) -> None:
    play(caller, "delay", seconds=1, after=True)
    connection = http.client.HTTPConnection(caller.cloud.base_url.removeprefix("http://"), timeout=0.1)
    path = f"/v2/{caller.account.project_id}/apigw/instances/{caller.gateway_id()}/vpc-endpoint/permissions/batch-add"
    connection.request("POST", path, b'{"permissions": ["iam:domain::*"]}', {"X-Auth-Token": caller.token})
    with pytest.raises(TimeoutError):
        connection.getresponse()
    connection.close()
    deadline = time.monotonic() + 2
    while not caller.effects() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert caller.effects() == [("permission.add", "*")]


def test_expire_tokens_ends_them_all_without_effect(caller: Caller) -> None:
    play(caller, "expire_tokens")
    assert caller.add(STRANGER).code == "APIGW.0307"
    assert caller.effects() == []
    assert caller.connections().code == "APIGW.0307"
    caller.token = caller.sign_in().headers["x-subject-token"]
    assert caller.add(STRANGER).status == 200


def test_a_delay_and_an_ending_go_together(caller: Caller) -> None:
    caller.cloud.faults({"fault": "delay", "seconds": 0.1}, {"fault": "html", "status": 503})
    started = time.monotonic()
    assert caller.connections().status == 503
    assert time.monotonic() - started >= 0.1


def test_times_counts_only_what_matches(caller: Caller) -> None:
    caller.cloud.faults({"match": {"path": "/connections$"}, "fault": "status", "status": 503, "times": 2})
    assert [caller.permissions().status for _ in range(3)] == [200] * 3
    assert [caller.connections().status for _ in range(4)] == [503, 503, 200, 200]


def test_the_method_matches_whole_and_in_any_case(caller: Caller) -> None:
    caller.cloud.faults({"match": {"method": "put|post"}, "fault": "status"})
    assert caller.connections().status == 200
    assert caller.add(STRANGER).status == 500


def test_probability_is_repeatable_by_its_seed(caller: Caller) -> None:
    def run(seed: int) -> list[int]:
        caller.cloud.faults({"fault": "status", "probability": 0.5, "seed": seed, "match": {"path": "connections"}})
        return [caller.connections().status for _ in range(20)]

    first = run(7)
    assert run(7) == first
    assert set(first) == {200, 500}
    assert run(8) != first


@pytest.mark.parametrize(
    ("status", "codes"),
    [
        (429, ["APIGW.0308", "APIGW.0308", "APIGW.0308", "IAM.0012"]),
        (500, ["APIC.9000", "EndPoint.0001", "VPC.0202", "500"]),
        (409, ["APIC.7701", "EndPoint.3045", "VPC.0202", "409"]),
    ],
)
def test_a_status_speaks_the_services_own_words(caller: Caller, status: int, codes: list[str]) -> None:
    caller.cloud.faults({"fault": "status", "status": status})
    asks: list[Callable[[], Any]] = [
        caller.connections,
        lambda: caller.vpcep("GET", "/vpc-endpoints"),
        lambda: caller.vpcep("GET", "/vpcs"),
        lambda: caller.ask("GET", "/v3/auth/projects"),
    ]
    assert [ask().code for ask in asks] == codes


@pytest.mark.parametrize(
    "rules",
    [
        {"fault": "html"},
        ["html"],
        [{"fault": "fire"}],
        [{}],
        [{"fault": "html", "colour": "red"}],
        [{"fault": "html", "match": {"path": "("}}],
        [{"fault": "html", "match": {"host": "x"}}],
        [{"fault": "html", "match": {"path": 7}}],
        [{"fault": "status", "status": 99}],
        [{"fault": "status", "status": "500"}],
        [{"fault": "delay", "seconds": -1}],
        [{"fault": "html", "probability": 2}],
        [{"fault": "html", "times": -1}],
        [{"fault": "status", "code": 7}],
        [{"fault": "status", "headers": {"X": "a\r\nSet-Cookie: b"}}],
        [{"fault": "status", "headers": ["X"]}],
    ],
)
def test_a_bad_rule_is_named_and_replaces_nothing(caller: Caller, rules: Any) -> None:
    caller.cloud.faults({"fault": "status", "status": 503, "match": {"path": "connections"}})
    reply = exchange(caller.cloud.base_url, "POST", "/_sim/faults", rules)
    assert reply.status == 400
    assert reply.body["error"]
    assert caller.connections().status == 503


def test_new_rules_replace_the_old_ones(caller: Caller) -> None:
    caller.cloud.faults({"fault": "html"})
    assert exchange(caller.cloud.base_url, "POST", "/_sim/faults", []).body == {"rules": 0}
    assert caller.connections().status == 200
