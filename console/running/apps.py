"""Django's name for this room."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate

from console import database_file


class RunningConfig(AppConfig):
    """Brings the commands and the checks that decide whether the console may start."""

    name = "console.running"
    label = "running"

    def ready(self) -> None:
        """Register the checks, remember which file is the database, and declare the release after `migrate`."""
        from console.running import checks, schema  # noqa: F401 -- importing registers the checks

        database_file.connect()
        post_migrate.connect(schema.declare, sender=self)
