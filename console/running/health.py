"""What a load balancer or a supervisor asks. Strangers are told neither secret nor host nor version."""

import secrets
from http import HTTPStatus
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from console import clock
from console.access.guard import open_to_all
from console.running import probes
from console.running.status.findings import Finding, State, worst
from console.running.status.invariants import all_findings, reasons_for_no_traffic

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
    """200 when this process can serve people; 503 when a load balancer should send nobody here.

    Strangers get one word, `ready` or `unavailable`. With `Authorization: Bearer CONSOLE_HEALTH_TOKEN` every invariant
    of `status.invariants` as JSON; `status` is then `degraded` where one does not hold and people can be served all the
    same.
    """
    if not _shows_the_token(request):
        refused = bool(reasons_for_no_traffic())
        word = "unavailable" if refused else "ready"
        return HttpResponse(f"{word}\n", status=_status(refused), content_type="text/plain; charset=utf-8")
    findings = all_findings()
    refused = any(finding.ends_traffic for finding in findings)
    return JsonResponse(_details(findings, refused), status=_status(refused))


def _status(refused: bool) -> HTTPStatus:  # noqa: FBT001
    return HTTPStatus.SERVICE_UNAVAILABLE if refused else HTTPStatus.OK


def _details(findings: list[Finding], refused: bool) -> dict[str, Any]:  # noqa: FBT001
    degraded = worst(findings) in (State.WARNING, State.PROBLEM)
    database = next(finding for finding in findings if finding.name == "database")
    return {
        "status": "unavailable" if refused else "degraded" if degraded else "ready",
        "database": "unreachable" if database.state is State.PROBLEM else "reachable",
        "clock": clock.in_words(clock.difference()),
        "clouds": probes.states(),
        "invariants": [
            {"name": f.name, "cloud": f.cloud, "state": f.state, "says": f.sentence, "to_do": f.to_do} for f in findings
        ],
    }


def _shows_the_token(request: HttpRequest) -> bool:
    """A wrong token is treated as none: a probe with an old one must not take the console out of service."""
    token: str = settings.HEALTH_TOKEN
    scheme, _, sent = request.headers.get("Authorization", "").partition(" ")
    if len(token) < SHORTEST_TOKEN or scheme.lower() != "bearer":
        return False
    return secrets.compare_digest(sent.strip().encode(), token.encode())
