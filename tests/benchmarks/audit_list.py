"""The audit list on a long log, against a bare keyset page and against Django's own changelist on the same table."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from urllib.parse import urlencode

from tests.benchmarks import databases
from tests.benchmarks.figures import Aim, Line, Timing, at_most, milliseconds, ratio
from tests.benchmarks.processes import Partner
from tests.benchmarks.rounds import in_turns
from tests.benchmarks.size import Size

TITLE = "Audit list, 100 rows a page, by the test client (floor: a bare keyset page, or the changelist)"
BARE = "tests.benchmarks.bare.settings"
PER_PAGE = 100
PAGE = 5_000


@dataclass(frozen=True, slots=True)
class Question:
    """What is looked for, as the query of each page; "" where a page has no such thing."""

    name: str
    console: str
    bare: str
    changelist: str
    #: Longest time in milliseconds, None where the aim is a ratio.
    most: float | None = None


def measure(size: Size) -> Iterator[Line]:
    """For each database: first page, page 5,000, one endpoint's rows, a rare and a common word."""
    for vendor, server in databases.vendors(size).items():
        url = databases.filled(size, server)
        with ExitStack() as stack:
            ours = stack.enter_context(Partner("tests.benchmarks.ask", databases.settings_for(url)))
            bare = stack.enter_context(Partner("tests.benchmarks.ask", databases.settings_for(url, BARE)))
            yield Line(f"{vendor}, {size.audit_rows:,} rows", "")
            yield from _pages(size, ours, bare)


def _questions(newest: int, target: str) -> list[Question]:
    page = min(PAGE, newest // PER_PAGE)
    before = newest - PER_PAGE * (page - 1) + 1
    return [
        Question("first page", "", "", ""),
        Question(f"page {page:,}", f"before={before}", f"before={before}", f"p={page}"),
        Question("one endpoint's rows", f"target={target}", f"target={target}", f"q={target}", 10),
        Question("a word in one row of all", "q=rareword", "", "q=rareword", 50),
        Question("a word in every fourth row", "q=approved", "", "q=approved", 50),
    ]


def _pages(size: Size, ours: Partner, bare: Partner) -> Iterator[Line]:
    facts = ours.ask({"facts": True})
    first: Timing | None = None
    for question in _questions(facts["newest"], facts["target"]):
        found = _timed(size, ours, bare, question)
        yield from _lines(question, found, first)
        first = first or found["console"]


def _timed(size: Size, ours: Partner, bare: Partner, question: Question) -> dict[str, Timing]:
    asked = {"console": (ours, f"/audit/?{_with_size(question.console)}", size.repetitions)}
    if question.bare or question.name.startswith(("first", "page")):
        asked["bare"] = (bare, f"/bare/?{question.bare}", size.repetitions)
    asked["changelist"] = (bare, f"/admin/audit/entry/?{question.changelist}", max(1, size.repetitions // 10))

    def asking(partner: Partner, path: str, times: int) -> list[float]:
        return list(partner.ask({"path": path, "times": times})["seconds"])

    return in_turns({name: lambda each=each: asking(*each) for name, each in asked.items()}, size.rounds)  # type: ignore[misc]


def _with_size(query: str) -> str:
    return "&".join(part for part in (query, urlencode({"size": PER_PAGE})) if part)


def _lines(question: Question, found: dict[str, Timing], first: Timing | None) -> Iterator[Line]:
    ours = found["console"]
    aim = at_most(ours.median * 1000, question.most, "ms") if question.most else None
    floor = found.get("bare")
    if floor is None:
        yield Line(f"  {question.name}", milliseconds(ours), aim=aim)
    else:
        over = ratio(ours, floor)
        judged = aim or at_most(round(over.median, 2), 2, "x")
        yield Line(
            f"  {question.name}", milliseconds(ours), milliseconds(floor), f"{over.median:.2f} x", over.spread, judged
        )
    if question.name.startswith("page") and first is not None:
        yield _no_slower(ours, first)
    changelist = found["changelist"]
    gain = ratio(changelist, ours)
    yield Line("      Django's changelist", milliseconds(changelist), "", f"{gain.median:.1f} x ours", gain.spread)


def _no_slower(later: Timing, first: Timing) -> Line:
    """Both are timed minutes apart, so a tenth more is no difference (reliability.md P3)."""
    over = later.median / first.median
    aim: Aim = at_most(round(over, 2), 1.1, "x")
    return Line("      over our own first page", "", milliseconds(first), f"{over:.2f} x", "", aim)
