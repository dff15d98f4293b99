"""Takes turns: in every round each of the compared things is timed once, so that all meet the same machine."""

import time
from collections.abc import Callable, Mapping, Sequence

from tests.benchmarks.figures import Timing

#: Times something and gives the seconds of each repetition.
Timed = Callable[[], Sequence[float]]


def in_turns(things: Mapping[str, Timed], rounds: int) -> dict[str, Timing]:
    """Time all things `rounds` times in turns, after one round that does not count; every second round backwards."""
    for timed in things.values():
        timed()
    seconds: dict[str, list[Sequence[float]]] = {name: [] for name in things}
    for number in range(rounds):
        names = list(things)
        for name in reversed(names) if number % 2 else names:
            seconds[name].append(things[name]())
    return {name: Timing(each) for name, each in seconds.items()}


def computing(act: Callable[[], object], times: int) -> Timed:
    """Times one call after the other, in seconds of the processor: for what only computes, whoever else is at work."""

    def timed() -> list[float]:
        seconds = []
        for _ in range(times):
            started = time.thread_time()
            act()
            seconds.append(time.thread_time() - started)
        return seconds

    return timed
