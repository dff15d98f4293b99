"""Django's name for this package."""

from django.apps import AppConfig


class HeartbeatsConfig(AppConfig):
    """Brings the table of processes."""

    name = "console.heartbeats"
    label = "heartbeats"
