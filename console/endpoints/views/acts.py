"""Deleting an endpoint, and saying who may use it. GET shows the confirmation, POST acts."""

from collections.abc import Sequence

from django.http import HttpResponse
from django.views.decorators.http import require_http_methods

from console.access.guard import requires_at_host
from console.access.request import ConsoleRequest
from console.access.roles import Permission
from console.changes import confirmation
from console.changes.kinds import registry
from console.changes.kinds.kind import Parameters, Place
from console.clouds.errors import CloudError
from console.clouds.services import Tag
from console.clouds.types import EndpointId
from console.endpoints import actions, places
from console.endpoints.forms import AccessControlForm
from console.tagging.views import Tagged, update
from console.web.fragments import render

_ASK_AND_ACT = require_http_methods(["GET", "HEAD", "POST"])


@_ASK_AND_ACT
@requires_at_host(Permission.MANAGE_ENDPOINTS, act="endpoint.delete", host="endpoint_id")
def delete(request: ConsoleRequest, cloud: str, endpoint_id: str) -> HttpResponse:
    """Delete it."""
    place = places.place_of(cloud, endpoint_id)

    def decision(targets: Sequence[str], parameters: Parameters) -> confirmation.Decision:
        wording, back_url = actions.DeleteWording(), places.list_url(place)
        return confirmation.Decision(registry.DELETE_ENDPOINT, place, wording, back_url, targets, parameters)

    if request.method == "POST":
        return confirmation.act(request, decision, confirmation.Scope(registry.DELETE_ENDPOINT, place))
    return confirmation.ask(request, decision([endpoint_id], {}))


@_ASK_AND_ACT
@requires_at_host(Permission.MANAGE_ENDPOINTS, act="endpoint.access_control", host="endpoint_id")
def access_control(request: ConsoleRequest, cloud: str, endpoint_id: str) -> HttpResponse:
    """Ask for the whole list, then confirm, then replace it."""
    place = places.place_of(cloud, endpoint_id)

    def decision(targets: Sequence[str], parameters: Parameters) -> confirmation.Decision:
        back_url, wording = places.url_of(place, "access"), actions.AccessControlWording()
        return confirmation.Decision(
            registry.SET_ACCESS_CONTROL,
            place,
            wording,
            back_url,
            targets,
            parameters,
            action_url=request.get_full_path(),
            specification=actions.control_specification(endpoint_id, parameters),
        )

    if request.method == "POST":
        return confirmation.act(request, decision, confirmation.Scope(registry.SET_ACCESS_CONTROL, place))
    form = AccessControlForm(request.GET if "typed" in request.GET else None)
    if form.is_bound and form.is_valid():
        wanted = {"enabled": form.cleaned_data["access_control"], "whitelist": list(form.cleaned_data["whitelist"])}
        return confirmation.ask(request, decision([endpoint_id], wanted))
    if not form.is_bound:
        form.initial = _as_it_is(place)
    context = {"form": form, "action_url": request.path, "back_url": places.url_of(place, "access")}
    status = 422 if form.is_bound else 200
    fragment = "endpoints/_access_control.html"
    return render(request, "endpoints/access_control.html", context, fragment=fragment, status=status)


def _as_it_is(place: Place) -> dict[str, object]:
    """The setting now; nothing where it cannot be read, since the confirmation reads again and says so."""
    try:
        endpoint = place.endpoints.get_endpoint(EndpointId(place.host))
    except CloudError:
        return {}
    return {"access_control": endpoint.access_control, "whitelist": "\n".join(endpoint.whitelist)}


@_ASK_AND_ACT
@requires_at_host(Permission.MANAGE_ENDPOINTS, act="tags.update", host="endpoint_id")
def tags_update(request: ConsoleRequest, cloud: str, endpoint_id: str) -> HttpResponse:
    """Add tags, or remove one."""
    place = places.place_of(cloud, endpoint_id)

    def read() -> Sequence[Tag]:
        return place.endpoints.get_endpoint(EndpointId(endpoint_id)).tags

    return update(request, Tagged(place, places.url_of(place, "tags"), read, request.get_full_path()))
