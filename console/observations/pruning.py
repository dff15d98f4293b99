"""Old observations are thrown away: gateways that nobody has opened, and looks of people who have not come back."""

from console import clock
from console.observations.history import REMEMBERED
from console.observations.models import Look, Snapshot


def forget_old() -> int:
    """Delete what is older than `history.REMEMBERED`; how many rows that were."""
    oldest = clock.now() - REMEMBERED
    snapshots, _each = Snapshot.objects.filter(read_at__lt=oldest).delete()
    looks, _each = Look.objects.filter(seen_at__lt=oldest).delete()
    return snapshots + looks
