"""Several load generators together: one process alone could not keep 64 clients busy."""

from types import TracebackType
from typing import Any, Self

from tests.benchmarks.processes import Partner, environment


class Crowd:
    """Two processes that share the clients of a job. Each client asks `warm_up` times before the clock runs."""

    def __init__(self, warm_up: int) -> None:
        self._warm_up = warm_up
        self._partners = [Partner("tests.benchmarks.load", environment()) for _ in range(2)]

    def seconds(self, job: dict[str, Any]) -> list[float]:
        """The seconds of every repetition. One client is one process; more are split evenly."""
        job = job | {"warm_up": self._warm_up}
        clients = job["clients"]
        busy = self._partners[: min(2, clients)]
        shares = [clients // len(busy) + (number < clients % len(busy)) for number in range(len(busy))]
        first = 0
        for partner, share in zip(busy, shares, strict=True):
            partner.send(job | {"clients": share, "first": first, "requests": job["requests"] * share // clients})
            first += share
        answers = [partner.receive() for partner in busy]
        return [seconds for answer in answers for seconds in answer["seconds"]]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for partner in self._partners:
            partner.__exit__(kind, error, trace)
