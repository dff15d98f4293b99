"""Every pattern that meets text from outside is linear, and its text has a longest length (`console.patterns`)."""

import ast
import os
import subprocess
import sys
import time

import pytest

from tests.house.hostile import every_pattern
from tests.house.sources import ROOT, modules, named, tree

re2 = pytest.importorskip("re2", reason="needs google-re2")

#: What may use `re` itself, and why.
MAY_USE_RE = {
    "console/patterns.py": "makes the patterns",
    "console/web/visible.py": "looks at whole pages, of any length; what people chose is escaped in them",
    "console/simcloud/faults.py": "the rules of tests, on loopback only",
}
#: What Django makes patterns for.
RAW = ("RegexValidator", "RegexField", "re_path")
#: Patterns that RE2 does not take, and why they are linear all the same.
NOT_RE2: dict[str, str] = {}
#: Seconds for trying all patterns on hostile texts of full length, on a busy machine.
PATIENCE = 240


def hostile_run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """All patterns, or the given one, in a process that the system ends when it takes too long."""
    return subprocess.run(
        [sys.executable, "-m", "tests.house.hostile", *arguments],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


def test_patterns_are_made_in_one_place() -> None:
    makers = [
        named(path)
        for path in modules()
        if any(
            (isinstance(node, ast.Import) and any(alias.name in ("re", "sre_compile", "regex") for alias in node.names))
            or (isinstance(node, ast.ImportFrom) and node.module in ("re", "regex"))
            or (isinstance(node, ast.Name) and node.id in RAW)
            or (isinstance(node, ast.Attribute) and node.attr in RAW)
            for node in ast.walk(tree(path))
        )
    ]
    assert set(makers) == set(MAY_USE_RE)


def test_every_pattern_is_one_that_a_linear_engine_takes() -> None:
    options = re2.Options()
    options.log_errors = False
    refused = set()
    for pattern in every_pattern():
        try:
            re2.compile(pattern.expression, options)
        except re2.error:
            refused.add(pattern.expression)
    assert refused == set(NOT_RE2)


def test_every_pattern_is_quick_on_hostile_texts_of_its_longest_length() -> None:
    run = hostile_run()
    slow = [line for line in run.stdout.splitlines() if line.startswith("too slow")]
    assert slow == []
    assert run.returncode == 0, f"{run.stdout[-400:]}{run.stderr[-400:]}"
    assert int(run.stdout.split("tried ")[-1]) > 60


@pytest.mark.parametrize("pattern", [r'(?:\\.|[^"])*"', r"(a+)+#", r"(?:x|x)*y"])
def test_the_hostile_texts_find_a_pattern_that_is_not_linear(pattern: str) -> None:
    started = time.monotonic()
    run = hostile_run(pattern, "2000", "5")
    assert run.returncode != 0 or "too slow" in run.stdout
    assert time.monotonic() - started < PATIENCE / 2
