"""How much is measured: as the issue asks, or just enough to see that everything runs."""

from dataclasses import dataclass, replace
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Size:
    """The knobs of all benchmarks."""

    #: Where the databases of the audit benchmarks are kept from one run to the next.
    cache: Path
    #: Server of the PostgreSQL databases, "" to leave them out.
    postgresql: str = ""
    #: How often the compared things take turns.
    rounds: int = 5
    #: Longest time for one timed load, in seconds.
    seconds: float = 3.0
    #: Repetitions of one timed load, for all its clients together, at most.
    requests: int = 100
    #: Repetitions by every client before that, which do not count.
    warm_up: int = 3
    #: Tabs that a worker has shown before its memory is read.
    tab_requests: int = 1_000
    #: Gateways whose tabs a worker shows before its memory is read; the aim is about the first.
    memory_connections: tuple[int, ...] = (63, 10_000)
    #: Repetitions of what is timed inside one process.
    repetitions: int = 20
    appends: int = 400
    #: Objects that are acted on to measure how much the tables grow.
    acts: int = 2_000
    audit_rows: int = 1_000_000
    connections: tuple[int, ...] = (50, 1_000, 10_000)
    #: VPC endpoint services and VPC endpoints of the lists.
    services: int = 50
    endpoints: int = 1_000
    #: Of the simulated cloud, in seconds.
    delays: tuple[float, ...] = (0.0, 0.02, 0.2)
    clients: tuple[int, ...] = (1, 8, 64)
    #: Processes of a console.
    workers: int = 2
    writers: tuple[int, ...] = (1, 8)


def tiny(cache: Path) -> Size:
    """For the smoke test."""
    return Size(
        cache=cache,
        rounds=1,
        seconds=0.2,
        requests=2,
        warm_up=1,
        tab_requests=2,
        memory_connections=(63,),
        repetitions=1,
        appends=4,
        acts=4,
        audit_rows=1_200,
        connections=(50,),
        services=5,
        endpoints=10,
        delays=(0.0,),
        clients=(1, 2),
        workers=1,
        writers=(1, 2),
    )


def having(size: Size, *, postgresql: str, rounds: int | None, rows: int | None, seconds: float | None) -> Size:
    """The size with what was asked for on the command line."""
    return replace(
        size,
        postgresql=postgresql,
        rounds=rounds or size.rounds,
        audit_rows=rows or size.audit_rows,
        seconds=seconds or size.seconds,
    )
