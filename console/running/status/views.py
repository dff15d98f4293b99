"""The page Status."""

from typing import Final

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from console.access.guard import requires_everywhere
from console.access.request import ConsoleRequest
from console.access.roles import Permission
from console.audit.catalog import Action
from console.heartbeats import processes
from console.running.status.findings import State, worst
from console.running.status.invariants import all_findings
from console.web.fragments import render

#: Seconds between two looks of the open page.
PAUSE: Final = 10
_TONES: Final = {
    State.OK: ("succeeded", "Good"),
    State.UNKNOWN: ("unknown", "Unknown"),
    State.WARNING: ("pending", "Warning"),
    State.PROBLEM: ("failed", "Problem"),
}
_VERDICTS: Final = {
    State.OK: ("success", "Everything holds."),
    State.WARNING: ("warning", "Work goes on, and something needs your attention."),
    State.PROBLEM: ("danger", "Something cannot be done or proven until it is mended."),
}


@require_safe
@requires_everywhere(Permission.SEE_STATUS, act=Action.PAGE_OPEN)
def status(request: ConsoleRequest) -> HttpResponse:
    """Each invariant with its limit, what is the matter and what to do; then the processes that run."""
    findings = sorted(all_findings(), key=lambda finding: finding.state in (State.OK, State.UNKNOWN))
    level, verdict = _VERDICTS[worst(findings)]
    context = {
        "lines": [(finding, *_TONES[finding.state]) for finding in findings],
        "level": level,
        "verdict": verdict,
        "processes": processes.running(),
        "pause": PAUSE,
    }
    return render(request, "running/status.html", context, fragment="running/_status.html")
