"""The small parts under `demo` and `serve`: ports, the data folder, the request of a worker, checks."""

import os
import socket
import sqlite3
import stat
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from django.test import override_settings

from console import wiring
from console.running import checks, ports
from console.running.demo import greeting, surroundings
from console.running.demo.data_dir import DataDir, DataDirBusy
from console.running.front import wsgi
from tests.running.processes import run

#: A request as the server hands it to the front.
SCOPE: dict[str, Any] = {
    "method": "POST",
    "raw_path": b"/caf%C3%A9/%2Fa",
    "query_string": b"a=%20",
    "http_version": "1.1",
    "scheme": "https",
    "server": ("192.0.2.1", "8443"),
    "client": ("192.0.2.7", "51234"),
    "headers": [
        (b"host", b"console.example"),
        (b"content-type", b"text/plain"),
        (b"transfer-encoding", b"chunked"),
        (b"cookie", b"a=1"),
        (b"cookie", b"b=2"),
        (b"x-forwarded-for", b"6.6.6.6"),
        (b"x-forwarded-for", b"10.1.1.1"),
        (b"x_forwarded_for", b"127.0.0.1"),
    ],
}


@pytest.mark.parametrize(
    ("host", "address"), [("localhost", "127.0.0.1"), ("127.0.0.2", "127.0.0.2"), ("[::1]", "::1")]
)
def test_a_host_becomes_an_address(host: str, address: str) -> None:
    assert ports.address_of(host) == address
    assert ports.is_loopback(address)


def test_a_name_that_is_no_address_is_refused() -> None:
    with pytest.raises(ports.CannotListen, match="is not an IP address"):
        ports.address_of("console.example")


@pytest.mark.parametrize("address", ["0.0.0.0", "::", "10.0.0.1"])
def test_other_machines_reach_every_other_address(address: str) -> None:
    assert not ports.is_loopback(address)


def test_a_taken_port_is_seen_even_if_its_owner_shares_it() -> None:
    with socket.socket() as owner:
        owner.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        owner.bind(("127.0.0.1", 0))
        owner.listen()
        port = owner.getsockname()[1]
        with pytest.raises(ports.CannotListen, match=f"Port {port} on 127.0.0.1 is already in use"):
            ports.claim("127.0.0.1", port)
        assert ports.free_port("127.0.0.1", port) != port
    assert ports.free_port("127.0.0.1", port) == port


def test_a_child_whose_parent_was_gone_before_it_looked_ends_at_once(tmp_path: Path) -> None:
    """A demo that is killed while its worker is still starting leaves no orphan behind."""
    somebody_else = str(os.getppid())
    ended = run("worker", "--exit-with-parent", somebody_else, SECRET_KEY="k" * 50, CONSOLE_DATA_DIR=str(tmp_path))
    assert ended.returncode == 1


def test_an_address_of_another_machine_is_told() -> None:
    with pytest.raises(ports.CannotListen, match="not an address of this machine"):
        ports.claim("192.0.2.1", 0)


def test_the_data_folder_keeps_its_key(tmp_path: Path) -> None:
    folder = DataDir(tmp_path / "deep" / "data")
    folder.prepare()
    key = folder.key_file.read_text()
    folder.prepare()
    assert folder.key_file.read_text() == key
    assert len(key) >= 80
    assert stat.S_IMODE(folder.key_file.stat().st_mode) == 0o600
    assert sorted(path.name for path in folder.path.iterdir()) == [".gitignore", "secret-key"]


def test_a_data_folder_that_is_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    with pytest.raises(DataDirBusy, match="cannot be used"):
        DataDir(tmp_path / "data").prepare()


def test_one_demo_at_a_time(tmp_path: Path) -> None:
    folder = DataDir(tmp_path / "data")
    folder.prepare()
    first = folder.lock()
    with pytest.raises(DataDirBusy, match="Another demo is running"):
        folder.lock()
    os.close(first)
    os.close(folder.lock())


def test_a_demo_decides_what_keeps_it_on_this_machine(tmp_path: Path) -> None:
    environ = {"ALLOWED_HOSTS": "*", "CONSOLE_TRUSTED_PROXIES": "3", "DATABASE_URL": "postgres://db/console"}
    surroundings.set_up(DataDir(tmp_path), environ)
    assert environ["ALLOWED_HOSTS"] == "localhost,127.0.0.1,[::1]"
    assert environ["CONSOLE_TRUSTED_PROXIES"] == "0"
    assert environ["CONSOLE_PLAIN_HTTP"] == "yes"
    assert environ["SECRET_KEY_FILE"] == str(tmp_path / "secret-key")
    assert environ["DATABASE_URL"] == "postgres://db/console"


def test_a_demo_uses_a_key_that_is_given(tmp_path: Path) -> None:
    environ = {"SECRET_KEY": "mine"}
    surroundings.set_up(DataDir(tmp_path), environ)
    assert "SECRET_KEY_FILE" not in environ


def test_the_three_ways_to_learn_the_password() -> None:
    assert "only this once: abc" in greeting.sign_in_text("abc", given=False)
    assert "CONSOLE_DEMO_PASSWORD." in greeting.sign_in_text("", given=True)
    assert "printed at the first start" in greeting.sign_in_text("", given=False)


def test_a_request_brings_nothing_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "REQUEST_METHOD", "REMOTE_USER", "wsgi.file_wrapper"):
        monkeypatch.setenv(name, "from outside")
    environ = wsgi.environ_of(SCOPE, wsgi.joined_headers(SCOPE), b"")
    assert set(environ) & set(os.environ) == {"REQUEST_METHOD"}
    assert environ["REQUEST_METHOD"] == "POST"
    assert {name for name in environ if name.startswith("HTTP_")} == {
        "HTTP_HOST",
        "HTTP_COOKIE",
        "HTTP_X_FORWARDED_FOR",
    }


def test_a_request_reaches_the_application_as_wsgi_wants_it() -> None:
    environ = wsgi.environ_of(SCOPE, wsgi.joined_headers(SCOPE), b"body")
    assert environ["PATH_INFO"].encode("latin-1").decode() == "/café//a"
    assert (environ["QUERY_STRING"], environ["wsgi.url_scheme"]) == ("a=%20", "https")
    assert (environ["REMOTE_ADDR"], environ["SERVER_NAME"], environ["SERVER_PORT"]) == (
        "192.0.2.7",
        "192.0.2.1",
        "8443",
    )
    assert environ["HTTP_COOKIE"] == "a=1; b=2"
    assert environ["HTTP_X_FORWARDED_FOR"] == "6.6.6.6,10.1.1.1"
    assert environ["CONTENT_TYPE"] == "text/plain"
    assert (environ["CONTENT_LENGTH"], environ["wsgi.input"].read()) == ("4", b"body")


def ids(messages: Any) -> list[str]:
    return [message.id for message in messages]


def test_each_mistake_in_the_clouds_file_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "clouds.toml").write_text('[clouds.a]\nprovider = "nobody"\n')
    monkeypatch.setenv("CONSOLE_CLOUDS_FILE", str(tmp_path / "clouds.toml"))
    wiring.forget_clouds()
    found = checks.clouds_are_described(None)
    assert found
    assert set(ids(found)) == {"console.E001"}
    assert checks.clouds_are_real(None) == []
    wiring.forget_clouds()


def test_a_console_that_only_plays_is_warned_of(world: object) -> None:
    assert ids(checks.clouds_are_real(None)) == ["console.W001"]


def test_plain_http_is_warned_of() -> None:
    with override_settings(PLAIN_HTTP=True):
        assert ids(checks.transport_is_encrypted(None)) == ["console.W002"]
    with override_settings(PLAIN_HTTP=False):
        assert checks.transport_is_encrypted(None) == []


@pytest.mark.parametrize(("most", "found"), [(0, ["console.E004"]), (5, ["console.E004"]), (6, [])])
def test_a_limit_that_shuts_browsers_out_is_an_error(most: int, found: list[str]) -> None:
    with override_settings(CLIENT_REQUESTS=most):
        assert ids(checks.clients_may_ask(None)) == found


def test_the_rules_for_reasons_are_not_asked_for_before_there_are_tables(tmp_path: Path) -> None:
    checked = run("check", CONSOLE_DATA_DIR=str(tmp_path))
    assert checked.returncode == 0, checked.stderr
    assert "W007" not in checked.stderr


def test_rules_from_an_older_database_are_named_once_it_is_migrated(tmp_path: Path) -> None:
    assert run("migrate", "changes", "0008", CONSOLE_DATA_DIR=str(tmp_path)).returncode == 0
    with closing(sqlite3.connect(tmp_path / "console.sqlite3")) as database, database:
        database.execute(
            "INSERT INTO changes_reasonrule (kind, cloud, gateway_id, required, pattern) "
            r"VALUES ('', 'demo', 'g1', 1, 'CHG-\d+'), ('', 'demo', '', 1, '(a)\1')"
        )
    assert "W007" not in run("check", CONSOLE_DATA_DIR=str(tmp_path)).stderr

    assert run("migrate", CONSOLE_DATA_DIR=str(tmp_path)).returncode == 0
    told = [line for line in run("check", CONSOLE_DATA_DIR=str(tmp_path)).stderr.splitlines() if "W007" in line]
    assert len(told) == 2
    assert "at demo" in told[0]
    assert "Backreferences" in told[0]
    assert "at g1" in told[1]
    assert "has no example" in told[1]
