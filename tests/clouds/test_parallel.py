"""Several calls at once."""

import threading
import time
from functools import partial

import pytest

from console.clouds.budget import remaining, time_budget
from console.clouds.errors import CloudForbidden
from console.clouds.parallel import AT_ONCE, THREADS, all_of, gather
from console.context import request_id


def test_three_slow_calls_take_the_time_of_one() -> None:
    def call() -> None:
        time.sleep(0.02)

    gather(a=call, b=call, c=call)  # the threads exist from here on
    best = min(_seconds(lambda: gather(a=call, b=call, c=call)) for _ in range(20))
    assert best < 0.045  # one after the other they take 0.06


def _seconds(act: object) -> float:
    started = time.perf_counter()
    act()  # type: ignore[operator]
    return time.perf_counter() - started


def test_one_failure_leaves_the_other_answers_whole() -> None:
    def refuse() -> str:
        raise CloudForbidden("no", vendor_code="APIC.7106")

    answers = gather(name=lambda: "gw", connections=refuse)
    assert answers["name"].value_or("?") == "gw"
    assert answers["name"].ok
    assert answers["connections"].value_or([]) == []
    assert isinstance(answers["connections"].error, CloudForbidden)
    with pytest.raises(CloudForbidden):
        answers["connections"].unwrap()


def test_a_bug_is_not_swallowed() -> None:
    def broken() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        gather(a=lambda: 1, b=broken)
    with pytest.raises(ZeroDivisionError):
        gather(a=broken, b=lambda: 1)


def test_nothing_and_one_call_are_calls_too() -> None:
    assert gather() == {}
    assert gather(only=lambda: 3)["only"].value == 3


def test_a_value_of_none_is_a_value() -> None:
    assert gather(a=lambda: None)["a"].value_or("default") is None


def test_request_id_and_time_budget_cross_into_the_threads() -> None:
    gate = threading.Barrier(3, timeout=5)

    def look() -> tuple[str, bool]:
        gate.wait()  # all three are in different threads
        return request_id.get(), remaining(99) <= 5

    token = request_id.set("req-1")
    try:
        with time_budget(5):
            answers = gather(a=look, b=look, c=look)
    finally:
        request_id.reset(token)
    assert {answer.value for answer in answers.values()} == {("req-1", True)}


def test_nested_calls_never_stall_however_many_there_are() -> None:
    def page() -> int:
        time.sleep(0.001)
        return 1

    def many_pages() -> int:
        return sum(all_of([page] * 30))

    results: list[int] = []

    def request() -> None:
        answers = gather(a=many_pages, b=many_pages, c=many_pages)
        results.append(sum(answer.unwrap() for answer in answers.values()))

    threads = [threading.Thread(target=request) for _ in range(THREADS + 10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert results == [90] * (THREADS + 10)


def test_one_caller_has_a_bounded_number_of_calls_in_flight() -> None:
    lock, now, most = threading.Lock(), 0, 0

    def call() -> None:
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        time.sleep(0.005)
        with lock:
            now -= 1

    all_of([call] * 60)
    assert 1 < most <= AT_ONCE


def test_budgets_only_shrink() -> None:
    assert remaining(7) == 7
    with time_budget(1):
        with time_budget(60):
            assert remaining(99) <= 1
        with time_budget(0):
            assert remaining(99) == 0
        assert remaining(99) > 0.5
    assert remaining(7) == 7


def test_all_of_keeps_the_order() -> None:
    assert all_of([partial(str, number) for number in range(40)]) == [str(number) for number in range(40)]
