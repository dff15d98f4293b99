"""The files of `console/running/deploy`, and what they need of the machine to be tried."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conditions import IN_CI
from tests.running.processes import ROOT

DEPLOY = ROOT / "console" / "running" / "deploy"
#: Where the examples expect the code, the settings and the secrets.
CODE, SETTINGS = "/opt/private-access-console", "/etc/private-access-console"
#: First what was installed beside pytest, at last where Debian keeps servers out of the path of ordinary users.
_PATH = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", ""), "/usr/sbin", "/sbin"])


def program(name: str) -> str:
    """Its path; the name itself where it is not installed."""
    return shutil.which(name, path=_PATH) or name


def needs_program(name: str, package: str) -> pytest.MarkDecorator:
    """For a test that runs it; `package` says what brings it."""
    path = shutil.which(name, path=_PATH)
    found = path is not None and (name != "caddy" or _is_recent_caddy(path))
    return pytest.mark.skipif(not found and not IN_CI, reason=f"needs {name} ({package})")


def _is_recent_caddy(path: str) -> bool:
    """The example needs 2.8: older ones, as in Debian 12, show a broken-off answer as a whole one."""
    said = subprocess.run([path, "version"], check=False, capture_output=True, text=True, timeout=30).stdout
    return tuple(map(int, said.lstrip("v").split(".")[:2])) >= (2, 8) if said[:2].strip("v").isdigit() else False


def environment_of(path: Path) -> dict[str, str]:
    """The variables of a file that systemd and Compose read."""
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    return dict(line.split("=", 1) for line in lines)


def make_secrets(folder: Path) -> None:
    """Run the script that makes all of an installation. Raises CalledProcessError where it refuses."""
    command = ["sh", str(DEPLOY / "make-secrets.sh"), str(folder), "127.0.0.1", "127.0.0.1"]
    subprocess.run(command, check=True, capture_output=True, timeout=30)
