"""Transcripts are compressed when they are written, so no worker has to find those that are not."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ("changes", "0011_transcripts"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="change",
            name="changes_to_compress",
        ),
    ]
