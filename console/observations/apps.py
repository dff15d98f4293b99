"""Django's name for this room."""

from django.apps import AppConfig


class ObservationsConfig(AppConfig):
    """Holds what the clouds said last."""

    name = "console.observations"
    label = "observations"
