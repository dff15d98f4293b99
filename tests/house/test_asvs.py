"""The table of `console/access/ASVS.md` is whole, and what it names as evidence is there."""

import ast
import re
from functools import cache
from typing import NamedTuple

from tests.house.sources import ROOT, tree

TABLE = ROOT / "console" / "access" / "ASVS.md"
#: The requirements of version 5.0 that have something to apply to here, by their level.
REQUIREMENTS = {
    1: """
        1.2.1 1.2.2 1.2.3 1.2.4 1.2.5 1.3.2 2.1.1 2.2.1 2.2.2 2.3.1 3.2.1 3.2.2 3.3.1 3.4.1 3.4.2
        3.5.1 3.5.3 4.1.1 6.1.1 6.2.1 6.2.2 6.2.3 6.2.4 6.2.5 6.2.6 6.2.7 6.2.8 6.3.1 6.3.2 6.4.1
        6.4.2 7.2.1 7.2.2 7.2.3 7.2.4 7.4.1 7.4.2 8.1.1 8.2.1 8.2.2 8.3.1 11.3.1 11.3.2 11.4.1
        12.1.1 12.2.1 12.2.2 13.4.1 14.2.1 14.3.1 15.1.1 15.2.1 15.3.1
    """,
    2: """
        1.1.1 1.1.2 1.2.9 1.3.3 1.3.6 1.3.7 1.3.10 1.5.2 2.1.2 2.1.3 2.2.3 2.3.2 2.3.3 2.3.4 2.4.1
        3.3.2 3.3.3 3.3.4 3.4.3 3.4.4 3.4.5 3.4.6 3.5.4 3.7.1 3.7.2 4.1.2 4.1.3 4.2.1 5.4.1 5.4.2
        6.1.2 6.2.9 6.2.10 6.2.11 6.2.12 6.3.3 6.3.4 7.1.1 7.1.2 7.3.1 7.3.2 7.4.3 7.4.4 7.4.5 7.5.1
        7.5.2 8.1.2 8.2.3 8.4.1 11.2.1 11.2.3 11.3.3 11.4.2 11.4.3 11.5.1 12.3.1 12.3.2 12.3.3
        12.3.4 13.1.1 13.2.1 13.2.2 13.2.3 13.2.4 13.2.5 13.3.1 13.3.2 13.4.2 13.4.3 13.4.4 13.4.5
        14.1.1 14.1.2 14.2.2 14.2.3 14.2.4 14.3.2 14.3.3 15.1.2 15.1.3 15.2.2 15.2.3 15.3.2 15.3.3
        15.3.4 15.3.5 15.3.6 15.3.7 16.1.1 16.2.1 16.2.2 16.2.3 16.2.4 16.2.5 16.3.1 16.3.2 16.3.3
        16.3.4 16.4.1 16.4.2 16.4.3 16.5.1 16.5.2 16.5.3
    """,
    3: """
        1.2.10 1.3.12 1.5.3 2.3.5 3.3.5 3.4.7 3.4.8 3.5.8 3.6.1 4.1.4 4.2.5 6.3.8 7.5.3 8.3.2 8.3.3
        8.4.2 11.2.4 13.1.2 13.1.3 13.1.4 13.2.6 13.3.4 13.4.6 13.4.7 14.2.5 14.2.6 14.2.7 15.2.4
        15.4.1 15.4.2 15.4.3 15.4.4 16.5.4
    """,
}
VERDICTS = ("holds", "in part", "not yet", "does not apply")


class Row(NamedTuple):
    number: str
    level: int
    verdict: str
    evidence: list[str]


@cache
def rows() -> list[Row]:
    lines = re.findall(r"^\| ([0-9.]+) \| (\d) \| (.+?) \| (.+?) \| (.*) ?\|$", TABLE.read_text(encoding="utf-8"), re.M)
    return [
        Row(
            number,
            int(level),
            verdict.partition(":")[0],
            [one.strip() for one in evidence.split("<br>") if one.strip()],
        )
        for number, level, _what, verdict, evidence in lines
    ]


@cache
def headings(name: str) -> set[str]:
    """The sections of a document, without what only looks like one in a block of code."""
    text = (TABLE if name == "below" else ROOT / f"{name}.md").read_text(encoding="utf-8")
    prose = re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.M)
    return set(re.findall(r"^#+ (.+)$", prose, re.M))


def is_there(evidence: str) -> bool:
    """Whether the named test or section exists."""
    if found := re.fullmatch(r"`(tests/[\w/]+\.py)::(test_\w+)`", evidence):
        path = ROOT / found[1]
        return path.is_file() and found[2] in {n.name for n in tree(path).body if isinstance(n, ast.FunctionDef)}
    document, _, section = evidence.partition(": ")
    return document in ("README", "below") and section in headings(document)


def test_each_requirement_stands_in_the_table_once_with_its_level() -> None:
    expected = [(number, level) for level, numbers in REQUIREMENTS.items() for number in numbers.split()]
    assert len(expected) == 190
    assert sorted((row.number, row.level) for row in rows()) == sorted(expected)


def test_every_verdict_is_one_of_four() -> None:
    assert [row for row in rows() if row.verdict not in VERDICTS] == []


def test_all_that_is_named_as_evidence_is_there() -> None:
    assert [(row.number, one) for row in rows() for one in row.evidence if not is_there(one)] == []


def test_what_is_gone_is_noticed() -> None:
    assert is_there("`tests/house/test_asvs.py::test_what_is_gone_is_noticed`")
    assert not is_there("`tests/house/test_asvs.py::test_that_nobody_wrote`")
    assert not is_there("`tests/house/test_gone.py::test_what_is_gone_is_noticed`")
    assert not is_there("README: A section that nobody wrote")
    assert not is_there("somebody said so")


def test_whatever_holds_has_evidence_and_every_requirement_of_level_1_does() -> None:
    assert [row.number for row in rows() if row.verdict == "holds" and not row.evidence] == []
    assert [row.number for row in rows() if row.level == 1 and not row.evidence] == []
    assert [row.number for row in rows() if row.level == 1 and row.verdict == "not yet"] == []
