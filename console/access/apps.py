"""Django's name for this room."""

from django.apps import AppConfig


class AccessConfig(AppConfig):
    """People and their rights. Stamps sessions at sign-in (`sessions`)."""

    name = "console.access"
    label = "access"

    def ready(self) -> None:
        """Listen to sign-ins."""
        from console.access import sessions

        sessions.connect()
