"""The tab and its acts. An act's address shows the confirmation on GET and acts on POST."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from console import wiring
from console.access.guard import requires_at_gateway
from console.access.request import ConsoleRequest
from console.access.roles import Permission
from console.access.sessions import is_poll
from console.admission import cards as admission_cards
from console.admission import views as admission
from console.admission.desk import Desk, view_of, without
from console.admission.queries import where_of
from console.changes import batches, confirmation, record
from console.changes.kinds import registry
from console.changes.kinds.kind import Parameters, Place
from console.clouds.errors import CloudNotFound
from console.observations import store
from console.observations.asking import wish_of
from console.patterns import Pattern
from console.vpc_endpoints import actions, cards, queries
from console.vpc_endpoints.forms import ServiceNameForm
from console.web import tables
from console.web.fragments import render

#: What htmx may ask for by the id of its target; anything else gets the page. The server chooses, never the client.
FRAGMENTS = {
    "connections": "admission/_connections.html",
    "permissions": "admission/_permissions.html",
    "service-name": "vpc_endpoints/_service_name.html",
}
#: What no cloud could have as the id of a gateway is not asked for, and not kept.
_AN_ID = Pattern(r"[A-Za-z0-9_-]+", 100)


def _desk(cloud: str, gateway_id: str) -> Desk:
    found = wiring.clouds().get(cloud)
    if found is None or found.catalog is None or found.gateway_endpoints is None or not _AN_ID.fullmatch(gateway_id):
        raise Http404
    return Desk(Place(found, gateway_id), reverse("vpc_endpoints:tab", args=(cloud, gateway_id)))


@require_safe
@requires_at_gateway(Permission.SEE, act="page.open")
def tab(request: ConsoleRequest, cloud: str, gateway_id: str) -> HttpResponse:
    """VPC Endpoints: service name, connections, permissions. `?refresh=1` reads the cloud again, whatever is known."""
    desk = _desk(cloud, gateway_id)
    target = request.htmx.target if request.htmx and not request.htmx.boosted else None
    card = target if target in FRAGMENTS else None
    refresh = "refresh" in request.GET and not is_poll(request)
    known = queries.load_tab(desk.place, request.user.pk, card, wish_of(request))
    if isinstance(known.gateway.error, CloudNotFound):
        store.forget(where_of(desk.place))
        raise Http404
    address = tables.Address(desk.page_url, without(request.GET, "refresh"))
    if refresh and card is None:
        return HttpResponseRedirect(address.having())  # reloading the page later must not ask the cloud each time
    context = _shown(request, desk, known, address)
    return render(request, "vpc_endpoints/tab.html", context, fragment=FRAGMENTS.get(card or ""))


def _shown(request: ConsoleRequest, desk: Desk, known: queries.Tab, address: tables.Address) -> dict[str, Any]:
    rights, size = desk.rights(request), request.user.page_size
    at = (desk.place.cloud.name, desk.place.host)
    whitelist = tables.Address(address.path, address.parameters, "p")
    may_rename = request.reach.may(Permission.RENAME_SERVICE, *at)
    return {
        "gateway": known.gateway.value,
        "gateway_id": desk.place.host,
        "cloud_name": desk.place.cloud.name,
        "service": cards.service_card(known, address, record.name_on_its_way(*at), may_rename=may_rename),
        "connections": admission_cards.connections_card(known.admitted, address, rights, size),
        "permissions": admission_cards.permissions_card(known.admitted, whitelist, rights, size, page=address),
        "open_changes": record.open_changes(*at),
        "long_acts": batches.long_acts(*at),
        "tab_url": address.path,
        "refresh_url": address.having(refresh=1),
        "service_name_url": reverse("vpc_endpoints:service_name", args=at),
        "create_url": reverse("vpc_endpoints:create", args=at),
        "host": "gateway",
        **view_of(request),
        **desk.act_urls(),
    }


@require_POST
@requires_at_gateway(Permission.SEE, act="page.open")
def seen(request: ConsoleRequest, cloud: str, gateway_id: str) -> HttpResponse:
    """Mark a list as seen, as it was when the page showed it."""
    return admission.seen(request, _desk(cloud, gateway_id))


@require_http_methods(["GET", "HEAD", "POST"])
@requires_at_gateway(Permission.DECIDE_CONNECTIONS, act="connection.accept")
def accept(request: ConsoleRequest, cloud: str, gateway_id: str) -> HttpResponse:
    """Let VPC endpoints connect."""
    return admission.accept(request, _desk(cloud, gateway_id))


@require_http_methods(["GET", "HEAD", "POST"])
@requires_at_gateway(Permission.DECIDE_CONNECTIONS, act="connection.reject")
def reject(request: ConsoleRequest, cloud: str, gateway_id: str) -> HttpResponse:
    """Refuse VPC endpoints, or cut connected ones."""
    return admission.reject(request, _desk(cloud, gateway_id))


@require_http_methods(["GET", "HEAD", "POST"])
@requires_at_gateway(Permission.EDIT_WHITELIST, act="permission.add")
def add_account(request: ConsoleRequest, cloud: str, gateway_id: str) -> HttpResponse:
    """Ask for accounts, then confirm, then put them on the whitelist."""
    return admission.add_account(request, _desk(cloud, gateway_id))


@require_http_methods(["GET", "HEAD", "POST"])
@requires_at_gateway(Permission.EDIT_WHITELIST, act="permission.remove")
def remove_account(request: ConsoleRequest, cloud: str, gateway_id: str) -> HttpResponse:
    """Take accounts off the whitelist."""
    return admission.remove_account(request, _desk(cloud, gateway_id))


@require_http_methods(["GET", "HEAD", "POST"])
@requires_at_gateway(Permission.RENAME_SERVICE, act="service.rename")
def service_name(request: ConsoleRequest, cloud: str, gateway_id: str) -> HttpResponse:
    """Ask for the name, then confirm, then rename; where there is no service, this enables it."""
    desk = _desk(cloud, gateway_id)
    place, back_url = desk.place, desk.back_url(request)

    def decision(targets: Sequence[str], parameters: Parameters) -> confirmation.Decision:
        wording = actions.RenameWording(place.cloud.region, parameters.get("name", ""))
        return confirmation.Decision(registry.RENAME_SERVICE, place, wording, back_url, targets, parameters)

    if request.method == "POST":
        return confirmation.act(request, decision, confirmation.Scope(registry.RENAME_SERVICE, place))
    form = ServiceNameForm(request.GET if "name" in request.GET else None)
    if form.is_bound and form.is_valid():
        return confirmation.ask(request, decision([gateway_id], {"name": form.cleaned_data["name"]}))
    if not form.is_bound:
        form.initial["name"] = _current_name(place)
    return _ask_name(request, desk, form)


def _current_name(place: Place) -> str:
    """The name now; "" where it cannot be read, since the confirmation reads again and says so."""
    gateway = queries.load_gateway(place).value
    service = gateway.service_name if gateway else None
    return service.name if service else ""


def _ask_name(request: ConsoleRequest, desk: Desk, form: ServiceNameForm) -> HttpResponse:
    context = {
        "form": form,
        "action_url": request.path,
        "back_url": desk.back_url(request),
        "back": request.GET.get("back", ""),
        "region": desk.place.cloud.region,
    }
    status = 422 if form.is_bound else 200
    fragment = "vpc_endpoints/_service_name_form.html"
    return render(request, "vpc_endpoints/service_name.html", context, fragment=fragment, status=status)


@require_safe
@requires_at_gateway(Permission.SEE, act="page.open")
def create(request: ConsoleRequest, cloud: str, gateway_id: str) -> HttpResponse:
    """Create VPC Endpoint: the wizard, with this gateway's service filled in and verified; else who may do that."""
    desk = _desk(cloud, gateway_id)
    known = queries.load_gateway(desk.place)
    if isinstance(known.error, CloudNotFound):
        store.forget(where_of(desk.place))
        raise Http404
    service = known.value.service_name if known.value else None
    may = request.reach.may(Permission.MANAGE_ENDPOINTS, cloud, "")
    if may and service and desk.place.cloud.endpoints and desk.place.cloud.networks:
        query = urlencode({"name": service.full, "verify": 1})
        return HttpResponseRedirect(f"{reverse('endpoints:create', args=(cloud,))}?{query}")
    context = {"gateway": known.value, "gateway_id": gateway_id, "tab_url": desk.page_url, "may": may}
    return render(request, "vpc_endpoints/who_creates.html", context)
