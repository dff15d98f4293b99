"""The database under the processes: scheduling points after commits, statements that fail, and deadlocks."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from random import Random
from typing import Any, Final
from unittest.mock import patch

from django.db import OperationalError, connection
from django.db.transaction import Atomic

from tests.simulation.profiles import Profile
from tests.simulation.scheduler import Killed, Scheduler, Task, current_task

_WRITES: Final = ("INSERT", "UPDATE", "DELETE")
_STATEMENTS: Final = ("SELECT", *_WRITES)
#: A transaction is called off so often in a row at the most; the console tries five times.
_MOST_DEADLOCKS: Final = 2


class _Deadlock(Exception):
    """What the driver says."""

    sqlstate = "40P01"


@dataclass
class Database:
    """`note` is told what went wrong, for the story."""

    scheduler: Scheduler
    profile: Profile
    random: Random
    note: Callable[[str], None]
    away_until: float = 0.0
    is_calm: bool = False
    failures: int = 0
    _deadlocks: int = 0
    #: Set by every new row of the audit log, for whoever watches.
    log_has_grown: bool = False
    batches_have_moved: bool = False

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Inside, every statement of a task goes through here."""
        leave = Atomic.__exit__
        with patch.object(Atomic, "__exit__", self._leaving(leave)), connection.execute_wrapper(self._execute):
            yield

    def _leaving(self, leave: Any) -> Any:
        def leave_and_let_others_run(atomic: Atomic, kind: Any, error: Any, trace: Any) -> None:
            leave(atomic, kind, error, trace)
            if kind is None and current_task() and not connection.in_atomic_block:
                self._deadlocks = 0
                self.scheduler.point()

        return leave_and_let_others_run

    def _execute(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        task = current_task()
        if task is None or task.process is None:
            return execute(sql, params, many, context)
        if task.process.is_dead:
            raise Killed
        self._fail_perhaps(task, sql)
        result = execute(sql, params, many, context)
        if sql.startswith(_WRITES):
            self.log_has_grown |= sql.startswith('INSERT INTO "audit_entry"')
            self.batches_have_moved |= sql.startswith('UPDATE "changes_batch"')
            if not connection.in_atomic_block:
                self.scheduler.point()
        return result

    def _fail_perhaps(self, task: Task, sql: str) -> None:
        """Raises OperationalError: nothing of the statement, or of its transaction, has happened then."""
        if self.is_calm or not sql.startswith((*_STATEMENTS, "BEGIN")):
            return
        if self.scheduler.now < self.away_until:
            self._fail(task, "the database is away")
        if sql.startswith("UPDATE") and connection.in_atomic_block and self._deadlocks < _MOST_DEADLOCKS:
            if self.random.random() < self.profile.deadlock:
                self._deadlocks += 1
                self._fail(task, "deadlock detected", _Deadlock())
        elif self.random.random() < self.profile.statement_fails:
            self._fail(task, "the statement failed")

    def _fail(self, task: Task, why: str, cause: Exception | None = None) -> None:
        self.failures += 1
        self.note(f"{task.name}: {why}")
        raise OperationalError(why) from cause
