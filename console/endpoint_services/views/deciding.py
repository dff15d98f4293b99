"""Who is connected and who may connect: the acts of the room of admission, at a service's addresses."""

from collections.abc import Sequence

from django.http import HttpResponse
from django.views.decorators.http import require_http_methods, require_POST

from console.access.guard import requires_at_host
from console.access.request import ConsoleRequest
from console.access.roles import Permission
from console.admission import views as admission
from console.changes import confirmation
from console.changes.kinds import registry
from console.changes.kinds.kind import Parameters
from console.clouds.errors import CloudError
from console.clouds.types import ServiceId
from console.endpoint_services.actions import DescribeWording
from console.endpoint_services.forms import DescriptionForm
from console.endpoint_services.places import desk_of
from console.endpoint_services.views.asking import ask_for

_ASK_AND_ACT = ["GET", "HEAD", "POST"]


@require_http_methods(_ASK_AND_ACT)
@requires_at_host(Permission.DECIDE_CONNECTIONS, act="connection.accept", host="service_id")
def accept(request: ConsoleRequest, cloud: str, service_id: str) -> HttpResponse:
    """Let VPC endpoints connect."""
    return admission.accept(request, desk_of(cloud, service_id, "connections"))


@require_http_methods(_ASK_AND_ACT)
@requires_at_host(Permission.DECIDE_CONNECTIONS, act="connection.reject", host="service_id")
def reject(request: ConsoleRequest, cloud: str, service_id: str) -> HttpResponse:
    """Refuse VPC endpoints, or cut connected ones."""
    return admission.reject(request, desk_of(cloud, service_id, "connections"))


@require_http_methods(_ASK_AND_ACT)
@requires_at_host(Permission.EDIT_WHITELIST, act="permission.add", host="service_id")
def add_account(request: ConsoleRequest, cloud: str, service_id: str) -> HttpResponse:
    """Ask for accounts, then confirm, then put them on the whitelist."""
    return admission.add_account(request, desk_of(cloud, service_id, "permissions"))


@require_http_methods(_ASK_AND_ACT)
@requires_at_host(Permission.EDIT_WHITELIST, act="permission.remove", host="service_id")
def remove_account(request: ConsoleRequest, cloud: str, service_id: str) -> HttpResponse:
    """Take accounts off the whitelist."""
    return admission.remove_account(request, desk_of(cloud, service_id, "permissions"))


@require_POST
@requires_at_host(Permission.SEE, act="page.open", host="service_id")
def seen(request: ConsoleRequest, cloud: str, service_id: str) -> HttpResponse:
    """Mark a list as seen, as it was when the page showed it."""
    page = "permissions" if request.POST.get("part") == "permissions" else "connections"
    return admission.seen(request, desk_of(cloud, service_id, page))


@require_http_methods(_ASK_AND_ACT)
@requires_at_host(Permission.DECIDE_CONNECTIONS, act="connection.describe", host="service_id")
def describe(request: ConsoleRequest, cloud: str, service_id: str) -> HttpResponse:
    """Ask for words about one connection, then confirm, then write them beside it."""
    desk = desk_of(cloud, service_id, "connections")
    place, back_url, kind = desk.place, desk.back_url(request), registry.DESCRIBE_CONNECTION

    def decision(targets: Sequence[str], parameters: Parameters) -> confirmation.Decision:
        wording = DescribeWording(parameters.get("description", ""))
        return confirmation.Decision(kind, place, wording, back_url, targets, parameters)

    if request.method == "POST":
        return confirmation.act(request, decision, confirmation.Scope(kind, place))
    try:
        endpoint_id = place.services.read_endpoint_id(request.GET.get("id", ""))
    except ValueError as error:
        return confirmation.refuse(request, decision([], {}), str(error))
    form = DescriptionForm(request.GET if "description" in request.GET else None)
    if form.is_bound and form.is_valid():
        return confirmation.ask(request, decision([endpoint_id], {"description": form.cleaned_data["description"]}))
    if not form.is_bound:
        try:
            found = place.services.find_connection(ServiceId(place.host), endpoint_id)
        except CloudError as error:
            return confirmation.unread(request, decision([], {}), error)
        form.initial["description"] = found.description if found else ""
    return ask_for(request, form, "Describe This Connection", back_url, hidden=(("id", endpoint_id),))
