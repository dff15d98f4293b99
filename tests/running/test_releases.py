"""Two releases on one database: the older one starts where the newer one declares that it may, and else it does not."""

import json
import os
import signal
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from console.running import schema
from tests.running.prepared import copy_prepared
from tests.running.processes import Running, Visitor, children, free_port, run, until

NEWER = "changes.9999_next"
PROCESSES = (("serve", "--port", "0"), ("worker",), ("prepare_demo",))


def own_migrations() -> list[str]:
    """What this release has on its disk."""
    return sorted(schema.shipped(MigrationExecutor(connection)))


def settings_for(folder: Path) -> dict[str, str]:
    return {"CONSOLE_DATA_DIR": str(folder), "SECRET_KEY": "k3y" * 20, "CONSOLE_PLAIN_HTTP": "yes"}


def changed_by_a_newer_release(folder: Path, *, works_with: Sequence[str], knows: Sequence[str] = (NEWER,)) -> None:
    """A database that a newer release has migrated, which says of itself that it works with code that has these."""
    copy_prepared(folder)
    app, name = NEWER.split(".")
    with closing(sqlite3.connect(folder / "console.sqlite3")) as database, database:
        database.execute("INSERT INTO django_migrations (app, name, applied) VALUES (?, ?, '2030-01-01')", [app, name])
        declared = (json.dumps([*own_migrations(), *knows]), json.dumps(list(works_with)))
        database.execute("UPDATE running_release SET migrations = ?, works_with = ?", declared)


def declared_in(folder: Path) -> tuple[list[str], list[str]]:
    with closing(sqlite3.connect(folder / "console.sqlite3")) as database:
        ((migrations, works_with),) = database.execute("SELECT migrations, works_with FROM running_release")
    return json.loads(migrations), json.loads(works_with)


@pytest.mark.django_db
def test_a_release_declares_what_code_works_on_the_tables_that_it_made(tmp_path: Path) -> None:
    copy_prepared(tmp_path)
    migrations, works_with = declared_in(tmp_path)
    assert migrations == own_migrations()
    assert works_with == sorted(schema.RELEASE_BEFORE)
    assert set(works_with) < set(migrations)


@pytest.mark.django_db
def test_the_release_before_starts_on_tables_that_are_declared_to_work_with_it(tmp_path: Path) -> None:
    changed_by_a_newer_release(tmp_path, works_with=own_migrations())
    settings, port = settings_for(tmp_path), free_port()
    with Running("serve", "--port", str(port), "--workers", "1", **settings) as serving:
        assert serving.says("Serving "), serving.printed
        assert until(lambda: Visitor(f"http://127.0.0.1:{port}").gets("/readyz")), serving.printed
    with Running("worker", **settings) as worker:
        assert worker.says("Working until"), worker.printed
    prepared = run("prepare_demo", **settings)
    assert prepared.returncode == 0, prepared.stderr


@pytest.mark.django_db
def test_an_older_release_than_the_one_before_does_not_start(tmp_path: Path) -> None:
    changed_by_a_newer_release(tmp_path, works_with=[*own_migrations(), "changes.9998_between"])
    for command in PROCESSES:
        refused = run(*command, **settings_for(tmp_path))
        assert refused.returncode != 0
        assert f"newer version of the console ({NEWER})" in refused.stderr
        assert "Traceback" not in refused.stderr


@pytest.mark.django_db
def test_a_declaration_says_nothing_of_migrations_that_its_release_did_not_know(tmp_path: Path) -> None:
    changed_by_a_newer_release(tmp_path, works_with=own_migrations(), knows=())
    refused = run("worker", **settings_for(tmp_path))
    assert refused.returncode != 0
    assert NEWER in refused.stderr


@pytest.mark.django_db
def test_migrate_of_the_older_release_leaves_the_declaration_of_the_newer_one(tmp_path: Path) -> None:
    changed_by_a_newer_release(tmp_path, works_with=own_migrations())
    before = declared_in(tmp_path)
    assert run("migrate", **settings_for(tmp_path)).returncode == 0
    assert declared_in(tmp_path) == before


@pytest.mark.django_db
def test_a_running_server_renews_its_workers_on_tables_of_a_newer_release(tmp_path: Path) -> None:
    """Nobody is thrown out by a migration; only a new start asks for the version."""
    copy_prepared(tmp_path)
    port = free_port()
    visitor = Visitor(f"http://127.0.0.1:{port}")
    with Running("serve", "--port", str(port), "--workers", "1", **settings_for(tmp_path)) as serving:
        assert until(lambda: visitor.gets("/readyz")), serving.printed
        changed_by_a_newer_release(tmp_path / "newer", works_with=["changes.9998_between"])
        with (
            closing(sqlite3.connect(tmp_path / "newer" / "console.sqlite3")) as newer,
            closing(sqlite3.connect(tmp_path / "console.sqlite3")) as database,
        ):
            newer.backup(database)
        began = set(children(serving.process.pid))
        os.kill(serving.process.pid, signal.SIGHUP)
        assert until(lambda: began > set(children(serving.process.pid)) & began), serving.printed
        assert until(lambda: visitor.gets("/readyz") and visitor.gets("/sign-in/")), serving.printed
