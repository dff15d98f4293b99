"""What went over the wire for one write, fit to be kept and shown: secrets are masked before any of it is made.

Headers and bodies stay out of `repr`, so that no log and no error report repeats them.
"""

from dataclasses import dataclass, field
from datetime import datetime

#: Names and values, in the order they are sent or came.
Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class WireCall:
    """One call as it leaves, or would leave, this machine."""

    method: str
    url: str
    headers: Headers = field(repr=False)
    body: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class WireAnswer:
    """What came back. Of the headers those that tell something are kept; a long body is cut."""

    status: int
    headers: Headers = field(repr=False)
    body: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Exchange:
    """One attempt at a call. Several attempts of one write stand in a tuple, first one first."""

    call: WireCall
    #: None where no whole answer came.
    answer: WireAnswer | None
    #: UTC.
    started_at: datetime
    #: Until the answer was whole, or until it was given up.
    milliseconds: int
    #: Whether any of it left this machine.
    sent: bool
    #: Why there is no answer; "" where there is one.
    failure: str = ""
