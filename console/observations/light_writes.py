"""Writes that need not survive a power cut.

What a cloud said is asked again in seconds, so it is not worth the wait for the disk that every row of the audit log
and every intent is worth. Losing it breaks nothing: the order of writes is kept.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def light_transaction() -> Iterator[None]:
    """A transaction whose end does not wait for the disk, unless it is part of one that does."""
    if connection.in_atomic_block:
        with transaction.atomic():
            yield
    elif connection.vendor == "sqlite":
        with _synchronous_normal(), transaction.atomic():
            yield
    else:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL synchronous_commit TO OFF")
            yield


@contextmanager
def _synchronous_normal() -> Iterator[None]:
    """For this connection, and only as long as it lasts."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous")
        (before,) = cursor.fetchone()
        cursor.execute("PRAGMA synchronous = NORMAL")
        try:
            yield
        finally:
            cursor.execute(f"PRAGMA synchronous = {int(before)}")
