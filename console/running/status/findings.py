"""What an invariant says: how it stands, in one sentence, and what to do."""

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from django.db import DatabaseError

logger = logging.getLogger(__name__)


class State(StrEnum):
    """How an invariant stands, best first."""

    OK = "ok"
    UNKNOWN = "unknown"
    WARNING = "warning"
    PROBLEM = "problem"


_ORDER: Final = tuple(State)


@dataclass(frozen=True, slots=True)
class Finding:
    """How one invariant stands."""

    state: State
    #: What is, with its measure; a whole sentence without secrets.
    sentence: str
    to_do: str = ""
    #: This process cannot serve anybody until it is mended: a load balancer should send nobody here.
    ends_traffic: bool = False
    #: The cloud that it is about, by name; "" where it is about the console.
    cloud: str = ""
    #: Name, title and limit of the invariant; filled in by `ask`.
    name: str = ""
    title: str = ""
    limit: str = ""


Ask = Callable[[], Finding | Sequence[Finding]]


@dataclass(frozen=True, slots=True)
class Invariant:
    """Something that must hold. `limit` says in words from when on it does not."""

    name: str
    title: str
    limit: str
    ask: Ask


def good(sentence: str, *, cloud: str = "") -> Finding:
    """It holds."""
    return Finding(State.OK, sentence, cloud=cloud)


def not_known(sentence: str, *, cloud: str = "") -> Finding:
    """Nothing says whether it holds."""
    return Finding(State.UNKNOWN, sentence, cloud=cloud)


def warning(sentence: str, to_do: str, *, cloud: str = "") -> Finding:
    """It does not hold, and work goes on."""
    return Finding(State.WARNING, sentence, to_do, cloud=cloud)


def problem(sentence: str, to_do: str, *, cloud: str = "", ends_traffic: bool = False) -> Finding:
    """It does not hold, and something cannot be done or proven because of it."""
    return Finding(State.PROBLEM, sentence, to_do, ends_traffic, cloud)


def worst(findings: Sequence[Finding]) -> State:
    """The state of all together; what is unknown is no reason to worry."""
    return max((f.state for f in findings if f.state is not State.UNKNOWN), key=_ORDER.index, default=State.OK)


def ask(invariants: Sequence[Invariant]) -> list[Finding]:
    """How each stands, in their order. One that cannot be asked is unknown and keeps no other from being asked."""
    return [
        replace(finding, name=invariant.name, title=invariant.title, limit=invariant.limit)
        for invariant in invariants
        for finding in _asked(invariant)
    ]


def _asked(invariant: Invariant) -> Iterator[Finding]:
    try:
        found = invariant.ask()
    except DatabaseError as error:
        yield not_known(f"The database could not be asked ({type(error).__name__}).")
    except Exception:
        logger.exception("an invariant could not be asked: %s", invariant.name)
        yield warning("It could not be asked.", "The log says why.")
    else:
        yield from [found] if isinstance(found, Finding) else found
