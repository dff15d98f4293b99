"""One clock for everything that is decided: the database's."""

import threading
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import OperationalError, connection

from console import clock
from console.changes import settling
from console.changes.models import Change, Stage
from tests.changes.acts import ACCEPT
from tests.changes.test_resolver import lose_the_answer
from tests.conditions import needs_postgresql
from tests.stage import stage as stage

pytestmark = pytest.mark.django_db(transaction=True)


class _Ahead(datetime):
    """The clock of a machine that is wrong."""

    seconds = 0.0

    @classmethod
    def now(cls, tz: Any = None) -> datetime:
        return datetime.now(tz) + timedelta(seconds=cls.seconds)


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Any:
    """`machine(70)`: from now on this machine's clock is so many seconds ahead, for all that ask it."""
    real = time.time

    def set_ahead(seconds: float) -> None:
        monkeypatch.setattr(_Ahead, "seconds", seconds)
        monkeypatch.setattr(clock, "datetime", _Ahead)
        monkeypatch.setattr(time, "time", lambda: real() + seconds)
        monkeypatch.setattr("django.utils.timezone.now", lambda: _Ahead.now(UTC))

    monkeypatch.setattr(clock, "_latest", None)
    return set_ahead


@needs_postgresql
@pytest.mark.parametrize("ahead", [70, 300, -300])
def test_the_time_is_the_databases_whatever_the_machines_clock_says(machine: Any, ahead: int) -> None:
    machine(ahead)
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (database,) = cursor.fetchone()
    assert abs(clock.now() - database) < timedelta(seconds=2)
    assert abs(clock.difference() - timedelta(seconds=ahead)) < timedelta(seconds=2)


@needs_postgresql
def test_a_clock_that_is_set_while_the_process_runs_is_measured_again(machine: Any) -> None:
    before = clock.now()
    machine(3600)
    assert clock.now() - before < timedelta(seconds=10)


@needs_postgresql
@pytest.mark.parametrize("ahead", [70, 300])
def test_a_worker_whose_clock_is_ahead_does_not_call_a_young_act_not_done(stage: Any, machine: Any, ahead: int) -> None:
    lost = lose_the_answer(stage, ACCEPT, {"fault": "reset_before"})
    machine(ahead)

    assert settling.settle_open() == 0
    assert Change.objects.get(pk=lost.pk).stage == Stage.UNKNOWN


@needs_postgresql
def test_a_difference_is_logged_once_and_again_when_it_is_over(
    machine: Any, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level("INFO", logger="console.clock")
    machine(70)
    clock.now()
    monkeypatch.setattr(clock, "_latest", None)
    clock.now()
    machine(0)
    monkeypatch.setattr(clock, "_latest", None)
    clock.now()
    assert [record.getMessage() for record in caplog.records] == [
        "This machine's clock is 70 seconds ahead of the database's. Set it by NTP.",
        "This machine's clock is in step with the database's.",
    ]


def test_a_database_that_does_not_answer_stops_no_page_that_shows_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "_latest", None)
    monkeypatch.setattr(clock, "_measure", _away)
    monkeypatch.setattr(connection, "vendor", "postgresql")
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=2)


def _away() -> Any:
    raise OperationalError("away")


@needs_postgresql
@pytest.mark.django_db
def test_a_thread_that_only_asks_for_the_time_leaves_no_connection_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "_latest", None)
    left: list[bool] = []

    def ask() -> None:
        clock.now()
        left.append(connection.connection is not None)

    thread = threading.Thread(target=ask)
    thread.start()
    thread.join()
    assert left == [False]
