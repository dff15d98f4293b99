"""Time that passes at once for everything the console has written about its Changes."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db.models import F

from console import clock
from console.changes.models import Change


def pass_time(seconds: int = 1200) -> None:
    """As if everything had happened so much earlier."""
    past = timedelta(seconds=seconds)
    for name in ("claimed_at", "intended_at", "settled_at", "settle_after", "look_after"):
        Change.objects.exclude(**{name: None}).update(**{name: F(name) - past})


@pytest.fixture
def days_later(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """`days_later(3)`: from now on it is three days later than it is."""
    real = clock.source

    def jump(days: float) -> None:
        monkeypatch.setattr(clock, "source", lambda: real() + timedelta(days=days))

    return jump
