"""One VPC endpoint, in the vendor's tab strip: Summary, Access Control, Tags."""

from typing import Any

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from console.access.guard import requires_at_host
from console.access.request import ConsoleRequest
from console.access.roles import Permission
from console.admission.polling import look_again
from console.changes import record
from console.changes.kinds.endpoint import why_no_access_control, why_not_deleted
from console.changes.kinds.kind import Place
from console.clouds.errors import CloudNotFound
from console.clouds.services import VpcEndpoint
from console.clouds.types import ConnectionStatus
from console.endpoints import display, places, queries
from console.endpoints.views.lists import NOT_YOURS
from console.tagging.display import card_of
from console.web.fragments import render, target_of
from console.web.problems import problem_of
from console.web.tables import Address


@require_safe
@requires_at_host(Permission.SEE, act="page.open", host="endpoint_id")
def summary(request: ConsoleRequest, cloud: str, endpoint_id: str) -> HttpResponse:
    """What it is, what its status means, and how it is reached."""
    place = places.place_of(cloud, endpoint_id)
    context, endpoint = _page(request, place, "detail")
    if endpoint is not None:
        address = Address(request.path, request.GET)
        context |= {
            "facts": display.facts_of(endpoint),
            "meaning": display.meaning_of(endpoint),
            "halted": display.halted_text(endpoint),
            "curl": display.curl_line(endpoint),
            "again": look_again(address, changing=endpoint.status.is_changing),
            "refresh_url": request.path,
        }
    fragment = "endpoints/_summary.html" if target_of(request) == "summary" else None
    return render(request, "endpoints/detail.html", context, fragment=fragment)


@require_safe
@requires_at_host(Permission.SEE, act="page.open", host="endpoint_id")
def access(request: ConsoleRequest, cloud: str, endpoint_id: str) -> HttpResponse:
    """Who may use it."""
    place = places.place_of(cloud, endpoint_id)
    context, endpoint = _page(request, place, "access")
    if endpoint is not None:
        changes = place.endpoints.traits.access_control_changes
        why = why_no_access_control(endpoint.status, endpoint.service_type, can_change=changes)
        context |= {"why_no_edit": context["why_not"] or why, "edit_url": places.url_of(place, "access_control")}
    return render(request, "endpoints/access.html", context)


@require_safe
@requires_at_host(Permission.SEE, act="page.open", host="endpoint_id")
def tags(request: ConsoleRequest, cloud: str, endpoint_id: str) -> HttpResponse:
    """Keys and values by which people and bills find it."""
    place = places.place_of(cloud, endpoint_id)
    context, endpoint = _page(request, place, "tags")
    if endpoint is not None:
        deleting = "It is being deleted." if endpoint.status is ConnectionStatus.DELETING else ""
        why = context["why_not"] or deleting
        context["tags"] = card_of(endpoint.tags, places.url_of(place, "tags_update"), why)
    return render(request, "endpoints/tags.html", context)


def _page(request: ConsoleRequest, place: Place, current: str) -> tuple[dict[str, Any], VpcEndpoint | None]:
    """What every tab shows, and the endpoint; None where it cannot be read. Raises Http404 for one that is gone."""
    answer = queries.load_endpoint(place)
    if isinstance(answer.error, CloudNotFound):
        raise Http404
    at = (place.cloud.name, place.host)
    why_not = "" if request.reach.may(Permission.MANAGE_ENDPOINTS, *at) else NOT_YOURS
    context: dict[str, Any] = {
        "endpoint_id": place.host,
        "tabs": display.tabs_of(place, current),
        "list_url": places.list_url(place),
        "delete_url": places.url_of(place, "delete"),
        "open_changes": record.open_changes(*at, place.realm),
        "as_of": timezone.now(),
        "why_not": why_not,
    }
    if answer.error is not None:
        problem = problem_of(answer.error, "The VPC endpoint could not be read", request.path)
        return context | {"problem": problem, "why_no_delete": "The cloud cannot be read now."}, None
    endpoint = answer.unwrap()
    shown = {
        "endpoint": endpoint,
        "status": display.status_text(endpoint),
        "tone": display.tone_of(endpoint),
        "why_no_delete": why_not or why_not_deleted(endpoint.status),
    }
    return context | shown, endpoint
