"""Bind to VPC: which VPC, which of its vSwitches, then the confirmation."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_http_methods

from console.access.guard import requires_at_host
from console.access.request import ConsoleRequest
from console.access.roles import Permission
from console.changes import confirmation
from console.changes.execution import Acted
from console.changes.kinds import registry
from console.changes.kinds.kind import Parameters, Place
from console.clouds import vpc_access_rules as rules
from console.clouds.errors import CloudError, CloudNotFound
from console.clouds.ports import Networks
from console.clouds.vpc_access import ApiInstance
from console.vpc_access import actions, queries
from console.vpc_access.forms import BindForm
from console.vpc_access.views.acts import Decide, decide
from console.vpc_access.views.asking import enter, takes_complaint
from console.vpc_access.views.places import place_of
from console.web.tables import Address

_TITLE: Final = "Bind to VPC"
_TEMPLATE: Final = "vpc_access/_bind_form.html"


@require_http_methods(["GET", "HEAD", "POST"])
@requires_at_host(Permission.SET_VPC_ACCESS, act="vpc.bind", host="instance_id")
def bind(request: ConsoleRequest, cloud: str, instance_id: str) -> HttpResponse:
    """Choose, then confirm. What the cloud refuses of the choice stands beside its field."""
    place = place_of(cloud, instance_id)
    networks = place.cloud.networks
    if networks is None:
        raise Http404
    decision = _decisions(request, place, networks)
    if request.method == "POST":
        return confirmation.act(request, decision, confirmation.Scope(registry.BIND_VPC, place))
    try:
        choices = _choices(request, place, networks)
    except CloudError as error:
        return confirmation.unread(request, decision((), {}), error)
    if refusal := rules.binding(choices.instance, "", "", ()).refusal:
        return confirmation.refuse(request, decision((), {}), refusal)
    form = _form(request, choices)
    if form.is_bound and form.is_valid():
        return confirmation.ask(request, decision([instance_id], _parameters(choices.instance, form)))
    return _show(request, place, choices, form)


def _decisions(request: ConsoleRequest, place: Place, networks: Networks) -> Decide:
    plain = decide(request, place, registry.BIND_VPC, actions.BindWording, _previous(request))

    def answer(_request: ConsoleRequest, acted: Acted) -> HttpResponse | None:
        try:
            choices = _choices(request, place, networks)
        except CloudError:
            return None
        form = _form(request, choices)
        return _show(request, place, choices, form) if takes_complaint(form, acted) else None

    def decision(targets: Sequence[str], parameters: Parameters) -> confirmation.Decision:
        return replace(plain(targets, parameters), answer=answer)

    return decision


def _previous(request: ConsoleRequest) -> str:
    return Address(request.path, request.GET).having(step=None)


def _choices(request: ConsoleRequest, place: Place, networks: Networks) -> queries.BindingChoices:
    """Raises Http404 where there is no such instance, and CloudError."""
    try:
        return queries.load_binding_choices(place, networks, request.GET.get("vpc", ""))
    except CloudNotFound as error:
        raise Http404 from error


def _form(request: ConsoleRequest, choices: queries.BindingChoices) -> BindForm:
    """What is chosen is checked once somebody presses Next; until then the second choice may be open."""
    chosen = {name: request.GET.get(name, "") for name in ("vpc", "vswitch")}
    wrong = bool(chosen["vpc"]) and not choices.knows_vpc
    return BindForm(
        request.GET if "step" in request.GET or wrong else None,
        initial=chosen,
        choices=choices,
        again_url=Address(request.path, request.GET).having(vpc=None, vswitch=None, step=None),
    )


def _parameters(now: ApiInstance, form: BindForm) -> dict[str, str]:
    chosen = {name: form.cleaned_data[name] for name in ("vpc", "vswitch")}
    return {**chosen, "old_vpc": now.vpc_id, "old_vswitch": now.vswitch_id}


def _show(request: ConsoleRequest, place: Place, choices: queries.BindingChoices, form: BindForm) -> HttpResponse:
    context = {"form": form, "instance": choices.instance, "chosen": choices.knows_vpc}
    return enter(request, place, _TITLE, _TEMPLATE, context)
