"""Every benchmark runs: at a size that says nothing about speed. The figures are made by hand (README.md)."""

from pathlib import Path

import pytest

from tests.benchmarks import __main__ as benchmarks
from tests.benchmarks.size import tiny
from tests.conditions import needs_psycopg


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the filled databases of all benchmarks are kept."""
    return tmp_path_factory.mktemp("databases")


@needs_psycopg  # they measure PostgreSQL beside SQLite
@pytest.mark.parametrize("name", benchmarks.NAMES)
def test_benchmark_runs(name: str, databases: Path) -> None:
    assert [line for line in benchmarks.run(name, tiny(databases)) if line.measured]
