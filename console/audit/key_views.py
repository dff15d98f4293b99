"""The page on which an administrator takes note of a key that no key endorsed. GET asks, POST acts."""

from typing import Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from console.access.actor import actor_of
from console.access.guard import requires_everywhere
from console.access.roles import Permission
from console.audit import unendorsed_keys
from console.audit.catalog import Action
from console.web.fragments import render

_NONE_WAITS: Final = "No signing key waits to be acknowledged."


@require_http_methods(["GET", "HEAD", "POST"])
@requires_everywhere(Permission.ACKNOWLEDGE_KEYS, act=Action.AUDIT_ACKNOWLEDGE_KEY)
def acknowledge(request: HttpRequest) -> HttpResponse:
    """Show all keys that wait, then acknowledge those that were shown."""
    proof_url = reverse("audit:proof")
    if request.method == "POST":
        if done := unendorsed_keys.acknowledge(actor_of(request), request.POST.getlist("key")):
            messages.success(request, f"Acknowledged: {', '.join(done)}.")
        else:
            messages.info(request, _NONE_WAITS)
        return HttpResponseRedirect(proof_url, status=303)
    waiting = unendorsed_keys.waiting()
    if not waiting:
        messages.info(request, _NONE_WAITS)
        return HttpResponseRedirect(proof_url)
    context = {"waiting_keys": waiting, "proof_url": proof_url, "whole_log": True}
    return render(request, "audit/acknowledge.html", context, fragment="audit/_acknowledge.html")
