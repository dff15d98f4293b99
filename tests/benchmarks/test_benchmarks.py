"""Every benchmark runs: at a size that says nothing about speed. The figures are made by hand (README.md)."""

from pathlib import Path

import pytest

from tests.benchmarks import __main__ as benchmarks
from tests.benchmarks.size import tiny
from tests.conditions import needs_psycopg


@needs_psycopg  # they measure PostgreSQL beside SQLite
@pytest.mark.parametrize("name", benchmarks.NAMES)
def test_benchmark_runs(name: str, tmp_path: Path) -> None:
    assert [line for line in benchmarks.run(name, tiny(tmp_path)) if line.measured]
