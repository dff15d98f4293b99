"""Two machines with a server and a worker each, which share a database, a cache, a cloud and their keys."""

import os
import signal
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Self

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from console.audit.keyring import private_pem
from console.simcloud import SimulatedCloud, World
from console.simcloud.records import Endpoint
from tests.journeys.served import PASSWORD, SECRET_KEY
from tests.machines.people import Person
from tests.machines.proxy import Proxy
from tests.machines.stores import CONSOLE, OWNER, Cluster, Redis
from tests.running.other_clocks import other_clock
from tests.running.processes import PATIENCE, ROOT, Running, children, free_port, is_running, run, until

MACHINES = ("a", "b")
#: So many connections the gateway with many has.
CONNECTIONS = 420
#: What a long time is, in seconds: leases have ended by then, and effects have shown or never will.
LONG = 600
HEALTH_TOKEN = "canary-health-token-" + "h" * 20

_OPEN = "stage IN ('queued', 'claimed', 'intended', 'unknown')"
_TIMES = ("claimed_at", "intended_at", "settle_after", "look_after")


class Site:
    """The console on two machines, with a database of its own in the cluster.

    `root` is the folder of the release that prepares the database and runs at first.
    """

    def __init__(self, folder: Path, cluster: Cluster, redis: Redis, database: str, root: Path = ROOT) -> None:
        self.folder, self.cluster, self.redis, self.database, self.root = folder, cluster, redis, database, root
        self.cloud = SimulatedCloud(World.seeded(delay=0.0)).start()
        self.servers: dict[str, Running] = {}
        self.workers: dict[str, Running] = {}
        self._ports = {name: free_port() for name in MACHINES}
        self._people: dict[str, Person] = {}
        self._worlds = 0
        self.proxy = Proxy(folder, self._ports)
        (folder / "audit-key.pem").write_bytes(private_pem(Ed25519PrivateKey.generate()))
        self._settings = {
            "DATABASE_URL": cluster.url(database),
            "CACHE_URL": redis.url,
            "SECRET_KEY": SECRET_KEY,
            "ALLOWED_HOSTS": "127.0.0.1",
            "CONSOLE_TRUSTED_PROXIES": "1",
            "CONSOLE_AUDIT_SECRET_KEY_FILE": str(folder / "audit-key.pem"),
            "CONSOLE_SIMULATED_URL": self.cloud.base_url,
            "CONSOLE_HEALTH_TOKEN": HEALTH_TOKEN,
            "CONSOLE_SETTLE_SECONDS": "1",
            "CONSOLE_READ_TIMEOUT": "20",  # a busy machine loses no answer by itself
            "CONSOLE_PAGE_TIMEOUT": "30",
            "CONSOLE_STATUS_INTERVAL_SECONDS": "0",
            "CONSOLE_READS_A_MINUTE": "1000000",
            "CONSOLE_CLIENT_REQUESTS": "1000",
        }
        cluster.create(database)
        self._as_owner("prepare_demo", root, CONSOLE_DEMO_PASSWORD=PASSWORD)

    def settings(self, machine: str, root: Path, **more: str) -> dict[str, str]:
        """What a process of this machine is started with."""
        data = self.folder / machine
        return {**self._settings, "CONSOLE_DATA_DIR": str(data), "PYTHONPATH": str(root), **more}

    def migrate(self, root: Path) -> None:
        """To the tables of the release in that folder."""
        self._as_owner("migrate", root)

    def _as_owner(self, command: str, root: Path, **more: str) -> None:
        """A command of the one who owns the tables; then the console's own role gets its rights."""
        settings = self.settings("owner", root, DATABASE_URL=self.cluster.url(self.database, OWNER), **more)
        done = run(command, root=root, **settings)
        assert done.returncode == 0, done.stderr
        grants = run("audit_grants", CONSOLE, root=root, **settings)
        assert grants.returncode == 0, grants.stderr
        with self.cluster.connection(self.database, OWNER) as connection:
            connection.execute(grants.stdout.encode())

    def start_server(self, machine: str, root: Path | None = None, **more: str) -> None:
        """In place of the one that ran there."""
        self._start(self.servers, machine, ("serve", "--port", str(self._ports[machine]), "--workers", "1"), root, more)

    def start_worker(self, machine: str, root: Path | None = None, **more: str) -> None:
        """In place of the one that ran there."""
        self._start(self.workers, machine, ("worker",), root, more)

    def _start(
        self,
        running: dict[str, Running],
        machine: str,
        arguments: Sequence[str],
        root: Path | None,
        more: Mapping[str, str],
    ) -> None:
        if machine in running:
            running[machine].__exit__()
        root = root or self.root
        running[machine] = Running(*arguments, root=root, **self.settings(machine, root, **more))

    def start_all(self, clocks: Mapping[str, str] | None = None) -> None:
        """Everything anew; `clocks` are offsets of machines whose clock is wrong, such as "+5m"."""
        for machine in MACHINES:
            offset = (clocks or {}).get(machine)
            more = other_clock(offset, self.folder / f"clock-{machine}") if offset else {}
            self.start_server(machine, **more)
            self.start_worker(machine, **more)
        for machine in MACHINES:
            self.is_ready(machine)

    def make_whole(self) -> None:
        """Start again what has ended."""
        for machine in MACHINES:
            if not _lives(self.servers.get(machine)):
                self.start_server(machine)
            if not _lives(self.workers.get(machine)):
                self.start_worker(machine)
        for machine in MACHINES:
            self.is_ready(machine)

    def is_ready(self, machine: str) -> None:
        visitor = Person("nobody", self.proxy).at(machine)
        ready = until(lambda: visitor.open("/readyz").status == 200 or not _lives(self.servers[machine]))
        assert ready, self.servers[machine].printed
        assert _lives(self.servers[machine]), self.servers[machine].printed

    def person(self, name: str) -> Person:
        """Signed in once, at either server."""
        if name not in self._people:
            self._people[name] = Person(name, self.proxy).sign_in(PASSWORD)
        return self._people[name].at("both")

    def new_world(self) -> "Scene":
        """A cloud that nobody has acted on, with other ids each time, so that no story meets the acts of another."""
        self._worlds += 1
        self.cloud.reset()
        self.cloud.world = World.seeded(seed=2000 + self._worlds, connections=CONNECTIONS, delay=0.0)
        return Scene(self)

    def ask(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Rows of the console's own tables."""
        with self.cluster.connection(self.database) as connection:
            return connection.execute(query.encode(), values).fetchall()

    def pass_time(self) -> None:
        """As if everything that is open had happened long ago, and all leases had ended."""
        with self.cluster.connection(self.database) as connection:
            past = ", ".join(f"{name} = {name} - interval '{LONG} s'" for name in _TIMES)
            connection.execute(f"UPDATE changes_change SET {past} WHERE {_OPEN}".encode())
            lease = f"lease_until = lease_until - interval '{LONG} s'"
            connection.execute(f"UPDATE changes_batch SET {lease} WHERE finished_at IS NULL".encode())

    def open_changes(self) -> list[tuple[Any, ...]]:
        return self.ask(f"SELECT stage, kind, target, explanation FROM changes_change WHERE {_OPEN}")

    def settle(self) -> None:
        """What is open comes to its end, as it would within the minutes that it may take."""
        unfinished = "SELECT id FROM changes_batch WHERE finished_at IS NULL"
        assert until(lambda: not self.ask(unfinished)), self.printed()
        end = time.monotonic() + PATIENCE
        while self.open_changes() and time.monotonic() < end:
            self.pass_time()
            until(lambda: not self.open_changes(), 6)
        assert self.open_changes() == [], self.printed()

    def printed(self) -> str:
        """What all processes that run have printed, for the report of a failure."""
        return "\n".join(process.printed[-4000:] for process in (*self.servers.values(), *self.workers.values()))

    def __enter__(self) -> Self:
        with ExitStack() as undo:
            undo.callback(self.cloud.stop)
            undo.enter_context(self.proxy)
            undo.callback(self._end_all)
            self.start_all()
            undo.pop_all()
        return self

    def __exit__(self, *failure: object) -> None:
        self._end_all()
        self.proxy.__exit__()
        self.cloud.stop()

    def _end_all(self) -> None:
        for process in (*self.servers.values(), *self.workers.values()):
            end(process)
            process.__exit__()


class Scene:
    """One fresh world behind the console, and what the log held before it."""

    def __init__(self, site: Site) -> None:
        self.site, self.cloud = site, site.cloud
        self.tab = f"/demo/gateways/{self.cloud.world.gateway_named('many_connections').id}/vpc-endpoints/"
        ((self.rows_before,),) = site.ask("SELECT coalesce(max(seq), 0) FROM audit_entry")
        self._given: set[str] = set()

    def connections(self, count: int, *statuses: str) -> list[str]:
        """Connections in one of these statuses that nobody was given before."""
        wanted: list[Endpoint] = self.cloud.world.connections_of("many_connections")
        found = [one.id for one in wanted if one.status in statuses and one.id not in self._given][:count]
        assert len(found) == count
        self._given.update(found)
        return found

    def hold_up_writes(self, seconds: float) -> None:
        """From now on the cloud takes so long for each call that changes something."""
        rule = {"match": {"method": "POST", "path": "connections/action"}, "fault": "delay", "seconds": seconds}
        self.cloud.faults(*([rule] if seconds else []))

    def is_sending(self) -> bool:
        """Whether a call is on its way, or about to be."""
        return bool(self.site.ask("SELECT 1 FROM changes_change WHERE stage = 'intended' LIMIT 1"))

    def done(self) -> list[str]:
        """The objects of all effects, oldest first."""
        return [row["object"] for row in self.cloud.ledger()]


def end(process: Running) -> None:
    """At once and with all that it has started, as when a machine loses its power."""
    started = children(process.process.pid)
    process.process.kill()
    for pid in filter(is_running, started):
        os.kill(pid, signal.SIGKILL)
    process.process.wait(PATIENCE)


def _lives(process: Running | None) -> bool:
    return process is not None and process.process.poll() is None
