"""The list of VPC endpoints, and its export."""

from collections.abc import Sequence
from functools import partial
from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from console import wiring
from console.access.guard import sees_cloud
from console.access.request import ConsoleRequest
from console.access.roles import Permission
from console.admission import views as admission
from console.admission.desk import Desk, view_of, without
from console.admission.freshness import ACTS_ARE_OFF, NOTHING_EXPORTED
from console.admission.list_news import ListNews, Onlooker, list_news
from console.admission.upkeep import upkeep_of
from console.audit.catalog import Action
from console.audit.downloads import CSV, Download, respond
from console.changes import record
from console.changes.kinds.kind import Place
from console.clouds.paging import Listing
from console.clouds.services import VpcEndpoint
from console.endpoints import display, places, queries
from console.observations.asking import wants_refresh, wish_of
from console.observations.parts import Part
from console.observations.watch import Observation
from console.web import tables
from console.web.fragments import render, target_of
from console.web.properties import filters_of, matching
from console.web.quotas import quota_bar
from console.web.spreadsheets import csv_lines

NOT_YOURS: Final = "Your role does not allow creating, changing and deleting VPC endpoints."
NO_NETWORKS: Final = "This console is not connected to the VPC service of this cloud."


@require_safe
@sees_cloud(act="page.open")
def endpoints(request: ConsoleRequest, cloud: str) -> HttpResponse:
    """The endpoints that this person may know of. A filter that was just added is put into the address first.

    `?refresh=1` reads the cloud again, whatever is known.
    """
    place = places.project_of(cloud)
    address = tables.Address(places.list_url(place), without(request.GET, "refresh"))
    filters = filters_of(display.PROPERTIES, address)
    if filters.added_url:
        return HttpResponseRedirect(filters.added_url)
    listed = queries.load_endpoints(place, request.reach, wish_of(request))
    is_card = target_of(request) == "endpoints"
    if wants_refresh(request) and not is_card:
        return HttpResponseRedirect(address.having())  # reloading the page later must not ask the cloud each time
    context = {
        "filters": filters,
        **_table(request, place, listed.shown, address),
        **_around(request, place, address, listed),
    }
    fragment = "endpoints/_endpoints.html" if is_card else None
    return render(request, "endpoints/list.html", context, fragment=fragment)


def _table(
    request: ConsoleRequest, place: Place, shown: Observation[Listing[VpcEndpoint]], address: tables.Address
) -> dict[str, Any]:
    known: Sequence[VpcEndpoint] = shown.value or []
    kept = matching(known, display.PROPERTIES, address)
    table = tables.arrange(kept, display.COLUMNS, address, text_of=display.text_of, size=request.user.page_size)
    changing = any(one.status.is_changing for one in table.rows)
    name = place.cloud.name
    who = Onlooker(request.user.pk, partial(request.reach.sees_gateway, name))
    news = list_news(who, place, Part.ENDPOINTS, shown, display.WORDS)
    return {
        "table": table,
        "rows": _rows(request, place, table.rows, news, "" if shown.current else ACTS_ARE_OFF),
        "news": news.summary,
        "seen_url": reverse("endpoints:list_seen", args=(name,)),
        **view_of(request),
        "known": len(known),
        "upkeep": upkeep_of(shown, "The VPC endpoints could not be read", address, changing=changing),
    }


def _rows(
    request: ConsoleRequest, place: Place, found: Sequence[VpcEndpoint], news: ListNews, off: str
) -> list[display.Row]:
    """`off` says why nobody may act now; "" where somebody may."""
    name = place.cloud.name
    may = {one.id: request.reach.may(Permission.MANAGE_ENDPOINTS, name, one.id) for one in found}
    return [display.row_of(one, name, off if may[one.id] else NOT_YOURS, news.mark(one.id)) for one in found]


def _around(request: ConsoleRequest, place: Place, address: tables.Address, listed: queries.Listed) -> dict[str, Any]:
    """What stands beside the table. How much of the cloud is used is for those who may use more of it."""
    name = place.cloud.name
    may = request.reach.may(Permission.MANAGE_ENDPOINTS, name, "")
    off = "" if listed.shown.current else ACTS_ARE_OFF
    why_not = NOT_YOURS if not may else off if place.cloud.networks else NO_NETWORKS
    known = queries.clouds_of(wiring.clouds(), request.reach)
    others = [
        {"title": one.label, "url": reverse("endpoints:list", args=(one.name,)), "current": one.name == name}
        for one in known
    ]
    return {
        "clouds": others if len(others) > 1 else [],
        "shows_quota": may,
        "quota": quota_bar(listed.quota, "VPC endpoints") if may else None,
        "open_changes": record.open_in(name, place.realm, request.reach),
        "create_url": "" if why_not else places.create_url(place),
        "why_no_create": why_not,
        "clear_url": address.path,
        "refresh_url": address.having(refresh=1),
        "export_url": f"{reverse('endpoints:export', args=(name,))}?{address.parameters.urlencode()}",
    }


@require_POST
@sees_cloud(act="page.open")
def seen(request: ConsoleRequest, cloud: str) -> HttpResponse:
    """Mark the list as seen, as it was when the page showed it."""
    place = places.project_of(cloud)
    return admission.seen(request, Desk(place, places.list_url(place)))


@require_safe
@sees_cloud(act=Action.ENDPOINTS_EXPORT)
def export(request: ConsoleRequest, cloud: str) -> HttpResponse | StreamingHttpResponse:
    """Every endpoint that the filters of the address leave, as CSV; the list itself where it cannot be read."""
    place = places.project_of(cloud)
    address = tables.Address(places.list_url(place), request.GET)
    listed = queries.load_endpoints(place, request.reach, wish_of(request)).shown
    if listed.value is None or not listed.current:
        messages.error(request, NOTHING_EXPORTED)
        return HttpResponseRedirect(address.having())
    kept = matching(listed.value, display.PROPERTIES, address)
    found = tables.found_by(kept, address, text_of=display.text_of)
    name, details = f"vpc-endpoints-{cloud}.csv", {"filters": address.parameters.urlencode(), "rows": len(found)}
    if missing := listed.value.what_is_missing():
        name, details = f"vpc-endpoints-{cloud}-not-whole.csv", {**details, "missing": missing}
    download = Download(Action.ENDPOINTS_EXPORT, name, CSV, cloud, details=details)
    return respond(request, download, csv_lines(display.CSV_HEADS, display.csv_rows(found)))
