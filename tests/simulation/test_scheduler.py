"""The scheduler: one seed, one order; what is killed cleans nothing up, and what is frozen goes on later."""

import pytest

from tests.simulation.scheduler import BEGINNING, LONGEST_STEP, Event, Killed, Process, Scheduler

pytestmark = pytest.mark.django_db(transaction=True)


def order_of(seed: str) -> list[str]:
    scheduler, told = Scheduler(seed), list[str]()

    def count(name: str) -> None:
        for number in range(5):
            told.append(f"{name}{number}")
            scheduler.point()

    for name in "abc":
        scheduler.spawn(name, lambda name=name: count(name))  # type: ignore[misc]
    scheduler.run(lambda: False)
    return told


def test_the_same_seed_gives_the_same_order_and_another_seed_another() -> None:
    assert order_of("one") == order_of("one")
    assert order_of("one") != order_of("two")


def test_time_passes_at_once_and_in_order() -> None:
    scheduler, told = Scheduler("any"), list[float]()

    def wait(seconds: float) -> None:
        scheduler.sleep(seconds)
        told.append(scheduler.now - BEGINNING)

    scheduler.spawn("late", lambda: wait(3600.0))
    scheduler.spawn("early", lambda: wait(60.0))
    scheduler.run(lambda: False)

    assert told == [60.0, 3600.0]


def test_a_killed_process_goes_no_further_and_others_go_on() -> None:
    scheduler, told = Scheduler("any"), list[str]()
    doomed = Process("server-1")

    def work() -> None:
        try:
            scheduler.sleep(10.0)
            told.append("went on")
        finally:
            with pytest.raises(Killed):
                scheduler.point()

    def kill() -> None:
        scheduler.sleep(5.0)
        scheduler.kill(doomed)
        told.append("killed it")

    task = scheduler.spawn("works", work, doomed)
    scheduler.spawn("kills", kill)
    scheduler.run(lambda: False)

    assert told == ["killed it"]
    assert task.ended.is_set


def test_a_frozen_process_goes_on_where_it_stood_when_it_is_let_go() -> None:
    scheduler, told = Scheduler("any"), list[float]()
    frozen = Process("worker-1", frozen_until=BEGINNING + 70)

    def work() -> None:
        scheduler.sleep(1.0)
        told.append(scheduler.now - BEGINNING)

    scheduler.spawn("works", work, frozen)
    scheduler.run(lambda: False)

    assert 71.0 <= told[0] <= 71.0 + 2 * LONGEST_STEP


def test_who_waits_for_an_event_goes_on_when_it_comes_or_when_the_time_is_over() -> None:
    scheduler, told = Scheduler("any"), list[bool]()
    event = Event()
    scheduler.spawn("patient", lambda: told.append(scheduler.wait(event, 100.0)))
    scheduler.spawn("impatient", lambda: told.append(scheduler.wait(event, 1.0)))
    scheduler.spawn("sets it", lambda: scheduler.set(event), after=50.0)
    scheduler.run(lambda: False)

    assert told == [False, True]


def test_each_process_has_a_clock_of_its_own() -> None:
    ahead = Process("server-1", ahead=300.0, rate=1.001)
    assert ahead.wall(BEGINNING + 1000) == pytest.approx(BEGINNING + 1000 + 300 + 1)
    assert ahead.monotonic(BEGINNING + 1000) - ahead.monotonic(BEGINNING) == pytest.approx(1001)
