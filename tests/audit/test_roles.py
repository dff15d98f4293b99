"""On PostgreSQL the role of the running console appends to the log, and cannot change it even without triggers."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from console import clock
from console.audit import retention, roles
from console.audit.breaks import Whole
from console.running.checks import database_may_be_used, log_is_out_of_reach
from tests.audit.factories import entries
from tests.audit.proving import lay_open, sign, sql, verified
from tests.conditions import needs_postgresql

ROLE = 'console "app"'


def _printed() -> str:
    out = StringIO()
    call_command("audit_grants", ROLE, stdout=out)
    return out.getvalue().replace("BEGIN;", "").replace("COMMIT;", "")  # the test is one transaction itself


def _told() -> list[str]:
    return [message.id or "" for message in log_is_out_of_reach(None)]


@needs_postgresql
def test_the_role_of_the_console_appends_signs_and_verifies_and_nothing_else(vault, monkeypatch):
    assert _told() == ["console.I001"]  # tests run as a superuser
    sql('CREATE ROLE "console ""app"""')
    sql(_printed())
    lay_open()
    sql('SET LOCAL ROLE "console ""app"""')
    entries(3)
    sign()
    assert isinstance(verified(), Whole)
    for table, column in (("audit_entry", "actor"), ("audit_checkpoint", "line")):
        for statement in (f"UPDATE {table} SET {column} = ''", f"DELETE FROM {table}", f"TRUNCATE {table} CASCADE"):
            with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
                sql(statement)
    assert _told() == []
    later = timezone.now() + timedelta(days=40)
    monkeypatch.setattr(clock, "source", lambda: later)
    with pytest.raises(retention.NotCut, match="may not delete"):
        retention.cut(30)
    sql("RESET ROLE")
    sql('GRANT DELETE ON audit_checkpoint TO "console ""app"""')
    sql('SET LOCAL ROLE "console ""app"""')
    assert _told() == ["console.W004"]


@needs_postgresql
def test_a_role_without_its_rights_is_told_before_somebody_needs_them(db):
    sql('CREATE ROLE "console ""app"""')
    sql('SET LOCAL ROLE "console ""app"""')
    lacking = set(roles.missing_rights())
    assert {"SELECT on django_migrations", "INSERT on changes_change", "INSERT on audit_entry"} <= lacking
    assert "UPDATE on audit_entry" not in lacking
    assert [issue.id for issue in database_may_be_used(None)] == ["console.E006"] * len(lacking)
    sql("RESET ROLE")
    sql(_printed())
    sql("REVOKE INSERT ON changes_change FROM " + '"console ""app"""')
    sql('SET LOCAL ROLE "console ""app"""')
    assert list(roles.missing_rights()) == ["INSERT on changes_change"]


def test_sqlite_has_no_roles(db):
    if connection.vendor != "sqlite":
        pytest.skip("this run is on PostgreSQL")
    assert _told() == []
    with pytest.raises(CommandError, match="no roles"):
        _printed()
