"""Which objects an act was asked for: named one by one, left over from an earlier act, or all that match."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from console.access.request import ConsoleRequest
from console.admission import display
from console.admission.records import read_with_records
from console.changes import batches, seen
from console.changes.kinds.kind import Kind, Place
from console.clouds.paging import Listing
from console.clouds.types import ConnectionStatus

T = TypeVar("T")


def asks_again(request: ConsoleRequest) -> bool:
    """Whether the address asks for what an earlier act left over, or for what a confirmation was shown for."""
    return "retry" in request.GET or "plan" in request.GET


def asked_before(request: ConsoleRequest, place: Place, kind: Kind) -> Sequence[str]:
    """The objects of an address that asks again. Raises ValueError, in words, for a confirmation that is not kept."""
    if "plan" in request.GET:
        return seen.kept_targets(request.GET["plan"], kind, place, request.user)
    return batches.targets_to_retry(request.GET["retry"], kind.action.value, place.cloud.name, place.host)


def asked_endpoints(request: ConsoleRequest, place: Place, kind: Kind) -> Sequence[str]:
    """The ids of VPC endpoints. Raises ValueError, in words, for one that can be none, and CloudError."""
    if asks_again(request):
        return asked_before(request, place, kind)
    if "all" in request.GET:
        return _all_that_match(request, place)
    return [place.admission.read_endpoint_id(text) for text in request.GET.getlist("id")]


def asked_accounts(request: ConsoleRequest, place: Place, kind: Kind) -> Sequence[str]:
    """The accounts of a whitelist, as they stand there. Raises ValueError, in words, and CloudError."""
    if asks_again(request):
        return asked_before(request, place, kind)
    if "all" in request.GET:
        matches = _matcher(request)
        listed = _whole(place.admission.list_permissions(place.host))
        return [entry.account for entry in listed if matches(display.permission_text(entry))]
    return request.GET.getlist("id")


def _all_that_match(request: ConsoleRequest, place: Place) -> list[str]:
    """Not only those of the page. Also those that nothing can be done to: the plan says so, and why."""
    status, matches = request.GET.get("status", ""), _matcher(request)
    listed = read_with_records(place, _whole(place.admission.list_connections(place.host))).connections
    return [
        connection.id
        for connection in listed
        if (not status or connection.status == ConnectionStatus(status))
        and matches(display.connection_text(connection))
    ]


def _whole(listed: Listing[T]) -> Listing[T]:
    """Raises ValueError where not all that match can be named."""
    if listed.is_whole:
        return listed
    raise ValueError(f"The cloud's list is not whole: {listed.what_is_missing()}. Choose the rows one by one.")


def _matcher(request: ConsoleRequest) -> Callable[[str], bool]:
    """Whether a text holds every word of the search, as the table on the page does it."""
    words = request.GET.get("q", "").casefold().split()
    return lambda text: all(word in text.casefold() for word in words)
