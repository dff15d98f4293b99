"""How an act asks for what it needs to know first, on a page of its own or in the dialog.

What is chosen is in the address from then on, so that going back, or signing in again, loses nothing.
"""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.urls import reverse

from console.access.request import ConsoleRequest
from console.changes.execution import Acted
from console.changes.kinds.kind import Place
from console.changes.models import Stage
from console.changes.outcome import why_refused
from console.vpc_access.views.places import back_url
from console.web.fragments import render


def enter(request: ConsoleRequest, place: Place, title: str, template: str, context: dict[str, Any]) -> HttpResponse:
    """Ask; a form in the context that has been filled in wrongly makes it a complaint."""
    form = context.get("form")
    whole = {
        "title": title,
        "question": template,
        "action_url": request.path,
        "back_url": back_url(request, place),
        "back": request.GET.get("back", ""),
        "list_url": reverse("vpc_access:list", args=(place.cloud.name,)),
        **context,
    }
    status = 422 if form is not None and form.is_bound else 200
    return render(request, "vpc_access/asking.html", whole, fragment=template, status=status)


def takes_complaint(form: forms.Form, acted: Acted) -> bool:
    """Put what the cloud refused beside the field that it is about; False where it is about none of this form's."""
    (change,) = acted.changes
    if not form.is_bound or change.stage != Stage.FAILED or change.error_field not in form.fields:
        return False
    form.is_valid()
    form.add_error(change.error_field, why_refused(change))
    return True
