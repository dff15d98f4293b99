"""Where a request is about, and where it came from."""

from collections.abc import Callable
from typing import Any, Final

from django.http import Http404, QueryDict
from django.urls import reverse

from console import wiring
from console.access.guard import Refused
from console.access.request import ConsoleRequest
from console.access.roles import Permission
from console.changes.kinds.kind import Place, Realm
from console.clouds.errors import CloudError, CloudNotFound
from console.clouds.vpc_access import ApiGroupId, ApiInstanceId
from console.vpc_access.display import Viewer
from console.wiring import Cloud

#: Parameters that say how a page was asked for, and nothing about what it shows.
NOT_KEPT: Final = ("poll", "polled", "refresh")


def cloud_of(name: str) -> Cloud:
    """Raises Http404 where there is no such cloud, or it has no VPC access to set."""
    cloud = wiring.clouds().get(name)
    if cloud is None or cloud.vpc_access is None:
        raise Http404
    return cloud


def place_of(cloud: str, instance_id: str) -> Place:
    """Raises Http404 as `cloud_of`, and for what can be no instance's id."""
    place = Place(cloud_of(cloud), instance_id, Realm.INSTANCE)
    read(place.vpc_access.read_instance_id, instance_id)
    return place


def group_asked(request: ConsoleRequest, place: Place) -> list[ApiGroupId]:
    """The one group that an act's address names; none for what can be no group's id."""
    try:
        return [place.vpc_access.read_group_id(request.GET.get("id", ""))]
    except ValueError:
        return []


def group_here(request: ConsoleRequest, place: Place) -> list[ApiGroupId]:
    """As `group_asked`, for a question. Raises Http404 for a group that is not on the instance of the address: who may
    change one instance learns nothing of groups on others, not even which of them there are.

    Where the cloud cannot be read, the page that asks says so itself.
    """
    asked = group_asked(request, place)
    try:
        elsewhere = bool(asked) and place.vpc_access.get_group(asked[0]).instance_id != place.host
    except CloudNotFound as error:
        raise Http404 from error
    except CloudError:
        return asked
    if elsewhere:
        raise Http404
    return asked


def read(reader: Callable[[str], str], text: str) -> str:
    """What an address names. Raises Http404 where the cloud could have nothing of that id."""
    try:
        return reader(text)
    except ValueError as error:
        raise Http404 from error


def may_change(request: ConsoleRequest, cloud: str) -> Callable[[ApiInstanceId], bool]:
    """Whether the person may change VPC access at an instance."""
    return lambda instance_id: bool(request.reach.may(Permission.SET_VPC_ACCESS, cloud, instance_id))


def viewer_of(request: ConsoleRequest, cloud: str, page: str) -> Viewer:
    """Who looks, and how they come back to this page in the same view."""
    query = request.GET.copy()
    for name in NOT_KEPT:
        query.pop(name, None)
    return Viewer(cloud, may_change(request, cloud), f"{page}?{query.urlencode()}" if query else page)


def back_url(request: ConsoleRequest, place: Place) -> str:
    """The page that an act began on, in its view. Only a word and a query are taken from the request, no address."""
    page, _, query = (request.POST.get("back") or request.GET.get("back", "")).partition("?")
    at = (place.cloud.name, place.host)
    url = reverse("vpc_access:instance", args=at)
    if page == "list":
        url = reverse("vpc_access:list", args=at[:1])
    elif page == "group" and (group := group_asked(request, place)):
        url = reverse("vpc_access:group", args=(*at, *group))
    kept = QueryDict(query).urlencode()
    return f"{url}?{kept}" if kept else url


def check_destination(request: ConsoleRequest, place: Place, instance_id: Any) -> None:
    """Whoever moves a group changes two instances. Raises Refused where one of them is not theirs to change."""
    if not may_change(request, place.cloud.name)(instance_id):
        raise Refused("api_group.move", Permission.SET_VPC_ACCESS, place.cloud.name, instance_id)
