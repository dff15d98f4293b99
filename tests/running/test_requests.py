"""What a served console makes of single requests that are odd, slow or large."""

import json
import re
import signal
import time
from collections.abc import Iterator
from http.cookiejar import CookieJar
from pathlib import Path

import pytest

from tests.conditions import needs_proc
from tests.journeys.served import PASSWORD, Served
from tests.running.processes import Visitor, children, until
from tests.running.sockets import Caller, crowd, head

#: Requests under way that one client may have here.
MOST = 12


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("served")
    with Served(folder, CONSOLE_CLIENT_REQUESTS=str(MOST), CONSOLE_LOG_LEVEL="INFO") as running:
        yield running


def port_of(served: Served) -> int:
    return int(served.url.rpartition(":")[2])


@pytest.fixture
def caller(served: Served) -> Iterator[Caller]:
    with Caller(port_of(served)) as called:
        yield called


def lines(served: Served, status: int) -> list[dict[str, object]]:
    """The access lines of requests that ended so."""
    texts = [line for line in served.process.printed.splitlines() if '"request"' in line]
    return [line for line in map(json.loads, texts) if line.get("status") == status]


def test_whoever_does_not_finish_in_ten_seconds_is_let_go(served: Served) -> None:
    """Each of them while all the others wait too."""
    port = port_of(served)
    silent, first_lines = Caller(port), Caller(port).send(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n")
    other_protocol = Caller(port).send(b"PRI * HTTP/2.0\r\n")
    body = Caller(port).send(head("POST", "/sign-in/", Content_Length="1000") + b"cs")
    dripping = Caller(port).send(head("POST", "/sign-in/", Transfer_Encoding="chunked"))
    began = time.monotonic()
    with crowd([silent, first_lines, other_protocol, body, dripping]):
        while time.monotonic() - began < 9:
            dripping.send(b"1\r\na\r\n")
            assert body.waits()
            time.sleep(0.5)
        refused = body.answer()
        assert (refused.status, refused.headers["connection"]) == (408, "close")
        assert b"did not arrive completely" in refused.body
        assert dripping.answer().status == 408
        # The server itself has no word for those who said nothing.
        assert {each.answer().status for each in (silent, first_lines)} <= {0, 408}
        assert other_protocol.answer().status in (0, 400)
        assert time.monotonic() - began < 13
    assert [line["path"] for line in lines(served, 408)] == ["/sign-in/"] * 2
    assert all(9_500 < float(str(line["duration_ms"])) < 13_000 for line in lines(served, 408))


def test_a_body_that_says_that_it_is_too_long_is_refused_before_it_is_sent(caller: Caller) -> None:
    refused = caller.send(head("POST", "/sign-in/", Content_Length="1000001", Expect="100-continue")).answer(5)
    assert refused.status == 413
    assert "retry-after" not in refused.headers
    assert refused.headers["server"] == "console"


def test_a_body_that_turns_out_too_long_is_refused(caller: Caller) -> None:
    caller.send(head("POST", "/sign-in/", Transfer_Encoding="chunked"))
    chunk = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
    caller.send(chunk * 16)
    assert caller.answer(5).status == 413


def test_the_longest_body_is_taken(caller: Caller) -> None:
    """It reaches the application, which refuses it for its own reason."""
    headers = {"Cookie": "console_session=" + "x" * 32, "Connection": "close"}
    caller.send(head("POST", "/sign-in/", Content_Length="1000000", **headers) + b"x" * 1_000_000)
    assert caller.answer(20).status == 403


def test_a_stranger_has_small_forms_only(caller: Caller) -> None:
    caller.send(head("POST", "/sign-in/", Content_Length=str(64 * 1024 + 1)))
    assert caller.answer(20).status == 413


def test_a_client_has_so_many_requests_under_way(served: Served) -> None:
    port = port_of(served)
    with crowd([Caller(port) for _ in range(MOST * 2)]) as callers:
        for each in callers:
            each.send(head("POST", "/sign-in/", Content_Length="10") + b"a")
        assert until(lambda: sum(each.waits() for each in callers) == MOST, 10)
        with Caller(port) as late:
            refused = late.send(head("GET", "/sign-in/")).answer(5)
        assert (refused.status, refused.headers["retry-after"]) == (429, "5")
        assert Visitor(served.url).gets("/healthz")  # a supervisor may be at the same address
        next(each for each in callers if each.waits()).send(b"123456789")
        assert until(lambda: Visitor(served.url).gets("/sign-in/"), 5)
    # Who goes away has none under way.
    assert until(lambda: Visitor(served.url).gets("/sign-in/"), 5)


def test_health_takes_no_form(caller: Caller) -> None:
    caller.send(head("POST", "/healthz", Content_Length="0", Connection="close"))
    answer = caller.answer()
    assert (answer.status, answer.headers["allow"]) == (405, "get, head")


def test_a_form_in_chunks_signs_in(served: Served) -> None:
    cookies = CookieJar()
    text = Visitor(served.url, cookies).open("/sign-in/")[1]
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', text)
    assert token
    form = f"csrfmiddlewaretoken={token[1]}&login=viewer&password={PASSWORD}".encode()
    kept = "; ".join(f"{cookie.name}={cookie.value}" for cookie in cookies)
    headers = {"Content_Type": "application/x-www-form-urlencoded", "Cookie": kept, "Connection": "close"}
    with Caller(port_of(served)) as caller:
        caller.send(head("POST", "/sign-in/", Transfer_Encoding="chunked", Expect="100-continue", **headers))
        assert caller.socket.recv(100).startswith(b"HTTP/1.1 100 ")
        for portion in (form[:20], form[20:]):
            caller.send(f"{len(portion):x}\r\n".encode() + portion + b"\r\n")
        answered = caller.send(b"0\r\n\r\n").answer()
    assert (answered.status, answered.headers["location"]) == (302, "/")


def test_a_page_has_its_length_and_the_headers_of_the_console(served: Served) -> None:
    _, _, headers = Visitor(served.url).open("/sign-in/")
    assert headers["server"] == "console"
    assert "x-request-id" in headers
    with Caller(port_of(served)) as caller:
        page = caller.send(head("GET", "/sign-in/", Connection="close")).answer()
    assert page.status == 200
    assert page.headers["content-length"] == str(len(page.body))


def test_head_has_the_length_and_no_body(served: Served) -> None:
    with Caller(port_of(served)) as caller:
        got = caller.send(head("HEAD", "/healthz", Connection="close")).answer()
    assert (got.status, got.body, got.headers["content-length"]) == (200, b"", "3")


def test_requests_one_after_the_other_share_a_connection(caller: Caller) -> None:
    for _ in range(3):
        caller.send(head("GET", "/healthz"))
        data = b""
        while not data.endswith(b"ok\n"):
            data += caller.socket.recv(1000)


@needs_proc
def test_orders_to_renew_and_to_stop_let_requests_end(tmp_path: Path) -> None:
    with Served(tmp_path) as served:
        serving = served.process.process
        (worker,) = server_workers(serving.pid)
        serving.send_signal(signal.SIGHUP)
        assert until(lambda: worker not in server_workers(serving.pid)), served.process.printed
        # The only worker is followed by another, which may take a moment longer to start on a busy machine.
        assert until(lambda: Visitor(served.url).gets("/healthz"))
        with Caller(port_of(served)) as caller:
            caller.send(head("POST", "/sign-in/", Content_Length="10") + b"12345")
            time.sleep(0.5)
            serving.send_signal(signal.SIGTERM)
            time.sleep(0.5)
            assert caller.send(b"67890").answer().status == 403
        assert serving.wait(20) == 0
    assert "Traceback" not in served.process.printed


def server_workers(pid: int) -> list[int]:
    """The processes that serve; Python's own helper of processes that were started (the resource tracker) is none."""
    return [child for child in children(pid) if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()]
