"""A release's migrations keep the code of the release before working, so that machines can be upgraded one by one.

Code of the release before reads and writes the tables while some machines run the new one already. A migration that
it might stumble over says why it does not, as `works_with_release_before = "..."` in the class of the migration; one
that it does stumble over moves `console.running.schema.RELEASE_BEFORE` on, and then there is no rolling upgrade.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, models
from django.db.migrations import Migration, operations
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ModelState, ProjectState

from console.running import schema

#: What no code notices that does not know of it.
HARMLESS = (
    operations.CreateModel,
    operations.AddIndex,
    operations.RemoveIndex,
    operations.RenameIndex,
    operations.RemoveConstraint,
    operations.AlterModelOptions,
    operations.AlterModelManagers,
    operations.AlterModelTableComment,
)


def complaints(migration: Migration, state: ProjectState) -> list[str]:
    """What of a migration the release before would stumble over; `state` is that before it, and moves on."""
    found = []
    for operation in migration.operations:
        found += _complaints_about(operation, migration.app_label, state)
        operation.state_forwards(migration.app_label, state)
    return [] if getattr(migration, "works_with_release_before", "") else found


def _complaints_about(operation: Operation, app: str, state: ProjectState) -> Iterator[str]:
    if isinstance(operation, operations.SeparateDatabaseAndState):
        for inner in operation.database_operations:
            yield from _complaints_about(inner, app, state)
    elif isinstance(operation, operations.AddField):
        if not (operation.field.null or operation.field.has_db_default() or operation.field.many_to_many):
            yield f"{operation.describe()}: rows of the release before lack it; make it null or give it a db_default"
    elif isinstance(operation, operations.AlterField):
        before = state.models[app, operation.model_name_lower].fields[operation.name]
        if _as_column(before) != _as_column(operation.field):
            yield f"{operation.describe()}: the release before reads and writes the column as it was"
    elif not isinstance(operation, HARMLESS):
        yield f"{operation.describe()}: the release before may rely on what was there"


def _as_column(field: "models.Field[Any, Any]") -> tuple[str, Sequence[Any], dict[str, Any]]:
    """All of a field that the database knows of."""
    _name, path, args, kwargs = field.deconstruct()
    return path, args, {key: value for key, value in kwargs.items() if key not in field.non_db_attrs}


def newer_migrations() -> Iterator[tuple[Migration, ProjectState]]:
    """Those of the console that the release before does not have, each with the state before it."""
    loader = MigrationLoader(connection)
    own = {config.label for config in apps.get_app_configs() if config.name.startswith("console.")}
    known: set[tuple[str, str]] = set()
    for name in schema.RELEASE_BEFORE:
        app, _, migration = name.partition(".")
        known.update(loader.graph.forwards_plan((app, migration)))
    for key in loader.graph.nodes:
        if key[0] in own and key not in known:
            yield loader.graph.nodes[key], loader.project_state(key, at_end=False)


@pytest.mark.django_db
def test_the_migrations_of_this_release_keep_the_release_before_working() -> None:
    found = {f"{one.app_label}.{one.name}": complaints(one, state) for one, state in newer_migrations()}
    assert {name: why for name, why in found.items() if why} == {}


@pytest.mark.django_db
def test_the_release_before_is_named_by_migrations_that_there_are() -> None:
    loader = MigrationLoader(connection)
    assert {f"{app}.{name}" for app, name in loader.disk_migrations} >= set(schema.RELEASE_BEFORE)
    assert len({name.partition(".")[0] for name in schema.RELEASE_BEFORE}) == len(schema.RELEASE_BEFORE)


NAME = models.CharField(max_length=10)
STUMBLES = [
    operations.RemoveField("thing", "name"),
    operations.RenameField("thing", "name", "title"),
    operations.DeleteModel("Thing"),
    operations.RenameModel("Thing", "Object"),
    operations.AlterModelTable("Thing", "another"),
    operations.AddField("thing", "colour", models.CharField(max_length=10, default="")),
    operations.AlterField("thing", "name", models.CharField(max_length=5)),
    operations.AlterField("thing", "note", models.TextField()),
    operations.AddConstraint("thing", models.UniqueConstraint(fields=["name"], name="one_of_a_name")),
    operations.RunSQL("DROP TABLE thing", "SELECT 1"),
    operations.RunPython(operations.RunPython.noop),
    operations.SeparateDatabaseAndState([operations.RemoveField("thing", "name")]),
]
FINE = [
    operations.CreateModel("Another", [("name", NAME)]),
    operations.AddField("thing", "colour", models.CharField(max_length=10, null=True)),
    operations.AddField("thing", "colour", models.CharField(max_length=10, db_default="")),
    operations.AlterField("thing", "name", models.CharField(max_length=10, choices=[("a", "A")], help_text="new")),
    operations.AddIndex("thing", models.Index(fields=["name"], name="by_name")),
    operations.SeparateDatabaseAndState(state_operations=[operations.RemoveField("thing", "name")]),
]


def a_migration(operation: Operation, reason: str = "") -> tuple[Migration, ProjectState]:
    migration = Migration("0002_next", "things")
    migration.operations = [operation]
    if reason:
        migration.works_with_release_before = reason  # type: ignore[attr-defined]
    state = ProjectState()
    fields = [("id", models.AutoField(primary_key=True)), ("name", NAME), ("note", models.TextField(null=True))]
    state.add_model(ModelState("things", "Thing", fields))
    return migration, state


@pytest.mark.parametrize("operation", STUMBLES, ids=lambda operation: operation.describe())
def test_what_the_release_before_would_stumble_over_is_found(operation: Operation) -> None:
    assert len(complaints(*a_migration(operation))) == 1
    assert complaints(*a_migration(operation, "The column is read by nobody since 0001.")) == []


@pytest.mark.parametrize("operation", FINE, ids=lambda operation: operation.describe())
def test_what_only_adds_is_fine(operation: Operation) -> None:
    assert complaints(*a_migration(operation)) == []
