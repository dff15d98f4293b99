"""Long acts: objects a second in the background, against the bare calls one after the other (the cloud's own pace).

Once with one object a call, as endpoint services take them, and once with fifty, as gateways do.
"""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks import databases
from tests.benchmarks.cloud import Cloud
from tests.benchmarks.figures import Line, ratio
from tests.benchmarks.processes import Partner
from tests.benchmarks.rounds import in_turns
from tests.benchmarks.size import Size

TITLE = "Long acts: objects a second (floor: the bare calls, one after the other; 20 ms cloud)"
MODULE = "tests.benchmarks.acting"
DELAY = 0.02
IN_ONE_CALL = (1, 50)


def measure(size: Size) -> Iterator[Line]:
    """For each database. The engine makes three rounds to the cloud for a call: look, call, read back."""
    for vendor, server in databases.vendors(size).items():
        with (
            tempfile.TemporaryDirectory() as folder,
            databases.empty(Path(folder), server) as url,
            Cloud(400, DELAY) as cloud,
            Partner(MODULE, databases.settings_for(url) | {"CONSOLE_SIMULATED_URL": cloud.base_url}) as partner,
        ):
            for in_one_call in IN_ONE_CALL:
                count = max(2, size.repetitions) * min(in_one_call, 5)
                asked = {"count": count, "in_one_call": in_one_call}
                yield _compare(f"{vendor}, {count} objects, {in_one_call} a call", size, partner, asked)


def _compare(name: str, size: Size, partner: Partner, asked: dict[str, int]) -> Line:
    def timed(what: str) -> list[float]:
        return [partner.ask(asked | {"what": what})["seconds"]]

    things = {what: lambda what=what: timed(what) for what in ("engine", "calls")}
    found = in_turns(things, size.rounds)  # type: ignore[arg-type]
    over = ratio(found["engine"], found["calls"])
    return Line(
        name,
        f"{asked['count'] / found['engine'].median:,.1f} /s",
        f"{asked['count'] / found['calls'].median:,.1f} /s",
        f"{over.median:.2f} x",
        over.spread,
    )
