"""What a test needs of the machine. Missing: skipped with a reason here, an error in CI (environment variable CI)."""

import importlib.util
import os
import shutil
from pathlib import Path

import pytest

from console.settings import DATABASE_URL

#: In CI everything must be there, or green would mean nothing.
IN_CI = bool(os.environ.get("CI"))


#: The first is the same engine without windows, at half the processor time.
_CHROMIUMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")


def chromium() -> str:
    """Path of the Chromium to drive, "" where there is none."""
    return next(filter(None, map(shutil.which, _CHROMIUMS)), "")


def program(name: str) -> str:
    """Path of a program, "" where there is none. Those of a PostgreSQL server are not on the path of Debian."""
    folders = [*os.get_exec_path(), "/usr/sbin", *sorted(map(str, Path("/usr/lib/postgresql").glob("*/bin")))]
    return shutil.which(name, path=os.pathsep.join(folders)) or ""


def faketime() -> str:
    """Path of the library that gives a process another clock, "" where there is none."""
    return next((str(path) for path in Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1")), "")


def _installed(package: str) -> bool:
    return importlib.util.find_spec(package) is not None


def _skip_unless(found: bool, reason: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(not found and not IN_CI, reason=reason)


#: As a decorator or as `pytestmark`.
needs_chromium = _skip_unless(
    bool(chromium()) and _installed("playwright"), "needs a Chromium and the extra `browser`; one of them is missing"
)

#: For what names a PostgreSQL without talking to one, and for what talks to one of its own.
needs_psycopg = _skip_unless(_installed("psycopg"), "needs the driver of PostgreSQL (extra `postgres`)")

#: For what stops a Redis of its own.
needs_redis_server = _skip_unless(
    shutil.which("redis-server") is not None and _installed("redis"), "needs a redis-server and the extra `redis`"
)

#: For what fills a file system of its own. Whoever may not mount one skips it even in CI: a container may refuse.
needs_mount = pytest.mark.skipif(
    os.geteuid() != 0 or shutil.which("mount") is None, reason="needs root, to mount a small file system"
)

#: For tests of several machines, which start each of their programs themselves.
needs_machines = _skip_unless(
    all(map(program, ("initdb", "redis-server", "nginx"))) and bool(faketime()) and _installed("psycopg"),
    "needs the programs of PostgreSQL, Redis and nginx, libfaketime and the extra `postgres`; one of them is missing",
)

#: For what needs an older version of the console.
needs_history = _skip_unless(
    bool(program("git")) and (Path(__file__).resolve().parents[1] / ".git").exists(), "needs git and the history"
)

#: For what only PostgreSQL does. The suite runs twice in CI, so this skips on SQLite even there.
needs_postgresql = pytest.mark.skipif(
    not DATABASE_URL.startswith("postgres"), reason="DATABASE_URL names no PostgreSQL, this run is on SQLite"
)

#: For what owns its database, in memory. The suite runs twice in CI, so this skips on PostgreSQL even there.
needs_sqlite = pytest.mark.skipif(
    DATABASE_URL.startswith("postgres"), reason="owns an SQLite in memory, which the other run of the suite has"
)

#: For what a process learns of others, and of its own connections, on Linux only.
needs_proc = pytest.mark.skipif(not os.path.exists("/proc/self/fd"), reason="needs /proc, which only Linux has")


def needs_sdk(name: str) -> pytest.MarkDecorator:
    """For a test that uses a package of the vendor's SDK, such as `huaweicloudsdkapig`."""
    return _skip_unless(_installed(name), f"needs the vendor's {name} (extra `sdk`), which is not installed")
