"""What has ended is looked at no more, and what was carried out at once is finished."""

from django.db import migrations, models

OPEN = ["claimed", "intended", "unknown"]


def forget_looks(apps, schema_editor):
    apps.get_model("changes", "Change").objects.exclude(stage__in=OPEN).update(look_after=None)
    short = apps.get_model("changes", "Batch").objects.filter(in_background=False, finished_at=None)
    short.update(finished_at=models.F("created_at"))


class Migration(migrations.Migration):

    dependencies = [
        ("changes", "0004_looks"),
    ]

    operations = [migrations.RunPython(forget_looks, migrations.RunPython.noop)]
