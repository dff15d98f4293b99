"""A clock that a test moves, viewers that refresh as their pages say, and what the cloud was asked."""

import heapq
import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from bs4 import Tag
from django.utils import timezone

from tests.pages import Browser, Page


@dataclass
class Clock:
    """What the console takes for the time."""

    now: datetime

    def pass_by(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock(timezone.now() - timedelta(hours=1))  # what keeps the true time then comes after, as it should
    monkeypatch.setattr(timezone, "now", lambda: clock.now)
    monkeypatch.setattr("console.clock.source", lambda: clock.now)
    return clock


@dataclass
class Viewer:
    """Somebody who leaves the page open; it asks for its card again when it said that it would."""

    browser: Browser
    url: str
    card_id: str = "connections"
    page: Page | None = None
    asked: int = 0

    @property
    def card(self) -> Tag:
        assert self.page is not None
        found = self.page.soup.find(id=self.card_id)
        assert isinstance(found, Tag), self.page.text[:300]
        return found

    @property
    def pause(self) -> int | None:
        """Seconds until the card asks again; None when it does not."""
        trigger = self.card.get("hx-trigger")
        return int(str(trigger).removeprefix("every ").removesuffix("s")) if trigger else None

    def look(self) -> None:
        """Open the page, or do what it does by itself."""
        self.asked += 1
        if self.page is None:
            self.page = self.browser.open(self.url)
        else:
            headers = {"HX-Request": "true", "HX-Target": self.card_id}
            self.page = self.browser.open(str(self.card["hx-get"]), **headers)
        assert self.page.status == 200


@dataclass
class Audience:
    """Viewers of one page for some time, with the clock moving from one look to the next."""

    clock: Clock
    viewers: list[Viewer]
    arrive_within: float
    moments: list[float] = field(default_factory=list)

    def watch(self, seconds: float) -> Iterator[float]:
        """Yields the seconds since the start after each look."""
        order = itertools.count()
        step = self.arrive_within / len(self.viewers)
        due = [(number * step, next(order), viewer) for number, viewer in enumerate(self.viewers)]
        start = self.clock.now
        while due:
            moment, _order, viewer = heapq.heappop(due)
            if moment > seconds:
                return
            self.clock.now = start + timedelta(seconds=moment)
            viewer.look()
            if viewer.pause is not None:
                heapq.heappush(due, (moment + viewer.pause, next(order), viewer))
            yield moment


def reads(stage: Any, ending: str) -> int:
    """How often the cloud was asked for what has this end of the path."""
    return sum(1 for call in stage.cloud.calls() if call["method"] == "GET" and call["path"].endswith(ending))
