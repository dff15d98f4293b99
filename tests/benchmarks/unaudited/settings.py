"""The console's own settings, with the two addresses more."""

from console.settings import *  # noqa: F403

ROOT_URLCONF = "tests.benchmarks.unaudited.urls"
