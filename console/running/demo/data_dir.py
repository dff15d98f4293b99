"""The one folder that holds everything a demo makes."""

import fcntl
import os
import secrets
from pathlib import Path

from console.running.private_files import close_to_others


class DataDirBusy(OSError):
    """Another demo works in the folder, or it cannot be used; the text is one sentence for the person."""


class DataDir:
    """Database, key, static files and the state of the simulated cloud. Kept from one start to the next."""

    def __init__(self, path: Path) -> None:
        self.path = path.expanduser().resolve()

    @property
    def key_file(self) -> Path:
        """The secret key: made once, readable by its owner only."""
        return self.path / "secret-key"

    @property
    def world_file(self) -> Path:
        """The state of the simulated cloud."""
        return self.path / "world.sqlite3"

    def prepare(self) -> None:
        """Make the folder, closed to other users and invisible to git, and the key in it. Raises DataDirBusy."""
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            ignore = self.path / ".gitignore"
            if not ignore.exists():
                ignore.write_text("*\n", encoding="ascii")
            if not self.key_file.exists():
                self._make_key()
            close_to_others(self.path)
        except OSError as error:
            raise DataDirBusy(f"The data folder {self.path} cannot be used: {error.strerror}.") from error

    def lock(self) -> int:
        """Keep a second demo out for as long as the descriptor is open. Raises DataDirBusy."""
        descriptor = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(descriptor)
            text = f"Another demo is running on {self.path}: stop it, or give this one its own folder with --data-dir."
            raise DataDirBusy(text) from error
        return descriptor

    def _make_key(self) -> None:
        # Written aside and moved, so that a start which is cut off leaves no half a key.
        draft = self.path / "secret-key.new"
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(64))
        draft.replace(self.key_file)
