"""After an act, what pages knew of its hosts is read from the cloud again."""

import logging
from collections.abc import Iterable

from django.db import DatabaseError

from console.changes.kinds.registry import KINDS
from console.changes.models import Change
from console.observations.store import Where, outdate

logger = logging.getLogger(__name__)


def invalidate_after(changes: Iterable[Change]) -> None:
    """Called when their outcome is committed. A failure is logged and changes nothing that a person is told: pages
    then read again when the interval is over."""
    hosts: dict[str, set[str]] = {}
    for change in changes:
        touched = KINDS[change.kind].touches(change.gateway_id, change.target, change.parameters)
        hosts.setdefault(change.cloud, set()).update(touched)
    for cloud, ids in hosts.items():
        try:
            outdate(Where(cloud, ""), ids)
        except DatabaseError:
            logger.exception("What was known of %s could not be invalidated", cloud)
