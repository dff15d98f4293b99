"""Django's name for this room."""

from django.apps import AppConfig


class ObservationsConfig(AppConfig):
    """Holds what the clouds said last, and tells the audit log which places they have told of."""

    name = "console.observations"
    label = "observations"

    def ready(self) -> None:
        from console.audit import places
        from console.observations import store

        places.ask(store.has_told_of)
