"""A page, or a dialog, that asks for one thing before an act is confirmed."""

from collections.abc import Sequence

from django import forms
from django.http import HttpResponse

from console.access.request import ConsoleRequest
from console.web.fragments import render, wants_fragment


def ask_for(
    request: ConsoleRequest, form: forms.Form, title: str, back_url: str, *, hidden: Sequence[tuple[str, str]] = ()
) -> HttpResponse:
    """Show the form; its answer comes back to the same address by GET. `hidden` are inputs that go with it."""
    context = {
        "form": form,
        "title": title,
        "action_url": request.path,
        "back_url": back_url,
        "back": request.GET.get("back", ""),
        "hidden": hidden,
        "in_dialog": wants_fragment(request),
    }
    status = 422 if form.is_bound else 200
    fragment = "endpoint_services/_ask.html"
    return render(request, "endpoint_services/ask.html", context, fragment=fragment, status=status)
