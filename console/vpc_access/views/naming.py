"""Bind domain: which name of one's own, with the record that it needs, then the confirmation."""

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
from console.changes.wording import Wording
from console.clouds import vpc_access_rules as rules
from console.clouds.errors import CloudError, CloudNotFound
from console.clouds.vpc_access import ApiGroup
from console.vpc_access import actions, queries
from console.vpc_access.forms import DomainForm
from console.vpc_access.views.acts import Decide, decide
from console.vpc_access.views.asking import enter, takes_complaint
from console.vpc_access.views.places import group_asked, group_here, place_of
from console.web.tables import Address

_TITLE: Final = "Bind domain name"
_TEMPLATE: Final = "vpc_access/_domain_form.html"


@require_http_methods(["GET", "HEAD", "POST"])
@requires_at_host(Permission.SET_VPC_ACCESS, act="domain.bind", host="instance_id")
def bind_domain(request: ConsoleRequest, cloud: str, instance_id: str) -> HttpResponse:
    """Type the name, then confirm. What the cloud refuses of it stands beside the field."""
    place = place_of(cloud, instance_id)
    decision = _decisions(request, place)
    if request.method == "POST":
        return confirmation.act(request, decision, confirmation.Scope(registry.BIND_DOMAIN, place))
    asked = group_here(request, place)
    if not asked:
        return confirmation.ask(request, decision((), {}))
    form = _form(request)
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
    return _show(request, place, group, form)


def _decisions(request: ConsoleRequest, place: Place) -> Decide:
    previous = Address(request.path, request.GET).having(step=None)
    plain = decide(request, place, registry.BIND_DOMAIN, _wording, previous)

    def answer(_request: ConsoleRequest, acted: Acted) -> HttpResponse | None:
        form = _form(request)
        asked = group_asked(request, place)
        if not asked or not takes_complaint(form, acted):
            return None
        try:
            group = place.vpc_access.get_group(asked[0])
        except CloudError:
            return None
        return _show(request, place, group, form) if group.instance_id == place.host else None

    def decision(targets: Sequence[str], parameters: Parameters) -> confirmation.Decision:
        return replace(plain(targets, parameters), answer=answer)

    return decision


def _wording(asked: Parameters) -> Wording:
    return actions.BindDomainWording(asked.get("domain", ""))


def _form(request: ConsoleRequest) -> DomainForm:
    return DomainForm(request.GET if "step" in request.GET else None, initial=request.GET.dict())


def _show(request: ConsoleRequest, place: Place, group: ApiGroup, form: DomainForm) -> HttpResponse:
    return enter(request, place, _TITLE, _TEMPLATE, {"form": form, "group": group})
