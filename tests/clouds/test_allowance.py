"""How often the pages of one person may read clouds: the limits hold for pages that come together, too."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import copy_context

import pytest

from console.clouds import allowance
from console.clouds.allowance import AT_ONCE, Allowance, TooManyReads, page_of
from console.clouds.traffic import Purpose, calling
from tests.at_once import at_once

A_MINUTE = 60


@pytest.fixture
def counting(monkeypatch: pytest.MonkeyPatch) -> Allowance:
    fresh = Allowance()
    monkeypatch.setattr(allowance, "ALLOWANCE", fresh)
    return fresh


class Cloud:
    """Counts the calls, and how many were under way at the same moment."""

    def __init__(self, takes: float = 0.0) -> None:
        self.takes, self.calls, self.most, self._now = takes, 0, 0, 0
        self._lock = threading.Lock()

    @contextmanager
    def call(self) -> Iterator[None]:
        with self._lock:
            self.calls, self._now = self.calls + 1, self._now + 1
            self.most = max(self.most, self._now)
        time.sleep(self.takes)
        yield
        with self._lock:
            self._now -= 1


def page(counting: Allowance, cloud: Cloud, calls: int = 3, person: int = 1) -> bool:
    """A page that makes so many calls one after the other; whether it was admitted."""
    with page_of(person, A_MINUTE):
        for _call in range(calls):
            try:
                with counting.counted(), cloud.call():
                    pass
            except TooManyReads:
                return False
    return True


def test_a_hundred_pages_at_the_same_moment_keep_both_limits(counting: Allowance) -> None:
    cloud = Cloud(takes=0.02)
    at_once([lambda: page(counting, cloud)] * 100)
    assert 0 < cloud.calls <= A_MINUTE
    assert cloud.most <= AT_ONCE


def test_pages_one_after_the_other_keep_the_limit_of_a_minute(counting: Allowance) -> None:
    cloud = Cloud()
    admitted = [page(counting, cloud) for _page in range(100)]
    assert A_MINUTE - 4 <= cloud.calls <= A_MINUTE
    assert admitted[0]
    assert not admitted[-1]


def test_a_long_list_is_read_to_its_end_and_counts_for_what_comes_after(counting: Allowance) -> None:
    cloud = Cloud()
    assert page(counting, cloud, calls=100)
    assert cloud.calls == 100
    assert not page(counting, cloud)


def test_calls_of_one_page_wait_for_their_turn(counting: Allowance) -> None:
    cloud = Cloud(takes=0.05)
    with page_of(1, A_MINUTE):

        def call() -> None:
            with counting.counted(), cloud.call():
                pass

        contexts = [copy_context() for _call in range(2 * AT_ONCE)]
        at_once([lambda context=context: context.run(call) for context in contexts])
    assert cloud.calls == 2 * AT_ONCE
    assert cloud.most <= AT_ONCE


def test_other_people_confirmations_and_acts_are_not_held_up(counting: Allowance) -> None:
    cloud = Cloud()
    assert page(counting, cloud, calls=100)
    assert not page(counting, cloud)
    assert page(counting, cloud, person=2)
    for purpose in (Purpose.CONFIRM, Purpose.ACT):
        with calling(purpose):
            assert page(counting, cloud)
