"""What was known of a host is not believed any more when something was done there without its page."""

from typing import Any

from console.changes.signals import done_elsewhere
from console.observations.store import Where, outdate


def connect() -> None:
    """Listen. Called once, when the app is ready."""
    done_elsewhere.connect(_forget_what_was_seen, dispatch_uid="outdating")


def _forget_what_was_seen(*, cloud: str, gateway_id: str, **_more: Any) -> None:
    outdate(Where(cloud, gateway_id))
