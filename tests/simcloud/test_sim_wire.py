"""Malformed, huge, slow and half-open clients cost one connection and nothing else."""

import socket
import struct
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.simcloud import SimulatedCloud
from console.simcloud.listener import Patience
from tests.simcloud.caller import Caller, exchange

NOWHERE = b"GET /nowhere HTTP/1.1\r\nHost: x\r\n"


@pytest.fixture
def cloud() -> Iterator[SimulatedCloud]:
    with SimulatedCloud(patience=Patience(idle=1.5, request=1.0)) as running:
        yield running


def connect(cloud: SimulatedCloud) -> socket.socket:
    host, port = cloud.base_url.removeprefix("http://").split(":")
    connection = socket.create_connection((host, int(port)), timeout=5)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def everything(connection: socket.socket) -> bytes:
    """What comes until the other side closes."""
    received = b""
    while chunk := connection.recv(65536):
        received += chunk
    return received


def send(cloud: SimulatedCloud, data: bytes) -> bytes:
    """Send bytes, read until the server closes."""
    with connect(cloud) as connection:
        connection.sendall(data)
        return everything(connection)


def status_of(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"nonsense\r\n\r\n", 400),
        (b"\r\n\r\n", 400),
        (b"GET / HTTP/2.0\r\nHost: x\r\n\r\n", 400),
        (b"GET  / HTTP/1.1\r\nHost: x\r\n\r\n", 400),
        (b"GET http://x/ HTTP/1.1\r\nHost: x\r\n\r\n", 400),
        (b"GET /\x00 HTTP/1.1\r\nHost: x\r\n\r\n", 400),
        (b"G@T / HTTP/1.1\r\nHost: x\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: x\r\nno colon\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: x\r\nBad Name: y\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: x\r\nA: b\r\n folded\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1e3\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc", 400),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", 400),
        (b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n0\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1" * 40_000, 400),
        (b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nffffff0\r\n", 413),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 12582913\r\n\r\n", 413),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: " + b"9" * 5000 + b"\r\n\r\n", 413),
        (b"GET /" + b"a" * 40_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", 414),
        (b"GET /" + b"a" * 200_000, 414),
        (b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 50_000 + b"\r\n\r\n", 431),
        (b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X: y\r\n" * 40_000 + b"\r\n", 431),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\r\n\r\n", 400),
    ],
)
def test_a_malformed_request_gets_an_answer_and_the_cloud_goes_on(
    cloud: SimulatedCloud, data: bytes, status: int
) -> None:
    answer = send(cloud, data)
    assert status_of(answer) == status
    assert b"X-Request-Id: " in answer
    assert b"Connection: close" in answer
    assert exchange(cloud.base_url, "GET", "/_sim/ledger").body == []
    assert cloud.calls()[-1]["status"] == status


def test_a_header_line_of_32_kb_is_taken(cloud: SimulatedCloud) -> None:
    reply = exchange(cloud.base_url, "GET", "/v3/auth/projects", X_Auth_Token="x" * 32 * 1024)
    assert (reply.status, reply.code) == (401, "IAM.0067")


def test_chunks_are_put_together(cloud: SimulatedCloud) -> None:
    head = b"POST /_sim/latency HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
    answer = send(cloud, head + b'5;ext=1\r\n{"sec\r\nB\r\nonds": 0.5}\r\n0\r\nTrailer: x\r\n\r\n')
    assert status_of(answer) == 200
    assert cloud.latency == 0.5


def test_a_client_may_wait_for_leave_to_send_its_body(cloud: SimulatedCloud) -> None:
    with connect(cloud) as connection:
        connection.sendall(
            b"POST /_sim/latency HTTP/1.1\r\nHost: x\r\nContent-Length: 14\r\n"
            b"Expect: 100-continue\r\nConnection: close\r\n\r\n"
        )
        assert connection.recv(100).startswith(b"HTTP/1.1 100 ")
        connection.sendall(b'{"seconds": 0}')
        assert status_of(everything(connection)) == 200


def test_a_slow_head_is_given_up(cloud: SimulatedCloud) -> None:
    with connect(cloud) as connection:
        started = time.monotonic()
        for byte in NOWHERE[:30]:
            try:
                connection.sendall(bytes([byte]))
            except OSError:
                break
            time.sleep(0.05)
        assert time.monotonic() - started < 5
        assert status_of(everything(connection)) == 408


def test_a_body_that_never_comes_is_given_up(cloud: SimulatedCloud) -> None:
    assert status_of(send(cloud, b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nab")) == 408


def test_a_silent_client_is_dropped_without_a_word(cloud: SimulatedCloud) -> None:
    with connect(cloud) as connection:
        assert everything(connection) == b""


def test_half_open_clients_do_not_hold_up_others() -> None:
    with SimulatedCloud(patience=Patience(idle=60, request=60)) as cloud:
        _crowd(cloud)


def _crowd(cloud: SimulatedCloud) -> None:
    idle = [connect(cloud) for _ in range(40)]
    for connection in idle[:20]:
        connection.sendall(b"GET / HT")
    started = time.monotonic()
    assert exchange(cloud.base_url, "GET", "/_sim/ledger").status == 200
    assert time.monotonic() - started < 5
    for connection in idle:
        connection.close()


def test_a_client_that_resets_in_the_middle_is_forgotten(cloud: SimulatedCloud) -> None:
    for _ in range(10):
        connection = connect(cloud)
        connection.sendall(NOWHERE)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.close()
    assert exchange(cloud.base_url, "GET", "/_sim/ledger").status == 200


def test_one_connection_carries_many_requests_even_at_once(cloud: SimulatedCloud) -> None:
    with connect(cloud) as connection:
        connection.sendall((NOWHERE + b"\r\n") * 3 + NOWHERE + b"Connection: close\r\n\r\n")
        answer = everything(connection)
    assert answer.count(b"HTTP/1.1 404 Not Found") == 4
    assert answer.count(b"Connection: keep-alive") == 3


def test_http_1_0_closes_unless_asked_to_stay(cloud: SimulatedCloud) -> None:
    assert b"Connection: close" in send(cloud, b"GET /nowhere HTTP/1.0\r\n\r\n")


def test_head_gets_no_body(cloud: SimulatedCloud) -> None:
    answer = send(cloud, b"HEAD /nowhere HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    head, _, body = answer.partition(b"\r\n\r\n")
    assert b"Content-Length: " in head
    assert body == b""


@pytest.mark.parametrize("method", ["GET", "PATCH", "OPTIONS", "TRACE", "DELETE"])
@pytest.mark.parametrize("path", ["/v1/", "/v2/", "/v1/x", "/v1/x/y", "/v3/users", "/v2/p/apigw/instances/g/nothing"])
def test_an_unknown_address_is_not_found(cloud: SimulatedCloud, method: str, path: str) -> None:
    reply = exchange(cloud.base_url, method, path)
    assert (reply.status, reply.code) == (404, "APIGW.0101")


def test_many_clients_at_once_are_all_served(cloud: SimulatedCloud) -> None:
    caller = Caller(cloud)
    accounts = [f"{number:032x}" for number in range(160)]
    with ThreadPoolExecutor(16) as pool:
        replies = list(pool.map(caller.add, accounts))
    assert {reply.status for reply in replies} == {200}
    ledger = cloud.ledger()
    assert sorted(row["object"] for row in ledger) == accounts
    assert [row["seq"] for row in ledger] == list(range(1, 161))
    assert len({row["request_id"] for row in ledger}) == 160


def test_a_decision_taken_by_many_at_once_has_one_effect(cloud: SimulatedCloud) -> None:
    caller = Caller(cloud)
    waiting = caller.first("pendingAcceptance")
    with ThreadPoolExecutor(8) as pool:
        replies = list(pool.map(lambda _: caller.decide("reject", waiting), range(8)))
    assert {reply.status for reply in replies} == {200}
    assert caller.effects() == [("connection.reject", waiting)]


def test_any_json_gets_an_answer_in_the_documented_range(cloud: SimulatedCloud) -> None:
    caller = Caller(cloud)
    instance = f"/v2/{caller.account.project_id}/apigw/instances/{caller.gateway_id()}"
    service = next(row for row in cloud.world.services.values() if row.gateway_id is None)
    services = f"/v1/{caller.account.project_id}/vpc-endpoint-services/{service.id}"
    targets = [
        ("POST", f"{instance}/vpc-endpoint/connections/action"),
        ("POST", f"{instance}/vpc-endpoint/permissions/batch-add"),
        ("PUT", instance),
        ("POST", "/v3/auth/tokens"),
        ("POST", f"{services}/connections/action"),
        ("POST", f"{services}/permissions/action"),
        ("POST", f"/v1/{caller.account.project_id}/vpc-endpoints"),
        ("POST", "/_sim/faults"),
        ("POST", "/_sim/switches"),
    ]
    names = ["action", "endpoints", "permissions", "vpcep_service_name", "description", "auth", "identity", "methods"]
    names += ["vpc_id", "subnet_id", "endpoint_service_id", "port_ip", "tags", "whitelist", "match", "fault", "scope"]
    leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.just("receive")
    values = st.recursive(
        leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(names), inner, max_size=4)
    )

    @given(target=st.sampled_from(targets), body=values)
    @settings(max_examples=250, deadline=None)
    def check(target: tuple[str, str], body: object) -> None:
        cloud.faults()
        reply = caller.ask(target[0], target[1], body)
        assert reply.status in (200, 400, 401)
        assert reply.body is not None

    check()


def test_any_bytes_leave_the_cloud_running(cloud: SimulatedCloud) -> None:
    @given(data=st.binary(max_size=200))
    @settings(max_examples=60, deadline=None)
    def check(data: bytes) -> None:
        with connect(cloud) as connection:
            connection.sendall(data + b"\r\n\r\n")
            connection.shutdown(socket.SHUT_WR)
            assert everything(connection)[:9] in (b"HTTP/1.1 ", b"")

    check()
    assert exchange(cloud.base_url, "GET", "/_sim/ledger").status == 200
