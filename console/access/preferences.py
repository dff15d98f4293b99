"""How a person wants the console to look: time zone, appearance, rows on a page, keyboard shortcuts."""

import zoneinfo
from collections.abc import Callable
from datetime import UTC, tzinfo
from functools import cache

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from console.access.guard import any_person
from console.access.models import PAGE_SIZES, Person
from console.access.request import ConsoleRequest


class PreferencesMiddleware:
    """Shows times in the person's zone and tells the page which appearance to take (`request.theme`)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Strangers get UTC and the system's appearance. The zone never leaks into the thread's next request."""
        person = request.user
        request.theme = person.theme if isinstance(person, Person) else ""  # type: ignore[attr-defined]
        with timezone.override(_zone(person.time_zone) if isinstance(person, Person) else UTC):
            return self.get_response(request)


def _zone(name: str) -> tzinfo:
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        # Stored long ago and renamed since, or a machine with fewer zones.
        return UTC


@cache
def _zones() -> list[tuple[str, str]]:
    # Finding them reads the whole zone folder: 20 ms, a page.
    return [(name, name) for name in sorted(zoneinfo.available_timezones())]


class PreferencesForm(forms.ModelForm):  # type: ignore[type-arg] # no generics at run time
    """The person's own choices. Nothing of their rights is in here."""

    time_zone = forms.ChoiceField(label="Time zone", choices=_zones)
    page_size = forms.TypedChoiceField(label="Rows on a page", choices=PAGE_SIZES, coerce=int)

    class Meta:
        model = Person
        fields = ("time_zone", "theme", "page_size", "shortcuts")
        labels = {"theme": "Appearance", "shortcuts": "Keyboard shortcuts"}
        help_texts = {"shortcuts": "Single keys such as / for search and ? for help."}


@require_http_methods(["GET", "HEAD", "POST"])
@any_person("everybody's own preferences")
def preferences(request: ConsoleRequest) -> HttpResponse:
    """Show the choices, and keep them when they are sent."""
    form = PreferencesForm(request.POST or None, instance=request.user)
    if request.method == "POST":
        if form.is_valid():
            form.save()
            messages.success(request, "Your preferences are saved.")
            return HttpResponseRedirect(reverse("preferences"), status=303)
        # The invalid values must not colour the page that says so.
        request.user.refresh_from_db()
    return render(request, "preferences/preferences.html", {"form": form}, status=422 if form.errors else 200)
