"""From an address to the place: the VPC endpoints of a cloud, or one of them."""

from django.http import Http404
from django.urls import reverse

from console import wiring
from console.changes.kinds.kind import Place, Realm
from console.clouds.ports import Networks


def project_of(cloud: str) -> Place:
    """Where endpoints are listed and created. Raises Http404 for a cloud without VPC endpoints."""
    found = wiring.clouds().get(cloud)
    if found is None or found.endpoints is None:
        raise Http404
    return Place(found, "", Realm.ENDPOINT)


def place_of(cloud: str, endpoint_id: str) -> Place:
    """One endpoint. Raises Http404 for what can be none; it is not asked for."""
    project = project_of(cloud)
    try:
        read = project.endpoints.read_endpoint_id(endpoint_id)
    except ValueError as error:
        raise Http404 from error
    if read != endpoint_id:
        raise Http404  # one endpoint, one address
    return Place(project.cloud, endpoint_id, Realm.ENDPOINT)


def networks_of(place: Place) -> Networks:
    """Where new endpoints can be placed. Raises Http404 for a cloud that this console cannot ask for its VPCs."""
    networks = place.cloud.networks
    if networks is None:
        raise Http404
    return networks


def url_of(place: Place, page: str = "detail") -> str:
    """The address of a page of this endpoint."""
    return reverse(f"endpoints:{page}", args=(place.cloud.name, place.host))


def list_url(place: Place) -> str:
    """The list that the endpoint is in."""
    return reverse("endpoints:list", args=(place.cloud.name,))


def create_url(place: Place) -> str:
    """The wizard."""
    return reverse("endpoints:create", args=(place.cloud.name,))
