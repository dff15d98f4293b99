"""Connections: VPC endpoints as their service's owner sees them. The transition table of huawei-contract 6.2."""

from collections.abc import Mapping, Sequence
from typing import Final, Literal

from console.simcloud.errors import Refusal
from console.simcloud.ledger import Act, Change
from console.simcloud.records import Endpoint, EndpointService
from console.simcloud.switches import Switches
from console.simcloud.world import World

Action = Literal["receive", "reject"]

#: Statuses in which neither Accept nor Reject is possible, and what the cloud says then.
_CLOSED: Final = {"creating": "EndPoint.2019", "failed": "EndPoint.2047", "deleting": "EndPoint.2018"}
_NOT_ENABLED: Final = {"disable": "EndPoint.2050", "switching": "EndPoint.2051"}
_TARGETS: Final[dict[Action, str]] = {"receive": "accepted", "reject": "rejected"}
_WORDS: Final[dict[Action, str]] = {"receive": "connection.accept", "reject": "connection.reject"}

#: The statuses that a list can be filtered by (huawei-contract 4.4).
FILTERABLE: Final = ("pendingAcceptance", "accepted", "rejected", "failed")


def decide(world: World, act: Act, service: EndpointService, ids: Sequence[str], action: Action) -> list[Endpoint]:
    """Accept (`receive`) or reject connections of a service; the connections in the order of their ids.

    Raises Refusal as in the table; then nothing has changed, unless the switch `batch_action` says "partial".
    """
    endpoints = [_of(world, service, endpoint_id) for endpoint_id in dict.fromkeys(ids)]
    refusals: list[Refusal] = []
    changing: list[Endpoint] = []
    for endpoint in endpoints:
        try:
            if _would_change(endpoint, action, world.switches):
                changing.append(endpoint)
        except Refusal as refusal:
            refusals.append(refusal)
    if refusals and world.switches.batch_action == "all_or_nothing":
        raise refusals[0]
    changes = [
        Change(_WORDS[action], endpoint.id, service.gateway_id, endpoint.status, _TARGETS[action])
        for endpoint in changing
    ]
    for endpoint in changing:
        _apply(world, endpoint, action)
    world.commit(act, changes, changing)
    if refusals:
        raise refusals[0]
    return endpoints


def _of(world: World, service: EndpointService, endpoint_id: str) -> Endpoint:
    endpoint = world.endpoints.get(endpoint_id)
    if endpoint is None:
        raise Refusal(404, "EndPoint.2006")
    if endpoint.service_id != service.id:
        raise Refusal(400, "EndPoint.2013")
    return endpoint


def _would_change(endpoint: Endpoint, action: Action, switches: Switches) -> bool:
    """Whether the action does anything here. Raises Refusal where it is illegal."""
    if endpoint.status in _CLOSED:
        raise Refusal(400, _CLOSED[endpoint.status])
    return _acceptable(endpoint, switches) if action == "receive" else _rejectable(endpoint, switches)


def _acceptable(endpoint: Endpoint, switches: Switches) -> bool:
    if endpoint.active_status != "active":
        raise Refusal(400, "EndPoint.2015")
    if endpoint.enable_status in _NOT_ENABLED:
        raise Refusal(400, _NOT_ENABLED[endpoint.enable_status])
    if endpoint.status == "accepted":
        raise Refusal(400, "EndPoint.2014")
    if endpoint.status == "rejected" and switches.accept_of_rejected == "refuse":
        raise Refusal(400, "EndPoint.0002")
    return True


def _rejectable(endpoint: Endpoint, switches: Switches) -> bool:
    if endpoint.status == "rejected":
        if switches.reject_of_rejected == "refuse":
            raise Refusal(400, "EndPoint.0002")
        return False
    return True


def _apply(world: World, endpoint: Endpoint, action: Action) -> None:
    now = world.clock.now()
    endpoint.updated_at = now
    endpoint.next_status, endpoint.due_at = None, None
    if action == "reject":
        endpoint.status = "rejected"
        return
    if world.switches.accept_answer == "accepted":
        endpoint.status, endpoint.connected_once = "accepted", True
        return
    if endpoint.status != "rejected" or world.switches.reaccept_shows == "creating":
        endpoint.status = "creating"
    endpoint.next_status, endpoint.due_at = "accepted", now + world.delay
    world.schedule(endpoint)


def describe(world: World, act: Act, service: EndpointService, texts: Mapping[str, str]) -> list[Endpoint]:
    """Give connections, by endpoint id, the owner's own words. Raises Refusal; then nothing changes."""
    endpoints = [_of(world, service, endpoint_id) for endpoint_id in texts]
    changes: list[Change] = []
    changed: list[Endpoint] = []
    for endpoint in endpoints:
        before, after = shown_description(endpoint), texts[endpoint.id]
        if before != after:
            endpoint.connection_description = after
            changes.append(Change("connection.describe", endpoint.id, service.gateway_id, before, after))
            changed.append(endpoint)
    world.commit(act, changes, changed)
    return endpoints


def shown_description(endpoint: Endpoint) -> str:
    """What a service's owner reads about a connection: the own words, else the consumer's."""
    return endpoint.description if endpoint.connection_description is None else endpoint.connection_description


def cut(world: World, service: EndpointService, account: str) -> tuple[list[Change], list[Endpoint]]:
    """Reject an account's accepted connections (only with the switch `removal_cuts_connections`)."""
    rows = [row for row in world.connections[service.id] if row.domain_id == account and row.status == "accepted"]
    for row in rows:
        _apply(world, row, "reject")
    changes = [Change("connection.reject", row.id, service.gateway_id, "accepted", "rejected") for row in rows]
    return changes, rows


def matching(
    world: World,
    service: EndpointService,
    *,
    endpoint_id: str | None = None,
    marker_id: int | None = None,
    status: str | None = None,
) -> list[Endpoint]:
    """A service's connections that meet every given filter, newest first."""
    rows = world.connections[service.id]
    if endpoint_id is not None:
        rows = [row for row in rows if row.id == endpoint_id]
    if marker_id is not None:
        rows = [row for row in rows if row.marker_id == marker_id]
    if status is not None:
        rows = [row for row in rows if row.status == status]
    return rows
