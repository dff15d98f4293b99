"""What the console makes on disk is for its own user: started as systems start it, under a umask that lets all read."""

import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.running.prepared import PASSWORD, copy_prepared
from tests.running.processes import Running, Visitor, free_port, run, until

KEY = "k3y-for-tests-" * 5


@pytest.fixture
def open_parent() -> Iterator[Path]:
    """A folder that everybody may enter and list, as /srv is."""
    folder = Path(tempfile.mkdtemp(prefix="console-open-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def let_everybody_read(folder: Path) -> None:
    """As an earlier version left it."""
    folder.chmod(0o755)
    for path in folder.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)


def open_to_others(folder: Path) -> list[str]:
    """The folder and all in it that others than its owner may read, with their modes."""
    modes = {path: stat.S_IMODE(path.lstat().st_mode) for path in (folder, *folder.rglob("*"))}
    assert len(modes) > 20
    return [f"{path} {mode:o}" for path, mode in modes.items() if mode & 0o077]


def demo_once(folder: Path) -> str:
    """Start a demo, sign in, wait until its worker has signed a checkpoint, and end it; what it printed."""
    port = free_port()
    arguments = ("demo", "--port", str(port), "--data-dir", str(folder), "--no-browser")
    with Running(*arguments, umask=0o022, CONSOLE_DEMO_PASSWORD=PASSWORD) as demo:
        assert demo.says("The console is ready: "), demo.printed
        assert "Gateways" in Visitor(f"http://127.0.0.1:{port}").sign_in("admin", PASSWORD)
        assert until((folder / "audit-checkpoints.jsonl").exists)
        assert (folder / "console.sqlite3-wal").exists()
        assert (folder / "world.sqlite3").exists()
        assert open_to_others(folder) == []
    return demo.printed


def test_nothing_that_a_demo_makes_can_be_read_by_others(open_parent: Path) -> None:
    printed = demo_once(open_parent / "data")
    assert open_to_others(open_parent / "data") == []
    assert "can be read by others" not in printed


def test_what_an_earlier_version_left_open_is_closed_at_the_start(open_parent: Path) -> None:
    folder = open_parent / "data"
    copy_prepared(folder)
    let_everybody_read(folder)
    printed = demo_once(folder)
    assert "can be read by others" not in printed


def test_files_that_are_not_the_consoles_are_left_as_they_are(open_parent: Path) -> None:
    folder = open_parent / "data"
    copy_prepared(folder)
    let_everybody_read(folder)
    (folder / "notes.txt").write_text("of somebody else")
    (folder / "notes.txt").chmod(0o644)
    (folder / "static" / "elsewhere").symlink_to(open_parent)
    with Running("worker", umask=0o022, SECRET_KEY=KEY, CONSOLE_DATA_DIR=str(folder)):
        assert until(lambda: stat.S_IMODE(folder.stat().st_mode) == 0o700)
        assert until(lambda: stat.S_IMODE((folder / "console.sqlite3").stat().st_mode) == 0o600)
        assert stat.S_IMODE((folder / "notes.txt").stat().st_mode) == 0o644
        assert stat.S_IMODE(open_parent.stat().st_mode) == 0o755


def test_the_check_names_every_file_that_others_can_read(open_parent: Path) -> None:
    folder = open_parent / "data"
    copy_prepared(folder)
    let_everybody_read(folder)
    given = {}
    for name in ("SECRET_KEY_FILE", "CONSOLE_CLOUDS_FILE"):
        path = open_parent / name.lower()
        path.write_text(KEY if name == "SECRET_KEY_FILE" else '[clouds.a]\nprovider = "simulated"\n')
        path.chmod(0o644)
        given[name] = str(path)
    for name in ("audit-signing-key.pem", "audit-checkpoints.jsonl"):
        (folder / name).write_text("")
        (folder / name).chmod(0o644)

    checked = run("check", "--deploy", "--tag", "security", CONSOLE_DATA_DIR=str(folder), **given)

    (told,) = [line for line in checked.stderr.splitlines() if "console.W005" in line]
    names = ["console.sqlite3", "audit-signing-key.pem", "audit-checkpoints.jsonl"]
    for path in (str(folder), *given.values(), *(str(folder / name) for name in names)):
        assert path in told
    assert KEY not in checked.stderr


@pytest.mark.parametrize("command", ["serve", "worker"])
def test_a_secret_file_that_others_can_read_is_told_at_the_start(open_parent: Path, command: str) -> None:
    """Outside the data folder nothing is changed: another program may need it so."""
    folder, key = open_parent / "data", open_parent / "secret-key"
    copy_prepared(folder)
    key.write_text(KEY)
    key.chmod(0o644)
    given = {"SECRET_KEY_FILE": str(key), "CONSOLE_DATA_DIR": str(folder), "CONSOLE_PLAIN_HTTP": "yes"}
    arguments = ("--port", str(free_port())) if command == "serve" else ()
    with Running(command, *arguments, umask=0o022, **given) as started:
        assert started.says(f"Files that can be read by others: {key}."), started.printed
    assert stat.S_IMODE(key.stat().st_mode) == 0o644
    assert os.access(folder / "console.sqlite3", os.W_OK)
