"""What a write would send, and what it really sent and was answered, is told truly and without secrets."""

import inspect
import socket
from collections.abc import Callable
from typing import Any

import pytest

from console.clouds.credentials import Credentials
from console.clouds.errors import CloudError, CloudOutcomeUnknown, CloudUnavailable
from console.clouds.exchange import Exchange, WireCall
from console.clouds.masking import MASK
from console.clouds.ports import GatewayEndpoints
from console.clouds.transport import Limits
from console.clouds.types import DRY_RUN, EVERYONE, AccountId, EndpointId, GatewayId, IntentId, Receipt
from console.simcloud import SimulatedCloud
from console.simcloud.identity import DEMO
from tests.clouds.adapters import INTENT, KEY, PASSWORD, Adapters, adapters_to, calls, gateway
from tests.clouds.raw_server import RawServer, answer, answering

ENDPOINT = EndpointId("2b7f8d4f-3c5e-4f90-8d21-88bb6c4e3f02")
ACCOUNT = AccountId("7cc2018e40394f7c9692f1713e76234d")
GATEWAY = GatewayId("7c9e6679f4d34b1c8a5f0e2d1c3b4a59")
SIGNED_IN = answer(201, {"token": {}}, X_Subject_Token="tok-canary-0123456789")

Write = Callable[[GatewayEndpoints, IntentId], Receipt]
WRITES: dict[str, Write] = {
    "accept": lambda port, intent: port.accept(GATEWAY, ENDPOINT, intent=intent),
    "reject": lambda port, intent: port.reject(GATEWAY, ENDPOINT, intent=intent),
    "add permission": lambda port, intent: port.add_permission(GATEWAY, ACCOUNT, intent=intent),
    "add everyone": lambda port, intent: port.add_permission(GATEWAY, EVERYONE, intent=intent),
    "remove permission": lambda port, intent: port.remove_permission(GATEWAY, ACCOUNT, intent=intent),
    "rename": lambda port, intent: port.rename_service(GATEWAY, "orders", intent=intent),
    "rename to nothing": lambda port, intent: port.rename_service(GATEWAY, "", intent=intent),
}
EVERY_WRITE = pytest.mark.parametrize("write", WRITES.values(), ids=WRITES.keys())
BOTH_WAYS = pytest.mark.parametrize("credentials", [PASSWORD, KEY], ids=["password", "access key"])


def test_every_write_of_the_port_is_tried_here() -> None:
    writes = {
        name for name, method in vars(GatewayEndpoints).items() if "intent" in getattr(method, "__annotations__", ())
    }
    source = "".join(inspect.getsource(write) for write in WRITES.values())
    assert writes
    assert {name for name in writes if f"port.{name}(" not in source} == set()


def script(credentials: Credentials, *answers: bytes) -> Any:
    return answering(*([SIGNED_IN] if credentials is PASSWORD else []), *answers)


def received(raw: bytes) -> tuple[str, str, dict[str, str], str]:
    """Method, path, headers and body of a request as the server got it."""
    head, _, body = raw.decode().partition("\r\n\r\n")
    first, *lines = head.split("\r\n")
    method, path, _ = first.split(" ")
    return method, path, {name: value for name, _, value in (line.partition(": ") for line in lines)}, body


def steady(call: WireCall) -> tuple[Any, ...]:
    """The fields of a call, apart from the time of signing."""
    return call.method, call.url, tuple(pair for pair in call.headers if pair[0] != "X-Sdk-Date"), call.body


@BOTH_WAYS
@EVERY_WRITE
def test_the_preview_is_what_is_then_sent_field_by_field(credentials: Credentials, write: Write) -> None:
    with RawServer(script(credentials, answer(200, {}))) as server:
        port = adapters_to(server.url, credentials).endpoints
        (planned,) = write(port, DRY_RUN).exchange
        assert [r for r in server.requests if b"/v3/auth/tokens" not in r] == []
        (sent,) = write(port, INTENT).exchange
        method, path, headers, body = received(server.requests[-1])

    assert steady(planned.call) == steady(sent.call)
    assert (planned.sent, planned.answer) == (False, None)
    assert (sent.call.method, sent.call.url, sent.call.body) == (method, server.url + path, body)
    told = dict(sent.call.headers)
    assert {name: MASK if name in ("X-Auth-Token", "Authorization") else value for name, value in headers.items()} == {
        **told,
        "Host": headers["Host"],  # the HTTP library adds it from the URL, where nothing was signed
    }
    assert MASK in told.values()


@EVERY_WRITE
def test_a_dry_run_leaves_the_clouds_log_free_of_writes(
    cloud: SimulatedCloud, adapters: Adapters, write: Write
) -> None:
    write(adapters.endpoints, DRY_RUN)
    assert [call["path"] for call in cloud.calls() if call["path"] != "/v3/auth/tokens"] == []
    assert cloud.ledger() == []


def test_a_dry_run_with_a_refused_sign_in_is_an_error_and_sends_nothing(cloud: SimulatedCloud) -> None:
    adapters = adapters_to(cloud.base_url)
    cloud.faults({"match": {"path": "/v3/auth"}, "fault": "status", "status": 401, "times": 9})
    with pytest.raises(CloudError):
        WRITES["accept"](adapters.endpoints, DRY_RUN)
    assert calls(cloud, "/apigw/") == []


def failing(port: GatewayEndpoints, write: Write = WRITES["accept"]) -> CloudError:
    with pytest.raises(CloudError) as caught:
        write(port, INTENT)
    return caught.value


def test_a_success_keeps_call_answer_and_duration() -> None:
    reply = answer(200, {"connections": []}, X_Request_Id="r-1", Content_Type="application/json", Server="x")
    with RawServer(script(KEY, reply)) as server:
        (one,) = WRITES["accept"](adapters_to(server.url, KEY).endpoints, INTENT).exchange
    assert one.answer is not None
    assert one.answer.status == 200
    assert one.answer.headers == (("Content-Type", "application/json"), ("X-Request-Id", "r-1"))
    assert one.answer.body == '{"connections": []}'
    assert one.sent
    assert 0 <= one.milliseconds < 5000
    assert one.started_at.tzinfo is not None


def test_a_refusal_keeps_the_clouds_words() -> None:
    refusal = answer(409, {"error_code": "APIC.7701", "error_msg": "busy"}, Retry_After="7")
    with RawServer(script(KEY, refusal)) as server:
        (one,) = failing(adapters_to(server.url, KEY).endpoints).exchange
    assert one.answer is not None
    assert (one.answer.status, one.answer.headers) == (409, (("Retry-After", "7"),))
    assert "APIC.7701" in one.answer.body


def test_every_attempt_at_a_throttled_write_is_kept() -> None:
    busy = answer(429, {"error_code": "APIGW.0308", "error_msg": "too many"})
    with RawServer(script(KEY, busy, busy, answer(200, {}))) as server:
        kept = WRITES["reject"](adapters_to(server.url, KEY).endpoints, INTENT).exchange
    assert [one.answer.status for one in kept if one.answer] == [429, 429, 200]


def test_the_replay_after_a_dead_token_is_kept_and_the_sign_in_is_not(
    cloud: SimulatedCloud, adapters: Adapters
) -> None:
    adapters.endpoints.list_permissions(gateway(cloud, "main"))
    cloud.faults({"match": {"path": "batch-add"}, "fault": "expire_tokens", "times": 1})
    receipt = adapters.endpoints.add_permission(gateway(cloud, "main"), ACCOUNT, intent=INTENT)
    assert [one.answer.status for one in receipt.exchange if one.answer] == [401, 200]
    assert all("batch-add" in one.call.url for one in receipt.exchange)


@pytest.mark.parametrize("fault", [{"fault": "reset_after"}, {"fault": "truncate"}, {"fault": "delay", "seconds": 1.0}])
def test_a_lost_answer_keeps_the_call_and_why(cloud: SimulatedCloud, fault: dict[str, Any]) -> None:
    adapters = adapters_to(cloud.base_url, limits=Limits(read=0.3, total=0.5))
    cloud.faults({"match": {"path": "batch-add"}, **fault})
    error = failing(adapters.endpoints, WRITES["add permission"])
    assert isinstance(error, CloudOutcomeUnknown)
    (one,) = error.exchange
    assert (one.answer, one.sent, one.failure) == (None, True, error.reason)


def test_an_unreadable_success_keeps_what_came() -> None:
    with RawServer(script(KEY, answer(200, b"<html>proxy</html>"))) as server:
        error = failing(adapters_to(server.url, KEY).endpoints)
    assert isinstance(error, CloudOutcomeUnknown)
    assert error.exchange[0].answer is not None
    assert error.exchange[0].answer.body == "<html>proxy</html>"


def test_a_call_that_never_left_says_so() -> None:
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        port = nobody.getsockname()[1]
    error = failing(adapters_to(f"http://127.0.0.1:{port}", KEY).endpoints)
    assert isinstance(error, CloudUnavailable)
    (one,) = error.exchange
    assert not one.sent
    assert one.failure.startswith("no connection to")


def test_a_long_answer_is_cut_and_says_so() -> None:
    with RawServer(script(KEY, answer(200, {"x": "y" * 100_000}))) as server:
        (one,) = WRITES["accept"](adapters_to(server.url, KEY).endpoints, INTENT).exchange
    assert one.answer is not None
    assert len(one.answer.body) < 4_100
    assert one.answer.body.endswith("(cut: 100009 characters in all)")


def test_what_was_exchanged_stays_out_of_repr_and_str() -> None:
    with RawServer(script(KEY, answer(200, {"seen": "canary"}), answer(400, {"seen": "canary"}))) as server:
        port = adapters_to(server.url, KEY).endpoints
        receipt = WRITES["accept"](port, INTENT)
        error = failing(port)
    assert "canary" in str(receipt.exchange[0].answer and receipt.exchange[0].answer.body)
    assert "canary" not in f"{receipt} {receipt.exchange} {error} {error!r} {vars(error)}"


def test_reads_are_not_recorded(cloud: SimulatedCloud, adapters: Adapters, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Exchange] = []
    monkeypatch.setattr("console.clouds.recording.Exchange", lambda *given, **more: made.append(given[0]))
    adapters.catalog.list_gateways()
    adapters.endpoints.list_connections(gateway(cloud, "main"))
    assert made == []


def test_the_credentials_of_the_console_are_in_no_exchange(cloud: SimulatedCloud) -> None:
    for credentials in (PASSWORD, KEY):
        adapters = adapters_to(cloud.base_url, credentials)
        receipt = adapters.endpoints.add_permission(gateway(cloud, "main"), ACCOUNT, intent=INTENT)
        tokens = [entry.token.value.reveal() for entry in adapters.tokens._entries.values() if entry.token]
        told = repr([(one.call.headers, one.call.body, one.answer and one.answer.headers) for one in receipt.exchange])
        assert [s for s in (DEMO.password, DEMO.secret_key, DEMO.access_key, *tokens) if s in told] == []


#: Each act on the wire: method, path below the gateway, body (huawei-contract 4.3, 4.5 and 4.7).
GOLDEN = {
    "accept": ("POST", "/vpc-endpoint/connections/action", f'{{"action":"receive","endpoints":["{ENDPOINT}"]}}'),
    "reject": ("POST", "/vpc-endpoint/connections/action", f'{{"action":"reject","endpoints":["{ENDPOINT}"]}}'),
    "add permission": ("POST", "/vpc-endpoint/permissions/batch-add", f'{{"permissions":["iam:domain::{ACCOUNT}"]}}'),
    "add everyone": ("POST", "/vpc-endpoint/permissions/batch-add", '{"permissions":["iam:domain::*"]}'),
    "remove permission": (
        "POST",
        "/vpc-endpoint/permissions/batch-delete",
        f'{{"permissions":["iam:domain::{ACCOUNT}"]}}',
    ),
    "rename": ("PUT", "", '{"vpcep_service_name":"orders"}'),
    "rename to nothing": ("PUT", "", '{"vpcep_service_name":""}'),
}


@pytest.mark.parametrize("name", WRITES)
def test_the_call_of_each_act_is_the_contracts(cloud: SimulatedCloud, adapters: Adapters, name: str) -> None:
    (dry,) = WRITES[name](adapters.endpoints, DRY_RUN).exchange
    method, path, body = GOLDEN[name]
    where = f"{cloud.base_url}/v2/{DEMO.project_id}/apigw/instances/{GATEWAY}"
    assert (dry.call.method, dry.call.url, dry.call.body) == (method, where + path, body)
