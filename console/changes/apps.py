"""Django's name for this room."""

from django.apps import AppConfig


class ChangesConfig(AppConfig):
    """Holds the durable intents."""

    name = "console.changes"
    label = "changes"
