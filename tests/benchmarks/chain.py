"""Writing to the log and checking it: appends by one and by several writers, two commits, verify."""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.benchmarks import databases
from tests.benchmarks.figures import Line, Timing, at_least, at_most, ratio
from tests.benchmarks.processes import Partner
from tests.benchmarks.rounds import in_turns
from tests.benchmarks.size import Size

TITLE = "Chain: appends (floor: one plain row and commit each), and verify (floor: read and hash every row)"
MODULE = "tests.benchmarks.writes"


def measure(size: Size) -> Iterator[Line]:
    """For each database."""
    for vendor, server in databases.vendors(size).items():
        yield Line(vendor, "")
        with (
            tempfile.TemporaryDirectory() as folder,
            databases.empty(Path(folder), server) as url,
            Partner(MODULE, databases.settings_for(url)) as writer,
        ):
            yield from _writing(size, writer)
        with Partner(MODULE, databases.settings_for(databases.filled(size, server))) as reader:
            yield _verifying(reader)


def _writing(size: Size, writer: Partner) -> Iterator[Line]:
    for writers in size.writers:
        asked = {"writers": writers, "count": size.appends}
        rates: dict[str, list[float]] = {"append": [], "plain": []}

        def timed(what: str, asked: dict[str, int] = asked, rates: Any = rates) -> list[float]:
            answer = writer.ask(asked | {"what": what})
            rates[what].append(answer["count"] / answer["elapsed"])
            return list(answer["seconds"])

        things = {what: lambda what=what: timed(what) for what in rates}
        found = in_turns(things, size.rounds)  # type: ignore[arg-type]
        yield _appends(writers, rates)
        if writers == 1:
            yield _commits(found)


def _appends(writers: int, rates: dict[str, list[float]]) -> Line:
    middle = {what: sorted(each)[len(each) // 2] for what, each in rates.items()}
    return Line(
        f"  {writers} writers: appends a second",
        f"{middle['append']:,.0f} /s",
        f"{middle['plain']:,.0f} /s",
        f"{middle['append'] / middle['plain']:.2f} x",
        f"{min(rates['append']):,.0f}-{max(rates['append']):,.0f} /s",
    )


def _commits(found: dict[str, Timing]) -> Line:
    plain, append = found["plain"], found["append"]
    over = ratio(append, plain)
    ms = append.median * 2000
    return Line(
        "  intent and outcome: two appended rows, two commits",
        f"{ms:.2f} ms",
        f"{plain.median * 2000:.2f} ms",
        f"{over.median:.1f} x",
        over.spread,
        at_most(ms, 2, "ms"),
    )


def _verifying(reader: Partner) -> Line:
    """Once each: a million rows are enough repetitions."""
    floor, ours = reader.ask({"what": "read"}), reader.ask({"what": "verify"})
    rate, below = ours["rows"] / ours["seconds"], floor["rows"] / floor["seconds"]
    return Line(
        f"  verify {ours['rows']:,} rows",
        f"{rate:,.0f} rows/s",
        f"{below:,.0f} rows/s",
        f"{below / rate:.2f} x",
        "",
        at_least(rate, 100_000, "rows/s"),
    )
