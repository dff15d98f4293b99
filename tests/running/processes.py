"""Starts the console's commands as a person does: as processes, on free ports, in an empty folder."""

import os
import re
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from functools import partial
from http.client import HTTPResponse, HTTPSConnection
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any, Self
from urllib import error, parse, request

ROOT = Path(__file__).resolve().parents[2]
#: What the test settings put into the environment, or a developer has there.
_OURS = re.compile(r"CONSOLE_|SECRET_KEY|DATABASE_URL|CACHE_URL|ALLOWED_HOSTS|DJANGO_")
#: Seconds. A loaded machine with two cores needs a while.
PATIENCE = 60


def clean_environment(**settings: str) -> dict[str, str]:
    """The environment of somebody who has set nothing but these."""
    return {name: value for name, value in os.environ.items() if not _OURS.match(name)} | settings


def free_port() -> int:
    with socket.socket() as attempt:
        attempt.bind(("127.0.0.1", 0))
        return int(attempt.getsockname()[1])


def listens(port: int) -> bool:
    with socket.socket() as attempt:
        attempt.settimeout(1)
        return attempt.connect_ex(("127.0.0.1", port)) == 0


def children(pid: int) -> list[int]:
    """The processes that it started and that still run; none where the system does not tell."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            state, parent = path.read_text().rpartition(")")[2].split()[:2]
            if int(parent) == pid and state != "Z":
                found.append(int(path.parent.name))
    return found


def sockets(pid: int) -> int:
    """How many a process has open; 0 where the system does not tell."""
    found = 0
    for path in Path(f"/proc/{pid}/fd").glob("*"):
        with suppress(OSError):
            found += os.readlink(path).startswith("socket:")
    return found


def is_running(pid: int) -> bool:
    """Whether the process is there and no zombie that somebody forgot to bury."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def until(condition: Any, seconds: float = PATIENCE) -> bool:
    """Whether it became true in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.05)
    return False


def run(*arguments: str, root: Path = ROOT, **settings: str) -> subprocess.CompletedProcess[str]:
    """A command that ends by itself. `root` is the folder of the release that has it."""
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(
        command,
        cwd=root,
        env=clean_environment(**settings),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


class Running:
    """A command that runs until it is told to stop, and what it prints.

    That goes to a file and not through a pipe: an orphan of the command that kept a pipe open would hold up whoever
    reads or closes it, for ever.
    """

    def __init__(self, *arguments: str, umask: int = -1, root: Path = ROOT, **settings: str) -> None:
        """`umask` is the one that it is started under, -1 for that of the tests; `root` the folder of its release."""
        self._output = tempfile.TemporaryFile()  # noqa: SIM115 - closed at the end of the `with` block
        self._last_words = ""
        self._started: list[int] = []
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", *arguments],
            cwd=root,
            env=clean_environment(**settings),
            stdin=subprocess.DEVNULL,
            stdout=self._output,
            stderr=subprocess.STDOUT,
            umask=umask,
        )

    @property
    def printed(self) -> str:
        """Everything so far, of its children too; after the `with` block, everything until then."""
        if self._output.closed:
            return self._last_words
        number = self._output.fileno()
        return os.pread(number, os.fstat(number).st_size, 0).decode(errors="replace")

    def says(self, text: str) -> bool:
        """Whether it prints this in time, before it ends."""
        until(lambda: text in self.printed or self.process.poll() is not None)
        return text in self.printed

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Its exit code after the signal. Raises TimeoutExpired when it does not end."""
        self._started = children(self.process.pid)
        with suppress(ProcessLookupError):
            self.process.send_signal(number)
        return self.process.wait(PATIENCE)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *failure: object) -> None:
        try:
            if self.process.poll() is None:
                self.stop()
        except subprocess.TimeoutExpired:
            self._kill()
            raise
        finally:
            self._last_words = self.printed
            self._output.close()
        if any(failure):
            self._kill()

    def _kill(self) -> None:
        """A test that failed leaves nothing running either."""
        self.process.kill()
        self.process.wait(PATIENCE)
        for pid in filter(is_running, self._started):
            os.kill(pid, signal.SIGKILL)


class _Secure(request.HTTPSHandler):
    """TLS from a given address of this machine."""

    def __init__(self, source: str, context: ssl.SSLContext | None) -> None:
        super().__init__(context=context)
        self._connect = partial(HTTPSConnection, context=context, source_address=(source, 0) if source else None)

    def https_open(self, call: request.Request) -> HTTPResponse:
        return self.do_open(self._connect, call)


class Visitor:
    """A browser made of the standard library: keeps cookies, follows redirects."""

    def __init__(
        self,
        base: str,
        cookies: CookieJar | None = None,
        token: str = "",
        context: ssl.SSLContext | None = None,
        source: str = "",
    ) -> None:
        """`token` is shown at each request; `context` says whose certificates are trusted; `source` is the address
        that calls over TLS."""
        self.base = base
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}
        handlers = (
            request.ProxyHandler({}),
            request.HTTPCookieProcessor(cookies),
            _Secure(source, context),
        )
        self._opener = request.build_opener(*handlers)

    def open(self, path: str, **fields: str) -> tuple[int, str, dict[str, str]]:
        """Status, text and headers (names in lower case). With fields it is a POST."""
        data = parse.urlencode(fields).encode() if fields else None
        call = request.Request(self.base + path, data, {"Referer": self.base + path, **self._headers})
        try:
            answer = self._opener.open(call, timeout=20)
        except error.HTTPError as refused:
            answer = refused
        with answer:
            headers = {name.lower(): value for name, value in answer.headers.items()}
            return answer.status, answer.read().decode(), headers

    def gets(self, path: str) -> bool:
        """Whether the page is there; a connection that breaks is a no."""
        try:
            return self.open(path)[0] == 200
        except OSError:
            return False

    def sign_in(self, name: str, password: str) -> str:
        """The text of the page after signing in."""
        text = self.open("/sign-in/")[1]
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', text)
        assert token, text
        return self.open("/sign-in/", csrfmiddlewaretoken=token[1], login=name, password=password)[1]
