"""Starts other processes of this project with settings of their own, and talks with them line by line."""

import contextlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

ROOT = Path(__file__).resolve().parents[2]
_OURS = ("CONSOLE_", "DATABASE_URL", "CACHE_URL", "SECRET_KEY", "ALLOWED_HOSTS", "DJANGO_SETTINGS_MODULE")
_PATIENCE = 10
#: Longest answer that is waited for, in seconds: filling a database of full size takes minutes.
_LONGEST_ANSWER = 900


def environment(**settings: str) -> dict[str, str]:
    """The environment without any setting of the console but these."""
    return {name: value for name, value in os.environ.items() if not name.startswith(_OURS)} | settings


def run(arguments: Sequence[str], env: Mapping[str, str]) -> str:
    """Run Python with these arguments to its end; what it printed. Raises CalledProcessError and TimeoutExpired."""
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=dict(env),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=_LONGEST_ANSWER,
    )
    return done.stdout


class Partner:
    """A Python process that answers each line of JSON with one. Ended with the `with` block."""

    def __init__(self, module: str, env: Mapping[str, str], arguments: Sequence[str] = ()) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            cwd=ROOT,
            env=dict(env),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    @property
    def pid(self) -> int:
        """Its number."""
        return self._process.pid

    def send(self, question: object) -> None:
        """Ask; the answer is fetched with `receive`."""
        assert self._process.stdin
        self._process.stdin.write(json.dumps(question) + "\n")
        self._process.stdin.flush()

    def receive(self) -> Any:
        """The next answer. Raises RuntimeError when the process has ended, or says that it failed.

        One that does not answer is ended.
        """
        assert self._process.stdout
        too_long = threading.Timer(_LONGEST_ANSWER, self._process.kill)
        too_long.start()
        try:
            line = self._process.stdout.readline()
        finally:
            too_long.cancel()
        if not line:
            raise RuntimeError("the process has ended; its own words stand above")
        answer = json.loads(line)
        if isinstance(answer, dict) and "failed" in answer:
            raise RuntimeError(answer["failed"])
        return answer

    def ask(self, question: object) -> Any:
        """Send and receive."""
        self.send(question)
        return self.receive()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process.stdin
        self._process.terminate()
        try:
            self._process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.close()
        if self._process.stdout:
            self._process.stdout.close()


def answer_lines(answer: Any) -> None:
    """The other side of a Partner: answer every line of the standard input until it ends."""
    for line in sys.stdin:
        try:
            reply = answer(json.loads(line))
        except Exception as error:  # noqa: BLE001 - told to the one who asked, who raises it
            reply = {"failed": f"{type(error).__name__}: {error}"}
        print(json.dumps(reply), flush=True)
