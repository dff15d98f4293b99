"""Which database role may do what with the log (PostgreSQL; SQLite has no roles, there only the triggers refuse).

Two roles: one that owns the tables, for `migrate` and `audit_retain`, and one for `serve` and `worker` that may append
to the log and read it, and neither change nor delete what is there, not even where a trigger would let it.
"""

from collections.abc import Iterator
from typing import Final

from django.db import connection

#: Tables whose rows are only ever added.
APPEND_ONLY: Final = ("audit_entry", "audit_checkpoint")
_REFUSED: Final = "UPDATE, DELETE, TRUNCATE"


def grants(role: str) -> Iterator[str]:
    """The statements, for the owner of the tables, that give a role all that `serve` and `worker` need."""
    name = _quoted(role)
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_schema()")
        schema = _quoted(cursor.fetchone()[0])
    yield "BEGIN;"
    yield f"GRANT USAGE ON SCHEMA {schema} TO {name};"
    yield f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {schema} TO {name};"
    yield f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA {schema} TO {name};"
    for table in APPEND_ONLY:
        yield f"REVOKE {_REFUSED} ON {schema}.{table} FROM {name};"
    yield "COMMIT;"


def may_delete() -> bool:
    """Whether the role of this connection may delete rows of the log where the triggers let it."""
    if connection.vendor == "sqlite":
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_table_privilege('audit_entry', 'DELETE')")
        return bool(cursor.fetchone()[0])


def reach() -> tuple[bool, bool]:
    """Whether the role of this connection could change or delete rows of the log, and whether it is a superuser.

    Raises django.db.DatabaseError. Where there are no tables, it could not.
    """
    if connection.vendor == "sqlite":
        return False, False
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT rolsuper OR pg_has_role(relowner, 'MEMBER') OR has_table_privilege(pg_class.oid, %s), rolsuper
            FROM pg_class, pg_roles
            WHERE rolname = current_user AND pg_class.oid IN (to_regclass(%s), to_regclass(%s))""",
            [_REFUSED, *APPEND_ONLY],
        )
        found = cursor.fetchall()
    return any(could for could, _ in found), any(superuser for _, superuser in found)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
