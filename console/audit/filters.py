"""Which rows somebody wants to see, apart from which they may see."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class Filters:
    """Everything given must hold."""

    #: Column of `Entry` -> the value it must have. Only columns with an index of their own (`models`).
    equal: Mapping[str, str] = field(default_factory=dict)
    #: From this time on.
    since: datetime | None = None
    #: Before this time.
    until: datetime | None = None
    #: Words to look for anywhere in the row.
    text: str = ""
