"""Long acts: objects a second in the background, against the bare calls one after the other (the cloud's own pace)."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks import databases
from tests.benchmarks.cloud import Cloud
from tests.benchmarks.figures import Line, ratio
from tests.benchmarks.processes import Partner
from tests.benchmarks.rounds import in_turns
from tests.benchmarks.size import Size

TITLE = "Long acts: objects a second (floor: one bare call for each, one after the other; 20 ms cloud)"
MODULE = "tests.benchmarks.acting"
DELAY = 0.02


def measure(size: Size) -> Iterator[Line]:
    """For each database. The engine makes three rounds to the cloud for an object: look, call, read back."""
    count = max(2, size.repetitions)
    for vendor, server in databases.vendors(size).items():
        with (
            tempfile.TemporaryDirectory() as folder,
            databases.empty(Path(folder), server) as url,
            Cloud(400, DELAY) as cloud,
            Partner(MODULE, databases.settings_for(url) | {"CONSOLE_SIMULATED_URL": cloud.base_url}) as partner,
        ):

            def timed(what: str, partner: Partner = partner) -> list[float]:
                return [partner.ask({"what": what, "count": count})["seconds"]]

            things = {what: lambda what=what: timed(what) for what in ("engine", "calls")}
            found = in_turns(things, size.rounds)  # type: ignore[arg-type]
        over = ratio(found["engine"], found["calls"])
        yield Line(
            f"{vendor}, {count} objects",
            f"{count / found['engine'].median:,.1f} /s",
            f"{count / found['calls'].median:,.1f} /s",
            f"{over.median:.2f} x",
            over.spread,
        )
