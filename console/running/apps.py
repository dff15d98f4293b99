"""Django's name for this room."""

from django.apps import AppConfig

from console import database_file


class RunningConfig(AppConfig):
    """Brings the commands and the checks that decide whether the console may start."""

    name = "console.running"
    label = "running"

    def ready(self) -> None:
        """Register the checks, and remember which file is the database."""
        from console.running import checks  # noqa: F401 -- importing registers them

        database_file.connect()
