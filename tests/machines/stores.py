"""A PostgreSQL cluster and a Redis of the test's own, on free ports, with their data in a folder of their own.

The driver is loaded where it is used, so that these tests can be skipped where there is none.
"""

import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from tests.conditions import program
from tests.running.processes import PATIENCE, free_port, listens, until

if TYPE_CHECKING:
    from psycopg import Connection

#: Who owns the tables, and who `serve` and `worker` are; the latter can neither change nor delete the audit log.
OWNER, CONSOLE = "owner", "console"


class _Store:
    """A server program that can be stopped, hard or gently, and started again on its port."""

    def __init__(self) -> None:
        self.port = free_port()
        self.folder = Path(tempfile.mkdtemp(prefix="console-store-"))
        self._process: subprocess.Popen[bytes] | None = None

    def command(self) -> list[str]:
        raise NotImplementedError

    #: For programs that refuse to run as root.
    user: str | None = None

    def start(self) -> None:
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                self.command(), cwd=self.folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log, **self._as_user()
            )
        assert until(self.answers), self.log

    def stop(self, number: int = signal.SIGTERM) -> None:
        if self._process is not None:
            self._process.send_signal(number)
            self._process.wait(PATIENCE)
            self._process = None

    def answers(self) -> bool:
        return listens(self.port)

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text(errors="replace")

    def _as_user(self) -> dict[str, Any]:
        return {"user": self.user, "group": self.user, "extra_groups": []} if self.user else {}

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *failure: object) -> None:
        self.stop(signal.SIGINT)
        shutil.rmtree(self.folder, ignore_errors=True)


class Cluster(_Store):
    """PostgreSQL. What is committed survives its end by SIGQUIT, though not the power's: nothing is forced to disk."""

    def __init__(self) -> None:
        super().__init__()
        self.user = "postgres" if os.getuid() == 0 else None
        if self.user:
            shutil.chown(self.folder, self.user, self.user)
        made = subprocess.run(
            [program("initdb"), "-D", "data", "-U", OWNER, "--auth=trust", "--encoding=UTF8", "--no-sync"],
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
            **self._as_user(),
        )
        assert made.returncode == 0, made.stderr

    def command(self) -> list[str]:
        options = {"port": self.port, "listen_addresses": "127.0.0.1", "unix_socket_directories": "", "fsync": "off"}
        options["max_connections"] = 200
        return [
            program("postgres"),
            "-D",
            str(self.folder / "data"),
            *(part for name, value in options.items() for part in ("-c", f"{name}={value}")),
        ]

    def answers(self) -> bool:
        """Not while it still recovers from a crash."""
        from psycopg import OperationalError

        try:
            self.connection("postgres", OWNER).close()
        except OperationalError:
            return False
        return True

    def connection(self, database: str, role: str = CONSOLE) -> "Connection[Any]":
        """Each statement is a transaction of its own. Raises psycopg.OperationalError."""
        from psycopg import Connection

        return Connection.connect(self.url(database, role), autocommit=True, connect_timeout=2)

    def url(self, database: str, role: str = CONSOLE) -> str:
        return f"postgres://{role}@127.0.0.1:{self.port}/{database}"

    def create(self, database: str) -> None:
        """An empty database."""
        with self.connection("postgres", OWNER) as connection:
            if connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [CONSOLE]).fetchone() is None:
                connection.execute(f"CREATE ROLE {CONSOLE} LOGIN")
            connection.execute(f"CREATE DATABASE {database}")

    def crash_and_start(self) -> None:
        """Every connection breaks off; at its start it recovers from its log."""
        self.stop(signal.SIGQUIT)
        self.start()


class Redis(_Store):
    """It keeps nothing on disk."""

    def command(self) -> list[str]:
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        return [program("redis-server"), *options]

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"
