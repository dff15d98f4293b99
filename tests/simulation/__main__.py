"""`python -m tests.simulation --acts 20000 --seed 7 [--profile mixed] [--break NAME]`: one simulation by hand."""

import argparse
import os
import sys
from collections.abc import Sequence

import django


def main(argv: Sequence[str] | None = None) -> int:
    """1 where something was untrue, whose story is printed then."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    from django.db import connection
    from django.test.utils import setup_test_environment

    from tests.simulation.breaks import BREAKS
    from tests.simulation.history import Untrue
    from tests.simulation.profiles import PROFILES
    from tests.simulation.simulation import Simulation

    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--acts", type=int, default=1000)
    parser.add_argument("--seed", default="1")
    parser.add_argument("--profile", choices=PROFILES, default="mixed")
    parser.add_argument("--break", dest="breakage", choices=BREAKS, default="", help="break the engine in this way")
    arguments = parser.parse_args(argv)
    setup_test_environment()
    connection.creation.create_test_db(verbosity=0)
    simulation = Simulation(PROFILES[arguments.profile], arguments.seed, arguments.breakage)
    try:
        print(simulation.run(arguments.acts))
    except Untrue as untrue:
        print(untrue.what, *untrue.__notes__, sep="\n\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
