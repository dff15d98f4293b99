"""A database that is gone, replaced, cut or of another version is told, and nothing is sent past it."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client

from console import database_file
from console.running import schema
from tests.changes.acts import ADD, confirm_page
from tests.running.prepared import copy_prepared
from tests.running.processes import run
from tests.stage import stage as stage

pytestmark = pytest.mark.django_db(transaction=True)

SECRET = {"SECRET_KEY": "k3y" * 20, "CONSOLE_PLAIN_HTTP": "yes"}


@pytest.fixture
def gone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """`gone()`: the connection has a file open, and at its path lies another."""
    path = tmp_path / "console.sqlite3"
    path.touch()

    def replace() -> None:
        connection.ensure_connection()
        monkeypatch.setitem(connection.settings_dict, "NAME", str(path))
        monkeypatch.setattr(connection, "vendor", "sqlite")
        monkeypatch.setattr(connection, "opened_file", (0, 1), raising=False)

    return replace


def test_the_file_of_a_real_connection_is_known(tmp_path: Path) -> None:
    copy_prepared(tmp_path)
    code = (
        "import django; django.setup()\n"
        "import os\n"
        "from django.db import connection\n"
        "from console import database_file\n"
        "connection.ensure_connection(); database_file.check(); print('same')\n"
        "os.unlink(connection.settings_dict['NAME'])\n"
        "try: database_file.check()\n"
        "except database_file.DatabaseFileGone: print('gone')\n"
    )
    done = run("shell", "-c", code, "-v", "0", CONSOLE_DATA_DIR=str(tmp_path), **SECRET)
    assert done.stdout.split() == ["same", "gone"], done.stderr


def test_an_act_on_a_deleted_database_is_not_sent_and_the_page_says_so(stage: Any, gone: Any) -> None:
    owner = stage.browser("owner")
    page = confirm_page(owner, stage, ADD)
    owner.client.raise_request_exception = False
    gone()

    answer = owner.submit(page, "Add")

    assert answer.status == 503
    assert "The database file was deleted or replaced" in answer.text
    assert stage.cloud.ledger() == []


def test_a_deleted_database_is_not_ready(client: Client, gone: Any) -> None:
    assert client.get("/readyz").status_code == 200
    gone()
    assert client.get("/readyz").status_code == 503


def test_a_database_that_is_away_is_a_page_that_names_it_and_one_line_of_the_log(
    client: Client, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def away(*_: Any, **__: Any) -> None:
        raise OperationalError("connection refused\nIs the server running?")

    monkeypatch.setattr("django.contrib.auth.get_user", away)
    client.raise_request_exception = False
    answer = client.get("/help/")

    assert answer.status_code == 503
    text = answer.content.decode()
    assert "The database does not answer" in text
    assert "without its record nothing is sent" in text
    written = [line for line in capfd.readouterr().err.splitlines() if "OperationalError" in line]
    assert [len(line) < 1_000 for line in written] == [True]


def test_a_demo_whose_database_was_deleted_does_not_begin_a_new_log(tmp_path: Path) -> None:
    copy_prepared(tmp_path)
    where = {"CONSOLE_DATA_DIR": str(tmp_path), **SECRET}
    assert run("audit_checkpoint", **where).returncode == 0
    (tmp_path / "console.sqlite3").unlink()

    again = run("prepare_demo", **where)

    assert again.returncode != 0
    assert "knows checkpoint 1 of the audit log, and this database has none" in again.stderr
    assert "Traceback" not in again.stderr


def test_a_worker_does_not_work_on_tables_that_are_missing_or_newer(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    empty = run("worker", CONSOLE_DATA_DIR=str(tmp_path / "empty"), **SECRET)
    assert empty.returncode != 0
    assert "The database is not up to date" in empty.stderr

    copy_prepared(tmp_path / "newer")
    with closing(sqlite3.connect(tmp_path / "newer" / "console.sqlite3")) as database, database:
        database.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('changes', '9999_next', '2030-01-01')"
        )
    for command in (("worker",), ("prepare_demo",), ("serve", "--port", "0")):
        newer = run(*command, CONSOLE_DATA_DIR=str(tmp_path / "newer"), **SECRET)
        assert newer.returncode != 0
        assert "changes.9999_next" in newer.stderr
        assert "newer version of the console" in newer.stderr
        assert "Traceback" not in newer.stderr


def test_tables_of_this_version_are_fine() -> None:
    assert list(schema.reasons_against()) == []


def test_other_databases_have_no_file_to_lose() -> None:
    connection.ensure_connection()
    database_file.check()
