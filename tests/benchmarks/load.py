"""The load generator: `python -m tests.benchmarks.load`, a process that does one job for each line of its input.

A job is bounded in requests and in time, and goes to this machine only. Connections are kept alive; every client has
its own and asks again as soon as it has its answer.
"""

import http.client
import threading
import time
from collections.abc import Callable, Sequence
from queue import SimpleQueue
from typing import Any, Protocol
from urllib.parse import urlsplit

import requests

from tests.benchmarks.acts import ActClient
from tests.benchmarks.processes import answer_lines


class Client(Protocol):
    """Somebody who asks again and again."""

    def once(self) -> float:
        """Do it once; the seconds it took."""


class PageClient:
    """Reads one page of the console, as a browser with a full cache would."""

    def __init__(self, job: dict[str, Any]) -> None:
        self._address = urlsplit(job["url"])
        self._connection = http.client.HTTPConnection(str(self._address.hostname), self._address.port, timeout=60)
        self._path = self._address.path + (f"?{self._address.query}" if self._address.query else "")
        self._headers = {"Cookie": job["cookie"], "Accept-Encoding": "gzip"}

    def once(self) -> float:
        started = time.perf_counter()
        self._connection.request("GET", self._path, headers=self._headers)
        answer = self._connection.getresponse()
        answer.read()
        seconds = time.perf_counter() - started
        if answer.status != 200:
            raise RuntimeError(f"{answer.status} from {self._path}")
        return seconds


class RawClient:
    """Makes the raw calls of a tab at once: a thread and a kept-alive Session for each (reliability.md 5 a).

    `waves` are lists of addresses; the calls of one wave are made at once, the next wave follows when all are there.
    """

    def __init__(self, job: dict[str, Any]) -> None:
        self._waves: list[list[str]] = job["waves"]
        self._headers = {"X-Auth-Token": job["token"]}
        self._todo: SimpleQueue[str] = SimpleQueue()
        self._done: SimpleQueue[Exception | None] = SimpleQueue()
        for _ in range(max(map(len, self._waves))):
            threading.Thread(target=self._work, daemon=True).start()

    def _work(self) -> None:
        session = requests.Session()
        session.trust_env = False
        while True:
            url = self._todo.get()
            try:
                answer = session.get(url, headers=self._headers, timeout=60)
                answer.raise_for_status()
                self._done.put(None)
            except requests.RequestException as error:
                self._done.put(error)

    def once(self) -> float:
        started = time.perf_counter()
        for wave in self._waves:
            for url in wave:
                self._todo.put(url)
            failures = [failure for _ in wave if (failure := self._done.get())]
            if failures:
                raise failures[0]
        return time.perf_counter() - started


CLIENTS: dict[str, Callable[[dict[str, Any]], Client]] = {"page": PageClient, "raw": RawClient, "act": ActClient}


def work(job: dict[str, Any]) -> dict[str, Any]:
    """Do a job: `kind`, `clients`, `requests` for all of them together, `seconds`, and what its kind needs.

    Each client makes `warm_up` more before the clock runs.
    """
    clients = [CLIENTS[job["kind"]](job | {"number": job.get("first", 0) + n}) for n in range(job["clients"])]
    each = max(1, job["requests"] // len(clients))
    gate = threading.Barrier(len(clients) + 1)
    found: list[list[float]] = [[] for _ in clients]
    failures: list[str] = []

    def serve(position: int) -> None:
        try:
            for _ in range(job["warm_up"]):
                clients[position].once()
        except Exception as error:  # noqa: BLE001 - told below
            failures.append(f"{type(error).__name__}: {error}")
        gate.wait()
        if not failures:
            found[position] = _loop(clients[position], each, job["seconds"], failures)

    threads = [threading.Thread(target=serve, args=(n,)) for n in range(len(clients))]
    for thread in threads:
        thread.start()
    gate.wait()
    started = time.perf_counter()
    for thread in threads:
        thread.join()
    if failures:
        raise RuntimeError(failures[0])
    return {"seconds": [one for each in found for one in each], "elapsed": time.perf_counter() - started}


def _loop(client: Client, times: int, longest: float, failures: list[str]) -> Sequence[float]:
    seconds: list[float] = []
    end = time.perf_counter() + longest
    try:
        while len(seconds) < times and (not seconds or time.perf_counter() < end):
            seconds.append(client.once())
    except Exception as error:  # noqa: BLE001 - told by the caller
        failures.append(f"{type(error).__name__}: {error}")
    return seconds


if __name__ == "__main__":
    answer_lines(work)
