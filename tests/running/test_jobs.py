import logging
import threading

import pytest

from console.running.jobs import Job, Repeated


@pytest.mark.django_db
def test_a_job_that_fails_again_and_again_is_logged_once_and_once_when_it_works_again(caplog):
    caplog.set_level(logging.INFO, "console.running.jobs")
    stopping, calls = threading.Event(), []

    def run() -> bool:
        calls.append(None)
        if len(calls) == 5:
            stopping.set()
        elif len(calls) == 3:
            raise KeyError("another reason")
        elif len(calls) < 4:
            raise ValueError("the same reason")
        return False

    Repeated(Job("try", 0.001, run)).until(stopping)
    assert len(calls) == 5
    assert [(record.levelname, record.message, bool(record.exc_info)) for record in caplog.records] == [
        ("ERROR", "job failed: try: ValueError", True),
        ("ERROR", "job failed: try: KeyError", True),
        ("INFO", "resolved: job failed: try", False),
    ]
