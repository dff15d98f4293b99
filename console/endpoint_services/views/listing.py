"""The services of one cloud, and their export."""

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from console import wiring
from console.access.guard import sees_cloud
from console.access.request import ConsoleRequest
from console.access.roles import Permission
from console.admission import polling
from console.changes import record
from console.changes.kinds.kind import Place
from console.clouds.services import EndpointService
from console.endpoint_services import display, queries
from console.endpoint_services.places import can_publish, list_url, project_of
from console.web import tables
from console.web.fragments import render, target_of
from console.web.problems import problem_of
from console.web.properties import Filters, filters_of, matching
from console.web.quotas import quota_bar
from console.web.spreadsheets import csv_lines


@require_safe
@sees_cloud(act="page.open")
def services(request: ConsoleRequest, cloud: str) -> HttpResponse:
    """The services that this person may know of. A filter that was just added is put into the address first."""
    place = project_of(cloud)
    address = tables.Address(list_url(place), request.GET)
    filters = filters_of(display.PROPERTIES, address)
    if filters.added_url:
        return HttpResponseRedirect(filters.added_url)
    found = queries.load_services(place, request.reach)
    context = {
        **_around(request, place, found, address),
        **_table(request, place, found, address, filters),
        "as_of": timezone.now(),
    }
    fragment = "endpoint_services/_services.html" if target_of(request) == "services" else None
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
        "problem": found.error and problem_of(found.error, "The services could not be read", address.having()),
        "publishes": can_publish(place),
        "quota": quota_bar(found.quota, "VPC endpoint services"),
        "open_changes": record.open_in(place.cloud.name, place.realm, request.reach),
        "create_url": reverse("endpoint_services:create", args=(place.cloud.name,)) if may_create else "",
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
    kept = matching(found.rows, display.PROPERTIES, address)
    table = tables.arrange(kept, display.COLUMNS, address, text_of=display.text_of, size=request.user.page_size)
    at = place.cloud.name
    changing = any(row.status.is_changing for row in table.rows)
    return {
        "table": table,
        "rows": [display.row_of(row, at, why_not=_why_not(request, place, row.id)) for row in table.rows],
        "known": len(found.rows),
        "filters": filters,
        "clear_url": address.path,
        "refresh_url": address.having(),
        "again": polling.look_again(address, changing=changing),
    }


def _why_not(request: ConsoleRequest, place: Place, service_id: str) -> str:
    if not can_publish(place):
        return display.NOT_FROM_HERE
    may = request.reach.may(Permission.PUBLISH_SERVICES, place.cloud.name, service_id)
    return "" if may else display.NOT_YOURS


@require_safe
@sees_cloud(act="page.open")
def export(request: ConsoleRequest, cloud: str) -> HttpResponse | StreamingHttpResponse:
    """Every service that the filters of the address leave, as CSV; the list itself where it cannot be read."""
    place = project_of(cloud)
    address = tables.Address(list_url(place), request.GET)
    found = queries.load_services(place, request.reach)
    if found.error is not None:
        return HttpResponseRedirect(address.having())
    kept = matching(found.rows, display.PROPERTIES, address)
    rows = tables.found_by(kept, address, text_of=display.text_of)
    return StreamingHttpResponse(
        csv_lines(display.CSV_HEADS, display.csv_rows(rows)),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="endpoint-services-{place.cloud.name}.csv"'},
    )
