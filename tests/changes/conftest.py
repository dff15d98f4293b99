"""The stage for every test of this room."""

from tests.stage import stage as stage
