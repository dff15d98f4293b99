"""Sessions that exist go on: their keys are replaced by the hashes of their keys, and the old table goes."""

import hashlib
from typing import Any

from django.db import migrations, models
from django.utils import timezone

_OLD = "django_session"


def take_over(apps: Any, schema_editor: Any) -> None:
    """Copy the sessions that are not over. Their content is signed as before."""
    connection = schema_editor.connection
    if _OLD not in connection.introspection.table_names():
        return
    old = apps.get_model("access", "OldSession").objects.using(connection.alias)
    new = apps.get_model("access", "Session").objects.using(connection.alias)
    new.bulk_create(
        (
            new.model(
                key_hash=hashlib.sha256(row.session_key.encode()).hexdigest(),
                content=row.session_data,
                ends_at=row.expire_date,
            )
            for row in old.filter(expire_date__gt=timezone.now()).iterator()
        ),
        batch_size=500,
    )
    schema_editor.execute(schema_editor.sql_delete_table % {"table": schema_editor.quote_name(_OLD)})


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Session",
            fields=[
                ("key_hash", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("content", models.TextField()),
                ("ends_at", models.DateTimeField(db_index=True)),
            ],
        ),
        # Known to this migration only: django.contrib.sessions made it.
        migrations.CreateModel(
            name="OldSession",
            fields=[
                ("session_key", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("session_data", models.TextField()),
                ("expire_date", models.DateTimeField()),
            ],
            options={"db_table": _OLD, "managed": False},
        ),
        migrations.RunPython(take_over, migrations.RunPython.noop),
        migrations.DeleteModel(name="OldSession"),
    ]
