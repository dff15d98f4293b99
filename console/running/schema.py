"""Whether the tables are those of this version: each process asks at its start.

A newer release may declare, in the row `Release`, that its tables work with older code: then that starts on them.
"""

from collections.abc import Iterator
from typing import Any, Final

from django.apps import apps as installed
from django.db import DatabaseError, connection, connections
from django.db.migrations.executor import MigrationExecutor

from console.audit import anchors, roles
from console.running.models import Release

#: The last migration of each app in the release before this one. Code that has them works on the tables of this one:
#: tests/house/test_migrations.py checks that no later migration breaks it. Moved on when a release is made; moved
#: further only for a release that cannot work beside the one before.
RELEASE_BEFORE: Final = (
    "access.0006_passwords_handed_over",
    "audit.0006_refusals_counted",
    "changes.0010_sessions_of_the_actor",
    "observations.0001_initial",
)


def reasons_against() -> Iterator[str]:
    """Why this version must not work on this database, one sentence each. Raises django.db.DatabaseError."""
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        yield "The database is not up to date. Run `manage.py migrate`."
    if newer := not_made_for_this(executor):
        yield (
            f"The database was changed by a newer version of the console ({', '.join(newer)}). "
            "Start that version, or restore a backup from before it."
        )


def not_made_for_this(executor: MigrationExecutor) -> list[str]:
    """Applied migrations that this version does not have; none where the release that made them lets it work there."""
    newer = _unknown(executor)
    if newer and (release := Release.objects.first()):
        is_declared = set(newer) <= set(release.migrations) and set(release.works_with) <= shipped(executor)
        return [] if is_declared else newer
    return newer


def shipped(executor: MigrationExecutor) -> set[str]:
    """The console's own migrations in this version, as "app.name"."""
    return {f"{app}.{name}" for app, name in executor.loader.disk_migrations if app in _own_apps()}


def _unknown(executor: MigrationExecutor) -> list[str]:
    applied = {f"{app}.{name}" for app, name in executor.loader.applied_migrations if app in _own_apps()}
    return sorted(applied - shipped(executor))


def _own_apps() -> set[str]:
    return {config.label for config in installed.get_app_configs() if config.name.startswith("console.")}


def declare(using: str, apps: Any, **about: Any) -> None:
    """Signal handler after `migrate`: what older code needs to work on these tables. A newer release's word stays."""
    if "plan" not in about:
        return  # `flush`, which emptied the tables and migrated nothing
    executor = MigrationExecutor(connections[using])
    try:
        release = apps.get_model("running", "Release")
    except LookupError:
        return  # migrated to a state from before this table
    if not _unknown(executor):
        declared = {"migrations": sorted(shipped(executor)), "works_with": sorted(RELEASE_BEFORE)}
        release.objects.using(using).update_or_create(pk=1, defaults=declared)


def refusal() -> str:
    """All reasons in one text, "" where there are none; for processes that cannot work without the database."""
    try:
        return " ".join(reasons_against()) or _missing_rights() or anchors.reason_against_this_log()
    except DatabaseError as error:
        return f"The database does not answer ({type(error).__name__}). Check DATABASE_URL."


def _missing_rights() -> str:
    missing = ", ".join(roles.missing_rights())
    return f"The console lacks rights in the database: {missing}. {roles.HOW_TO_GRANT}" if missing else ""
