"""Changing one service: its name, its approval switch, its port mapping, its description, its tags, and its end."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpResponse, QueryDict
from django.views.decorators.http import require_http_methods

from console.access.guard import requires_at_host
from console.access.request import ConsoleRequest
from console.access.roles import Permission
from console.changes import confirmation
from console.changes.execution import Acted
from console.changes.kinds import registry
from console.changes.kinds.kind import Parameters, Place
from console.changes.kinds.publishing import ports_as_json
from console.changes.models import Stage
from console.changes.outcome import why_refused
from console.clouds.errors import CloudError
from console.clouds.services import EndpointService
from console.clouds.types import ServiceId
from console.endpoint_services import queries
from console.endpoint_services.actions import DeleteWording, UpdateWording
from console.endpoint_services.forms import DescriptionForm, NameForm, PortsForm
from console.endpoint_services.places import list_url, place_of, url_of
from console.endpoint_services.views.asking import ask_for
from console.tagging.views import Tagged, update
from console.web.forms import as_typed
from console.web.rows import is_edited

_ASK_AND_ACT = ["GET", "HEAD", "POST"]
_UPDATE = registry.UPDATE_SERVICE


@dataclass(frozen=True, slots=True)
class _Question:
    """What is asked before a property is changed: a form with one field, of the property's name."""

    property: str
    title: str
    form: type[forms.Form]
    #: The page of the service that shows the property.
    page: str = "detail"


_NAME = _Question("name", "Rename VPC Endpoint Service", NameForm)
_DESCRIPTION = _Question("description", "Describe VPC Endpoint Service", DescriptionForm)
_PORTS = _Question("ports", "Change Port Mapping", PortsForm, "ports")
#: Tells a form that was sent from one that is to be shown.
_SENT = ("step", "confirm")


class _Updating:
    """One property of one service, on its way from the confirmation to the act."""

    def __init__(self, request: ConsoleRequest, place: Place, page: str = "detail") -> None:
        self.request = request
        self.place = place
        self.back_url = url_of(place, page)

    def decision(self, targets: Sequence[str], parameters: Parameters) -> confirmation.Decision:
        """What a person is asked to confirm."""
        wording = UpdateWording(parameters, lambda: queries.load_openness(self.place))
        return confirmation.Decision(
            _UPDATE,
            self.place,
            wording,
            self.back_url,
            targets,
            parameters,
            action_url=self.request.get_full_path(),
            answer=self.answer,
        )

    def act(self) -> HttpResponse:
        """Carry out what was confirmed."""
        return confirmation.act(self.request, self.decision, confirmation.Scope(_UPDATE, self.place))

    def confirm(self, parameters: dict[str, Any]) -> HttpResponse:
        """Ask whether it shall be so."""
        return confirmation.ask(self.request, self.decision([self.place.host], parameters))

    def answer(self, request: ConsoleRequest, acted: Acted) -> HttpResponse | None:
        """The usual: say how it ended, and go back."""
        return None


class _Asking(_Updating):
    """A property that is typed: a form comes before the confirmation, and after a refusal again."""

    def __init__(self, request: ConsoleRequest, place: Place, question: _Question) -> None:
        super().__init__(request, place, question.page)
        self.question = question

    def ask(self) -> HttpResponse:
        """The form as the service is, the form as it was typed, its complaints, or the confirmation."""
        if self.request.method == "POST":
            return self.act()
        question = self.question
        form = question.form(self.request.GET if _SENT[0] in self.request.GET else None)
        if form.is_bound and is_edited(form):
            return self.show(question.form(initial=as_typed(form)))
        if not form.is_bound:
            try:
                service = self.place.services.get_service(ServiceId(self.place.host))
            except CloudError as error:
                return confirmation.unread(self.request, self.decision([], {}), error)
            return self.show(question.form(initial=_as_it_is(service)))
        if not form.is_valid():
            return self.show(form)
        return self.confirm(_parameters(form))

    def show(self, form: forms.Form) -> HttpResponse:
        """The form."""
        return ask_for(self.request, form, self.question.title, self.back_url, hidden=(_SENT,))

    def answer(self, request: ConsoleRequest, acted: Acted) -> HttpResponse | None:
        """Back to the form, filled, where the cloud refused what was typed into its field."""
        (change,) = acted.changes
        question = self.question
        if change.stage != Stage.FAILED or change.error_field != question.property:
            return None
        form = question.form(_typed(change.parameters))
        form.is_valid()
        form.add_error(question.property, why_refused(change))
        return self.show(form)


def _as_it_is(service: EndpointService) -> dict[str, Any]:
    ports = [(str(one.server_port), str(one.client_port)) for one in service.ports]
    return {"name": service.name.name, "description": service.description, "ports": ports}


def _parameters(form: forms.Form) -> dict[str, Any]:
    """What was typed, as plain JSON."""
    given = form.cleaned_data
    return {**given, "ports": ports_as_json(given["ports"])} if "ports" in given else dict(given)


def _typed(parameters: Parameters) -> QueryDict:
    """The reverse: what a browser would send for it."""
    data = QueryDict(mutable=True)
    for name, value in parameters.items():
        if name == "ports":
            data.setlist("ports_client", [str(client) for client, _server, _protocol in value])
            data.setlist("ports_server", [str(server) for _client, server, _protocol in value])
        else:
            data[name] = value
    return data


@require_http_methods(_ASK_AND_ACT)
@requires_at_host(Permission.PUBLISH_SERVICES, act="service.update", host="service_id")
def name(request: ConsoleRequest, cloud: str, service_id: str) -> HttpResponse:
    """Ask for the name, then confirm, then rename."""
    return _Asking(request, place_of(cloud, service_id, to_publish=True), _NAME).ask()


@require_http_methods(_ASK_AND_ACT)
@requires_at_host(Permission.PUBLISH_SERVICES, act="service.update", host="service_id")
def description(request: ConsoleRequest, cloud: str, service_id: str) -> HttpResponse:
    """Ask for words about the service, then confirm, then write them."""
    return _Asking(request, place_of(cloud, service_id, to_publish=True), _DESCRIPTION).ask()


@require_http_methods(_ASK_AND_ACT)
@requires_at_host(Permission.PUBLISH_SERVICES, act="service.update", host="service_id")
def ports_edit(request: ConsoleRequest, cloud: str, service_id: str) -> HttpResponse:
    """Ask for all port mappings, then confirm, then replace them."""
    return _Asking(request, place_of(cloud, service_id, to_publish=True), _PORTS).ask()


@require_http_methods(_ASK_AND_ACT)
@requires_at_host(Permission.PUBLISH_SERVICES, act="service.update", host="service_id")
def approval(request: ConsoleRequest, cloud: str, service_id: str) -> HttpResponse:
    """Turn Connection Approval on with `?to=on`, off with anything else: that takes a typed word (features P-28)."""
    updating = _Updating(request, place_of(cloud, service_id, to_publish=True))
    if request.method == "POST":
        return updating.act()
    return updating.confirm({"approval_required": request.GET.get("to") == "on"})


@require_http_methods(_ASK_AND_ACT)
@requires_at_host(Permission.PUBLISH_SERVICES, act="service.delete", host="service_id")
def delete(request: ConsoleRequest, cloud: str, service_id: str) -> HttpResponse:
    """Delete the service, unless somebody is connected to it: then the page names who (features P-38)."""
    place = place_of(cloud, service_id, to_publish=True)

    def decision(targets: Sequence[str], parameters: Parameters) -> confirmation.Decision:
        return confirmation.Decision(registry.DELETE_SERVICE, place, DeleteWording(), list_url(place), targets)

    if request.method != "POST":
        return confirmation.ask(request, decision([service_id], {}))
    return confirmation.act(request, decision, confirmation.Scope(registry.DELETE_SERVICE, place))


@require_http_methods(_ASK_AND_ACT)
@requires_at_host(Permission.PUBLISH_SERVICES, act="tags.update", host="service_id")
def tags_update(request: ConsoleRequest, cloud: str, service_id: str) -> HttpResponse:
    """Add tags, or take one away."""
    place = place_of(cloud, service_id, to_publish=True)

    def read() -> Sequence[Any]:
        return place.services.get_service(ServiceId(place.host)).tags

    return update(request, Tagged(place, url_of(place, "tags"), read, request.get_full_path()))
