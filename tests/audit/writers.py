"""A process that writes rows from many threads: `python -m tests.audit.writers THREADS ROWS NAME`."""

import sys
from concurrent.futures import ThreadPoolExecutor

import django

django.setup()

from django.db import connection  # noqa: E402 - after setup

from tests.audit.factories import entry  # noqa: E402


def _write(thread: int, rows: int, name: str) -> None:
    try:
        for number in range(rows):
            entry(target=f"{name}-{thread}-{number}")
    finally:
        connection.close()


if __name__ == "__main__":
    threads, rows, name = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    with ThreadPoolExecutor(threads) as pool:
        for written in [pool.submit(_write, thread, rows, name) for thread in range(threads)]:
            written.result()
