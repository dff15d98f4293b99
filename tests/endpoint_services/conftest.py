"""Fixtures of this room."""

import pytest
from django.conf import LazySettings


@pytest.fixture(autouse=True)
def every_look_is_a_fresh_one(settings: LazySettings) -> None:
    """These stories change the world past the console; how long an answer lasts is told in tests/observations."""
    settings.STATUS_INTERVAL_SECONDS = 0
