"""What every page shows around its content: where am I, who am I, where can I go. Part of the roof."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.urls import reverse

from console import light_writes, wiring
from console.access.request import ConsoleRequest
from console.access.roles import Permission
from console.changes.orphans import RemovedCloud, open_acts_of_removed_clouds
from console.web.request_id import request_id_of

#: The start page by its names.
_HOME: Final = ("home", "gateways:list")


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of the side navigation."""

    title: str
    url: str
    icon: str
    current: bool


@dataclass(frozen=True, slots=True)
class Place:
    """The cloud that the page is about."""

    cloud_name: str
    cloud_label: str
    region: str
    simulated: bool


@dataclass(frozen=True, slots=True)
class Visitor:
    """The signed-in person, as the top bar shows them."""

    name: str
    role: str


#: title, URL name, icon, address that the item is the current one for, permission that shows it (None: everybody).
_ITEMS: tuple[tuple[str, str, str, str, Permission | None], ...] = (
    ("Gateways", "gateways:list", "gateway", "/gateways/", None),
    ("Audit log", "audit:list", "audit", "/audit/", Permission.READ_AUDIT),
    ("Rules", "changes:reasons", "settings", "/changes/reasons/", Permission.SET_RULES),
    ("People", "people:list", "people", "/people/", Permission.MANAGE_PEOPLE),
    ("Status", "status", "info", "/status/", Permission.SEE_STATUS),
)
#: These are about the whole console, and only for those who hold the permission on everything.
_OF_EVERYTHING: Final = (Permission.SEE_STATUS,)

#: title, the capability that a cloud must have, URL name of the list of one cloud, icon. They stand below the gateways.
_CLOUD_ITEMS: tuple[tuple[str, str, str, str], ...] = (
    ("Endpoint services", "endpoint_services", "endpoint_services:list", "service"),
    ("VPC endpoints", "endpoints", "endpoints:list", "endpoint"),
    ("VPC access", "vpc_access", "vpc_access:list", "lock"),
)


def frame(request: ConsoleRequest) -> dict[str, Any]:
    """Context processor: the frame of a page. An error page of an unfinished request gets a bare one."""
    links = {
        "home": reverse("home"),
        "sign_in": reverse("account_login"),
        "sign_out": reverse("account_logout"),
        "preferences": reverse("preferences"),
        "help": reverse("help"),
        "extend_session": reverse("account_extend"),
    }
    person = getattr(request, "user", None)
    base: dict[str, Any] = {
        "links": links,
        "request_id": request_id_of(request),
        "theme": getattr(request, "theme", ""),
        "any_simulated": any(cloud.simulated for cloud in wiring.clouds().values()),
        "where": _place(request),
    }
    if person is None or not person.is_authenticated:
        return base
    return base | {
        "person": Visitor(person.get_full_name() or person.get_username(), request.reach.role_text()),
        "navigation": _navigation(request),
        "database_trouble": light_writes.trouble(),
        "session_ends_in": getattr(request, "session_ends_in", None),
        "shortcuts": "" if person.shortcuts else "off",
        "gateway_tabs": _gateway_tabs(request),
        "removed_clouds": _removed_clouds(request),
    }


def _navigation(request: ConsoleRequest) -> list[Item]:
    items = []
    for title, name, icon, prefix, permission in _ITEMS:
        if _is_for(request, permission):
            here = request.path.startswith(prefix) or (name == "gateways:list" and "/gateways/" in request.path)
            items.append(Item(title, reverse(name), icon, here))
    return [*items[:1], *_cloud_items(request), *items[1:]]


def _is_for(request: ConsoleRequest, permission: Permission | None) -> bool:
    if permission in _OF_EVERYTHING:
        return request.reach.may_everywhere(permission)
    return permission is None or request.reach.may_anywhere(permission)


def _cloud_items(request: ConsoleRequest) -> Iterator[Item]:
    """Lists that each cloud has for itself: of the cloud that the page is about, else of the first one that the person
    may know of. The list itself leads to the other clouds."""
    match = request.resolver_match
    here = match.kwargs.get("cloud", "") if match else ""
    clouds = sorted(wiring.clouds().values(), key=lambda cloud: cloud.name != here)
    for title, capability, name, icon in _CLOUD_ITEMS:
        found = next((c for c in clouds if getattr(c, capability) and request.reach.sees_cloud(c.name)), None)
        if found is not None:
            current = match is not None and name.partition(":")[0] in match.app_names
            yield Item(title, reverse(name, args=(found.name,)), icon, current)


def _removed_clouds(request: ConsoleRequest) -> list[RemovedCloud]:
    """On the start page and those about acts: the clouds whose acts the person has to decide about."""
    match, reach = request.resolver_match, request.reach
    if match is None or not (match.view_name in _HOME or match.app_name in ("changes", "audit")):
        return []
    if not reach.may_anywhere(Permission.CLOSE_ACTS):
        return []
    return [cloud for cloud in open_acts_of_removed_clouds() if reach.may(Permission.CLOSE_ACTS, cloud.name, "")]


def _gateway_tabs(request: ConsoleRequest) -> list[Item]:
    """The tab bar of a gateway's pages."""
    match = request.resolver_match
    at = (match.kwargs["cloud"], match.kwargs["gateway_id"]) if match and "gateway_id" in match.kwargs else None
    if match is None or at is None:
        return []
    return [
        Item(title, reverse(name, args=at), "", current=match.view_name == name)
        for title, name in (("Gateway Information", "gateways:information"), ("VPC Endpoints", "vpc_endpoints:tab"))
    ]


def _place(request: ConsoleRequest) -> Place | None:
    match = request.resolver_match
    cloud = wiring.clouds().get(match.kwargs.get("cloud", "")) if match else None
    return Place(cloud.name, cloud.label, cloud.region, cloud.simulated) if cloud else None
