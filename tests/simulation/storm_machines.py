"""The machines of a storm: servers and workers as processes of their own, which are killed and frozen in the middle.

With PostgreSQL there are two machines with a server, a worker and a data folder each, and the second one's clock may
be ahead. SQLite has one machine, with a server and two workers.
"""

import os
import re
import shutil
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any, Final, Self
from urllib.parse import urlsplit, urlunsplit

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.running.other_clocks import other_clock
from tests.running.prepared import PASSWORD, copy_prepared
from tests.running.processes import Running, Visitor, children, free_port, is_running, run, until

#: How a traceback begins in the log, which is JSON, or on plain output.
_TRACEBACK: Final = re.compile(r"Traceback \(most recent call last\)")
_CALLED_OFF: Final = re.compile(r"40P01|deadlock detected")


class Slot:
    """One command of the console that is started again whenever it was killed."""

    def __init__(self, name: str, arguments: tuple[str, ...], environment: Mapping[str, Any]) -> None:
        self.name = name
        self._arguments, self._environment = arguments, environment
        self._running = Running(*arguments, **environment)
        self._printed = ""

    @property
    def printed(self) -> str:
        """By all its processes so far."""
        return self._printed + self._running.printed

    def is_up(self) -> bool:
        """Whether it has not ended by itself."""
        return self._running.process.poll() is None

    def kill(self) -> None:
        """As by `kill -9`, and started again once its children have noticed."""
        pid = self._running.process.pid
        left = children(pid)
        self._running.process.kill()
        self._running.process.wait(30)
        for child in left:
            if not until(lambda child=child: not is_running(child), 10):
                os.kill(child, signal.SIGKILL)
        self._printed += self._running.printed
        self._running.__exit__()
        self._running = Running(*self._arguments, **self._environment)

    def kill_a_child(self) -> None:
        """One of a server's processes; the server itself starts another."""
        for child in children(self._running.process.pid)[:1]:
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Stopped as by SIGSTOP, with its children."""
        pids = [self._running.process.pid, *children(self._running.process.pid)]
        _signal_all(pids, signal.SIGSTOP)
        try:
            yield
        finally:
            _signal_all(pids, signal.SIGCONT)

    def end(self) -> None:
        """Tell it to stop."""
        with suppress(Exception):
            self._running.stop()
        self._printed += self._running.printed
        self._running.__exit__(RuntimeError)


def _signal_all(pids: list[int], number: int) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, number)


@dataclass
class Machines:
    """Everything that runs of the console. Use as a context manager."""

    servers: list[Slot]
    workers: list[Slot]
    #: Where the servers answer.
    urls: list[str]
    #: For a command of the console beside them.
    environment: dict[str, Any]
    drop: Callable[[], None] = field(default=lambda: None)

    @property
    def log(self) -> str:
        """Of all of them, each line after the name of who wrote it."""
        lines = [f"{s.name}: {line}" for s in (*self.servers, *self.workers) for line in s.printed.splitlines()]
        return "\n".join(lines)

    @property
    def tracebacks(self) -> int:
        """How many the log holds."""
        return len(_TRACEBACK.findall(self.log))

    @property
    def called_off(self) -> int:
        """Deadlocks that the log tells of."""
        return len(_CALLED_OFF.findall(self.log))

    def deadlocks(self) -> int:
        """As PostgreSQL counts them; 0 on SQLite, which has none."""
        url = self.environment["DATABASE_URL"]
        if not url.startswith("postgres"):
            return 0
        import psycopg  # an extra

        with psycopg.connect(url) as connection:
            row = connection.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
            return int((row.fetchone() or [0])[0])

    def wait_until_up(self) -> None:
        """Until every server answers."""
        for url in self.urls:
            assert until(lambda url=url: Visitor(url).gets("/healthz"), 90), self.servers[0].printed

    def __enter__(self) -> Self:
        self.wait_until_up()
        return self

    def __exit__(self, *failure: object) -> None:
        for slot in (*self.workers, *self.servers):
            slot.end()
        self.drop()


def started(
    folder: Path, cloud_url: str, database_url: str, *, clocks_apart: int, settings: dict[str, str]
) -> Machines:
    """Prepare the database and start everything. `clocks_apart`: how far the second machine's clock is ahead, in
    seconds.
    """
    shared: dict[str, Any] = {
        "SECRET_KEY": "k3y" * 20,
        "CONSOLE_PLAIN_HTTP": "yes",
        "CONSOLE_SIMULATED_URL": cloud_url,
        "CONSOLE_DEMO_PASSWORD": PASSWORD,
        "CONSOLE_READ_TIMEOUT": "2",
        "CONSOLE_READS_A_MINUTE": "1000000",  # all is done by a few people
        "CONSOLE_LOG_LEVEL": "WARNING",
        **settings,
    }
    if not database_url:
        copy_prepared(folder)
        here = shared | {"CONSOLE_DATA_DIR": str(folder), "DATABASE_URL": f"sqlite:///{folder / 'console.sqlite3'}"}
        return _running([here], workers=2)
    own, drop = _own_database(database_url)
    shared |= {"DATABASE_URL": own, "CONSOLE_AUDIT_SECRET_KEY": _signing_key()}
    machines = []
    for number in (1, 2):
        own_folder = folder / f"machine-{number}"
        own_folder.mkdir()
        machines.append(shared | {"CONSOLE_DATA_DIR": str(own_folder)})
    done = run("prepare_demo", **machines[0])
    assert done.returncode == 0, done.stderr
    shutil.copytree(folder / "machine-1" / "static", folder / "machine-2" / "static")
    if clocks_apart:
        machines[1] |= other_clock(f"+{clocks_apart}s", folder / "patience")
    running = _running(machines, workers=1)
    running.drop = drop
    return running


def _running(machines: list[dict[str, Any]], workers: int) -> Machines:
    found = Machines([], [], [], machines[0])
    for number, environment in enumerate(machines, start=1):
        port = free_port()
        arguments = ("serve", "--port", str(port), "--workers", "1", "--threads", "16")
        found.servers.append(Slot(f"server {number}", arguments, environment))
        found.urls.append(f"http://127.0.0.1:{port}")
        for worker in range(1, workers + 1):
            found.workers.append(Slot(f"worker {number}.{worker}", ("worker",), environment))
    return found


def _own_database(url: str) -> tuple[str, Callable[[], None]]:
    """A database of the storm's own on the server of this URL, named after the URL's; and how it is dropped."""
    import psycopg  # an extra

    parts = urlsplit(url)
    name = f"{parts.path.strip('/')}_{os.getpid()}"
    there = urlunsplit(parts._replace(path="/postgres"))

    def tell(words: str) -> None:
        with psycopg.connect(there, autocommit=True) as connection:
            connection.execute(words.encode())

    tell(f'CREATE DATABASE "{name}"')
    return urlunsplit(parts._replace(path=f"/{name}")), lambda: tell(f'DROP DATABASE "{name}" WITH (FORCE)')


def _signing_key() -> str:
    key = Ed25519PrivateKey.generate()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


class Nemesis(threading.Thread):
    """Kills and freezes servers and workers, one after the other."""

    def __init__(
        self, machines: Machines, seed: int, *, pause: float, longest_freeze: float, spares_servers: bool = False
    ) -> None:
        """`pause`: seconds between two deeds. An act whose server was killed has its end after a minute only, for which
        a short storm has no time."""
        super().__init__(name="nemesis", daemon=True)
        self._machines, self._pause, self._longest_freeze = machines, pause, longest_freeze
        self._spares_servers = spares_servers
        self._chance = Random(f"{seed}-nemesis")
        self._over = threading.Event()
        #: What was done, and how often.
        self.deeds: dict[str, int] = {}

    def run(self) -> None:
        deeds: list[tuple[str, Callable[[], Any]]] = [
            ("worker killed", lambda: self._chance.choice(self._machines.workers).kill()),
            ("worker frozen", lambda: self._freeze(self._machines.workers)),
            ("server frozen", lambda: self._freeze(self._machines.servers)),
            ("server killed", lambda: self._chance.choice(self._machines.servers).kill()),
            ("server's process killed", lambda: self._chance.choice(self._machines.servers).kill_a_child()),
        ][: 3 if self._spares_servers else 5]
        while not self._over.wait(self._pause * self._chance.uniform(0.5, 1.5)):
            name, deed = self._chance.choice(deeds)
            deed()
            self.deeds[name] = self.deeds.get(name, 0) + 1
            self._machines.wait_until_up()  # or a slow machine would have no server most of the time

    def end(self) -> None:
        """After the deed that it is at."""
        self._over.set()
        self.join(120)

    def _freeze(self, slots: list[Slot]) -> None:
        with self._chance.choice(slots).frozen():
            time.sleep(self._chance.uniform(0.5, self._longest_freeze))
