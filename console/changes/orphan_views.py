"""The page of a cloud that the settings name no more: the acts without an end there, and how to decide about them."""

from typing import Final

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from console.access.actor import actor_of
from console.access.guard import requires_in_cloud
from console.access.request import ConsoleRequest
from console.access.roles import Permission
from console.audit.catalog import Action
from console.changes import orphans
from console.changes.models import LONGEST_REASON, Change
from console.web.fragments import render

_ASK_AND_ACT: Final = require_http_methods(["GET", "HEAD", "POST"])
#: So many are shown and can be closed at once, the oldest ones.
_MOST: Final = 200


class CloseForm(forms.Form):
    """Why nobody will find out any more."""

    reason = forms.CharField(
        max_length=LONGEST_REASON,
        help_text=f"Kept in the audit log. At most {LONGEST_REASON} characters.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


@_ASK_AND_ACT
@requires_in_cloud(Permission.CLOSE_ACTS, act=Action.PAGE_OPEN)
def removed_cloud(request: ConsoleRequest, cloud: str) -> HttpResponse:
    """The acts, and a form that closes those that are chosen. 404 where there is none, or the cloud is back."""
    open_acts = orphans.open_acts_of(cloud)
    if not open_acts:
        raise Http404
    form = CloseForm(request.POST or None)
    chosen = [act for act in open_acts if str(act.pk) in request.POST.getlist("id")]
    if request.method == "POST" and form.is_valid():
        if chosen:
            return _close(request, chosen, form.cleaned_data["reason"])
        form.add_error(None, "Choose the acts to close.")
    shown = open_acts[:_MOST]
    context = {
        "cloud": cloud,
        "acts": [(act, request.method != "POST" or act in chosen) for act in shown],
        "more": len(open_acts) - len(shown),
        "form": form,
    }
    return render(request, "changes/removed_cloud.html", context, status=422 if form.errors else 200)


def _close(request: ConsoleRequest, acts: list[Change], reason: str) -> HttpResponse:
    closed = [act for act in acts if orphans.close(act, actor_of(request, act.cloud, act.gateway_id), reason)]
    if closed:
        messages.success(request, f"{len(closed)} of {len(acts)} closed as “cannot be known”.")
    if len(closed) < len(acts):
        why = "an end came meanwhile, or somebody may still be at it"
        messages.warning(request, f"{len(acts) - len(closed)} not closed: {why}. Look again.")
    return HttpResponseRedirect(reverse("home"), status=303)
