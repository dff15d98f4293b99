"""The ledger: one row for every object that an act really changed. What a test believes, not what a log says."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Act:
    """Who asks for something, in which request."""

    actor: str
    request_id: str


@dataclass(frozen=True, slots=True)
class Effect:
    """One changed object (house part 5). `after` is what the act leads to once transients have settled."""

    seq: int
    at: str
    action: str
    object: str
    gateway_id: str | None
    actor: str
    before: str | None
    after: str | None
    request_id: str

    def as_dict(self) -> dict[str, Any]:
        """The row as the control door shows it."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Change:
    """What a rule reports to the ledger: the dotted action, the object and its state before and after."""

    action: str
    object: str
    gateway_id: str | None
    before: str | None
    after: str | None
