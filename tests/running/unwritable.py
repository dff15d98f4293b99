"""A database that can be read and not written, as on a full disk or a standby."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

from console import light_writes

#: How each database is made to refuse writes, and to take them again.
_REFUSE = {"sqlite": "PRAGMA query_only = ON", "postgresql": "SET default_transaction_read_only = on"}
_TAKE = {"sqlite": "PRAGMA query_only = OFF", "postgresql": "SET default_transaction_read_only = off"}


class Database:
    """What the console and the test share."""

    def refuse_writes(self) -> None:
        """From now on every write fails, on either database."""
        self._say(_REFUSE)

    def take_writes(self) -> None:
        """It can be written again."""
        self._say(_TAKE)

    def _say(self, words: dict[str, str]) -> None:
        with connection.cursor() as cursor:
            cursor.execute(words[connection.vendor])


@pytest.fixture
def database(transactional_db: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """It takes writes at first, and at the end; the console has not met a failure yet, and tries again at once."""
    monkeypatch.setattr(light_writes, "PAUSE", 0.0)
    light_writes.forget()
    found = Database()
    yield found
    found.take_writes()
    light_writes.forget()
