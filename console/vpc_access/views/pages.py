"""What there is: all instances and groups of a cloud, one instance, one group."""

from dataclasses import replace
from functools import partial
from typing import Any, Final

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from console import wiring
from console.access.guard import requires_at_host, sees_cloud
from console.access.request import ConsoleRequest
from console.access.roles import Permission
from console.admission import views as admission
from console.admission.desk import Desk, view_of, without
from console.admission.freshness import ACTS_ARE_OFF
from console.admission.list_news import ListNews, Onlooker, list_news
from console.admission.upkeep import Upkeep, upkeep_of
from console.audit.catalog import Action
from console.changes import record
from console.changes.kinds.kind import Place, Realm
from console.clouds import vpc_access_rules as rules
from console.clouds.errors import CloudNotFound
from console.clouds.vpc_access import ApiGroup, ApiGroupId, ApiInstance
from console.observations.asking import wants_refresh, wish_of
from console.observations.parts import Part
from console.vpc_access import cards, display, facts, queries
from console.vpc_access.display import Viewer
from console.vpc_access.views.places import cloud_of, place_of, read, viewer_of
from console.web.fragments import render
from console.web.tables import Address

#: What htmx may ask for by the id of its target; anything else gets the page. The server chooses, never the client.
_FRAGMENTS: Final = {name: f"vpc_access/_{name}.html" for name in ("instances", "instance", "groups", "group")}


@require_safe
@sees_cloud(act="page.open")
def overview(request: ConsoleRequest, cloud: str) -> HttpResponse:
    """VPC access: all instances and API groups, as far as this person may know of them.

    Of this and of the pages below: `?refresh=1` reads the cloud again, whatever is known.
    """
    place = Place(cloud_of(cloud), "", Realm.INSTANCE)
    path, size = reverse("vpc_access:list", args=(cloud,)), request.user.page_size
    query = without(request.GET, "refresh")
    seen = queries.see_overview(place, wish_of(request))
    seen = seen.known_to(lambda host: request.reach.sees_gateway(cloud, host))
    if _comes_back(request):
        return HttpResponseRedirect(Address(path, query).having())
    viewer = viewer_of(request, cloud, "list")
    instances, groups = _news(request, place, seen)
    context = {
        "instances": cards.instances_card(viewer, seen, Address(path, query), size, instances),
        "groups": cards.groups_card(viewer, seen, Address(path, query, "g"), size, groups),
        "seen_url": reverse("vpc_access:list_seen", args=(cloud,)),
        **view_of(request),
        "clouds": _clouds(request, cloud),
        "page_url": path,
        "refresh_url": Address(path, query).having(refresh=1),
    }
    return render(request, "vpc_access/list.html", context, fragment=_fragment(request))


def _news(request: ConsoleRequest, place: Place, seen: queries.Overview) -> tuple[ListNews, ListNews]:
    """Of instances and of groups. Where a group was that is gone is not known: that is told to whom sees all."""
    person_id, sees = request.user.pk, partial(request.reach.sees_gateway, place.cloud.name)
    groups = {one.id for one in seen.groups.value or ()}
    return (
        list_news(Onlooker(person_id, sees), place, Part.INSTANCES, seen.instances, {}),
        list_news(
            Onlooker(person_id, lambda key: key in groups or sees("")), place, Part.GROUPS, seen.groups, display.STATES
        ),
    )


@require_POST
@sees_cloud(act="page.open")
def seen(request: ConsoleRequest, cloud: str) -> HttpResponse:
    """Mark one of the two lists as seen, as it was when the page showed it."""
    place = Place(cloud_of(cloud), "", Realm.INSTANCE)
    return admission.seen(request, Desk(place, reverse("vpc_access:list", args=(cloud,))))


def _comes_back(request: ConsoleRequest) -> bool:
    """Whether the page is to be shown at its plain address: reloading it must not ask the cloud each time."""
    return wants_refresh(request) and _fragment(request) is None


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
    try:
        seen = queries.see_instance(place, wish_of(request))
    except CloudNotFound as error:
        raise Http404 from error
    path, viewer = reverse("vpc_access:instance", args=(cloud, instance_id)), viewer_of(request, cloud, "instance")
    query, known = without(request.GET, "refresh"), seen.instances
    if _comes_back(request):
        return HttpResponseRedirect(Address(path, query).having())
    groups = cards.groups_card(viewer, seen, Address(path, query, "g"), request.user.page_size)
    shown = next(iter(known.value or ()), None)
    changing = bool(shown and shown.is_changing) or any(group.is_moving for group in seen.groups.value or ())
    upkeep = upkeep_of(known, "The instance could not be read", Address(path, query), changing=changing)
    context = {
        **_frame(request, place, path),
        "groups": groups,
        "upkeep": upkeep,
        "again": _soonest(upkeep, groups.upkeep),
        **(_of_instance(_at(viewer, current=known.current), shown) if shown else {}),
    }
    return render(request, "vpc_access/instance.html", context, fragment=_fragment(request))


def _at(viewer: Viewer, *, current: bool) -> Viewer:
    """The same person, who may do nothing about what is not known to be so now."""
    return viewer if current else replace(viewer, off=ACTS_ARE_OFF)


def _soonest(*parts: Upkeep) -> Upkeep | None:
    """Of what a page is made of, what wants to be looked at again first; None where nothing does."""
    return min((one for one in parts if one.poll_url), key=lambda one: one.pause, default=None)


def _frame(request: ConsoleRequest, place: Place, path: str) -> dict[str, Any]:
    at = (place.cloud.name, place.host)
    return {
        "instance_id": place.host,
        "instance_url": reverse("vpc_access:instance", args=at),
        "list_url": reverse("vpc_access:list", args=at[:1]),
        "page_url": path,
        "refresh_url": Address(path, without(request.GET, "refresh")).having(refresh=1),
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
    """One API group: its VPC domain, who reaches it, and its own domain names.

    404 for a group of another instance. One that was moved from here by the console is followed, by those who may know
    of the instance that it is on now.
    """
    place = place_of(cloud, instance_id)
    wanted = ApiGroupId(read(place.vpc_access.read_group_id, api_group_id))
    try:
        seen = queries.see_group(place, wanted, wish_of(request))
    except CloudNotFound as error:
        raise Http404 from error
    shown, on = seen.group.value, seen.on
    if shown is not None and shown.instance_id != instance_id:
        return _follow(request, place, shown)
    address = Address(request.path, without(request.GET, "refresh"))
    if _comes_back(request):
        return HttpResponseRedirect(address.having())
    changing = bool(shown and shown.is_moving) or bool(on and on.is_changing)
    upkeep = upkeep_of(seen.group, "The API group could not be read", address, changing=changing)
    viewer = _at(viewer_of(request, cloud, "group"), current=seen.group.current)
    context = {
        **_frame(request, place, request.path),
        "group_id": wanted,
        "upkeep": upkeep,
        "again": _soonest(upkeep, upkeep_of(seen.instance, "", address, changing=False)),
        **(_of_group(viewer, shown, on) if shown else {}),
    }
    return render(request, "vpc_access/group.html", context, fragment=_fragment(request))


def _follow(request: ConsoleRequest, place: Place, group: ApiGroup) -> HttpResponse:
    sees = request.reach.sees_gateway(place.cloud.name, group.instance_id)
    if not sees or not record.has_acted(place, Action.GROUP_MOVE, group.id):
        raise Http404
    return HttpResponseRedirect(reverse("vpc_access:group", args=(place.cloud.name, group.instance_id, group.id)))


def _of_group(viewer: Viewer, shown: ApiGroup, on: ApiInstance | None) -> dict[str, Any]:
    at = (viewer.cloud, shown.instance_id)
    return {
        "group": display.group_row(viewer, shown, {on.id: on} if on else {}),
        "facts": facts.facts_of_group(viewer.cloud, shown, on),
        "own_domains": facts.own_domain_rows(shown.own_domains),
        "takes_own_domains": rules.takes_own_domains(shown),
        "bind_domain": display.own_domain_operation(viewer, shown, on),
        # Whoever is refused for want of a VPC is shown the way to bind one (R2).
        "bind_url": reverse("vpc_access:bind", args=at)
        if on and not viewer.off and display.reach_of(on) == "unbound"
        else "",
    }
