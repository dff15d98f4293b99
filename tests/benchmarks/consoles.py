"""The console as `manage.py serve` starts it: granian, 16 threads a worker, real HTTP, a data folder of its own."""

import http.client
import os
import re
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import urlencode

from tests.benchmarks.processes import ROOT, environment
from tests.running.prepared import PASSWORD, copy_prepared

THREADS = 16
_PATIENCE = 30
_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


def free_port() -> int:
    """A port that nobody uses at this moment."""
    with socket.socket() as attempt:
        attempt.bind(("127.0.0.1", 0))
        return int(attempt.getsockname()[1])


class Console:
    """A running console of so many workers. `settings` is its settings module; `more` are environment variables."""

    def __init__(self, cloud_url: str, workers: int, settings: str = "console.settings", **more: str) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="console-benchmark-")
        self.env = environment(
            DJANGO_SETTINGS_MODULE=settings,
            SECRET_KEY=secrets.token_urlsafe(64),
            CONSOLE_DATA_DIR=self._folder.name,
            CONSOLE_PLAIN_HTTP="yes",
            CONSOLE_READS_A_MINUTE="1000000",  # a benchmark is one person who is quicker than people
            CONSOLE_SIMULATED_URL=cloud_url,
            **more,
        )
        copy_prepared(Path(self._folder.name))
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._log = (Path(self._folder.name) / "log").open("wb")
        arguments = ["serve", "--port", str(self.port), "--workers", str(workers), "--threads", str(THREADS)]
        self._process = subprocess.Popen(
            [sys.executable, "manage.py", *arguments], cwd=ROOT, env=self.env, stdout=self._log, stderr=self._log
        )
        self._wait()

    def _wait(self) -> None:
        end = time.monotonic() + _PATIENCE
        while time.monotonic() < end and self._process.poll() is None:
            with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)) as connection:
                try:
                    connection.request("GET", "/healthz")
                    if connection.getresponse().status == 200:
                        return
                except OSError:
                    time.sleep(0.1)
        words = (Path(self._folder.name) / "log").read_text()
        self.stop()
        raise RuntimeError(f"the console did not start:\n{words[-3000:]}")

    def sign_in(self, name: str = "admin") -> str:
        """The Cookie header of a signed-in person."""
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)) as connection:
            return self._sign_in(connection, name)

    def _sign_in(self, connection: http.client.HTTPConnection, name: str) -> str:
        connection.request("GET", "/sign-in/")
        answer = connection.getresponse()
        token = _TOKEN.search(answer.read().decode())
        assert token, "the sign-in page has no form"
        cookies = _cookies(answer)
        body = urlencode({"login": name, "password": PASSWORD, "csrfmiddlewaretoken": token[1]})
        headers = {"Cookie": _header(cookies), "Content-Type": "application/x-www-form-urlencoded"}
        connection.request("POST", "/sign-in/", body=body, headers=headers)
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 302, f"signing in gave {answer.status}"
        return _header(cookies | _cookies(answer))

    def tab_url(self, gateway_id: str) -> str:
        """The VPC Endpoints tab of a gateway."""
        return f"{self.url}/demo/gateways/{gateway_id}/vpc-endpoints/"

    def workers(self) -> list[int]:
        """The numbers of the worker processes."""
        found = []
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                parent = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
                command = (entry / "cmdline").read_text()
            except OSError:
                continue  # ended meanwhile
            if parent == self._process.pid and "spawn_main" in command:
                found.append(int(entry.name))
        return found

    def stop(self) -> None:
        """End it and throw its data away."""
        self._process.terminate()
        try:
            self._process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._log.close()
        self._folder.cleanup()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def resident_bytes(pid: int) -> int:
    """Memory that a process holds in RAM, shared pages included."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def _cookies(answer: http.client.HTTPResponse) -> dict[str, str]:
    pairs = [tuple(line.split(";", 1)[0].split("=", 1)) for line in answer.headers.get_all("Set-Cookie", [])]
    return dict(pairs)


def _header(cookies: dict[str, str]) -> str:
    return "; ".join(f"{name}={value}" for name, value in cookies.items())
