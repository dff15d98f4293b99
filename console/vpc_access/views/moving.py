"""Move: to which instance, with what each would mean, then the confirmation."""

from collections.abc import Sequence

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_http_methods

from console.access.guard import requires_at_host
from console.access.request import ConsoleRequest
from console.access.roles import Permission
from console.changes import confirmation
from console.changes.kinds import registry
from console.changes.kinds.kind import Parameters, Place
from console.clouds.errors import CloudError, CloudNotFound
from console.clouds.vpc_access import ApiGroupId
from console.vpc_access import actions, display, queries
from console.vpc_access.views.acts import decide
from console.vpc_access.views.asking import enter
from console.vpc_access.views.places import check_destination, group_here, place_of, read, viewer_of
from console.web.tables import Address


@require_http_methods(["GET", "HEAD", "POST"])
@requires_at_host(Permission.SET_VPC_ACCESS, act="api_group.move", host="instance_id")
def move(request: ConsoleRequest, cloud: str, instance_id: str) -> HttpResponse:
    """Choose the instance, then confirm."""
    place = place_of(cloud, instance_id)
    previous = Address(request.path, request.GET).having(instance=None)
    plain = decide(request, place, registry.MOVE_GROUP, lambda _asked: actions.MoveWording(), previous)

    def decision(targets: Sequence[str], parameters: Parameters) -> confirmation.Decision:
        if parameters:
            check_destination(request, place, parameters["instance"])
        return plain(targets, parameters)

    if request.method == "POST":
        return confirmation.act(request, decision, confirmation.Scope(registry.MOVE_GROUP, place))
    group = group_here(request, place)
    if not group:
        return confirmation.ask(request, plain((), {}))
    if "instance" not in request.GET:
        return _choose(request, place, group[0], plain((), {}))
    destination = read(place.vpc_access.read_instance_id, request.GET["instance"])
    return confirmation.ask(request, decision(group, {"instance": destination, "source": instance_id}))


def _choose(request: ConsoleRequest, place: Place, group_id: ApiGroupId, blank: confirmation.Decision) -> HttpResponse:
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
    return enter(request, place, "Move API group", "vpc_access/_destinations.html", context)
