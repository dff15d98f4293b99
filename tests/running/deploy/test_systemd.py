"""The units for systemd: valid, closed, and with the settings that the console reads."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.test_settings import listed
from tests.running.deploy.examples import CODE, DEPLOY, SETTINGS, environment_of, needs_program, program
from tests.running.processes import ROOT

UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
#: Of 10, as `systemd-analyze security` counts what an attacker who took over the service could still do. A unit
#: without hardening has 9.6.
MOST_EXPOSURE = 2.0

pytestmark = needs_program("systemd-analyze", "Debian package systemd")


def analyze(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [program("systemd-analyze"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


@pytest.fixture
def installed(tmp_path: Path) -> list[str]:
    """The units as they would lie in /etc/systemd/system, for an installation in a folder of the test."""
    python = tmp_path / "code" / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.symlink_to(sys.executable)
    copies = []
    for unit in UNITS:
        copy = tmp_path / unit.name
        copy.write_text(unit.read_text(encoding="utf-8").replace(CODE, str(tmp_path / "code")), encoding="utf-8")
        copies.append(str(copy))
    return copies


def test_there_is_a_unit_for_pages_worker_and_migration() -> None:
    assert [unit.stem.rpartition("-")[2] for unit in UNITS] == ["migrate", "serve", "worker"]


def test_systemd_finds_no_mistake_in_the_units(installed: list[str]) -> None:
    verified = analyze("verify", "--man=no", "--recursive-errors=no", *installed)
    assert verified.stdout + verified.stderr == ""
    assert verified.returncode == 0


def test_a_service_that_was_taken_over_can_do_little_else(installed: list[str]) -> None:
    for unit in installed:
        judged = analyze("security", "--offline=yes", f"--threshold={round(MOST_EXPOSURE * 10)}", "--no-pager", unit)
        assert judged.returncode == 0, judged.stdout


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: str(unit.stem))
def test_commands_of_a_unit_exist_in_the_code(unit: Path) -> None:
    (command,) = [line for line in unit.read_text(encoding="utf-8").splitlines() if line.startswith("ExecStart=")]
    words = command.split()
    for word in words:
        if word.startswith("console/"):
            assert (ROOT / word).is_file()
    if "manage.py" in words:
        name = words[words.index("manage.py") + 1]
        assert (ROOT / "console/running/management/commands" / f"{name}.py").is_file()


def test_only_the_migration_gets_the_password_of_the_owner() -> None:
    for unit in UNITS:
        has_it = "owner-database-url" in unit.read_text(encoding="utf-8")
        assert has_it == unit.stem.endswith("-migrate")


def test_the_services_find_the_settings_where_the_readme_puts_them() -> None:
    for unit in UNITS:
        assert f"EnvironmentFile={SETTINGS}/settings.env\n" in unit.read_text(encoding="utf-8")


def test_every_variable_of_the_settings_file_is_a_setting() -> None:
    settings = environment_of(DEPLOY / "settings.env")
    assert {name.removesuffix("_FILE") if name != "CONSOLE_CLOUDS_FILE" else name for name in settings} <= listed()


def test_the_settings_file_holds_no_secret_itself() -> None:
    settings = environment_of(DEPLOY / "settings.env")
    secrets = [name for name in settings if any(word in name for word in ("SECRET", "TOKEN", "_URL"))]
    assert secrets
    assert [name for name in secrets if not (name.endswith("_FILE") and settings[name].startswith(SETTINGS))] == []
