"""Acts that need to know something first: which VPC, which instance, which name.

What is chosen is in the address from then on, so that going back, or signing in again, loses nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from console.access.guard import requires_at_host
from console.access.request import ConsoleRequest
from console.access.roles import Permission
from console.changes import confirmation
from console.changes.kinds import registry
from console.changes.kinds.kind import Parameters, Place
from console.changes.wording import Wording
from console.clouds import vpc_access_rules as rules
from console.clouds.errors import CloudError, CloudNotFound
from console.clouds.vpc_access import ApiGroupId, ApiInstance
from console.vpc_access import actions, display, queries
from console.vpc_access.forms import BindForm, DomainForm
from console.vpc_access.views.acts import decide
from console.vpc_access.views.places import back_url, check_destination, group_asked, place_of, read, viewer_of
from console.web.fragments import render
from console.web.tables import Address


@dataclass(frozen=True, slots=True)
class _Asking:
    """What is asked: the heading, and the template of the question itself."""

    title: str
    template: str


_BIND: Final = _Asking("Bind to VPC", "vpc_access/_bind_form.html")
_MOVE: Final = _Asking("Move API group", "vpc_access/_destinations.html")
_DOMAIN: Final = _Asking("Bind domain name", "vpc_access/_domain_form.html")


@require_http_methods(["GET", "HEAD", "POST"])
@requires_at_host(Permission.SET_VPC_ACCESS, act="vpc.bind", host="instance_id")
def bind(request: ConsoleRequest, cloud: str, instance_id: str) -> HttpResponse:
    """Bind to VPC: choose a VPC, then one of its vSwitches, then confirm."""
    place = place_of(cloud, instance_id)
    networks = place.cloud.networks
    if networks is None:
        raise Http404
    previous = Address(request.path, request.GET).having(step=None)
    decision = decide(request, place, registry.BIND_VPC, actions.BindWording, previous)
    if request.method == "POST":
        return confirmation.act(request, decision, confirmation.Scope(registry.BIND_VPC, place))
    try:
        choices = queries.load_binding_choices(place, networks, request.GET.get("vpc", ""))
    except CloudNotFound as error:
        raise Http404 from error
    except CloudError as error:
        return confirmation.unread(request, decision((), {}), error)
    if refusal := rules.binding(choices.instance, "", "", ()).refusal:
        return confirmation.refuse(request, decision((), {}), refusal)
    form = _bind_form(request, choices)
    if form.is_bound and form.is_valid():
        return confirmation.ask(request, decision([instance_id], _binding(choices.instance, form)))
    return _enter(request, place, _BIND, {"form": form, "instance": choices.instance, "chosen": choices.knows_vpc})


def _bind_form(request: ConsoleRequest, choices: queries.BindingChoices) -> BindForm:
    """What is chosen is checked once somebody presses Next; until then the second choice may be open."""
    chosen = {name: request.GET.get(name, "") for name in ("vpc", "vswitch")}
    wrong = bool(chosen["vpc"]) and not choices.knows_vpc
    return BindForm(
        request.GET if "step" in request.GET or wrong else None,
        initial=chosen,
        choices=choices,
        again_url=Address(request.path, request.GET).having(vpc=None, vswitch=None, step=None),
    )


def _binding(now: ApiInstance, form: BindForm) -> dict[str, str]:
    chosen = {name: form.cleaned_data[name] for name in ("vpc", "vswitch")}
    return {**chosen, "old_vpc": now.vpc_id, "old_vswitch": now.vswitch_id}


@require_http_methods(["GET", "HEAD", "POST"])
@requires_at_host(Permission.SET_VPC_ACCESS, act="api_group.move", host="instance_id")
def move(request: ConsoleRequest, cloud: str, instance_id: str) -> HttpResponse:
    """Move a group: choose the instance, with what each would mean, then confirm."""
    place = place_of(cloud, instance_id)
    previous = Address(request.path, request.GET).having(instance=None)
    plain = decide(request, place, registry.MOVE_GROUP, lambda _asked: actions.MoveWording(), previous)

    def decision(targets: Sequence[str], parameters: Parameters) -> confirmation.Decision:
        if parameters:
            check_destination(request, place, parameters["instance"])
        return plain(targets, parameters)

    if request.method == "POST":
        return confirmation.act(request, decision, confirmation.Scope(registry.MOVE_GROUP, place))
    group = group_asked(request, place)
    if not group:
        return confirmation.ask(request, plain((), {}))
    if "instance" not in request.GET:
        return _choose_destination(request, place, group[0], plain((), {}))
    destination = read(place.vpc_access.read_instance_id, request.GET["instance"])
    return confirmation.ask(request, decision(group, {"instance": destination, "source": instance_id}))


def _choose_destination(
    request: ConsoleRequest, place: Place, group_id: ApiGroupId, blank: confirmation.Decision
) -> HttpResponse:
    try:
        choices = queries.load_moving_choices(place, group_id)
    except CloudNotFound as error:
        raise Http404 from error
    except CloudError as error:
        return confirmation.unread(request, blank, error)
    source = next((one for one in choices.instances if one.id == place.host), None)
    if source is None or choices.group.instance_id != place.host:
        raise Http404
    known = [one for one in choices.instances if request.reach.sees_gateway(place.cloud.name, one.id)]
    viewer = viewer_of(request, place.cloud.name, "group")
    address = Address(request.path, request.GET)
    context = {
        "group": choices.group,
        "reached_from": display.reached_from(choices.group, source),
        "destinations": [display.destination_row(viewer, choices.group, source, one, address) for one in known],
    }
    return _enter(request, place, _MOVE, context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires_at_host(Permission.SET_VPC_ACCESS, act="domain.bind", host="instance_id")
def bind_domain(request: ConsoleRequest, cloud: str, instance_id: str) -> HttpResponse:
    """Bind a domain name of one's own: what it needs, the name, then confirm."""
    place = place_of(cloud, instance_id)
    previous = Address(request.path, request.GET).having(step=None)
    decision = decide(request, place, registry.BIND_DOMAIN, _domain_wording, previous)
    if request.method == "POST":
        return confirmation.act(request, decision, confirmation.Scope(registry.BIND_DOMAIN, place))
    asked = group_asked(request, place)
    if not asked:
        return confirmation.ask(request, decision((), {}))
    form = DomainForm(request.GET if "step" in request.GET else None, initial=request.GET.dict())
    if form.is_bound and form.is_valid():
        return confirmation.ask(request, decision(asked, {"domain": form.cleaned_data["domain"]}))
    try:
        seen = queries.load_group(place, asked[0])
        group, on = seen.group.unwrap(), seen.instance.unwrap()
    except CloudNotFound as error:
        raise Http404 from error
    except CloudError as error:
        return confirmation.unread(request, decision((), {}), error)
    if refusal := rules.binding_domain(group, on, "").refusal:
        return confirmation.refuse(request, decision((), {}), refusal)
    return _enter(request, place, _DOMAIN, {"form": form, "group": group})


def _domain_wording(asked: Parameters) -> Wording:
    return actions.BindDomainWording(asked.get("domain", ""))


def _enter(request: ConsoleRequest, place: Place, asking: _Asking, context: dict[str, Any]) -> HttpResponse:
    """Ask, on a page of its own or in the dialog."""
    form = context.get("form")
    whole = {
        "asking": asking,
        "action_url": request.path,
        "back_url": back_url(request, place),
        "back": request.GET.get("back", ""),
        "list_url": reverse("vpc_access:list", args=(place.cloud.name,)),
        **context,
    }
    status = 422 if form is not None and form.is_bound else 200
    return render(request, "vpc_access/asking.html", whole, fragment=asking.template, status=status)
