"""Acts that need nothing typed first. An act's address shows the confirmation on GET and acts on POST."""

from collections.abc import Callable, Sequence

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_http_methods

from console.access.guard import requires_at_host
from console.access.request import ConsoleRequest
from console.access.roles import Permission
from console.changes import confirmation
from console.changes.kinds import registry
from console.changes.kinds.kind import Kind, Parameters, Place
from console.changes.wording import Wording
from console.clouds.errors import CloudError, CloudNotFound
from console.clouds.vpc_access import ApiInstanceId
from console.vpc_access import actions
from console.vpc_access.views.places import back_url, group_here, place_of

WordingOf = Callable[[Parameters], Wording]
#: Makes a decision from objects and parameters, when it is asked for and again when it is carried out.
Decide = Callable[[Sequence[str], Parameters], confirmation.Decision]


def decide(request: ConsoleRequest, place: Place, kind: Kind, wording_of: WordingOf, previous_url: str = "") -> Decide:
    """For this kind of act; its address keeps what was chosen, also over an expired sign-in."""

    def decision(targets: Sequence[str], parameters: Parameters) -> confirmation.Decision:
        return confirmation.Decision(
            kind,
            place,
            wording_of(parameters),
            back_url(request, place),
            targets,
            parameters,
            action_url=request.get_full_path(),
            previous_url=previous_url,
        )

    return decision


def _decide_group(request: ConsoleRequest, place: Place, kind: Kind, wording: Wording) -> HttpResponse:
    decision = decide(request, place, kind, lambda _asked: wording)
    if request.method == "POST":
        return confirmation.act(request, decision, confirmation.Scope(kind, place))
    return confirmation.ask(request, decision(group_here(request, place), {}))


@require_http_methods(["GET", "HEAD", "POST"])
@requires_at_host(Permission.SET_VPC_ACCESS, act="vpc_domain.enable", host="instance_id")
def enable(request: ConsoleRequest, cloud: str, instance_id: str) -> HttpResponse:
    """Give a group its VPC domain."""
    place = place_of(cloud, instance_id)
    return _decide_group(request, place, registry.ENABLE_VPC_DOMAIN, actions.EnableWording())


@require_http_methods(["GET", "HEAD", "POST"])
@requires_at_host(Permission.SET_VPC_ACCESS, act="vpc_domain.disable", host="instance_id")
def disable(request: ConsoleRequest, cloud: str, instance_id: str) -> HttpResponse:
    """Take a group's VPC domain away."""
    place = place_of(cloud, instance_id)
    return _decide_group(request, place, registry.DISABLE_VPC_DOMAIN, actions.DisableWording())


@require_http_methods(["GET", "HEAD", "POST"])
@requires_at_host(Permission.SET_VPC_ACCESS, act="vpc.unbind", host="instance_id")
def unbind(request: ConsoleRequest, cloud: str, instance_id: str) -> HttpResponse:
    """Bind an instance to no VPC any more. The cloud must be told which one it is bound to, so that is read first."""
    place = place_of(cloud, instance_id)
    decision = decide(request, place, registry.UNBIND_VPC, lambda _asked: actions.UnbindWording())
    if request.method == "POST":
        return confirmation.act(request, decision, confirmation.Scope(registry.UNBIND_VPC, place))
    try:
        bound_to = place.vpc_access.get_instance(ApiInstanceId(instance_id)).vpc_id
    except CloudNotFound as error:
        raise Http404 from error
    except CloudError as error:
        return confirmation.unread(request, decision((), {}), error)
    return confirmation.ask(request, decision([instance_id], {"vpc": bound_to}))
