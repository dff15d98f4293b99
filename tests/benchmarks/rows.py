"""What a row of Connections costs a page, against the same cells put into the same markup by `str.format`.

Seen from outside: the tab with 50 rows minus the tab with 10, so whatever the console does for a row is in it. In
seconds of the processor, since nothing waits here.
"""

import re
import tempfile
from collections.abc import Callable, Iterator
from html import escape, unescape
from pathlib import Path

from tests.benchmarks import databases
from tests.benchmarks.cloud import Cloud
from tests.benchmarks.figures import Line, Timing, at_most
from tests.benchmarks.processes import Partner
from tests.benchmarks.rounds import computing, in_turns
from tests.benchmarks.size import Size

TITLE = "Rows of Connections, all that a page does for one (floor: its cells by str.format; processor time)"
MANY, FEW = 50, 10
_ROW = re.compile(r'<tr id="connection-.*?</tr>', re.S)
#: What differs from row to row: identifiers, times, ages.
_CELLS = (
    r'id="connection-([^"]+)"',
    r'class="digits">([^<]+)<',
    r'title="([0-9a-f]{32})"',
    r'datetime="([^"]+)"',
    r">(\d{4}-\d\d-\d\d [^<]+)<",
    r'class="ago">([^<]+)<',
    r'class="status[^>]*>([^<]+)<',
)


def measure(size: Size) -> Iterator[Line]:
    """One line for the rows, one for the page that they stand in."""
    with Cloud(63) as cloud, tempfile.TemporaryDirectory() as folder, databases.empty(Path(folder), "") as url:
        env = databases.settings_for(url) | {"CONSOLE_SIMULATED_URL": cloud.base_url}
        with Partner("tests.benchmarks.ask", env) as client:
            tab = f"/demo/gateways/{cloud.gateway_id()}/vpc-endpoints/"

            def asking(rows: int) -> Callable[[], list[float]]:
                question = {"path": f"{tab}?size={rows}", "times": size.repetitions * 2}
                return lambda: list(client.ask(question)["processor"])

            page = client.ask({"path": f"{tab}?size={MANY}", "times": 1, "html": True})["html"]
            floor = computing(_floor(_ROW.findall(page)), size.repetitions * 2)
            found = in_turns({"many": asking(MANY), "few": asking(FEW), "floor": floor}, size.rounds)
    yield from _lines(found)


def _lines(found: dict[str, Timing]) -> Iterator[Line]:
    floors = [seconds / MANY for seconds in found["floor"].medians]
    pairs = zip(found["many"].medians, found["few"].medians, strict=True)
    rows = [(many - few) / (MANY - FEW) for many, few in pairs]
    ratios = sorted(row / floor for row, floor in zip(rows, floors, strict=True))
    row, floor = sorted(rows)[len(rows) // 2], sorted(floors)[len(floors) // 2]
    fifty = row * MANY * 1000
    yield Line(
        f"{MANY} rows",
        f"{fifty:.1f} ms, {row * 1e6:.0f} us a row",
        f"{floor * MANY * 1000:.2f} ms, {floor * 1e6:.1f} us a row",
        f"{ratios[len(ratios) // 2]:.1f} x",
        f"{ratios[0]:.1f}-{ratios[-1]:.1f}",
        at_most(round(fifty, 1), 4, "ms"),
    )
    whole = found["many"].median * 1000
    yield Line("    everything else on the page", f"{whole - fifty:.1f} ms")


def _floor(rows: list[str]) -> Callable[[], str]:
    """Builds the same rows again from patterns and cells."""
    assert len(rows) == MANY, f"{len(rows)} rows on a page of {MANY}"
    ready = [_taken_apart(row) for row in rows]
    build = _builder(ready)
    assert build() == "".join(rows), "the floor does not build what the page shows"
    return build


def _builder(ready: list[tuple[str, list[str]]]) -> Callable[[], str]:
    return lambda: "".join([pattern.format(*map(escape, cells)) for pattern, cells in ready])


def _taken_apart(row: str) -> tuple[str, list[str]]:
    """A pattern for `str.format` and the cells that make the row of it; longer cells first, they may hold others."""
    found = {match[1] for cell in _CELLS for match in re.finditer(cell, row)}
    cells = sorted(found, key=len, reverse=True)
    pattern = row.replace("{", "{{").replace("}", "}}")
    for number, cell in enumerate(cells):
        pattern = pattern.replace(cell, f"\0{number}\0")
    return re.sub(r"\0(\d+)\0", r"{\1}", pattern), [unescape(cell) for cell in cells]
