"""The triggers that keep the log append-only, and the index behind its free-text search."""

from django.db import migrations

from console.audit import search_index, triggers


def forwards(apps, schema_editor):
    triggers.install(schema_editor.connection)
    search_index.create(schema_editor.connection)


def backwards(apps, schema_editor):
    search_index.drop(schema_editor.connection)
    triggers.remove(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]

    operations = [migrations.RunPython(forwards, backwards)]
