"""Which objects an act was asked for: named one by one, left over from an earlier act, or all that match."""

from collections.abc import Sequence

from console.access.request import ConsoleRequest
from console.admission import display
from console.admission.records import read_with_records
from console.changes import batches
from console.changes.kinds.kind import Kind, Place
from console.clouds.types import ConnectionStatus


def is_retry(request: ConsoleRequest) -> bool:
    """Whether the address asks for what an earlier act left over."""
    return "retry" in request.GET


def left_over(request: ConsoleRequest, place: Place, kind: Kind) -> Sequence[str]:
    """The objects of the earlier act that nothing was done to."""
    return batches.targets_to_retry(request.GET["retry"], kind.action.value, place.cloud.name, place.host)


def asked_endpoints(request: ConsoleRequest, place: Place, kind: Kind) -> Sequence[str]:
    """The ids of VPC endpoints. Raises ValueError, in words, for one that can be none, and CloudError."""
    if is_retry(request):
        return left_over(request, place, kind)
    if "all" in request.GET:
        return _all_that_match(request, place, kind)
    return [place.admission.read_endpoint_id(text) for text in request.GET.getlist("id")]


def asked_accounts(request: ConsoleRequest, place: Place, kind: Kind) -> Sequence[str]:
    """The accounts of a whitelist, as they stand there."""
    return left_over(request, place, kind) if is_retry(request) else request.GET.getlist("id")


def _all_that_match(request: ConsoleRequest, place: Place, kind: Kind) -> list[str]:
    """Not only those of the page, but only those that the act could be done to."""
    status, words = request.GET.get("status", ""), request.GET.get("q", "").casefold().split()
    legal = "can_accept" if kind.action.value == "connection.accept" else "can_reject"
    listed = place.admission.list_connections(place.host)
    # What can be done follows from what the cloud says, what matches from what the page shows.
    return [
        connection.id
        for said, connection in zip(listed, read_with_records(place, listed).connections, strict=True)
        if getattr(said.status, legal)
        and (not status or connection.status == ConnectionStatus(status))
        and all(word in display.connection_text(connection).casefold() for word in words)
    ]
