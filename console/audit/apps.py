"""The Django app of the audit log."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """Connects the signals of people and sign-ins once all apps are loaded."""

    name = "console.audit"
    label = "audit"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from console.audit import command_rows, signals

        signals.connect()
        command_rows.connect()
