"""Changing one service: its name, its approval switch, its port mapping, its description, its tags, and its end."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import HttpResponse
from django.views.decorators.http import require_http_methods

from console.access.guard import requires_at_host
from console.access.request import ConsoleRequest
from console.access.roles import Permission
from console.admission.queries import where_of
from console.changes import confirmation
from console.changes.kinds import registry
from console.changes.kinds.kind import Parameters, Place
from console.changes.kinds.publishing import ports_as_json
from console.clouds.errors import CloudError
from console.clouds.services import EndpointService, PortMapping
from console.clouds.types import ServiceId
from console.endpoint_services import queries
from console.endpoint_services.actions import DeleteWording, UpdateWording
from console.endpoint_services.forms import DescriptionForm, NameForm, PortsForm
from console.endpoint_services.places import list_url, place_of, url_of
from console.endpoint_services.views.asking import ask_for
from console.observations import store
from console.tagging.views import Tagged, update
from console.web.forms import as_typed
from console.web.rows import is_edited

_ASK_AND_ACT = ["GET", "HEAD", "POST"]
_UPDATE = registry.UPDATE_SERVICE


class _Updating:
    """One property of one service, on its way from the question to the confirmation to the act."""

    def __init__(self, request: ConsoleRequest, place: Place, page: str = "detail") -> None:
        self.request = request
        self.place = place
        self.back_url = url_of(place, page)

    def decision(self, targets: Sequence[str], parameters: Parameters) -> confirmation.Decision:
        wording = UpdateWording(parameters, lambda: queries.load_openness(self.place))
        return confirmation.Decision(_UPDATE, self.place, wording, self.back_url, targets, parameters)

    def act(self) -> HttpResponse:
        return confirmation.act(self.request, self.decision, confirmation.Scope(_UPDATE, self.place))

    def confirm(self, parameters: dict[str, Any]) -> HttpResponse:
        return confirmation.ask(self.request, self.decision([self.place.host], parameters))

    def now(self) -> EndpointService | HttpResponse:
        """The service as it is, to begin from; or the page that says why it could not be read."""
        try:
            return self.place.services.get_service(ServiceId(self.place.host))
        except CloudError as error:
            return confirmation.unread(self.request, self.decision([], {}), error)


@require_http_methods(_ASK_AND_ACT)
@requires_at_host(Permission.PUBLISH_SERVICES, act="service.update", host="service_id")
def name(request: ConsoleRequest, cloud: str, service_id: str) -> HttpResponse:
    """Ask for the name, then confirm, then rename."""
    return _text(request, place_of(cloud, service_id, to_publish=True), NameForm, "name", "Rename VPC Endpoint Service")


@require_http_methods(_ASK_AND_ACT)
@requires_at_host(Permission.PUBLISH_SERVICES, act="service.update", host="service_id")
def description(request: ConsoleRequest, cloud: str, service_id: str) -> HttpResponse:
    """Ask for words about the service, then confirm, then write them."""
    return _text(
        request,
        place_of(cloud, service_id, to_publish=True),
        DescriptionForm,
        "description",
        "Describe VPC Endpoint Service",
    )


def _text(request: ConsoleRequest, place: Place, form_class: type[forms.Form], field: str, title: str) -> HttpResponse:
    """A property that is one text, whose form has one field of its name."""
    updating = _Updating(request, place)
    if request.method == "POST":
        return updating.act()
    form = form_class(request.GET if field in request.GET else None)
    if form.is_bound and form.is_valid():
        return updating.confirm({field: form.cleaned_data[field]})
    if not form.is_bound:
        service = updating.now()
        if isinstance(service, HttpResponse):
            return service
        form.initial[field] = {"name": service.name.name, "description": service.description}[field]
    return ask_for(request, form, title, updating.back_url)


@require_http_methods(_ASK_AND_ACT)
@requires_at_host(Permission.PUBLISH_SERVICES, act="service.update", host="service_id")
def approval(request: ConsoleRequest, cloud: str, service_id: str) -> HttpResponse:
    """Turn Connection Approval on with `?to=on`, off with anything else: that takes a typed word (features P-28)."""
    updating = _Updating(request, place_of(cloud, service_id, to_publish=True))
    if request.method == "POST":
        return updating.act()
    return updating.confirm({"approval_required": request.GET.get("to") == "on"})


@require_http_methods(_ASK_AND_ACT)
@requires_at_host(Permission.PUBLISH_SERVICES, act="service.update", host="service_id")
def ports_edit(request: ConsoleRequest, cloud: str, service_id: str) -> HttpResponse:
    """Ask for all port mappings, then confirm, then replace them."""
    updating = _Updating(request, place_of(cloud, service_id, to_publish=True), "ports")
    if request.method == "POST":
        return updating.act()
    form = PortsForm(request.GET if "step" in request.GET else None)
    if form.is_bound and is_edited(form):
        form = PortsForm(initial=as_typed(form))
    elif not form.is_bound:
        service = updating.now()
        if isinstance(service, HttpResponse):
            return service
        form.initial["ports"] = _rows(service.ports)
    elif form.is_valid():
        return updating.confirm({"ports": ports_as_json(form.cleaned_data["ports"])})
    return ask_for(request, form, "Change Port Mapping", updating.back_url, hidden=(("step", "confirm"),))


def _rows(ports: Sequence[PortMapping]) -> list[tuple[str, str]]:
    return [(str(one.server_port), str(one.client_port)) for one in ports]


@require_http_methods(_ASK_AND_ACT)
@requires_at_host(Permission.PUBLISH_SERVICES, act="service.delete", host="service_id")
def delete(request: ConsoleRequest, cloud: str, service_id: str) -> HttpResponse:
    """Delete the service, unless somebody is connected to it: then the page names who (features P-38)."""
    place = place_of(cloud, service_id, to_publish=True)

    def decision(targets: Sequence[str], parameters: Parameters) -> confirmation.Decision:
        return confirmation.Decision(registry.DELETE_SERVICE, place, DeleteWording(), list_url(place), targets)

    if request.method != "POST":
        return confirmation.ask(request, decision([service_id], {}))
    try:
        return confirmation.act(request, decision, confirmation.Scope(registry.DELETE_SERVICE, place))
    finally:
        store.outdate(where_of(place))


@require_http_methods(_ASK_AND_ACT)
@requires_at_host(Permission.PUBLISH_SERVICES, act="tags.update", host="service_id")
def tags_update(request: ConsoleRequest, cloud: str, service_id: str) -> HttpResponse:
    """Add tags, or take one away."""
    place = place_of(cloud, service_id, to_publish=True)

    def read() -> Sequence[Any]:
        return place.services.get_service(ServiceId(place.host)).tags

    return update(request, Tagged(place, url_of(place, "tags"), read))
