"""The stage for every test of this room."""

from tests.changes.passing_time import days_later as days_later
from tests.stage import stage as stage
