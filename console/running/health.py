"""What a load balancer or a supervisor asks. No secret, host or version in an answer."""

import logging
import secrets
from http import HTTPStatus
from typing import Final

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from console import clock, database_file
from console.access.guard import open_to_all
from console.running import probes

logger = logging.getLogger(__name__)

#: Characters of CONSOLE_HEALTH_TOKEN: too many to guess, whatever the rate.
SHORTEST_TOKEN: Final = 32


@require_safe
@open_to_all("a supervisor asks without signing in; the answer is one word")
def healthz(request: HttpRequest) -> HttpResponse:
    """The process is alive. Asks nobody, so it answers while everything else is down."""
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


@require_safe
@open_to_all("a load balancer asks without signing in; the answer is one word, more only for the token of the settings")
def readyz(request: HttpRequest) -> HttpResponse:
    """200 when the console can work: the database answers. A cloud that is away is told, but is no reason to go.

    Strangers get one word. With `Authorization: Bearer CONSOLE_HEALTH_TOKEN` the states of database and clouds as JSON.
    """
    database = _database_answers()
    status = HTTPStatus.OK if database else HTTPStatus.SERVICE_UNAVAILABLE
    if not _shows_the_token(request):
        word = "ready" if database else "unavailable"
        return HttpResponse(f"{word}\n", status=status, content_type="text/plain; charset=utf-8")
    body = {
        "database": "reachable" if database else "unreachable",
        "clock": clock.in_words(clock.difference()),
        "clouds": probes.states(),
    }
    return JsonResponse(body, status=status)


def _shows_the_token(request: HttpRequest) -> bool:
    """A wrong token is treated as none: a probe with an old one must not take the console out of service."""
    token: str = settings.HEALTH_TOKEN
    scheme, _, sent = request.headers.get("Authorization", "").partition(" ")
    if len(token) < SHORTEST_TOKEN or scheme.lower() != "bearer":
        return False
    return secrets.compare_digest(sent.strip().encode(), token.encode())


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        database_file.check()
    except DatabaseError:
        logger.exception("The database does not answer")
        return False
    return True
