"""The services of one cloud, and their export."""

from collections.abc import Sequence
from functools import partial
from typing import Any

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
from console.admission.list_news import Onlooker, list_news
from console.admission.upkeep import upkeep_of
from console.audit.catalog import Action
from console.audit.downloads import CSV, Download, respond
from console.changes import record
from console.changes.kinds.kind import Place
from console.clouds.services import EndpointService
from console.endpoint_services import display, queries
from console.endpoint_services.places import can_publish, list_url, project_of
from console.observations.asking import wants_refresh, wish_of
from console.observations.parts import Part
from console.web import tables
from console.web.fragments import render, target_of
from console.web.properties import Filters, filters_of, matching
from console.web.quotas import quota_bar
from console.web.spreadsheets import csv_lines


@require_safe
@sees_cloud(act="page.open")
def services(request: ConsoleRequest, cloud: str) -> HttpResponse:
    """The services that this person may know of. A filter that was just added is put into the address first.

    `?refresh=1` reads the cloud again, whatever is known.
    """
    place = project_of(cloud)
    address = tables.Address(list_url(place), without(request.GET, "refresh"))
    filters = filters_of(display.PROPERTIES, address)
    if filters.added_url:
        return HttpResponseRedirect(filters.added_url)
    found = queries.load_services(place, request.reach, wish_of(request))
    is_card = target_of(request) == "services"
    if wants_refresh(request) and not is_card:
        return HttpResponseRedirect(address.having())  # reloading the page later must not ask the cloud each time
    context = {**_around(request, place, found, address), **_table(request, place, found, address, filters)}
    fragment = "endpoint_services/_services.html" if is_card else None
    return render(request, "endpoint_services/list.html", context, fragment=fragment)


def _around(
    request: ConsoleRequest, place: Place, found: queries.Services, address: tables.Address
) -> dict[str, object]:
    """What stands beside the table."""
    known = queries.clouds_of(wiring.clouds(), request.reach)
    others = [_cloud_tab(one.name, one.label, current=one.name == place.cloud.name) for one in known]
    export_url = reverse("endpoint_services:export", args=(place.cloud.name,))
    may_create = can_publish(place) and request.reach.may(Permission.PUBLISH_SERVICES, place.cloud.name, "")
    return {
        "clouds": others if len(others) > 1 else [],
        # How much of the cloud is used is for those who may use more of it.
        "shows_quota": may_create,
        "quota": quota_bar(found.quota, "VPC endpoint services") if may_create else None,
        "open_changes": record.open_in(place.cloud.name, place.realm, request.reach),
        "create_url": reverse("endpoint_services:create", args=(place.cloud.name,)) if may_create else "",
        "why_no_create": "" if found.shown.current else ACTS_ARE_OFF,
        "export_url": f"{export_url}?{address.parameters.urlencode()}",
    }


def _cloud_tab(name: str, label: str, *, current: bool) -> dict[str, object]:
    return {"title": label, "url": reverse("endpoint_services:list", args=(name,)), "current": current}


def _table(
    request: ConsoleRequest,
    place: Place,
    found: queries.Services,
    address: tables.Address,
    filters: Filters[EndpointService],
) -> dict[str, Any]:
    shown, at = found.shown, place.cloud.name
    rows: Sequence[EndpointService] = shown.value or []
    kept = matching(rows, display.PROPERTIES, address)
    table = tables.arrange(kept, display.COLUMNS, address, text_of=display.text_of, size=request.user.page_size)
    changing = any(row.status.is_changing for row in table.rows)
    off = "" if shown.current else ACTS_ARE_OFF
    who = Onlooker(request.user.pk, partial(request.reach.sees_gateway, at))
    news = list_news(who, place, Part.SERVICES, shown, display.WORDS)
    return {
        "table": table,
        "rows": [
            display.row_of(row, at, why_not=_why_not(request, place, row.id) or off, mark=news.mark(row.id))
            for row in table.rows
        ],
        "news": news.summary,
        "seen_url": reverse("endpoint_services:list_seen", args=(at,)),
        **view_of(request),
        "known": len(rows),
        "filters": filters,
        "clear_url": address.path,
        "refresh_url": address.having(refresh=1),
        "upkeep": upkeep_of(shown, "The services could not be read", address, changing=changing),
    }


def _why_not(request: ConsoleRequest, place: Place, service_id: str) -> str:
    if not can_publish(place):
        return display.NOT_FROM_HERE
    may = request.reach.may(Permission.PUBLISH_SERVICES, place.cloud.name, service_id)
    return "" if may else display.NOT_YOURS


@require_POST
@sees_cloud(act="page.open")
def seen(request: ConsoleRequest, cloud: str) -> HttpResponse:
    """Mark the list as seen, as it was when the page showed it."""
    place = project_of(cloud)
    return admission.seen(request, Desk(place, list_url(place)))


@require_safe
@sees_cloud(act=Action.SERVICES_EXPORT)
def export(request: ConsoleRequest, cloud: str) -> HttpResponse | StreamingHttpResponse:
    """Every service that the filters of the address leave, as CSV; the list itself where it cannot be read."""
    place = project_of(cloud)
    address = tables.Address(list_url(place), request.GET)
    found = queries.load_services(place, request.reach, wish_of(request)).shown
    if found.value is None or not found.current:
        messages.error(request, NOTHING_EXPORTED)
        return HttpResponseRedirect(address.having())
    kept = matching(found.value, display.PROPERTIES, address)
    rows = tables.found_by(kept, address, text_of=display.text_of)
    name, details = f"endpoint-services-{cloud}.csv", {"filters": address.parameters.urlencode(), "rows": len(rows)}
    if missing := found.value.what_is_missing():
        name, details = f"endpoint-services-{cloud}-not-whole.csv", {**details, "missing": missing}
    download = Download(Action.SERVICES_EXPORT, name, CSV, cloud, details=details)
    return respond(request, download, csv_lines(display.CSV_HEADS, display.csv_rows(rows)))
