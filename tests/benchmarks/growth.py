"""How much each table grows with an act: bytes for an act of one object, and for an object of a long act.

What the tables have at the start is taken off; PostgreSQL has vacuumed.
"""

import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.benchmarks import databases
from tests.benchmarks.cloud import Cloud
from tests.benchmarks.figures import Line
from tests.benchmarks.processes import Partner
from tests.benchmarks.size import Size

TITLE = "Growth: bytes for each object acted on, by table with its indexes"
MODULE = "tests.benchmarks.growing"
#: Objects of a long act, which go out in calls of fifty.
MANY = 100


def measure(size: Size) -> Iterator[Line]:
    """For each database and size of act."""
    for vendor, server in databases.vendors(size).items():
        for objects in (1, MANY):
            with (
                tempfile.TemporaryDirectory() as folder,
                databases.empty(Path(folder), server) as url,
                Cloud(2 * MANY) as cloud,
                Partner(MODULE, databases.settings_for(url) | {"CONSOLE_SIMULATED_URL": cloud.base_url}) as partner,
            ):
                yield from _grown(f"{vendor}, acts of {objects}", partner, max(2, size.acts // objects), objects)


def _grown(name: str, partner: Partner, acts: int, objects: int) -> Iterator[Line]:
    before: Mapping[str, int] = partner.ask({"what": "bytes"})
    ended: Mapping[str, int] = partner.ask({"what": "acts", "acts": acts, "objects": objects})
    after: Mapping[str, int] = partner.ask({"what": "bytes"})
    done = ended["succeeded"]
    yield Line(f"{name}: objects acted on", f"{done:,} of {sum(ended.values()):,}")
    grown = {table: (size - before.get(table, 0)) / done for table, size in after.items()}
    for table, each in sorted(grown.items(), key=lambda item: -item[1]):
        if each >= 1:
            yield Line(f"{name}: {table}", f"{each:,.0f} bytes")
    yield Line(f"{name}: all tables", f"{sum(grown.values()):,.0f} bytes")
