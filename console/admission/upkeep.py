"""What a card says about its own content, and when it looks again by itself."""

from dataclasses import dataclass
from typing import Any

from console.admission import polling
from console.admission.freshness import Freshness, Moment, freshness_of, next_try_of
from console.observations.watch import Observation
from console.web.problems import Problem, problem_of
from console.web.tables import Address


@dataclass(frozen=True, slots=True)
class Upkeep:
    """What a card says about its own content, and when it looks again by itself."""

    #: None where there is no content.
    fresh: Freshness | None
    #: Why there is no content; None where there is.
    problem: Problem | None
    #: When a card without content is tried again; None where that is happening.
    next_try: Moment | None
    #: Where to look again, and after how many seconds; "" where nothing is awaited.
    poll_url: str
    pause: int
    #: It waited for something to settle, and waits no longer.
    gave_up: bool

    @property
    def stale(self) -> bool:
        """Whether content is shown that may not be true any more."""
        return self.fresh is not None and not self.fresh.current


def upkeep_of(shown: Observation[Any], what: str, address: Address, *, changing: bool) -> Upkeep:
    """`what` is the sentence for a card without content; `changing` says that something in it has not settled."""
    polled = polling.polled_of(address)
    pause = polling.pause_while_away(shown) if not shown.current else polling.pause_after(polled) if changing else None
    problem = None
    if shown.value is None and shown.error is not None:
        problem = problem_of(shown.error, what, address.having(refresh=1))
    counter = polled + 1 if shown.current else polled
    return Upkeep(
        fresh=freshness_of(shown),
        problem=problem,
        next_try=next_try_of(shown),
        poll_url=address.having(poll=1, polled=counter) if pause else "",
        pause=pause or 0,
        gave_up=changing and shown.current and pause is None,
    )
