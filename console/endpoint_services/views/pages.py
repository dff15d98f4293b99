"""The pages of one service, in the vendor's tab strip: Summary, Connection Management, Permission Management, Port
Mapping and Tags."""

from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_safe

from console.access.guard import requires_at_host
from console.access.request import ConsoleRequest
from console.access.roles import Permission
from console.access.sessions import is_poll
from console.admission import cards
from console.admission import queries as admission
from console.admission.desk import Desk, view_of, without
from console.admission.freshness import ACTS_ARE_OFF
from console.admission.upkeep import upkeep_of
from console.changes import batches, record
from console.changes.kinds.kind import Place
from console.changes.kinds.publishing import why_not_changed
from console.clouds.services import EndpointService
from console.clouds.types import ServiceId
from console.endpoint_services import display
from console.endpoint_services.places import can_publish, desk_of, list_url, place_of, url_of
from console.observations.asking import look, wants_refresh, wish_of
from console.observations.parts import Part
from console.observations.watch import Observation
from console.tagging.display import card_of
from console.web import tables
from console.web.fragments import render, target_of, wants_fragment

#: The one card of a page, by its id, that htmx may ask for; for anything else it gets the page.
_CARDS: Final = {
    "detail": ("summary", "endpoint_services/_summary.html"),
    "ports": ("ports", "endpoint_services/_ports.html"),
    "tags": ("tags", "tagging/_tags.html"),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """A service as its pages have it, and the address of the page."""

    place: Place
    seen: Observation[EndpointService]
    address: tables.Address

    @property
    def service(self) -> EndpointService | None:
        """The last that is known; None where it was never read."""
        return self.seen.value

    @property
    def why_not(self) -> str:
        """Why the service cannot be changed now; "" where it can."""
        if self.service is None:
            return "The service could not be read."
        return why_not_changed(self.service.raw_status) if self.seen.current else ACTS_ARE_OFF


def load(request: ConsoleRequest, place: Place) -> Shown:
    """The service, read once for all viewers. Raises Http404 when it is gone; what was known is forgotten then."""
    read = partial(place.services.get_service, ServiceId(place.host))
    seen = look(request, admission.where_of(place), Part.SERVICE, read)
    return Shown(place, seen, tables.Address(request.path, without(request.GET, "refresh")))


def frame_of(request: ConsoleRequest, shown: Shown, current: str) -> dict[str, Any]:
    """What stands around each of the pages, and as of when the service is."""
    place, service = shown.place, shown.service
    tabs = display.tabs_of(place, current)
    changing = current == "detail" and bool(service and service.status.is_changing)
    return {
        "service": service,
        "service_id": place.host,
        "title": (service.name.full if service else "") or place.host,
        "status": display.status_text(service) if service else "",
        "tone": display.tone_of(service) if service else "",
        "tabs": tabs,
        "page_title": next(tab.title for tab in tabs if tab.current),
        "list_url": list_url(place),
        "upkeep": upkeep_of(shown.seen, "The service could not be read", shown.address, changing=changing),
        "refresh_url": shown.address.having(refresh=1),
        "why_not": why_not(request, shown),
        "open_changes": record.open_changes(place.cloud.name, place.host, place.realm),
        "long_acts": batches.long_acts(place.cloud.name, place.host, place.realm),
    }


def why_not(request: ConsoleRequest, shown: Shown) -> str:
    """Why this person cannot change the service now; "" where they can."""
    place = shown.place
    if not can_publish(place):
        return display.NOT_FROM_HERE
    may = request.reach.may(Permission.PUBLISH_SERVICES, place.cloud.name, place.host)
    return shown.why_not if may else display.NOT_YOURS


@require_safe
@requires_at_host(Permission.SEE, act="page.open", host="service_id")
def detail(request: ConsoleRequest, cloud: str, service_id: str) -> HttpResponse:
    """Summary. It looks again by itself while the service is being created or deleted."""
    place = place_of(cloud, service_id)
    try:
        shown = load(request, place)
    except Http404:
        if not (is_poll(request) and wants_fragment(request)):
            raise
        return _leave(place)
    service = shown.service
    may_delete = can_publish(place) and request.reach.may(Permission.PUBLISH_SERVICES, cloud, service_id)
    context = {
        **frame_of(request, shown, "detail"),
        "facts": display.facts_of(service) if service else (),
        "may_delete": may_delete,
        "why_no_delete": "" if shown.seen.current else ACTS_ARE_OFF,
        **{f"{name}_url": url_of(place, name) for name in ("name", "approval", "description", "delete", "ports_edit")},
    }
    return _shown(request, "detail", context, shown)


def _shown(request: ConsoleRequest, page: str, context: dict[str, Any], shown: Shown) -> HttpResponse:
    """The page, or its card. `?refresh=1` has read the cloud again, whatever was known."""
    card, template = _CARDS[page]
    is_card = target_of(request) == card
    if wants_refresh(request) and not is_card:
        return HttpResponseRedirect(shown.address.having())  # reloading the page later must not ask each time
    return render(request, f"endpoint_services/{page}.html", context, fragment=template if is_card else None)


def _leave(place: Place) -> HttpResponse:
    """The service is gone while its page was open: on to the list."""
    response = HttpResponse(status=204)
    response.headers["HX-Redirect"] = list_url(place)
    return response


@require_safe
@requires_at_host(Permission.SEE, act="page.open", host="service_id")
def ports(request: ConsoleRequest, cloud: str, service_id: str) -> HttpResponse:
    """Port Mapping."""
    shown = load(request, place_of(cloud, service_id))
    context = {**frame_of(request, shown, "ports"), "ports_edit_url": url_of(shown.place, "ports_edit")}
    return _shown(request, "ports", context, shown)


@require_safe
@requires_at_host(Permission.SEE, act="page.open", host="service_id")
def tags(request: ConsoleRequest, cloud: str, service_id: str) -> HttpResponse:
    """Tags."""
    shown = load(request, place_of(cloud, service_id))
    context = {**frame_of(request, shown, "tags"), "noun": "The service"}
    if shown.service:
        context["tags"] = card_of(shown.service.tags, url_of(shown.place, "tags_update"), context["why_not"])
    return _shown(request, "tags", context, shown)


@require_safe
@requires_at_host(Permission.SEE, act="page.open", host="service_id")
def connections(request: ConsoleRequest, cloud: str, service_id: str) -> HttpResponse:
    """Connection Management: the same card as on a gateway's tab."""
    return _admission(request, desk_of(cloud, service_id, "connections"), "connections")


@require_safe
@requires_at_host(Permission.SEE, act="page.open", host="service_id")
def permissions(request: ConsoleRequest, cloud: str, service_id: str) -> HttpResponse:
    """Permission Management: the same card as on a gateway's tab."""
    return _admission(request, desk_of(cloud, service_id, "permissions"), "permissions")


def _admission(request: ConsoleRequest, desk: Desk, card: str) -> HttpResponse:
    """One of the two cards. `?refresh=1` reads the cloud again, whatever is known."""
    place = desk.place
    known = admission.load(place, request.user.pk, admission.CARDS[card], wish_of(request))
    address = tables.Address(desk.page_url, without(request.GET, "refresh"))
    if wants_refresh(request) and not wants_fragment(request):
        return HttpResponseRedirect(address.having())  # reloading the page later must not ask the cloud each time
    rights, size = desk.rights(request), request.user.page_size
    whitelist = tables.Address(address.path, address.parameters, "p")
    context = {
        "connections": cards.connections_card(known, address, rights, size),
        "permissions": cards.permissions_card(known, whitelist, rights, size, page=address),
        "tab_url": address.path,
        "refresh_url": address.having(refresh=1),
        "host": "service",
        "describe_url": url_of(place, "describe") if known.traits.descriptions else "",
        "card": f"admission/_{card}.html",
        **view_of(request),
        **desk.act_urls(),
    }
    if not wants_fragment(request):
        context |= frame_of(request, load(request, place), card)
    return render(request, "endpoint_services/admission.html", context, fragment=f"admission/_{card}.html")
