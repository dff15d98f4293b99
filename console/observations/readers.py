"""Who is told what a cloud was just read to say: rooms above, which register while the apps are loaded."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import DatabaseError

from console.observations.parts import Part
from console.observations.store import Where

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Read:
    """Parts of one thing as a cloud told of them, and when they were asked for and had been answered."""

    where: Where
    values: Mapping[Part, Any]
    began: datetime
    ended: datetime


_readers: Final[list[Callable[[Read], None]]] = []


def tell(reader: Callable[[Read], None]) -> None:
    """From now on tell this one too. It may raise DatabaseError, which changes nothing for the page that has read."""
    _readers.append(reader)


def note(read: Read) -> None:
    """Tell everybody who wants to know."""
    for reader in _readers:
        try:
            reader(read)
        except DatabaseError:
            logger.exception("What was read of %s could not be used as evidence", read.where.cloud)
