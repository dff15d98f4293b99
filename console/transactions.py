"""Transactions that the database calls off because of another one, such as in a deadlock, are run again."""

import functools
import random
import time
from collections.abc import Callable
from typing import Final, ParamSpec, TypeVar

from django.db import OperationalError, connection

P = ParamSpec("P")
T = TypeVar("T")

#: PostgreSQL: serialization_failure, deadlock_detected.
_CALLED_OFF: Final = ("40001", "40P01")
_TRIES: Final = 5
#: Longest wait before another try, so that the same two do not meet again. Seconds.
_LONGEST_WAIT: Final = 0.05


def run_again_when_called_off(transaction: Callable[P, T]) -> Callable[P, T]:
    """For a function that is one whole transaction and sends nothing to a cloud. Inside another transaction it is not
    run again, since that one is lost with it."""

    @functools.wraps(transaction)
    def run(*args: P.args, **kwargs: P.kwargs) -> T:
        for left in reversed(range(_TRIES)):
            try:
                return transaction(*args, **kwargs)
            except OperationalError as error:
                if not left or connection.in_atomic_block or not _was_called_off(error):
                    raise
            time.sleep(random.uniform(0, _LONGEST_WAIT))  # noqa: S311 - not a secret
        raise AssertionError("unreachable")

    return run


def _was_called_off(error: OperationalError) -> bool:
    return getattr(error.__cause__, "sqlstate", None) in _CALLED_OFF
