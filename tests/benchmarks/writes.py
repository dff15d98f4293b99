"""`python -m tests.benchmarks.writes`: appends to the log and checks it, on request, in a process of its own."""

import contextlib
import hashlib
import json
import threading
import time
from collections.abc import Callable
from typing import Any

import django


def main() -> None:
    """Answer questions: `what`, `writers`, `count`."""
    django.setup()
    from tests.benchmarks.processes import answer_lines

    _make_plain_table()
    acts: dict[str, Callable[[], object]] = {"plain": _plain, "append": _append}

    def answer(question: dict[str, Any]) -> dict[str, Any]:
        what = question["what"]
        if what in acts:
            return _by_writers(acts[what], question["writers"], question["count"])
        started = time.perf_counter()
        rows = _verify() if what == "verify" else _read()
        return {"seconds": time.perf_counter() - started, "rows": rows}

    answer_lines(answer)


def _by_writers(act: Callable[[], object], writers: int, count: int) -> dict[str, Any]:
    """The same number of acts whatever the number of threads."""
    seconds: list[float] = []
    failures: list[str] = []
    gate = threading.Barrier(writers + 1)

    def write() -> None:
        from django.db import connection

        try:
            act()
            gate.wait()
            for _ in range(count // writers):
                started = time.perf_counter()
                act()
                seconds.append(time.perf_counter() - started)
        except Exception as error:  # noqa: BLE001 - told below
            failures.append(f"{type(error).__name__}: {error}")
            gate.abort()
        finally:
            connection.close()

    threads = [threading.Thread(target=write) for _ in range(writers)]
    for thread in threads:
        thread.start()
    with contextlib.suppress(threading.BrokenBarrierError):  # then there is a failure to tell
        gate.wait()
    started = time.perf_counter()
    for thread in threads:
        thread.join()
    if failures:
        raise RuntimeError(failures[0])
    return {"seconds": seconds, "elapsed": time.perf_counter() - started, "count": len(seconds)}


def _make_plain_table() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE IF NOT EXISTS benchmark_plain (words varchar(200) NOT NULL)")


def _plain() -> None:
    """The floor: one row, one commit, one table without an index."""
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("INSERT INTO benchmark_plain VALUES (%s)", ["somebody did something to something" * 4])


def _append() -> None:
    from console.access.actor import Actor
    from console.audit import journal
    from console.audit.catalog import Action, State

    actor = Actor(person_id=1, name="operator", role="Operator", ip="127.0.0.1", request_id="0" * 32)
    journal.record(
        action=Action.CONNECTION_ACCEPT,
        state=State.SUCCEEDED,
        actor=actor,
        cloud="demo",
        gateway_id="gateway",
        target="6f0c1e2a-0b5d-4a6e-9d0e-111111111111",
        reason="benchmark",
        before={"status": "pendingAcceptance"},
        after={"status": "accepted"},
    )


def _verify() -> int:
    from console.audit.breaks import Whole
    from console.audit.verify import verify_table

    found = verify_table()
    if not isinstance(found, Whole):
        raise RuntimeError(str(found))
    return found.rows


def _read() -> int:
    """The floor of a check: every row read once, written as JSON and hashed once."""
    from console.audit.chain import Row
    from console.audit.models import Entry

    rows = Entry.objects.order_by("seq").values_list(*Row._fields)
    count, portion = 0, list(rows[:5_000])
    while portion:
        for row in portion:
            hashlib.sha256(json.dumps(row, default=str).encode()).hexdigest()
        count += len(portion)
        portion = list(rows.filter(seq__gt=portion[-1][0])[:5_000])
    return count


if __name__ == "__main__":
    main()
