"""From an address to the place: the services of a cloud, or one of them."""

from django.http import Http404
from django.urls import reverse

from console import wiring
from console.admission.desk import Desk
from console.changes.kinds.kind import Place, Realm


def project_of(cloud: str) -> Place:
    """Where services are listed. Raises Http404 for a cloud without such services."""
    found = wiring.clouds().get(cloud)
    if found is None or found.endpoint_services is None:
        raise Http404
    return Place(found, "", Realm.SERVICE)


def publisher_of(cloud: str) -> Place:
    """Where services are created. Raises Http404 for a cloud whose services cannot be published from here."""
    project = project_of(cloud)
    if not can_publish(project):
        raise Http404
    return project


def can_publish(place: Place) -> bool:
    """Whether services of this cloud can be created, changed and deleted from here."""
    return place.cloud.publishing is not None and place.cloud.networks is not None


def place_of(cloud: str, service_id: str, *, to_publish: bool = False) -> Place:
    """One service. Raises Http404 for what can be none; it is not asked for."""
    project = publisher_of(cloud) if to_publish else project_of(cloud)
    try:
        read = project.services.read_service_id(service_id)
    except ValueError as error:
        raise Http404 from error
    if read != service_id:
        raise Http404  # one service, one address
    return Place(project.cloud, service_id, Realm.SERVICE)


def desk_of(cloud: str, service_id: str, page: str) -> Desk:
    """One service, with the page that its acts lead back to: "connections" or "permissions"."""
    place = place_of(cloud, service_id)
    return Desk(place, url_of(place, page))


def url_of(place: Place, page: str = "detail") -> str:
    """The address of a page of this service."""
    return reverse(f"endpoint_services:{page}", args=(place.cloud.name, place.host))


def list_url(place: Place) -> str:
    """The list that the service is in."""
    return reverse("endpoint_services:list", args=(place.cloud.name,))
