"""`python -m tests.benchmarks [NAME ...]`: run benchmarks and print their tables. See README.md beside this file."""

import argparse
import os
import platform
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

import django

from tests.benchmarks import size as sizes
from tests.benchmarks.figures import Line, table

NAMES = ("rows", "first_load", "memory", "tab", "lists", "polling", "mutation", "bulk", "growth", "audit_list", "chain")
POSTGRESQL = "postgres://postgres@127.0.0.1:5432/postgres"


def main(argv: Sequence[str] | None = None) -> int:
    """Run what is named, or everything; 0 whatever the figures say, since they are for people."""
    arguments = _arguments(argv)
    size = sizes.tiny(arguments.cache) if arguments.tiny else sizes.Size(cache=arguments.cache)
    size = sizes.having(
        size, postgresql=arguments.postgresql, rounds=arguments.rounds, rows=arguments.rows, seconds=arguments.seconds
    )
    signal.signal(signal.SIGTERM, _stop)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    load = os.getloadavg()[0]
    print(f"{time.strftime('%Y-%m-%d %H:%M')}, {os.cpu_count()} cores, load {load:.1f} at the start, ", end="")
    print(f"Python {platform.python_version()}, Django {django.__version__}\n", flush=True)
    missed = 0
    for name in arguments.names or NAMES:
        started = time.monotonic()
        lines = run(name, size)
        print(f"({name}: {time.monotonic() - started:.0f} s, load now {os.getloadavg()[0]:.1f})\n", flush=True)
        missed += sum(1 for line in lines if line.aim and not line.aim.met)
    print(f"{missed} aims missed" if missed else "Every aim met")
    return 0


def run(name: str, size: sizes.Size) -> list[Line]:
    """Measure and print one benchmark; its lines. Django must be set up."""
    from importlib import import_module

    module = import_module(f"tests.benchmarks.{name}")
    lines: list[Line] = []
    try:
        for line in module.measure(size):
            lines.append(line)
    finally:  # what was measured before an interruption is worth seeing too
        print(table(module.TITLE, lines), flush=True)
    return lines


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m tests.benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(NAMES)} (default: all)")
    folder = Path(tempfile.gettempdir()) / "console-benchmarks"
    parser.add_argument("--cache", type=Path, default=folder, help="folder of the filled databases (%(default)s)")
    parser.add_argument("--postgresql", default=POSTGRESQL, help="server to measure too, '' for none (%(default)s)")
    parser.add_argument("--rounds", type=int, help="how often the compared things take turns")
    parser.add_argument("--seconds", type=float, help="longest time for one timed load")
    parser.add_argument("--rows", type=int, help="rows of the long audit log")
    parser.add_argument("--tiny", action="store_true", help="just enough to see that everything runs")
    arguments = parser.parse_args(argv)
    if unknown := set(arguments.names) - set(NAMES):
        parser.error(f"there is no benchmark {sorted(unknown)[0]}")
    arguments.cache = arguments.cache.expanduser().resolve()
    return arguments


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt  # so that everything started is stopped


if __name__ == "__main__":
    sys.exit(main())
