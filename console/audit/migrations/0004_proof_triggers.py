"""Rows may go once a checkpoint names them as cut; checkpoints stay; the text index forgets what is gone."""

from django.db import migrations

from console.audit import search_index, triggers


def forwards(apps, schema_editor):
    triggers.remove(schema_editor.connection)
    triggers.install(schema_editor.connection)
    search_index.follow_deletions(schema_editor.connection)


def backwards(apps, schema_editor):
    search_index.keep_deletions(schema_editor.connection)
    triggers.remove(schema_editor.connection)
    triggers.install_plain(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("audit", "0003_proof")]

    operations = [migrations.RunPython(forwards, backwards)]
