"""Databases for the audit benchmarks: made once, filled with a valid chain, kept in the cache folder or on the server.

Their names carry a digest of what shapes them, so that a changed table or loader never meets an old database.
"""

import ast
import atexit
import hashlib
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import psycopg

from tests.benchmarks.processes import ROOT, environment, run
from tests.benchmarks.size import Size

_SHAPED_BY = (
    *("console/audit/migrations/0001_initial.py", "console/audit/search_index.py", "console/audit/triggers.py"),
    *("console/audit/chain.py", "console/audit/words.py", "tests/audit/bulk.py"),
)


def _shape() -> str:
    """The same for the same code, however it is laid out."""
    trees = [ast.dump(ast.parse((ROOT / name).read_bytes())) for name in _SHAPED_BY]
    return hashlib.sha256("".join(trees).encode()).hexdigest()[:10]


def settings_for(url: str, settings: str = "tests.settings") -> dict[str, str]:
    """The environment of a process that works on this database with the test client."""
    return environment(DATABASE_URL=url, DJANGO_SETTINGS_MODULE=settings, CONSOLE_LOG_LEVEL="WARNING")


def vendors(size: Size) -> dict[str, str]:
    """Name of each database system to measure, and where its databases are made; PostgreSQL only when it answers."""
    found = {"SQLite": ""}
    if size.postgresql:
        try:
            psycopg.connect(size.postgresql, connect_timeout=3).close()
        except psycopg.OperationalError as error:
            print(f"PostgreSQL is left out: {str(error).splitlines()[0]}", file=sys.stderr)
        else:
            found["PostgreSQL"] = size.postgresql
    return found


def filled(size: Size, server: str) -> str:
    """Address of a database with so many audit rows; made when it is not there. `server` "" means SQLite."""
    name = f"console_benchmark_{size.audit_rows}_{_shape()}"
    if server:
        url = _replace_database(server, name)
        _create(server, name)
    else:
        size.cache.mkdir(parents=True, exist_ok=True)
        url = f"sqlite:///{size.cache / name}.sqlite3"
    run(["-m", "tests.benchmarks.fill", str(size.audit_rows)], settings_for(url))
    return url


@contextmanager
def empty(folder: Path, server: str) -> Iterator[str]:
    """Address of a migrated database without audit rows, thrown away afterwards."""
    if not server:
        shutil.copytree(_migrated(), folder, dirs_exist_ok=True)
        yield _in_folder(folder)
        return
    name = f"console_benchmark_empty_{os.getpid()}"
    _create(server, name)
    url = _replace_database(server, name)
    try:
        run(["-m", "tests.benchmarks.fill", "0"], settings_for(url))
        yield url
    finally:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@cache
def _migrated() -> Path:
    """The folder of an SQLite database without audit rows, made once and copied for each who asks."""
    folder = Path(tempfile.mkdtemp(prefix="console-benchmark-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    run(["-m", "tests.benchmarks.fill", "0"], settings_for(_in_folder(folder)))
    return folder


def _in_folder(folder: Path) -> str:
    return f"sqlite:///{folder / 'empty.sqlite3'}"


def _create(server: str, name: str) -> None:
    with psycopg.connect(server, autocommit=True) as connection:
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is None:
            connection.execute(f'CREATE DATABASE "{name}"')


def _replace_database(server: str, name: str) -> str:
    return server.rsplit("/", 1)[0] + f"/{name}"
