"""A data folder as the first start of a demo leaves it: for those who are not about that first start."""

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path

from tests.running.processes import run

#: Of every demo person in it. A canary: `test_no_secrets` looks for it everywhere.
PASSWORD = "canary-password-of-everybody"


def copy_prepared(folder: Path) -> None:
    """Put its database and its static files into the folder, which may be there already."""
    shutil.copytree(_prepared(), folder, dirs_exist_ok=True)


@cache
def _prepared() -> Path:
    """Made once in each process of the tests: the migrations are dear."""
    folder = Path(tempfile.mkdtemp(prefix="console-prepared-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    settings = {"CONSOLE_DATA_DIR": str(folder), "CONSOLE_DEMO_PASSWORD": PASSWORD, "SECRET_KEY": "k3y" * 20}
    done = run("prepare_demo", **settings)
    assert done.returncode == 0, done.stderr
    return folder
