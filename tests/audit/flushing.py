"""Lets tests with real transactions empty the database, which the log itself refuses.

`tests/conftest.py` imports the fixture; nothing asks for it by name.
"""

from collections.abc import Iterator

import pytest
from django.db import connection
from django.test import TransactionTestCase

from console.audit import triggers


@pytest.fixture(scope="session", autouse=True)
def open_audit_table() -> Iterator[None]:
    """Take the triggers away while Django flushes after a test, and put them back; empty the text index, too.

    The head is emptied with the rest; the next `journal.record` begins a new chain.
    """
    flush = TransactionTestCase._fixture_teardown

    def flush_without_triggers(case: TransactionTestCase) -> None:
        triggers.remove(connection)
        try:
            flush(case)
            if connection.vendor == "sqlite":
                with connection.cursor() as cursor:
                    cursor.execute("INSERT INTO audit_words(audit_words) VALUES ('delete-all')")
        finally:
            triggers.install(connection)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", flush_without_triggers)
        yield
