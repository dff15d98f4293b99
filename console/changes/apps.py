"""Django's name for this room."""

from django.apps import AppConfig


class ChangesConfig(AppConfig):
    """Holds the durable intents, and tells the audit's export what went over the wire for them."""

    name = "console.changes"
    label = "changes"

    def ready(self) -> None:
        from console.audit import cts
        from console.changes import traces

        cts.ask(traces.operations)
