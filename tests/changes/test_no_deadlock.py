"""Many people act and look at the same gateway at the same moment; PostgreSQL ends none of them as a deadlock."""

import os
import random
import time
from typing import Any

import pytest
from django.db import OperationalError, connection, connections, transaction

from console import clock
from console.audit.models import Entry
from console.changes.models import Change, Stage
from console.observations import store
from console.observations.parts import Part
from console.observations.store import Where
from console.transactions import run_again_when_called_off
from tests.at_once import at_once
from tests.conditions import needs_postgresql

pytestmark = [pytest.mark.django_db(transaction=True), needs_postgresql]

WRITERS = 16
#: Two minutes by hand: `DEADLOCK_SECONDS=120`.
SECONDS = float(os.environ.get("DEADLOCK_SECONDS", "20"))


def deadlocks() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        return int(cursor.fetchone()[0])


def test_sixteen_writers_never_lock_each_other_out(stage: Any) -> None:
    connected = [stage.browser("admin") for _ in range(WRITERS)]
    accepted, rejected = stage.connection_ids("accepted"), stage.connection_ids("rejected")
    before, end = deadlocks(), time.monotonic() + SECONDS

    def work(number: int) -> list[int]:
        chance, told = random.Random(number), []
        try:
            while time.monotonic() < end:
                act, ids = chance.choice([("Reject", accepted), ("Accept", rejected)])
                chosen = "&".join(
                    f"id={one}" for one in chance.sample(ids, k=1 if act == "Reject" else min(3, len(ids)))
                )
                page = connected[number].open(f"{stage.tab_url}connections/{act.lower()}/?{chosen}")
                if page.has_button(act):
                    told.append(connected[number].submit(page, act).status)
                told.append(connected[number].open(f"{stage.tab_url}?refresh=1").status)
            return told
        finally:
            connections.close_all()

    told = at_once([lambda number=number: work(number) for number in range(WRITERS)], patience=SECONDS + 60)

    assert {status for each in told for status in each} <= {200, 409, 429}
    time.sleep(1.1)  # the server tells its counts with a delay of up to a second
    assert deadlocks() == before
    assert Entry.objects.filter(state="succeeded", action__startswith="connection.").exists()
    assert not Change.objects.filter(stage__in=(Stage.CLAIMED, Stage.INTENDED)).exists()


def test_snapshots_that_are_kept_and_outdated_at_the_same_moment_never_lock_each_other_out() -> None:
    where, parts = Where("demo", "gateway"), (Part.CONNECTIONS, Part.PERMISSIONS, Part.SERVICES)
    rows = store.glance(where, parts)
    before, end = deadlocks(), time.monotonic() + SECONDS / 4

    def work(number: int) -> int:
        chance, times = random.Random(number), 0
        try:
            while time.monotonic() < end:
                readings = [store.Reading(row, []) for row in rows.values()]
                chance.shuffle(readings)
                store.keep(readings, clock.now(), "nobody")
                store.outdate(where, ["another"])
                times += 1
            return times
        finally:
            connections.close_all()

    assert sum(at_once([lambda number=number: work(number) for number in range(WRITERS)], patience=SECONDS)) > WRITERS
    time.sleep(1.1)
    assert deadlocks() == before


def test_a_transaction_that_was_called_off_in_a_deadlock_is_run_again() -> None:
    tries: list[int] = []

    @run_again_when_called_off
    def write() -> int:
        tries.append(1)
        with transaction.atomic(), connection.cursor() as cursor:
            if len(tries) == 1:
                cursor.execute("DO $$ BEGIN RAISE EXCEPTION 'victim' USING ERRCODE = '40P01'; END $$")
            cursor.execute("SELECT 7")
            return int(cursor.fetchone()[0])

    assert write() == 7
    assert len(tries) == 2


def test_any_other_error_is_not_tried_again() -> None:
    tries: list[int] = []

    @run_again_when_called_off
    def write() -> None:
        tries.append(1)
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("DO $$ BEGIN RAISE EXCEPTION 'away' USING ERRCODE = '57P01'; END $$")

    with pytest.raises(OperationalError):
        write()
    assert len(tries) == 1
