"""Pages that wait for clouds: half of the threads stay free of them, and no cloud that answers notices."""

import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest

from console.clouds.budget import remaining
from console.clouds.bulkhead import PATIENCE, Bulkhead, looking_at, one_page
from console.clouds.errors import CloudUnavailable
from tests.at_once import at_once

NO_LIMIT = 1000.0


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def four(clock: Clock) -> Bulkhead:
    return Bulkhead(4, clock)


@contextmanager
def page_at(bulkhead: Bulkhead, host: str, *, is_act: bool = False) -> Iterator[float]:
    """A page that waits for the host; gives the seconds that it may."""
    with one_page(), bulkhead.waiting_for(host, is_act=is_act):
        yield remaining(NO_LIMIT)


@contextmanager
def pages_at(bulkhead: Bulkhead, *hosts: str) -> Iterator[None]:
    with ExitStack() as stack:
        for host in hosts:
            stack.enter_context(page_at(bulkhead, host))
        yield


def test_a_page_with_a_place_has_all_its_time_and_one_without_a_moment(four: Bulkhead) -> None:
    for _ in range(3):
        with page_at(four, "a") as seconds:
            assert seconds == NO_LIMIT
    with pages_at(four, "a", "a", "a", "b"), page_at(four, "a") as seconds:
        assert 0 < seconds <= PATIENCE


def test_the_moment_is_for_all_waiting_of_a_page_together(four: Bulkhead, clock: Clock) -> None:
    with pages_at(four, "a", "a", "b", "c"), one_page():
        with four.waiting_for("d"):
            clock.now += PATIENCE - 0.25
        with four.waiting_for("d"):
            assert remaining(NO_LIMIT) <= 0.25
            clock.now += 0.25
        with pytest.raises(CloudUnavailable, match="as many pages as may"), four.waiting_for("d"):
            pass


def test_a_cloud_that_holds_half_of_the_places_for_long_is_not_asked_by_more(four: Bulkhead, clock: Clock) -> None:
    with pages_at(four, "hangs", "hangs", "well", "well"):
        clock.now += PATIENCE + 0.1
        with pytest.raises(CloudUnavailable, match="hangs was not asked: as many pages as may"):
            page_at(four, "hangs").__enter__()
        with page_at(four, "other") as seconds:
            assert seconds > 0.9 * PATIENCE


def test_calls_of_one_page_share_its_place(four: Bulkhead) -> None:
    with pages_at(four, "a", "a", "a"), one_page(), four.waiting_for("a"):
        with four.waiting_for("a"), four.waiting_for("b"):
            assert remaining(NO_LIMIT) == NO_LIMIT
        assert remaining(NO_LIMIT) == NO_LIMIT
    with pages_at(four, "a", "a", "a", "a"):
        pass


def test_a_write_waits_for_a_place_and_comes_before_the_reads(four: Bulkhead) -> None:
    seen = threading.Event()

    def write() -> float:
        with page_at(four, "a", is_act=True) as seconds:
            seen.wait(5)
            return seconds

    def free_a_place() -> float:
        with pages_at(four, "a", "a", "a"):
            with page_at(four, "a"):
                time.sleep(0.2)  # the write waits by now
            with page_at(four, "a") as seconds:
                seen.set()
                return seconds

    with_place, without = at_once([write, free_a_place])
    assert with_place == NO_LIMIT
    assert without <= PATIENCE


def test_a_write_without_a_place_is_not_sent(four: Bulkhead) -> None:
    with pages_at(four, "a", "a", "a", "a"), page_at(four, "a", is_act=True):
        began = time.monotonic()
        with pytest.raises(CloudUnavailable, match="was not asked"):
            page_at(four, "b", is_act=True).__enter__()
        assert PATIENCE * 0.9 < time.monotonic() - began < PATIENCE + 1


def test_reads_that_hold_all_places_leave_one_for_an_act(four: Bulkhead) -> None:
    with pages_at(four, "hangs", "hangs", "hangs", "hangs"), page_at(four, "hangs", is_act=True) as seconds:
        assert seconds == NO_LIMIT


def test_what_does_not_come_in_the_moment_says_why(four: Bulkhead, clock: Clock) -> None:
    def hang() -> None:
        with page_at(four, "a") as seconds:
            time.sleep(seconds)
            raise CloudUnavailable("a did not answer in time")

    with pages_at(four, "a", "a", "b", "b"), pytest.raises(CloudUnavailable, match="a did not answer at once: as many"):
        hang()


def test_who_is_no_page_is_not_limited(four: Bulkhead) -> None:
    with pages_at(four, "a", "a", "a", "a"), four.waiting_for("a", is_act=True):
        assert remaining(NO_LIMIT) == NO_LIMIT


def test_whoever_waits_for_the_end_of_a_look_that_hangs_is_refused_as_another_look_is(
    four: Bulkhead, clock: Clock
) -> None:
    with ExitStack() as stack:
        with looking_at("demo"):
            stack.enter_context(pages_at(four, "a", "a", "b", "b"))
        clock.now += 2 * PATIENCE
        with pytest.raises(CloudUnavailable, match="as many pages as may"):
            stack.enter_context(page_at(four, "demo"))
        assert stack.enter_context(page_at(four, "another")) <= PATIENCE
