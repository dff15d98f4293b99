"""`python -m console.simcloud`: a process of its own."""

import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import pytest

from console.simcloud.__main__ import main
from tests.simcloud.caller import exchange

COMMAND = [sys.executable, "-m", "console.simcloud"]
#: Seconds that a process may take to start or to end on a loaded machine.
PATIENCE = 20


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*COMMAND, *arguments], capture_output=True, text=True, timeout=PATIENCE, check=False)


@contextmanager
def running(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    process = subprocess.Popen([*COMMAND, "--port", "0", *arguments], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield process, json.loads(_first_line(process.stdout))["base_url"]
    finally:
        process.kill()
        process.wait(PATIENCE)
        process.stdout.close()


def _first_line(output: IO[str]) -> str:
    """What it prints once it listens."""
    ready, _, _ = select.select([output], [], [], PATIENCE)
    assert ready, "the simulated cloud does not say where it listens"
    return output.readline()


def test_describe_prints_json_and_exits() -> None:
    result = run("--describe")
    description = json.loads(result.stdout)
    assert (result.returncode, result.stderr) == (0, "")
    assert {
        *("base_url", "region", "project_id", "domain_id", "access_key", "secret_key", "user_name", "password"),
        *("domain_name", "gateways", "vpcs", "consumer"),
    } <= set(description)
    assert description["base_url"] == "http://127.0.0.1:9000"
    assert all({"id", "name", "status"} <= set(gateway) for gateway in description["gateways"])


def test_a_second_process_describes_the_same_cloud() -> None:
    description = json.loads(run("--describe").stdout)
    with running() as (_, base_url):
        seen = exchange(base_url, "GET", "/_sim/describe").body
    assert {**seen, "base_url": ""} == {**description, "base_url": ""}


def test_a_taken_port_is_one_clear_sentence() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        result = run("--port", str(port))
    assert result.returncode == 1
    assert result.stdout == ""
    assert result.stderr == (
        f"Port {port} on 127.0.0.1 cannot be used: Address already in use. Choose another with --port.\n"
    )


@pytest.mark.parametrize(
    "arguments",
    [
        ["--port", "70000"],
        ["--world", "mars"],
        ["--delay", "-1"],
        ["--delay", "nan"],
        ["--connections", "-1"],
        ["--seed", "x"],
    ],
)
def test_a_bad_argument_is_refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert f"argument {arguments[0]}" in capsys.readouterr().err


def test_an_unusable_state_file_is_one_sentence(tmp_path: Path) -> None:
    diary = tmp_path / "diary"
    diary.write_text("dear diary " * 100)
    result = run("--port", "0", "--state", str(diary))
    assert (result.returncode, result.stderr.count("\n")) == (1, 1)


def test_the_empty_world_has_no_gateways() -> None:
    description = json.loads(run("--describe", "--world", "empty").stdout)
    assert description["gateways"] == []
    assert description["vpcs"]


def test_connections_and_latency_are_taken_from_the_command_line() -> None:
    with running("--connections", "1000", "--latency", "0.2") as (_, base_url):
        many = [g for g in exchange(base_url, "GET", "/_sim/describe").body["gateways"] if g["connections"] == 1000]
        assert [gateway["seeded_as"] for gateway in many] == ["many_connections"]
        started = time.monotonic()
        exchange(base_url, "GET", "/v3/auth/projects")
        assert time.monotonic() - started >= 0.2


def test_a_signal_ends_it_in_order() -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        with running() as (process, _):
            process.send_signal(number)
            assert process.wait(PATIENCE) == 0


def test_a_killed_cloud_keeps_its_effects(tmp_path: Path) -> None:
    state = str(tmp_path / "state")
    with running("--state", state) as (process, base_url):
        description = exchange(base_url, "GET", "/_sim/describe").body
        user = {"name": description["user_name"], "password": description["password"]}
        user["domain"] = {"name": description["domain_name"]}
        auth = {
            "identity": {"methods": ["password"], "password": {"user": user}},
            "scope": {"project": {"id": description["project_id"]}},
        }
        token = exchange(base_url, "POST", "/v3/auth/tokens", {"auth": auth}).headers["x-subject-token"]
        gateway = description["gateways"][0]["id"]
        path = f"/v2/{description['project_id']}/apigw/instances/{gateway}/vpc-endpoint/permissions/batch-add"
        exchange(base_url, "POST", path, {"permissions": ["iam:domain::*"]}, X_Auth_Token=token)
        process.kill()
        process.wait(PATIENCE)
    with running("--state", state) as (_, base_url):
        assert [row["object"] for row in exchange(base_url, "GET", "/_sim/ledger").body] == ["*"]


def test_it_ends_with_its_parent() -> None:
    launcher = (
        "import subprocess, sys, os\n"
        "child = subprocess.Popen([sys.executable, '-m', 'console.simcloud', '--port', '0',"
        " '--exit-with-parent', str(os.getpid())],"
        " stdout=subprocess.PIPE, text=True, start_new_session=True)\n"
        "print(child.pid, child.stdout.readline(), flush=True)\n"
        "os._exit(0)\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", launcher], capture_output=True, text=True, timeout=PATIENCE, check=True
    )
    pid = int(result.stdout.split()[0])
    deadline = time.monotonic() + PATIENCE
    while _is_alive(pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _is_alive(pid)


def test_it_ends_when_its_parent_was_gone_before_it_looked() -> None:
    somebody_else = os.getppid()
    assert run("--port", "0", "--exit-with-parent", str(somebody_else)).returncode == 0


def _is_alive(pid: int) -> bool:
    """Whether the process runs; a dead child that nobody collected does not."""
    try:
        os.kill(pid, 0)
        status = Path(f"/proc/{pid}/stat").read_text()
    except (ProcessLookupError, FileNotFoundError):
        return False
    return status.rpartition(")")[2].split()[0] != "Z"
