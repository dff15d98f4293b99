"""One VPC endpoint, in the vendor's tab strip: Summary, Access Control, Tags."""

from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from django.http import HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_safe

from console.access.guard import requires_at_host
from console.access.request import ConsoleRequest
from console.access.roles import Permission
from console.admission.desk import without
from console.admission.freshness import ACTS_ARE_OFF
from console.admission.queries import where_of
from console.admission.upkeep import upkeep_of
from console.changes import record
from console.changes.kinds.endpoint import why_no_access_control, why_not_deleted
from console.changes.kinds.kind import Place
from console.clouds.services import VpcEndpoint
from console.clouds.types import ConnectionStatus, EndpointId
from console.endpoints import display, places
from console.endpoints.views.lists import NOT_YOURS
from console.observations.asking import look, wants_refresh
from console.observations.parts import Part
from console.observations.watch import Observation
from console.tagging.display import card_of
from console.web.fragments import render, target_of
from console.web.tables import Address

#: The one card of a page, by its id, that htmx may ask for; for anything else it gets the page.
_CARDS: Final = {
    "detail": ("summary", "endpoints/_summary.html"),
    "access": ("access-control", "endpoints/_access.html"),
    "tags": ("tags", "tagging/_tags.html"),
}


@require_safe
@requires_at_host(Permission.SEE, act="page.open", host="endpoint_id")
def summary(request: ConsoleRequest, cloud: str, endpoint_id: str) -> HttpResponse:
    """What it is, what its status means, and how it is reached. It looks again by itself while that changes."""
    shown = _load(request, places.place_of(cloud, endpoint_id))
    endpoint = shown.seen.value
    context = _frame(request, shown, "detail")
    if endpoint is not None:
        context |= {
            "facts": display.facts_of(endpoint),
            "meaning": display.meaning_of(endpoint),
            "halted": display.halted_text(endpoint),
            "curl": display.curl_line(endpoint),
        }
    return _shown(request, "detail", context, shown)


@require_safe
@requires_at_host(Permission.SEE, act="page.open", host="endpoint_id")
def access(request: ConsoleRequest, cloud: str, endpoint_id: str) -> HttpResponse:
    """Who may use it."""
    shown = _load(request, places.place_of(cloud, endpoint_id))
    endpoint, place = shown.seen.value, shown.place
    context = _frame(request, shown, "access")
    if endpoint is not None:
        changes = place.endpoints.traits.access_control_changes
        why = why_no_access_control(endpoint.status, endpoint.service_type, can_change=changes)
        context |= {"why_no_edit": context["why_not"] or why, "edit_url": places.url_of(place, "access_control")}
    return _shown(request, "access", context, shown)


@require_safe
@requires_at_host(Permission.SEE, act="page.open", host="endpoint_id")
def tags(request: ConsoleRequest, cloud: str, endpoint_id: str) -> HttpResponse:
    """Keys and values by which people and bills find it."""
    shown = _load(request, places.place_of(cloud, endpoint_id))
    endpoint = shown.seen.value
    context = {**_frame(request, shown, "tags"), "noun": "The VPC endpoint"}
    if endpoint is not None:
        deleting = "It is being deleted." if endpoint.status is ConnectionStatus.DELETING else ""
        why = context["why_not"] or deleting
        context["tags"] = card_of(endpoint.tags, places.url_of(shown.place, "tags_update"), why)
    return _shown(request, "tags", context, shown)


@dataclass(frozen=True, slots=True)
class _Shown:
    """An endpoint as its pages have it, and the address of the page."""

    place: Place
    seen: Observation[VpcEndpoint]
    address: Address


def _load(request: ConsoleRequest, place: Place) -> _Shown:
    """The endpoint, read once for all viewers. Raises Http404 for one that is gone."""
    read = partial(place.endpoints.get_endpoint, EndpointId(place.host))
    seen = look(request, where_of(place), Part.ENDPOINT, read)
    return _Shown(place, seen, Address(request.path, without(request.GET, "refresh")))


def _frame(request: ConsoleRequest, shown: _Shown, current: str) -> dict[str, Any]:
    """What every tab shows, and as of when it is."""
    place, endpoint = shown.place, shown.seen.value
    at = (place.cloud.name, place.host)
    off = "" if shown.seen.current else ACTS_ARE_OFF
    why_not = off if request.reach.may(Permission.MANAGE_ENDPOINTS, *at) else NOT_YOURS
    changing = current == "detail" and bool(endpoint and endpoint.status.is_changing)
    return {
        "endpoint_id": place.host,
        "endpoint": endpoint,
        "status": display.status_text(endpoint) if endpoint else "",
        "tone": display.tone_of(endpoint) if endpoint else "",
        "tabs": display.tabs_of(place, current),
        "list_url": places.list_url(place),
        "delete_url": places.url_of(place, "delete"),
        "open_changes": record.open_changes(*at, place.realm),
        "upkeep": upkeep_of(shown.seen, "The VPC endpoint could not be read", shown.address, changing=changing),
        "refresh_url": shown.address.having(refresh=1),
        "why_not": why_not,
        "why_no_delete": why_not or (why_not_deleted(endpoint.status) if endpoint else ""),
    }


def _shown(request: ConsoleRequest, page: str, context: dict[str, Any], shown: _Shown) -> HttpResponse:
    """The page, or its card. `?refresh=1` has read the cloud again, whatever was known."""
    card, template = _CARDS[page]
    is_card = target_of(request) == card
    if wants_refresh(request) and not is_card:
        return HttpResponseRedirect(shown.address.having())  # reloading the page later must not ask each time
    return render(request, f"endpoints/{page}.html", context, fragment=template if is_card else None)
