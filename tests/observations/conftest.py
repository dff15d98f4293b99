"""Fixtures of this room."""

from tests.observations.watching import clock as clock
