"""Django's name for this room."""

from django.apps import AppConfig


class AccessConfig(AppConfig):
    """People and their rights. Stamps sessions at sign-in (`sessions`)."""

    name = "console.access"
    label = "access"

    def ready(self) -> None:
        """Listen to sign-ins, and to names that are given."""
        from console.access import kept_reasons, look_alikes, sessions

        sessions.connect()
        kept_reasons.connect()
        look_alikes.connect()
