"""What there is: all instances and groups of a cloud, one instance, one group."""

from typing import Any, Final

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from console import wiring
from console.access.guard import requires_at_host, sees_cloud
from console.access.request import ConsoleRequest
from console.access.roles import Permission
from console.admission.polling import look_again
from console.changes import record
from console.changes.kinds.kind import Place, Realm
from console.clouds import vpc_access_rules as rules
from console.clouds.errors import CloudNotFound
from console.clouds.vpc_access import ApiGroup, ApiGroupId, ApiInstance
from console.vpc_access import cards, display, facts, queries
from console.vpc_access.display import Viewer
from console.vpc_access.views.places import cloud_of, place_of, read, viewer_of
from console.web.fragments import render
from console.web.problems import problem_of
from console.web.tables import Address

#: What htmx may ask for by the id of its target; anything else gets the page. The server chooses, never the client.
_FRAGMENTS: Final = {name: f"vpc_access/_{name}.html" for name in ("instances", "instance", "groups", "group")}


@require_safe
@sees_cloud(act="page.open")
def overview(request: ConsoleRequest, cloud: str) -> HttpResponse:
    """VPC access: all instances and API groups, as far as this person may know of them."""
    place = Place(cloud_of(cloud), "", Realm.INSTANCE)
    as_of = timezone.now()
    seen = queries.load_overview(place.vpc_access).known_to(lambda host: request.reach.sees_gateway(cloud, host))
    path, size = reverse("vpc_access:list", args=(cloud,)), request.user.page_size
    viewer = viewer_of(request, cloud, "list")
    context = {
        "instances": cards.instances_card(viewer, seen, Address(path, request.GET), size),
        "groups": cards.groups_card(viewer, seen, Address(path, request.GET, "g"), size),
        "clouds": _clouds(request, cloud),
        "as_of": as_of,
        "page_url": path,
        "refresh_url": Address(path, request.GET).having(),
    }
    return render(request, "vpc_access/list.html", context, fragment=_fragment(request))


def _fragment(request: ConsoleRequest) -> str | None:
    return _FRAGMENTS.get(request.htmx.target or "") if request.htmx else None


def _clouds(request: ConsoleRequest, here: str) -> list[dict[str, Any]]:
    """The clouds that have such a list, as tabs; none where there is but one."""
    known = [one for one in wiring.clouds().values() if one.vpc_access and request.reach.sees_cloud(one.name)]
    tabs = [
        {"title": one.label, "url": reverse("vpc_access:list", args=(one.name,)), "current": one.name == here}
        for one in known
    ]
    return tabs if len(tabs) > 1 else []


@require_safe
@requires_at_host(Permission.SEE, act="page.open", host="instance_id")
def instance(request: ConsoleRequest, cloud: str, instance_id: str) -> HttpResponse:
    """One instance: what it is, the VPC that it is bound to, and its API groups."""
    place = place_of(cloud, instance_id)
    as_of = timezone.now()
    try:
        seen = queries.load_instance(place)
    except CloudNotFound as error:
        raise Http404 from error
    path, viewer = reverse("vpc_access:instance", args=(cloud, instance_id)), viewer_of(request, cloud, "instance")
    groups = cards.groups_card(viewer, seen, Address(path, request.GET, "g"), request.user.page_size, of_one=True)
    shown = next(iter(seen.instances.value_or(())), None)
    changing = bool(shown and shown.is_changing) or any(group.is_moving for group in seen.groups.value_or(()))
    context = {
        **_frame(request, place, path),
        "groups": groups,
        "as_of": as_of,
        "again": look_again(Address(path, request.GET), changing=changing),
        "problem": problem_of(seen.instances.error, "The instance could not be read", path)
        if seen.instances.error
        else None,
        **(_of_instance(viewer, shown) if shown else {}),
    }
    return render(request, "vpc_access/instance.html", context, fragment=_fragment(request))


def _frame(request: ConsoleRequest, place: Place, path: str) -> dict[str, Any]:
    at = (place.cloud.name, place.host)
    return {
        "instance_id": place.host,
        "instance_url": reverse("vpc_access:instance", args=at),
        "list_url": reverse("vpc_access:list", args=at[:1]),
        "page_url": path,
        "refresh_url": Address(path, request.GET).having(refresh=None),
        "open_changes": record.open_changes(*at, Realm.INSTANCE),
    }


def _of_instance(viewer: Viewer, shown: ApiInstance) -> dict[str, Any]:
    return {
        "instance": display.instance_row(viewer, shown, None),
        "facts": facts.facts_of_instance(shown),
        "binding": facts.facts_of_binding(shown) if shown.is_bound else (),
    }


@require_safe
@requires_at_host(Permission.SEE, act="page.open", host="instance_id")
def group(request: ConsoleRequest, cloud: str, instance_id: str, api_group_id: str) -> HttpResponse:
    """One API group: its VPC domain, who reaches it, and its own domain names. Follows a group that was moved."""
    place = place_of(cloud, instance_id)
    wanted = ApiGroupId(read(place.vpc_access.read_group_id, api_group_id))
    as_of = timezone.now()
    try:
        seen = queries.load_group(place, wanted)
    except CloudNotFound as error:
        raise Http404 from error
    shown = seen.group.value
    if shown is not None and shown.instance_id != instance_id:
        return HttpResponseRedirect(reverse("vpc_access:group", args=(cloud, shown.instance_id, wanted)))
    path, viewer = request.path, viewer_of(request, cloud, "group")
    on = seen.instance.value_or(None)
    changing = bool(shown and shown.is_moving) or bool(on and on.is_changing)
    context = {
        **_frame(request, place, path),
        "group_id": wanted,
        "as_of": as_of,
        "again": look_again(Address(path, request.GET), changing=changing),
        "problem": problem_of(seen.group.error, "The API group could not be read", path) if seen.group.error else None,
        **(_of_group(viewer, shown, on) if shown else {}),
    }
    return render(request, "vpc_access/group.html", context, fragment=_fragment(request))


def _of_group(viewer: Viewer, shown: ApiGroup, on: ApiInstance | None) -> dict[str, Any]:
    at = (viewer.cloud, shown.instance_id)
    return {
        "group": display.group_row(viewer, shown, {on.id: on} if on else {}),
        "facts": facts.facts_of_group(viewer.cloud, shown, on),
        "own_domains": facts.own_domain_rows(shown.own_domains),
        "takes_own_domains": rules.takes_own_domains(shown),
        "bind_domain": display.own_domain_operation(viewer, shown, on),
        # Whoever is refused for want of a VPC is shown the way to bind one (R2).
        "bind_url": reverse("vpc_access:bind", args=at) if on and display.reach_of(on) == "unbound" else "",
    }
