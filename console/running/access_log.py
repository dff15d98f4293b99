"""One log line for each request: what was asked, how it ended, how long it took, who asked (ASVS 16.2.1)."""

import logging
import time
from collections.abc import Callable
from typing import Final

from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest, HttpResponse

#: In characters. The longest address of the console has less than half of it.
LONGEST_PATH: Final = 500

logger = logging.getLogger("console.access_log")


def clipped(path: str) -> str:
    """The path, or the beginning of one that is longer than any of this console's."""
    return path if len(path) <= LONGEST_PATH else f"{path[:LONGEST_PATH]}… ({len(path)} characters)"


def _person(request: HttpRequest) -> str | None:
    """The signed-in person's number, if the session was read; never worth a query of its own, which may fail."""
    loaded: dict[str, str] = getattr(getattr(request, "session", None), "_session_cache", {})
    return loaded.get(SESSION_KEY)


def write_line(method: str, path: str, status: int, began: float, person: str | None = None) -> None:
    """The line of a request that began then, by `time.perf_counter`."""
    logger.info(
        "request",
        extra={
            "method": method,
            "path": clipped(path),
            "status": int(status),
            "duration_ms": round((time.perf_counter() - began) * 1000, 1),
            "person": person,
        },
    )


class AccessLogMiddleware:
    """Stands right after the request id. Queries stay out of the line: people search for names and account ids."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Serve, then write the line."""
        started = time.perf_counter()
        response = self.get_response(request)
        write_line(request.method or "", request.path, response.status_code, started, _person(request))
        return response
