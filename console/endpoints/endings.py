"""How the wizard ends: at the new endpoint; or, where nothing was created, back in the form, with a new id."""

from collections.abc import Callable
from typing import Final

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse

from console.access.request import ConsoleRequest
from console.changes import outcome
from console.changes.execution import Acted
from console.changes.kinds.kind import Place
from console.changes.models import Change, Stage
from console.endpoints import places, wizard
from console.endpoints.wizard import Typed

#: Shows the form with a refusal beside its field; None where it has no such field.
Refused = Callable[[str, str], HttpResponse | None]
#: Nothing was sent: the same wishes may be confirmed again.
_NOT_SENT: Final = (Stage.STALE, Stage.CANCELLED, Stage.REFUSED)
_REPEATED: Final = "This form had been sent before. Nothing was sent again."


def ending(request: ConsoleRequest, place: Place, typed: Typed, acted: Acted, refused: Refused) -> HttpResponse | None:
    """Where to go; None for an act whose end is not known, which the list of endpoints then shows."""
    (change,) = acted.changes
    if acted.repeated and change.stage == Stage.SUCCEEDED:
        messages.info(request, _REPEATED)
    if change.stage == Stage.SUCCEEDED:
        return _at_the_endpoint(request, place, change)
    if change.stage == Stage.FAILED and change.error_field:
        page = refused(change.error_field, outcome.why_refused(change))
        if page is not None:
            return page
    if change.stage not in (Stage.FAILED, *_NOT_SENT):
        return None
    for level, text in outcome.sentences(Acted(acted.changes)):
        messages.add_message(request, level, text)
    step = wizard.CONFIRM if change.stage in _NOT_SENT else wizard.SETTINGS
    return HttpResponseRedirect(typed.renewed().url(step), status=303)


def _at_the_endpoint(request: ConsoleRequest, place: Place, change: Change) -> HttpResponse:
    endpoint_id = (change.after or {}).get("id")
    if endpoint_id is None:
        messages.success(request, "The VPC endpoint is created. It could not be read back yet.")
        return HttpResponseRedirect(places.list_url(place), status=303)
    messages.success(request, f"VPC endpoint {endpoint_id} is created.")
    if change.explanation:
        messages.warning(request, change.explanation)
    return HttpResponseRedirect(reverse("endpoints:detail", args=(change.cloud, endpoint_id)), status=303)
