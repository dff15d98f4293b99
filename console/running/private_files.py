"""What the console keeps on disk is for its own user: found where it is not, and mended where it is ours to mend.

New files are closed from the start by the umask in `console/__init__.py`; this is about older ones and other people's.
"""

import os
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from django.conf import settings

from console.running import overview

#: Files in the data folder that the console or its demo makes, as patterns; `static` is a folder.
_OURS: Final = (
    ".gitignore",
    "lock",
    "secret-key*",
    "console.sqlite3*",
    "world.sqlite3*",
    "audit-signing-key*",
    "audit-checkpoints.jsonl",
    "static",
    "static/**/*",
)
#: Read, write and enter, for the group and for everybody.
_OTHERS: Final = 0o077


def close_to_others(folder: Path) -> None:
    """Take from others what an earlier version left open: the data folder and our files in it, where we own them."""
    if os.name == "nt" or not folder.is_dir():
        return
    for path in (folder, *(path for pattern in _OURS for path in folder.glob(pattern))):
        about = path.lstat()
        # A sticky folder, such as /tmp, was made to be shared; a link may lead out of the folder.
        if about.st_uid != os.geteuid() or stat.S_ISLNK(about.st_mode) or about.st_mode & stat.S_ISVTX:
            continue
        if about.st_mode & _OTHERS:
            path.chmod(stat.S_IMODE(about.st_mode) & ~_OTHERS)


def warning() -> str:
    """One sentence that names what others can read; "" when they can read nothing."""
    found = [str(path) for path in open_to_others()]
    return f"Files that can be read by others: {', '.join(found)}." if found else ""


def open_to_others() -> Sequence[Path]:
    """Data folder, database, keys and other secrets that others than their owner can read. Nothing on Windows."""
    if os.name == "nt":
        return []
    return [path for path in dict.fromkeys(_kept_secret()) if _is_open(path)]


def _kept_secret() -> Iterator[Path]:
    folder = Path(settings.DATA_DIR)
    yield folder
    database: dict[str, Any] = settings.DATABASES["default"]
    if database["ENGINE"].endswith("sqlite3") and database["NAME"] != ":memory:":
        yield from (Path(f"{database['NAME']}{ending}") for ending in ("", "-wal", "-shm"))
    yield from folder.glob("audit-signing-key*")
    if settings.AUDIT_ANCHOR_PATH:
        yield Path(settings.AUDIT_ANCHOR_PATH)
    yield from (Path(os.environ[f"{one.name}_FILE"]) for one in overview.asked() if one.source == "file")
    if clouds := os.environ.get("CONSOLE_CLOUDS_FILE"):
        yield Path(clouds)


def _is_open(path: Path) -> bool:
    try:
        about = path.stat()
    except OSError:
        return False
    # Of a file of another user, such as root's, our own way in may be the group.
    others = _OTHERS if about.st_uid == os.geteuid() else stat.S_IRWXO
    return bool(about.st_mode & others)
