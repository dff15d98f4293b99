"""Which database role may do what with the log (PostgreSQL; SQLite has no roles, there only the triggers refuse).

Two roles: one that owns the tables, for `migrate` and `audit_retain`, and one for `serve` and `worker` that may append
to the log and read it, and neither change nor delete what is there, not even where a trigger would let it.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from django.db import connection

#: Tables whose rows are only ever added.
APPEND_ONLY: Final = ("audit_entry", "audit_checkpoint")
_REFUSED: Final = "UPDATE, DELETE, TRUNCATE"
_NEEDED: Final = ("SELECT", "INSERT", "UPDATE", "DELETE")
#: Django's own list of migrations, which every process reads at its start.
_MIGRATIONS: Final = "django_migrations"
#: What to do about `missing_rights`.
HOW_TO_GRANT: Final = (
    "PostgreSQL: as the owner of the tables, run what `manage.py audit_grants ROLE` prints, after each migrate. "
    "SQLite: the user of the console must own the file of the database and its folder."
)


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


def missing_rights() -> Iterator[str]:
    """What serve and worker must be able to do in the database and cannot, such as "INSERT on changes_batch".

    Raises django.db.DatabaseError.
    """
    if connection.vendor == "sqlite":
        yield from _missing_on_files(str(connection.settings_dict["NAME"]))
        return
    tables = connection.introspection.django_table_names(only_existing=True)
    wanted = [(table, right) for table in sorted(tables) for right in _NEEDED if not _is_refused(table, right)]
    wanted.append((_MIGRATIONS, "SELECT"))
    names, rights = [table for table, _ in wanted], [right for _, right in wanted]
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT name, needed FROM unnest(%s::text[], %s::text[]) AS asked (name, needed)
            WHERE to_regclass(quote_ident(name)) IS NOT NULL AND NOT has_table_privilege(quote_ident(name), needed)""",
            [names, rights],
        )
        yield from (f"{right} on {name}" for name, right in cursor.fetchall())
        cursor.execute(
            """SELECT relname FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
            WHERE nspname = current_schema()
            AND CASE WHEN relkind = 'S' THEN NOT has_sequence_privilege(pg_class.oid, 'USAGE') ELSE false END"""
        )
        yield from (f"USAGE on {name}" for (name,) in cursor.fetchall())


def _is_refused(table: str, right: str) -> bool:
    return table in APPEND_ONLY and right in _REFUSED


def _missing_on_files(name: str) -> Iterator[str]:
    """SQLite writes to the file, and to others beside it."""
    path = Path(name)
    if not path.is_file():
        return
    if not os.access(path, os.R_OK | os.W_OK):
        yield "write to the file of the database"
    if not os.access(path.parent, os.W_OK | os.X_OK):
        yield "write to the folder of the database"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
