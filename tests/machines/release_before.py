"""The release before this one, unpacked from the history of the repository."""

import io
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from console.running.schema import RELEASE_BEFORE
from tests.conditions import program
from tests.running.processes import ROOT


def unpack_release_before(folder: Path) -> None:
    """Its whole tree: that of the newest commit with exactly the migrations of the release before."""
    leaves = {name.partition(".")[2] for name in RELEASE_BEFORE}
    commit = next((one for one in _commits() if _last_migrations(one) == leaves), None)
    assert commit, "the history holds no commit with the migrations of the release before; is the clone a shallow one?"
    with tarfile.open(fileobj=io.BytesIO(_git("archive", commit))) as archive:
        archive.extractall(folder, filter="data")


def _commits() -> Iterator[str]:
    yield from _git("rev-list", "--first-parent", "HEAD").decode().split()


def _last_migrations(commit: str) -> set[str]:
    """The last one of each package, by its name: packages may be renamed, migrations are not."""
    last: dict[PurePosixPath, str] = {}
    for path in map(PurePosixPath, _git("ls-tree", "-r", "--name-only", commit, "console").decode().split()):
        if path.parent.name == "migrations" and path.stem[:4].isdigit():
            last[path.parent] = max(path.stem, last.get(path.parent, ""))
    return set(last.values())


def _git(*arguments: str) -> bytes:
    return subprocess.run([program("git"), *arguments], cwd=ROOT, capture_output=True, check=True, timeout=60).stdout
