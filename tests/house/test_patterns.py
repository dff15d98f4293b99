"""Every pattern that meets text from outside is linear, and its text has a longest length (`console.patterns`)."""

import ast
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import re2

from tests.house.hostile import every_pattern
from tests.house.sources import ROOT, modules, named

#: What may use `re` itself, and why.
MAY_USE_RE = {
    "console/patterns.py": "makes the patterns",
    "console/web/visible.py": "looks at whole pages, of any length; its pattern is tried with the others",
    "console/simcloud/faults.py": "the rules of tests, on loopback only",
}
ENGINES = ("re", "regex", "sre_compile", "_sre")
#: What Django makes patterns for.
RAW = ("RegexValidator", "RegexField", "re_path")
#: How the system ends a process that used up its processor time.
ENDED_BY_LIMIT = (-signal.SIGXCPU, -signal.SIGKILL)
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


def makes_patterns(source: str) -> bool:
    """Whether a module uses an engine itself, under whatever name, or lets Django do so."""
    return any(_makes_patterns(node) for node in ast.walk(ast.parse(source)))


def _makes_patterns(node: ast.AST) -> bool:
    if isinstance(node, ast.Import):
        return any(alias.name.split(".")[0] in ENGINES for alias in node.names)
    if isinstance(node, ast.ImportFrom):
        return (node.module or "").split(".")[0] in ENGINES or any(alias.name in RAW for alias in node.names)
    return (isinstance(node, ast.Name) and node.id in RAW) or (isinstance(node, ast.Attribute) and node.attr in RAW)


def source_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def test_patterns_are_made_in_one_place() -> None:
    makers = {named(path) for path in modules() if makes_patterns(source_of(path))}
    assert makers == set(MAY_USE_RE), "Make it a console.patterns.Pattern, with the longest text that it is tried on."


@pytest.mark.parametrize(
    "source",
    [
        "import re as words",
        "from re import compile as make",
        "from django.core.validators import RegexValidator as Fits",
        "from django import forms\nname = forms.RegexField('a')",
        "from django.urls import re_path",
    ],
)
def test_a_pattern_made_elsewhere_is_found_under_any_name(source: str) -> None:
    assert makes_patterns(source)


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


@pytest.mark.parametrize("pattern", [r'(?:\\.|[^"])*"', r"(a+)+#", r"(?:x|x)*y", r"[a-z]*[a-z]*[a-z]*[a-z]*#"])
def test_the_hostile_texts_find_a_pattern_that_is_not_linear(pattern: str) -> None:
    started = time.monotonic()
    run = hostile_run(pattern, "2000", "5")
    assert run.stdout.startswith("trying "), run.stderr
    assert run.returncode in ENDED_BY_LIMIT or "too slow" in run.stdout, run.stderr
    assert time.monotonic() - started < PATIENCE / 2


def test_the_hostile_texts_find_nothing_in_a_linear_pattern() -> None:
    run = hostile_run(r'[^\\"]*(?:\\.[^\\"]*)*"?', "2000", "20")
    assert (run.returncode, "too slow" in run.stdout) == (0, False), run.stdout + run.stderr
