"""The tab and its acts. An act's address shows the confirmation on GET and acts on POST."""

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseBadRequest, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from console import wiring
from console.access.guard import requires_at_gateway
from console.access.request import ConsoleRequest
from console.access.roles import Permission
from console.access.sessions import is_poll
from console.changes import confirmation, record
from console.changes.kinds import registry
from console.changes.kinds.kind import Kind, Parameters, Place
from console.changes.wording import Wording
from console.clouds.errors import CloudError, CloudNotFound
from console.observations import news, store
from console.observations.parts import LISTS, Part
from console.observations.watch import interval
from console.vpc_endpoints import actions, cards, queries, selection
from console.vpc_endpoints.forms import AccountsForm, ServiceNameForm
from console.web import tables
from console.web.fragments import render

#: What htmx may ask for by the id of its target; anything else gets the page. The server chooses, never the client.
FRAGMENTS = {
    "connections": "vpc_endpoints/_connections.html",
    "permissions": "vpc_endpoints/_permissions.html",
    "service-name": "vpc_endpoints/_service_name.html",
}
#: What no cloud could have as the id of a gateway is not asked for, and not kept.
_AN_ID = re.compile(r"[A-Za-z0-9_-]{1,100}")


#: Parameters that say how the page was asked for, and nothing about what it shows.
_NOT_KEPT = ("poll", "polled", "refresh")


def _place(cloud: str, gateway_id: str) -> Place:
    found = wiring.clouds().get(cloud)
    if found is None or found.catalog is None or found.gateway_endpoints is None or not _AN_ID.fullmatch(gateway_id):
        raise Http404
    return Place(found, gateway_id)


def _tab_url(place: Place) -> str:
    return reverse("vpc_endpoints:tab", args=(place.cloud.name, place.host))


def _rights(request: ConsoleRequest, place: Place) -> cards.Rights:
    def may(permission: Permission) -> bool:
        return bool(request.reach.may(permission, place.cloud.name, place.host))

    return cards.Rights(
        decide=may(Permission.DECIDE_CONNECTIONS),
        edit_whitelist=may(Permission.EDIT_WHITELIST),
        rename=may(Permission.RENAME_SERVICE),
    )


@require_safe
@requires_at_gateway(Permission.SEE, act="page.open")
def tab(request: ConsoleRequest, cloud: str, gateway_id: str) -> HttpResponse:
    """VPC Endpoints: service name, connections, permissions. `?refresh=1` reads the cloud again, whatever is known."""
    place = _place(cloud, gateway_id)
    target = request.htmx.target if request.htmx and not request.htmx.boosted else None
    card = target if target in FRAGMENTS else None
    refresh = "refresh" in request.GET and not is_poll(request)
    known = queries.load_tab(place, request.user.pk, card, _not_before(request, refresh=refresh))
    if isinstance(known.gateway.error, CloudNotFound):
        store.forget(queries.where_of(place))
        raise Http404
    address = tables.Address(_tab_url(place), _without(request.GET, "refresh"))
    if refresh and card is None:
        return HttpResponseRedirect(address.having())  # reloading the page later must not ask the cloud each time
    context = _shown(request, place, known, address)
    return render(request, "vpc_endpoints/tab.html", context, fragment=FRAGMENTS.get(card or ""))


def _not_before(request: ConsoleRequest, *, refresh: bool) -> datetime | None:
    """From when on an answer is good enough: whoever opens the page also tries a cloud that failed a moment ago."""
    if refresh:
        return timezone.now()
    return None if is_poll(request) else timezone.now() - interval()


def _shown(request: ConsoleRequest, place: Place, known: queries.Tab, address: tables.Address) -> dict[str, Any]:
    rights, size = _rights(request, place), request.user.page_size
    at = (place.cloud.name, place.host)
    whitelist = tables.Address(address.path, address.parameters, "p")
    return {
        "gateway": known.gateway.value,
        "gateway_id": place.host,
        "cloud_name": place.cloud.name,
        "rights": rights,
        "service": cards.service_card(known, address, rights, record.name_on_its_way(*at)),
        "connections": cards.connections_card(known, address, rights, size),
        "permissions": cards.permissions_card(known, whitelist, rights, size, page=address),
        "open_changes": record.open_changes(*at),
        "tab_url": address.path,
        "refresh_url": address.having(refresh=1),
        "back": _back_query(request),
        "back_query": _without(request.GET, *_NOT_KEPT).urlencode(),
        **_act_urls(place),
    }


@require_POST
@requires_at_gateway(Permission.SEE, act="page.open")
def seen(request: ConsoleRequest, cloud: str, gateway_id: str) -> HttpResponse:
    """Mark a list as seen, as it was when the page showed it."""
    place = _place(cloud, gateway_id)
    try:
        part, until = Part(request.POST.get("part", "")), datetime.fromisoformat(request.POST.get("until", ""))
    except ValueError:
        return HttpResponseBadRequest()
    if part in LISTS and until.tzinfo is not None:
        news.mark_seen(request.user.pk, queries.where_of(place), part, until)
    return HttpResponseRedirect(_back_url(request, place), status=303)


def _act_urls(place: Place) -> dict[str, str]:
    """The acts' addresses, worked out once and not once per row."""
    at = (place.cloud.name, place.host)
    return {f"{name}_url": reverse(f"vpc_endpoints:{name}", args=at) for name in ACT_NAMES}


ACT_NAMES = ("accept", "reject", "add_account", "remove_account", "service_name", "create", "seen")


def _back_query(request: ConsoleRequest) -> str:
    """What brings a person back to the same view of the tables, as one more parameter for the acts' addresses."""
    query = _without(request.GET, *_NOT_KEPT).urlencode()
    return "&" + _encoded({"back": query}) if query else ""


def _without(query: QueryDict, *names: str) -> QueryDict:
    kept = query.copy()
    for name in names:
        kept.pop(name, None)
    return kept


def _encoded(values: dict[str, str]) -> str:
    query = QueryDict(mutable=True)
    query.update(values)
    return query.urlencode()


def _back_url(request: ConsoleRequest, place: Place) -> str:
    """The tab, in the view it was left in. Only a query string is taken from the request, never an address."""
    wanted = request.POST.get("back") or request.GET.get("back", "")
    query = QueryDict(wanted).urlencode()
    return f"{_tab_url(place)}?{query}" if query else _tab_url(place)


def _decide(
    request: ConsoleRequest, place: Place, kind: Kind, wording: Wording, targets: Sequence[str] = ()
) -> HttpResponse:
    """Show the confirmation, or act on one."""
    back_url = _back_url(request, place)

    def decision(wanted: Sequence[str], parameters: Parameters) -> confirmation.Decision:
        return confirmation.Decision(kind, place, wording, back_url, wanted, parameters)

    if request.method == "POST":
        return _act(request, decision, confirmation.Scope(kind, place))
    return confirmation.ask(request, decision(targets, {}))


def _act(
    request: ConsoleRequest,
    decide: Callable[[Sequence[str], Parameters], confirmation.Decision],
    scope: confirmation.Scope,
) -> HttpResponse:
    """Carry out what was confirmed. What was known of the gateway is not believed after it, whatever came of it."""
    try:
        return confirmation.act(request, decide, scope)
    finally:
        store.outdate(queries.where_of(scope.place))


def _decide_connections(request: ConsoleRequest, place: Place, kind: Kind, wording: Wording) -> HttpResponse:
    """As `_decide`, for the VPC endpoints that the address asks for."""
    if request.method == "POST":
        return _decide(request, place, kind, wording)
    blank = confirmation.Decision(kind, place, wording, _back_url(request, place), ())
    try:
        ids = selection.asked_endpoints(request, place, kind)
    except ValueError as error:
        return confirmation.refuse(request, blank, str(error))
    except CloudError as error:
        return confirmation.unread(request, blank, error)
    return _decide(request, place, kind, wording, ids)


@require_http_methods(["GET", "HEAD", "POST"])
@requires_at_gateway(Permission.DECIDE_CONNECTIONS, act="connection.accept")
def accept(request: ConsoleRequest, cloud: str, gateway_id: str) -> HttpResponse:
    """Let VPC endpoints connect."""
    place = _place(cloud, gateway_id)
    return _decide_connections(request, place, registry.ACCEPT, actions.AcceptWording())


@require_http_methods(["GET", "HEAD", "POST"])
@requires_at_gateway(Permission.DECIDE_CONNECTIONS, act="connection.reject")
def reject(request: ConsoleRequest, cloud: str, gateway_id: str) -> HttpResponse:
    """Refuse VPC endpoints, or cut connected ones."""
    place = _place(cloud, gateway_id)
    return _decide_connections(request, place, registry.REJECT, actions.RejectWording())


@require_http_methods(["GET", "HEAD", "POST"])
@requires_at_gateway(Permission.EDIT_WHITELIST, act="permission.add")
def add_account(request: ConsoleRequest, cloud: str, gateway_id: str) -> HttpResponse:
    """Ask for accounts, then confirm, then put them on the whitelist."""
    place = _place(cloud, gateway_id)
    wording = actions.AddWording()
    if request.method == "POST":
        return _decide(request, place, registry.ADD_PERMISSION, wording)
    return _ask_accounts(request, place, registry.ADD_PERMISSION, wording)


@require_http_methods(["GET", "HEAD", "POST"])
@requires_at_gateway(Permission.EDIT_WHITELIST, act="permission.remove")
def remove_account(request: ConsoleRequest, cloud: str, gateway_id: str) -> HttpResponse:
    """Take accounts off the whitelist."""
    place = _place(cloud, gateway_id)
    wording = actions.RemoveWording()
    if request.method == "POST":
        return _decide(request, place, registry.REMOVE_PERMISSION, wording)
    return _decide(request, place, registry.REMOVE_PERMISSION, wording, request.GET.getlist("id"))


def _ask_accounts(request: ConsoleRequest, place: Place, kind: Kind, wording: Wording) -> HttpResponse:
    typed = "\n".join(request.GET.getlist("id"))
    form = AccountsForm({"id": typed} if "id" in request.GET else None, read_account=place.admission.read_account)
    if form.is_bound and form.is_valid():
        return _decide(request, place, kind, wording, form.cleaned_data["id"])
    return _enter(request, place, form, "vpc_endpoints/add_account.html", "vpc_endpoints/_add_account.html")


@require_http_methods(["GET", "HEAD", "POST"])
@requires_at_gateway(Permission.RENAME_SERVICE, act="service.rename")
def service_name(request: ConsoleRequest, cloud: str, gateway_id: str) -> HttpResponse:
    """Ask for the name, then confirm, then rename; where there is no service, this enables it."""
    place = _place(cloud, gateway_id)
    back_url = _back_url(request, place)

    def decision(targets: Sequence[str], parameters: Parameters) -> confirmation.Decision:
        wording = actions.RenameWording(place.cloud.region, parameters.get("name", ""))
        return confirmation.Decision(registry.RENAME_SERVICE, place, wording, back_url, targets, parameters)

    if request.method == "POST":
        return _act(request, decision, confirmation.Scope(registry.RENAME_SERVICE, place))
    form = ServiceNameForm(request.GET if "name" in request.GET else None)
    if form.is_bound and form.is_valid():
        return confirmation.ask(request, decision([gateway_id], {"name": form.cleaned_data["name"]}))
    if not form.is_bound:
        form.initial["name"] = _current_name(place)
    return _enter(request, place, form, "vpc_endpoints/service_name.html", "vpc_endpoints/_service_name_form.html")


def _current_name(place: Place) -> str:
    """The name now; "" where it cannot be read, since the confirmation reads again and says so."""
    gateway = queries.load_gateway(place).value
    service = gateway.service_name if gateway else None
    return service.name if service else ""


def _enter(request: ConsoleRequest, place: Place, form: Any, page: str, fragment: str) -> HttpResponse:
    context = {
        "form": form,
        "action_url": request.path,
        "back_url": _back_url(request, place),
        "back": request.GET.get("back", ""),
        "gateway_id": place.host,
        "region": place.cloud.region,
    }
    return render(request, page, context, fragment=fragment, status=422 if form.is_bound else 200)


@require_safe
@requires_at_gateway(Permission.SEE, act="page.open")
def create(request: ConsoleRequest, cloud: str, gateway_id: str) -> HttpResponse:
    """Create VPC Endpoint: says that it is coming, and what to do until then."""
    place = _place(cloud, gateway_id)
    known = queries.load_gateway(place)
    if isinstance(known.error, CloudNotFound):
        store.forget(queries.where_of(place))
        raise Http404
    context = {"gateway": known.value, "gateway_id": gateway_id, "tab_url": _tab_url(place)}
    return render(request, "vpc_endpoints/create.html", context)
