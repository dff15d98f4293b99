"""What a load balancer or a supervisor asks. No secret, host or version in an answer."""

import logging
from http import HTTPStatus

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from console.access.guard import open_to_all
from console.running import probes

logger = logging.getLogger(__name__)


@require_safe
@open_to_all("a supervisor asks without signing in; the answer is one word")
def healthz(request: HttpRequest) -> HttpResponse:
    """The process is alive. Asks nobody, so it answers while everything else is down."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
@open_to_all("a load balancer asks without signing in; the answer names states only")
def readyz(request: HttpRequest) -> HttpResponse:
    """200 when the console can work: the database answers. A cloud that is away is told, but is no reason to go."""
    database = _database_answers()
    body = {"database": "reachable" if database else "unreachable", "clouds": probes.states()}
    return JsonResponse(body, status=HTTPStatus.OK if database else HTTPStatus.SERVICE_UNAVAILABLE)


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        logger.exception("The database does not answer")
        return False
    return True
