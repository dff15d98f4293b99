"""What keeps the database from its work. None of it is a mistake of the console, and each asks for another remedy."""

from enum import StrEnum
from typing import Final

from django.db import InterfaceError, InternalError, OperationalError


class Failure(StrEnum):
    """Why a statement was not carried out."""

    AWAY = "does not answer"
    LOCKED = "is locked by another process"
    FULL = "is full"
    READ_ONLY = "is read-only"


#: SQLite's primary result codes: SQLITE_BUSY, SQLITE_LOCKED, SQLITE_READONLY, SQLITE_FULL.
_OF_SQLITE: Final = {5: Failure.LOCKED, 6: Failure.LOCKED, 8: Failure.READ_ONLY, 13: Failure.FULL}
#: PostgreSQL's: read_only_sql_transaction, disk_full, lock_not_available, serialization_failure, deadlock_detected.
_OF_POSTGRESQL: Final = {
    "25006": Failure.READ_ONLY,
    "53100": Failure.FULL,
    "55P03": Failure.LOCKED,
    "40001": Failure.LOCKED,
    "40P01": Failure.LOCKED,
}


def failure_of(error: BaseException | None) -> Failure | None:
    """What the error says of the database; None for an error that is about something else."""
    while error is not None:
        if isinstance(known := getattr(error, "failure", None), Failure):
            return known
        if isinstance(error, InternalError | InterfaceError | OperationalError):
            driver = error.__cause__
            code, state = getattr(driver, "sqlite_errorcode", None), getattr(driver, "sqlstate", None)
            found = _OF_SQLITE.get(code & 0xFF) if isinstance(code, int) else _OF_POSTGRESQL.get(state or "")
            if found is not None:
                return found
            if not isinstance(error, InternalError) and not isinstance(driver, OperationalError | InternalError):
                return Failure.AWAY
        error = error.__cause__
    return None
