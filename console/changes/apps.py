"""Django's name for this room."""

from django.apps import AppConfig


class ChangesConfig(AppConfig):
    """Holds the durable intents, tells the audit's export what went over the wire for them, and is told what pages
    read."""

    name = "console.changes"
    label = "changes"

    def ready(self) -> None:
        from console.audit import cts
        from console.changes import settling, traces
        from console.observations import readers

        readers.tell(settling.settle_by_page)
        cts.ask(traces.operations)
