"""The examples for nginx and Caddy: valid, and doing as proxies what the console relies on."""

import http.client
import socket
import ssl
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from tests.running.deploy.examples import needs_program
from tests.running.deploy.proxies import MONITORING, Proxy, caddy_files, nginx_files, place_certificate, proxy
from tests.running.deploy.upstreams import Upstream

KINDS = [
    pytest.param("nginx", marks=needs_program("nginx", "Debian package nginx-light")),
    pytest.param("caddy", marks=needs_program("caddy", "extra `deploy`")),
]
#: Bytes of an address that a confirmation for many objects has, and `serve` takes.
LONGEST_ADDRESS = 60_000


class Site:
    """A proxy and the two servers behind it."""

    def __init__(self, served: Proxy, servers: tuple[Upstream, Upstream]) -> None:
        self.proxy, self.servers = served, servers

    def ask(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        headers: dict[str, str] | None = None,
        source: str = "127.0.0.1",
    ) -> tuple[int, str]:
        """Status and text of an answer, over a connection of its own."""
        connection = http.client.HTTPSConnection(
            "localhost", self.proxy.port, timeout=20, context=self.proxy.trusting(), source_address=(source, 0)
        )
        try:
            connection.request(method, path, body or None, headers or {})
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    @property
    def requests(self) -> list[tuple[str, str, dict[str, str], int]]:
        return [request for server in self.servers for request in server.requests]


@pytest.fixture(params=KINDS)
def site(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Site]:
    with ExitStack() as stack:
        first, second = (stack.enter_context(Upstream(name)) for name in ("first", "second"))
        ports = (first.server_port, second.server_port)
        yield Site(stack.enter_context(proxy(request.param, tmp_path / "proxy", ports)), (first, second))


@pytest.mark.parametrize(
    ("files", "check"),
    [
        pytest.param(nginx_files, ["-t"], marks=needs_program("nginx", "Debian package nginx-light")),
        pytest.param(caddy_files, ["validate"], marks=needs_program("caddy", "extra `deploy`")),
    ],
    ids=["nginx", "caddy"],
)
def test_the_program_itself_finds_no_mistake_in_the_example(
    files: Callable[[Path, tuple[int, int], int], list[str]], check: list[str], tmp_path: Path
) -> None:
    place_certificate(tmp_path)
    command = files(tmp_path, (8001, 8002), 8443)
    command = [word for word in command if word != "run"]
    command[1:1] = check
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False, env={"HOME": str(tmp_path)})
    assert done.returncode == 0, done.stderr
    assert "[warn]" not in done.stderr
    assert "not formatted" not in done.stderr


def test_both_servers_get_requests(site: Site) -> None:
    assert {site.ask("GET", "/")[1] for _ in range(8)} == {"first", "second"}


def test_the_client_is_who_called_the_proxy_whatever_it_claims(site: Site) -> None:
    claims = {"X-Forwarded-For": "203.0.113.5", "X-Forwarded-Proto": "http"}
    site.ask("GET", "/", headers=claims, source="127.0.0.7")
    ((_, _, headers, _),) = site.requests
    names = {name.lower(): value for name, value in headers.items()}
    assert names["x-forwarded-for"] == "127.0.0.7"
    assert names["x-forwarded-proto"] == "https"
    assert names["host"] == f"localhost:{site.proxy.port}"


def test_a_form_whose_server_dies_is_not_sent_to_the_other(site: Site) -> None:
    for server in site.servers:
        server.behaviour = "dies"
    status, text = site.ask("POST", "/accept/", b"confirmed=yes")
    assert status == 502
    assert "may have arrived or not" in text
    assert [(method, path) for method, path, _, _ in site.requests] == [("POST", "/accept/")]


def test_a_page_whose_server_dies_comes_from_the_other(site: Site) -> None:
    first, second = site.servers
    first.behaviour = "dies"
    assert [site.ask("GET", "/")[:2] for _ in range(4)] == [(200, "second")] * 4
    assert second.requests


def test_a_form_goes_to_the_other_server_where_the_first_takes_no_connection(site: Site) -> None:
    first, second = site.servers
    first.go_away()
    assert [site.ask("POST", "/accept/", b"confirmed=yes") for _ in range(4)] == [(200, "second")] * 4
    assert len(second.requests) == 4


def test_without_any_server_the_answer_says_so_and_is_no_page_of_somebody_else(site: Site) -> None:
    for server in site.servers:
        server.go_away()
    status, text = site.ask("POST", "/accept/", b"confirmed=yes")
    assert status in (502, 503)
    assert text.startswith(("The console did not answer.", "No server of the console is ready."))


def test_an_export_that_breaks_off_does_not_look_whole(site: Site) -> None:
    for server in site.servers:
        server.behaviour = "breaks off"
    with pytest.raises((http.client.IncompleteRead, ConnectionError)):
        site.ask("GET", "/audit/export.jsonl")


def test_a_confirmation_for_many_objects_fits_in_the_address(site: Site) -> None:
    path = "/accept/?id=" + "x" * LONGEST_ADDRESS
    assert site.ask("GET", path)[0] == 200
    assert len(site.requests[0][1]) == len(path)


def test_the_largest_form_passes_and_lies_on_no_disk(site: Site) -> None:
    assert site.ask("POST", "/", b"x" * 1_000_000)[0] == 200
    assert site.requests[0][3] == 1_000_000
    kept = [path for path in site.proxy.folder.rglob("*") if path.is_file() and path.stat().st_size > 500_000]
    assert kept == []
    log = site.proxy.folder / "error.log"
    assert not log.exists() or "buffered to a temporary file" not in log.read_text()


def test_a_larger_form_is_refused_before_a_server_gets_it_whole(site: Site) -> None:
    with suppress(ConnectionError):  # it may be refused while it is still being sent
        assert site.ask("POST", "/", b"x" * 2_000_000)[0] == 413
    assert not [request for request in site.requests if request[3] > 1_048_576]


@needs_program("nginx", "Debian package nginx-light")
def test_the_log_of_nginx_keeps_no_search(tmp_path: Path) -> None:
    with Upstream("only") as server:
        ports = (server.server_port, server.server_port)
        with proxy("nginx", tmp_path / "proxy", ports) as served:
            Site(served, (server, server)).ask("GET", "/audit/?search=canary-name")
        log = (tmp_path / "proxy" / "access.log").read_text()
    assert '"GET /audit/" 200' in log
    assert "canary-name" not in log


def test_details_of_the_state_are_for_the_private_network_only(site: Site) -> None:
    token = {"Authorization": "Bearer canary-token"}
    assert site.ask("GET", "/readyz", headers=token)[0] == 403
    assert site.requests == []
    assert site.ask("GET", "/readyz", headers=token, source=MONITORING)[0] == 200
    assert site.requests[0][2]["Authorization"] == "Bearer canary-token"


def test_a_name_that_is_not_ours_gets_no_certificate(site: Site) -> None:
    context = site.proxy.trusting()
    context.check_hostname = False
    with socket.create_connection(("127.0.0.1", site.proxy.port), timeout=5) as plain, pytest.raises(ssl.SSLError):
        context.wrap_socket(plain, server_hostname="elsewhere.example")
