"""The database itself refuses to change rows of the log, and to remove any that no checkpoint names as cut.

It cannot check signatures. So it takes a checkpoint only where one may come next, and one that names rows as cut only
after a row of the log says so and up to an earlier checkpoint. Whoever claims a cut that nobody signed leaves both
behind, and the verifier names them; on PostgreSQL the console's own role may not delete at all (`roles`).

A later migration that makes SQLite rebuild the table (any altered column) drops its triggers: end it with `install`.
A test compares what is there after all migrations with what is written here.
"""

from typing import Final

from django.db.backends.base.base import BaseDatabaseWrapper

_REFUSE: Final = "BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END"

_TAKEN: Final = "EXISTS (SELECT 1 FROM audit_entry WHERE seq = NEW.seq)"

_SQLITE: Final = {
    "audit_no_update": f"BEFORE UPDATE ON audit_entry {_REFUSE}",
    "audit_no_delete": f"BEFORE DELETE ON audit_entry {_REFUSE}",
    # INSERT OR REPLACE removes the old row without asking its DELETE trigger.
    "audit_no_replace": f"BEFORE INSERT ON audit_entry WHEN {_TAKEN} {_REFUSE}",
}

_POSTGRESQL: Final = {
    "audit_no_update": "BEFORE UPDATE ON audit_entry FOR EACH ROW EXECUTE FUNCTION audit_refuse()",
    "audit_no_delete": "BEFORE DELETE ON audit_entry FOR EACH ROW EXECUTE FUNCTION audit_refuse()",
    "audit_no_truncate": "BEFORE TRUNCATE ON audit_entry FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()",
}

# Once there are checkpoints, rows that a checkpoint names as cut may go, and nothing else; checkpoints stay for ever.
_CUT: Final = "COALESCE((SELECT MAX(first) FROM audit_checkpoint), 1)"
# What the next checkpoint may say: the next number, the last row, and as cut what was cut or what `retention` cuts now.
_NEXT: Final = f"""(NEW.number = 1 + COALESCE((SELECT MAX(number) FROM audit_checkpoint), 0)
    AND NEW.seq = COALESCE((SELECT MAX(seq) FROM audit_entry), 0)
    AND (NEW.first = {_CUT} OR (NEW.first > {_CUT}
        AND EXISTS (SELECT 1 FROM audit_checkpoint WHERE seq = NEW.first - 1)
        AND EXISTS (SELECT 1 FROM audit_entry WHERE seq = NEW.seq AND action = 'audit.retain'))))"""  # noqa: S608
_SIGNED: Final = "EXISTS (SELECT 1 FROM audit_checkpoint WHERE number = NEW.number)"
_SQLITE_PROOF: Final = {
    "audit_no_delete": f"BEFORE DELETE ON audit_entry WHEN OLD.seq >= {_CUT} {_REFUSE}",
    "audit_checkpoint_no_update": f"BEFORE UPDATE ON audit_checkpoint {_REFUSE}",
    "audit_checkpoint_no_delete": f"BEFORE DELETE ON audit_checkpoint {_REFUSE}",
    "audit_checkpoint_no_replace": f"BEFORE INSERT ON audit_checkpoint WHEN {_SIGNED} {_REFUSE}",
    "audit_checkpoint_only_next": f"BEFORE INSERT ON audit_checkpoint WHEN NOT {_NEXT} {_REFUSE}",
}
_POSTGRESQL_PROOF: Final = {
    "audit_no_delete": "BEFORE DELETE ON audit_entry FOR EACH ROW EXECUTE FUNCTION audit_refuse_uncut()",
    "audit_checkpoint_no_update": "BEFORE UPDATE ON audit_checkpoint FOR EACH ROW EXECUTE FUNCTION audit_refuse()",
    "audit_checkpoint_no_delete": "BEFORE DELETE ON audit_checkpoint FOR EACH ROW EXECUTE FUNCTION audit_refuse()",
    "audit_checkpoint_no_truncate": (
        "BEFORE TRUNCATE ON audit_checkpoint FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()"
    ),
    "audit_checkpoint_only_next": (
        "BEFORE INSERT ON audit_checkpoint FOR EACH ROW EXECUTE FUNCTION audit_refuse_out_of_turn()"
    ),
}
# The path is fixed, or a temporary table of the same name would be asked instead of ours.
_POSTGRESQL_PROOF_FUNCTIONS: Final = tuple(
    f"""CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql SET search_path = {{schema}}, pg_temp
    AS $$ BEGIN IF {allowed} THEN RETURN {row}; END IF;
    RAISE EXCEPTION 'the audit log is append-only' USING ERRCODE = 'insufficient_privilege'; END $$"""
    for name, allowed, row in (
        ("audit_refuse_uncut", f"OLD.seq < {_CUT}", "OLD"),
        ("audit_refuse_out_of_turn", _NEXT, "NEW"),
    )
)

_POSTGRESQL_FUNCTION: Final = """CREATE OR REPLACE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'the audit log is append-only' USING ERRCODE = 'insufficient_privilege'; END $$"""


def names(connection: BaseDatabaseWrapper) -> frozenset[str]:
    """The triggers this database must have after all migrations."""
    plain, proof = _rules(connection)
    return frozenset(plain | proof)


def install(connection: BaseDatabaseWrapper) -> None:
    """Put the triggers in place; does nothing where they are. Without a table of checkpoints nothing may go."""
    _install(connection, proof="audit_checkpoint" in connection.introspection.table_names())


def install_plain(connection: BaseDatabaseWrapper) -> None:
    """Put those in place that need no checkpoints, as the migration backwards must."""
    _install(connection, proof=False)


def _install(connection: BaseDatabaseWrapper, *, proof: bool) -> None:
    plain, more = _rules(connection)
    rules = plain | more if proof else plain
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            for name, rule in rules.items():
                cursor.execute(f"CREATE TRIGGER IF NOT EXISTS {name} {rule}")
        else:
            cursor.execute(_POSTGRESQL_FUNCTION)
            for function in _POSTGRESQL_PROOF_FUNCTIONS if proof else ():
                cursor.execute("SELECT quote_ident(current_schema())")
                cursor.execute(function.format(schema=cursor.fetchone()[0]))
            for name, rule in rules.items():
                cursor.execute(f"CREATE OR REPLACE TRIGGER {name} {rule}")


def remove(connection: BaseDatabaseWrapper) -> None:
    """Take the triggers away, as a migration backwards and the flush of a test database must."""
    plain, proof = _rules(connection)
    with connection.cursor() as cursor:
        for name, rule in (plain | proof).items():
            table = "" if connection.vendor == "sqlite" else f" ON {rule.split(' ON ')[1].split()[0]}"
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}{table}")


def _rules(connection: BaseDatabaseWrapper) -> tuple[dict[str, str], dict[str, str]]:
    if connection.vendor == "sqlite":
        return _SQLITE, _SQLITE_PROOF
    return _POSTGRESQL, _POSTGRESQL_PROOF
