"""Django's name for this room."""

from django.apps import AppConfig


class RunningConfig(AppConfig):
    """Brings the commands and the checks that decide whether the console may start."""

    name = "console.running"
    label = "running"

    def ready(self) -> None:
        """Register the checks."""
        from console.running import checks  # noqa: F401 -- importing registers them
