"""Whether the tables are those of this version: each process asks at its start."""

from collections.abc import Iterator

from django.apps import apps
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from console.audit import anchors, roles


def reasons_against() -> Iterator[str]:
    """Why this version must not work on this database, one sentence each. Raises django.db.DatabaseError."""
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        yield "The database is not up to date. Run `manage.py migrate`."
    if newer := unknown(executor):
        yield (
            f"The database was changed by a newer version of the console ({', '.join(newer)}). "
            "Start that version, or restore a backup from before it."
        )


def unknown(executor: MigrationExecutor) -> list[str]:
    """Migrations of our own apps that were applied and that this version does not have."""
    ours = {config.label for config in apps.get_app_configs() if config.name.startswith("console.")}
    applied, ship = executor.loader.applied_migrations, executor.loader.disk_migrations
    return sorted(f"{app}.{name}" for app, name in applied if app in ours and (app, name) not in ship)


def refusal() -> str:
    """All reasons in one text, "" where there are none; for processes that cannot work without the database."""
    try:
        return " ".join(reasons_against()) or _missing_rights() or anchors.reason_against_this_log()
    except DatabaseError as error:
        return f"The database does not answer ({type(error).__name__}). Check DATABASE_URL."


def _missing_rights() -> str:
    missing = ", ".join(roles.missing_rights())
    return f"The console lacks rights in the database: {missing}. {roles.HOW_TO_GRANT}" if missing else ""
