"""The SQLite file that a connection has open is the one at its path.

A file that is deleted or replaced while the console runs goes on taking writes, which nobody finds again.
"""

import os
from typing import Any

from django.db import OperationalError, connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created


class DatabaseFileGone(OperationalError):
    """The open file is not the one at its path (any more)."""


def connect() -> None:
    """Remember the file of each new connection. Called once, when the app is ready."""
    connection_created.connect(_remember, dispatch_uid="console.database_file")


def check() -> None:
    """Raises DatabaseFileGone. Asked before each intent and by /readyz; costs one look at the file system."""
    opened = getattr(connection, "opened_file", None)
    if connection.connection is not None and opened is not None and opened != _identity(connection):
        raise DatabaseFileGone(
            "The database file was deleted or replaced while the console ran. Stop the console, put the file back "
            "from a backup, and start it again."
        )


def _remember(connection: BaseDatabaseWrapper, **_: Any) -> None:
    connection.opened_file = _identity(connection)  # type: ignore[attr-defined]


def _identity(connection: BaseDatabaseWrapper) -> tuple[int, int] | None:
    """Device and number of the file; None where there is none: in memory, or another database."""
    name = str(connection.settings_dict["NAME"])
    if connection.vendor != "sqlite" or ":memory:" in name or name.startswith("file:"):
        return None
    try:
        found = os.stat(name)
    except OSError:
        return (0, 0)
    return (found.st_dev, found.st_ino)
