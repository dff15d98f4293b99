"""The only sender: what each failure means, and what it never does."""

import contextlib
import gzip
import logging
import socket
import struct
import time
from collections.abc import Iterator

import pytest

from console.clouds.errors import CloudError, CloudOutcomeUnknown, CloudUnavailable
from console.clouds.transport import AnswerLost, Limits, Request, Transport
from tests.clouds.raw_server import RawServer, Script, answer, answering

READ = Request("apig", "GET", "/v2/x")
WRITE = Request("apig", "POST", "/v2/x", body=b'{"a":1}', is_write=True)
QUICK = Limits(connect=0.5, read=0.3, total=0.6, answer_bytes=100_000)


def transport_to(url: str, limits: Limits = QUICK) -> Transport:
    return Transport({"apig": url}, limits=limits)


def error_of(transport: Transport, request: Request) -> CloudError:
    with pytest.raises(CloudError) as caught:
        transport.send(request)
    assert caught.value.__cause__ is None  # the library's exception may quote headers
    assert caught.value.__context__ is None
    return caught.value


# Never sent


@pytest.fixture
def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@pytest.fixture
def full_backlog() -> Iterator[str]:
    """A port that takes no more connections, so that connecting times out."""
    server = socket.socket()
    server.bind(("127.0.0.1", 0))
    server.listen(0)
    waiting = []
    for _ in range(4):
        client = socket.socket()
        client.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            client.connect(server.getsockname())
        waiting.append(client)
    yield f"http://127.0.0.1:{server.getsockname()[1]}"
    for held in (server, *waiting):
        held.close()


@pytest.mark.parametrize("request_", [READ, WRITE], ids=["read", "write"])
def test_refused_port_was_never_sent(request_: Request, closed_port: int) -> None:
    error = error_of(transport_to(f"http://127.0.0.1:{closed_port}"), request_)
    assert type(error) is CloudUnavailable
    assert error.reason == f"no connection to 127.0.0.1:{closed_port}"


@pytest.mark.parametrize("request_", [READ, WRITE], ids=["read", "write"])
def test_unknown_host_was_never_sent(request_: Request) -> None:
    error = error_of(transport_to("http://no-such-host.invalid"), request_)
    assert type(error) is CloudUnavailable
    assert "not known" in error.reason


@pytest.mark.parametrize("request_", [READ, WRITE], ids=["read", "write"])
def test_connection_that_takes_too_long_was_never_sent(request_: Request, full_backlog: str) -> None:
    error = error_of(transport_to(full_backlog), request_)
    assert type(error) is CloudUnavailable
    assert "in time" in error.reason


@pytest.mark.parametrize("request_", [READ, WRITE], ids=["read", "write"])
def test_failed_tls_handshake_was_never_sent(request_: Request) -> None:
    def no_tls(connection: socket.socket, number: int) -> None:
        connection.sendall(b"this is not TLS\r\n\r\n")

    server = RawServer(no_tls)
    server._serve = lambda connection: no_tls(connection, 0)  # type: ignore[method-assign]
    with server:
        error = error_of(transport_to(server.url.replace("http:", "https:")), request_)
    assert type(error) is CloudUnavailable
    assert "TLS" in error.reason


# Sent, but no whole answer


def _close(connection: socket.socket, number: int) -> None:
    connection.shutdown(socket.SHUT_RDWR)
    connection.close()


def _reset(connection: socket.socket, number: int) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def _hang(connection: socket.socket, number: int) -> None:
    time.sleep(2)


def _cut(connection: socket.socket, number: int) -> None:
    connection.sendall(answer(body=b'{"connections": []}', X_Request_Id="r-7")[:-5])
    _close(connection, number)


def _cut_chunk(connection: socket.socket, number: int) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX-Request-Id: r-7\r\n\r\nff\r\n{")
    _close(connection, number)


def _drip_body(connection: socket.socket, number: int) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n")
    for _ in range(30):
        connection.sendall(b" ")
        time.sleep(0.1)


def _drip_head(connection: socket.socket, number: int) -> None:
    for byte in b"HTTP/1.1 200 OK\r\nX: " + b"y" * 500:
        connection.sendall(bytes((byte,)))
        time.sleep(0.1)


def _nonsense(connection: socket.socket, number: int) -> None:
    connection.sendall(b"220 smtp.example ready\r\n\r\n")
    _close(connection, number)


LOST = [_close, _reset, _cut, _cut_chunk, _nonsense]
LATE = [_hang, _drip_body, _drip_head]


@pytest.mark.parametrize("script", LOST + LATE)
def test_write_without_a_whole_answer_is_unknown(script: Script) -> None:
    with RawServer(script) as server:
        error = error_of(transport_to(server.url), WRITE)
    assert type(error) is CloudOutcomeUnknown
    assert len(server.requests) == 1


@pytest.mark.parametrize("script", LOST)
def test_read_whose_connection_broke_is_worth_another_try(script: Script) -> None:
    with RawServer(script) as server:
        assert type(error_of(transport_to(server.url), READ)) is AnswerLost


@pytest.mark.parametrize("script", LATE)
def test_slow_cloud_holds_a_thread_no_longer_than_the_total(script: Script) -> None:
    with RawServer(script) as server:
        started = time.monotonic()
        error = error_of(transport_to(server.url), READ)
    assert time.monotonic() - started < 1.8
    assert type(error) is CloudUnavailable
    assert "in time" in error.reason


def test_request_id_of_a_cut_answer_is_kept() -> None:
    with RawServer(_cut) as server:
        assert error_of(transport_to(server.url), WRITE).request_id == "r-7"


def test_kept_connection_that_the_server_closed_is_replaced_before_a_write() -> None:
    def answer_and_close(connection: socket.socket, number: int) -> None:
        connection.sendall(answer())
        _close(connection, number)

    with RawServer(answer_and_close) as server:
        transport = transport_to(server.url)
        for _ in range(5):
            time.sleep(0.02)
            assert transport.send(WRITE).status == 200
    assert len(server.requests) == 5


# Limits and manners


@pytest.mark.parametrize("request_", [READ, WRITE], ids=["read", "write"])
def test_answer_past_the_size_limit_is_an_error(request_: Request) -> None:
    with RawServer(answering(answer(body=b" " * 100_001))) as server:
        error = error_of(transport_to(server.url), request_)
    assert isinstance(error, CloudOutcomeUnknown if request_.is_write else CloudUnavailable)
    assert "larger than" in error.reason


def test_ten_megabytes_are_too_much_by_default() -> None:
    with RawServer(answering(answer(body=b" " * 10_000_000))) as server:
        assert "larger than" in error_of(transport_to(server.url, Limits()), READ).reason


def test_compressed_bomb_counts_with_its_full_size() -> None:
    bomb = gzip.compress(b"0" * 5_000_000)
    assert len(bomb) < 100_000
    with RawServer(answering(answer(body=bomb, Content_Encoding="gzip"))) as server:
        assert "larger than" in error_of(transport_to(server.url), READ).reason


def test_compressed_answers_are_read() -> None:
    with RawServer(answering(answer(body=gzip.compress(b'{"a": 1}'), Content_Encoding="gzip"))) as server:
        assert transport_to(server.url).send(READ).body == b'{"a": 1}'
    assert b"Accept-Encoding: gzip\r\n" in server.requests[0]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_not_followed_and_their_body_is_limited(status: int) -> None:
    with (
        RawServer(answering(answer())) as canary,
        RawServer(answering(answer(status, Location=f"{canary.url}/steal"))) as server,
    ):
        assert transport_to(server.url).send(READ).status == status
    assert canary.requests == []


def test_environment_of_the_process_is_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    with RawServer(answering(answer())) as proxy, RawServer(answering(answer())) as server:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.url)
        transport_to(server.url).send(READ)
    assert proxy.requests == []
    assert len(server.requests) == 1


def test_cookies_are_not_kept() -> None:
    with RawServer(answering(answer(Set_Cookie="session=canary; Path=/"))) as server:
        transport = transport_to(server.url)
        transport.send(READ)
        transport.send(READ)
    assert b"cookie" not in server.requests[1].lower()


def test_what_is_sent_is_exactly_what_was_given() -> None:
    request = Request("apig", "PUT", "/v2/x%20y", (("q", "a b:c"), ("q", "ü&")), body=b'{"a": "\xc3\xbc" }')
    with RawServer(answering(answer())) as server:
        transport_to(server.url).send(request)
    head, _, body = server.requests[0].partition(b"\r\n\r\n")
    assert head.startswith(b"PUT /v2/x%20y?q=a%20b%3Ac&q=%C3%BC%26 HTTP/1.1")
    assert body == b'{"a": "\xc3\xbc" }'


def test_connections_are_reused() -> None:
    with RawServer(answering(answer())) as server:
        transport = transport_to(server.url)
        for _ in range(10):
            transport.send(READ)
        assert len(server._open) == 1


def test_answer_carries_status_body_and_the_clouds_request_id() -> None:
    with RawServer(answering(answer(404, {"a": 1}, X_Request_Id="r-1"), answer(201, X_IAM_Trace_Id="t-2"))) as server:
        transport = transport_to(server.url)
        first, second = transport.send(READ), transport.send(READ)
    assert (first.status, first.body, first.request_id) == (404, b'{"a": 1}', "r-1")
    assert second.request_id == "t-2"


def test_hostile_request_id_is_cut() -> None:
    with RawServer(answering(answer(X_Request_Id="x" * 5000), answer(X_Request_Id="a\tb"))) as server:
        transport = transport_to(server.url)
        assert len(transport.send(READ).request_id) == 128
        assert transport.send(READ).request_id == ""


def test_log_names_the_call_and_no_query(caplog: pytest.LogCaptureFixture) -> None:
    with RawServer(answering(answer(X_Request_Id="r-1"))) as server, caplog.at_level(logging.DEBUG, "console"):
        transport_to(server.url).send(Request("apig", "GET", "/v2/x", (("id", "canary"),)))
    (record,) = caplog.records
    assert "GET" in record.getMessage()
    assert "/v2/x: 200" in record.getMessage()
    assert "r-1" in record.getMessage()
    assert "canary" not in record.getMessage()
