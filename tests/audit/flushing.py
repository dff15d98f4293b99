"""Lets tests with real transactions empty the database, which the log itself refuses.

`tests/conftest.py` imports the fixture; nothing asks for it by name.
"""

from collections.abc import Iterator

import pytest
from django.db import connection, transaction
from django.test import TransactionTestCase

from console.audit import triggers

#: Written by the migrations, and the same for every test.
_KEPT = {"django_migrations", "django_content_type", "auth_permission"}


@pytest.fixture(scope="session", autouse=True)
def open_audit_table() -> Iterator[None]:
    """Empty the tables that hold something after each such test, with the triggers away meanwhile.

    Django would truncate every table, which takes PostgreSQL a quarter of a second, and do the work that follows a
    migration again. The head is emptied with the rest; the next `journal.record` begins a new chain.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda _case: _empty())
        yield


def _empty() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        triggers.remove(connection)
        for table in _filled():
            cursor.execute(f"DELETE FROM {table}")
        if connection.vendor == "sqlite":
            cursor.execute("INSERT INTO audit_words(audit_words) VALUES ('delete-all')")
        triggers.install(connection)


def _filled() -> list[str]:
    """The tables with a row or more, in one query."""
    tables = connection.introspection.django_table_names(only_existing=True, include_views=False)
    asked = [f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM {table})" for table in tables if table not in _KEPT]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(asked))
        return [str(row[0]) for row in cursor.fetchall()]
