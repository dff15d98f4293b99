"""The list of VPC endpoints, and its export."""

from collections.abc import Sequence
from typing import Any, Final

from django.http import HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from console import wiring
from console.access.guard import sees_cloud
from console.access.request import ConsoleRequest
from console.access.roles import Permission
from console.admission.polling import look_again
from console.changes import record
from console.changes.kinds.kind import Place
from console.clouds.services import VpcEndpoint
from console.endpoints import display, places, queries
from console.web import tables
from console.web.fragments import render, target_of
from console.web.problems import problem_of
from console.web.properties import filters_of, matching
from console.web.quotas import quota_bar
from console.web.spreadsheets import csv_lines

NOT_YOURS: Final = "Your role does not allow creating, changing and deleting VPC endpoints."
NO_NETWORKS: Final = "This console is not connected to the VPC service of this cloud."


@require_safe
@sees_cloud(act="page.open")
def endpoints(request: ConsoleRequest, cloud: str) -> HttpResponse:
    """The endpoints that this person may know of. A filter that was just added is put into the address first."""
    place = places.project_of(cloud)
    query = request.GET.copy()
    query.pop("refresh", None)
    address = tables.Address(places.list_url(place), query)
    filters = filters_of(display.PROPERTIES, address)
    if filters.added_url:
        return HttpResponseRedirect(filters.added_url)
    listed = queries.load_endpoints(place, request.reach)
    kept = matching(listed.rows, display.PROPERTIES, address)
    table = tables.arrange(kept, display.COLUMNS, address, text_of=display.text_of, size=request.user.page_size)
    problem = (
        problem_of(listed.error, "The VPC endpoints could not be read", address.having()) if listed.error else None
    )
    context = {
        "table": table,
        "rows": _rows(request, place, table.rows),
        "known": len(listed.rows),
        "filters": filters,
        "quota": quota_bar(listed.quota, "VPC endpoints"),
        "problem": problem,
        "as_of": timezone.now(),
        "again": look_again(address, changing=any(one.status.is_changing for one in table.rows)),
        **_around(request, place, address),
    }
    fragment = "endpoints/_endpoints.html" if target_of(request) == "endpoints" else None
    return render(request, "endpoints/list.html", context, fragment=fragment)


def _rows(request: ConsoleRequest, place: Place, found: Sequence[VpcEndpoint]) -> list[display.Row]:
    name = place.cloud.name
    may = {one.id: request.reach.may(Permission.MANAGE_ENDPOINTS, name, one.id) for one in found}
    return [display.row_of(one, name, "" if may[one.id] else NOT_YOURS) for one in found]


def _around(request: ConsoleRequest, place: Place, address: tables.Address) -> dict[str, Any]:
    """What stands beside the table."""
    name = place.cloud.name
    may = request.reach.may(Permission.MANAGE_ENDPOINTS, name, "")
    known = queries.clouds_of(wiring.clouds(), request.reach)
    others = [
        {"title": one.label, "url": reverse("endpoints:list", args=(one.name,)), "current": one.name == name}
        for one in known
    ]
    return {
        "clouds": others if len(others) > 1 else [],
        "open_changes": record.open_in(name, place.realm, request.reach),
        "create_url": places.create_url(place) if may and place.cloud.networks else "",
        "why_no_create": NO_NETWORKS if may else NOT_YOURS,
        "clear_url": address.path,
        "refresh_url": address.having(),
        "export_url": f"{reverse('endpoints:export', args=(name,))}?{address.parameters.urlencode()}",
    }


@require_safe
@sees_cloud(act="page.open")
def export(request: ConsoleRequest, cloud: str) -> HttpResponse | StreamingHttpResponse:
    """Every endpoint that the filters of the address leave, as CSV; the list itself where it cannot be read."""
    place = places.project_of(cloud)
    address = tables.Address(places.list_url(place), request.GET)
    listed = queries.load_endpoints(place, request.reach)
    if listed.error is not None:
        return HttpResponseRedirect(address.having())
    kept = matching(listed.rows, display.PROPERTIES, address)
    found = tables.found_by(kept, address, text_of=display.text_of)
    return StreamingHttpResponse(
        csv_lines(display.CSV_HEADS, display.csv_rows(found)),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="vpc-endpoints-{place.cloud.name}.csv"'},
    )
