"""Connections of PrivateLink: accept and reject, one at a time per account (alibaba-contract 4.1, 4.2)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from console.simcloud.alibaba.link_services import stop_if_dry
from console.simcloud.alibaba.records import LinkEndpoint, LinkService
from console.simcloud.alibaba.refusals import refuse
from console.simcloud.ledger import Act, Change
from console.simcloud.world import World

Verb = Literal["accept", "reject"]

#: By verb: where it leads from, over what and to what.
_PATHS: Final[dict[Verb, tuple[str, str, str]]] = {
    "accept": ("Disconnected", "Connecting", "Connected"),
    "reject": ("Connected", "Disconnecting", "Disconnected"),
}


@dataclass(frozen=True, slots=True)
class Decision:
    """What a service's owner decides about one connection. `bandwidth` 0 and no control: as they are."""

    verb: Verb
    bandwidth: int = 0
    traffic_control: str = ""


def find(world: World, service: LinkService, endpoint_id: str) -> LinkEndpoint:
    """A connection of the service. Raises Refusal `EndpointConnectionNotFound`, with HTTP 400."""
    endpoint = world.alibaba.endpoints.get(endpoint_id)
    if endpoint is None or endpoint.service_id != service.id:
        raise refuse("EndpointConnectionNotFound")
    return endpoint


def is_in_between(endpoint: LinkEndpoint) -> bool:
    """Whether something about it is going on already."""
    return endpoint.due_at is not None or endpoint.status != "Active"


def decide(
    world: World, act: Act, service: LinkService, endpoint: LinkEndpoint, decision: Decision, *, dry_run: bool
) -> None:
    """Accept or reject a connection: in between now, settled later. Raises Refusal; then nothing changes.

    A connection that is already where the verb leads is refused or left alone, as switches say."""
    start, _, end = _PATHS[decision.verb]
    is_there = endpoint.connection_status == end
    if is_in_between(endpoint) or (endpoint.connection_status != start and not is_there):
        raise refuse("EndpointConnectionOperationDenied")
    if is_there and _refuses_repetition(world, decision.verb):
        raise refuse("EndpointConnectionOperationDenied")
    now = world.clock.now()
    if world.alibaba.changing_until.get(service.account, now) > now:
        raise refuse("ConcurrentCallNotSupported")
    stop_if_dry(dry_run=dry_run)
    if is_there:
        return
    if decision.verb == "accept":
        endpoint.bandwidth = decision.bandwidth or endpoint.bandwidth
        endpoint.traffic_control = decision.traffic_control or endpoint.traffic_control
    if world.switches.alibaba_link_serialisation == "while_changing":
        world.alibaba.changing_until[service.account] = now + world.delay
    world.commit(act, _begin(world, [endpoint], decision.verb), [endpoint])


def cut(world: World, service: LinkService, user_id: int) -> tuple[list[Change], list[LinkEndpoint]]:
    """Reject an account's connections (only with the switch `alibaba_user_removal_cuts`)."""
    rows = [
        row
        for row in world.alibaba.endpoints.values()
        if row.service_id == service.id and row.account == user_id and row.connection_status == "Connected"
        if not is_in_between(row)
    ]
    return _begin(world, rows, "reject"), rows


def _refuses_repetition(world: World, verb: Verb) -> bool:
    switches = world.switches
    repeated = switches.alibaba_accept_of_connected if verb == "accept" else switches.alibaba_reject_of_disconnected
    return repeated == "refuse"


def _begin(world: World, endpoints: Iterable[LinkEndpoint], verb: Verb) -> list[Change]:
    """Send connections on their way. Returns what the ledger says about it."""
    start, between, end = _PATHS[verb]
    now = world.clock.now()
    changes: list[Change] = []
    for endpoint in endpoints:
        endpoint.connection_status, endpoint.modified_at = between, now
        endpoint.next_status, endpoint.due_at = end, now + world.delay
        endpoint.next_zone_status = end if verb == "accept" else world.switches.alibaba_zone_after_reject
        for zone in endpoint.zones:
            zone["ZoneStatus"] = between
        world.alibaba.schedule(endpoint)
        changes.append(Change(f"connection.{verb}", endpoint.id, endpoint.service_id, start, end))
    return changes
