"""The two roles on PostgreSQL, made by the files that the README names, in a database of the test."""

import os
import re
import subprocess
import sys
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from console.settings import DATABASE_URL
from tests.conditions import needs_postgresql, needs_psycopg
from tests.running.deploy.examples import DEPLOY, needs_program, program
from tests.running.processes import ROOT, clean_environment, run
from tests.running.test_serve import CLOUDS

#: The server's own database: that of the run need not be there yet.
SUPERUSER = urlsplit(DATABASE_URL)._replace(path="/postgres").geturl()

pytestmark = [needs_postgresql, needs_psycopg, needs_program("psql", "Debian package postgresql-client")]


@dataclass
class Installed:
    """A database with its roles, named `name` and `name`_owner, and settings for the console."""

    name: str
    settings: dict[str, Any]

    def url(self, role: str) -> str:
        about = urlsplit(DATABASE_URL)
        return f"postgres://{role}@{about.hostname}:{about.port}/{self.name}"


def psql(url: str, *arguments: str, text: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    command = [program("psql"), "--no-psqlrc", "--quiet", *arguments, url]
    variables = os.environ | environment
    return subprocess.run(command, input=text, capture_output=True, text=True, timeout=60, env=variables, check=False)


@pytest.fixture
def installed(tmp_path: Path) -> Iterator[Installed]:
    """As `roles.sql` makes it, under names of its own: roles belong to the whole server."""
    name = f"console_{uuid.uuid4().hex[:12]}"
    subprocess.run(
        ["sh", str(DEPLOY / "make-secrets.sh"), str(tmp_path / "secrets"), "db", "db"], check=True, timeout=30
    )
    script = re.sub(r"\bconsole(_owner)?\b(?!-)", rf"{name}\1", (DEPLOY / "roles.sql").read_text(encoding="utf-8"))
    (tmp_path / "clouds.toml").write_text(CLOUDS)
    settings = {
        "CONSOLE_DATA_DIR": str(tmp_path / "data"),
        "SECRET_KEY_FILE": str(tmp_path / "secrets" / "secret-key"),
        "CONSOLE_AUDIT_SECRET_KEY_FILE": str(tmp_path / "secrets" / "audit-signing-key.pem"),
        "ALLOWED_HOSTS": "console.example.com",
        "CONSOLE_TRUSTED_PROXIES": "1",
        "CONSOLE_CLOUDS_FILE": str(tmp_path / "clouds.toml"),
        "CLOUD_ACCESS_KEY": "example",
        "CLOUD_SECRET_KEY": "example",
    }
    (tmp_path / "data").mkdir(mode=0o700)
    (tmp_path / "clouds.toml").chmod(0o600)
    try:
        made = psql(SUPERUSER, text=script, SECRETS=str(tmp_path / "secrets"))
        assert made.returncode == 0, made.stderr
        yield Installed(name, settings)
    finally:
        psql(SUPERUSER, text=f"DROP DATABASE {name} (FORCE); DROP ROLE {name}; DROP ROLE {name}_owner;")


def prepare(installed: Installed) -> None:
    """What the unit and the service `migrate` run, as the owner of the tables."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    # Without clouds: those who migrate need not know them.
    settings = installed.settings | {"CONSOLE_CLOUDS_FILE": "/nowhere/clouds.toml"}
    done = subprocess.run(
        ["sh", str(DEPLOY / "prepare-database.sh"), installed.name],
        env=clean_environment(**settings) | {"DATABASE_URL": installed.url(f"{installed.name}_owner"), "PATH": path},
        cwd=ROOT / "tests",
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_the_files_of_the_readme_make_a_database_that_nothing_is_to_be_warned_of(installed: Installed) -> None:
    prepare(installed)
    settings = installed.settings | {"DATABASE_URL": installed.url(installed.name)}
    checked = run("check", "--deploy", "--fail-level", "WARNING", **settings)
    assert checked.returncode == 0, checked.stderr
    added = run("add_administrator", "first", **settings)
    assert added.returncode == 0, added.stderr
    for forbidden in (
        "DELETE FROM audit_entry",
        "UPDATE audit_checkpoint SET seq = 0",
        "TRUNCATE audit_entry",
        "ALTER TABLE audit_entry DISABLE TRIGGER ALL",
        "CREATE TABLE somewhere (number int)",
    ):
        refused = psql(installed.url(installed.name), "--command", forbidden)
        assert refused.returncode != 0, forbidden
        assert "permission denied" in refused.stderr or "must be owner" in refused.stderr


def test_nobody_else_connects_to_the_database(installed: Installed) -> None:
    stranger = f"{installed.name}_stranger"
    psql(SUPERUSER, "--command", f"CREATE ROLE {stranger} LOGIN")
    try:
        refused = psql(installed.url(stranger), "--command", "SELECT 1")
        assert "permission denied for database" in refused.stderr
    finally:
        psql(SUPERUSER, "--command", f"DROP ROLE {stranger}")
