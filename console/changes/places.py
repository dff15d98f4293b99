"""From the book back to the place."""

from console.changes.kinds.kind import Place, Realm
from console.changes.models import Batch, Change
from console.wiring import get_cloud


def place_of(written: Batch | Change) -> Place:
    """Where an act or a Change happens. Raises wiring.UnknownCloud."""
    return Place(get_cloud(written.cloud), written.gateway_id, Realm(written.realm))
