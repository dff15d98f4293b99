"""Reads of this feature. Each part of a page answers or fails for itself."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from console.access.reach import Reach
from console.changes.kinds.kind import Place
from console.clouds.errors import CloudError
from console.clouds.networks import Backend, Vpc
from console.clouds.paging import Listing
from console.clouds.parallel import Answer, gather
from console.clouds.services import EndpointService, Quota
from console.clouds.types import EVERYONE, Connection, ConnectionStatus, ServiceId
from console.observations.asking import known_to
from console.observations.parts import Part
from console.observations.store import Where
from console.observations.watch import Observation, Wish, observe
from console.wiring import Cloud


def clouds_of(clouds: Mapping[str, Cloud], reach: Reach) -> list[Cloud]:
    """The clouds with endpoint services that this person may know of."""
    return [cloud for name, cloud in clouds.items() if cloud.endpoint_services and reach.sees_cloud(name)]


@dataclass(frozen=True, slots=True)
class Services:
    """The services of a project that a person may know of, and the quota; None where it is not known now."""

    shown: Observation[Listing[EndpointService]]
    quota: Quota | None


def load_services(place: Place, reach: Reach, wish: Wish) -> Services:
    """List and quota, read at once, for all viewers."""
    name, publishing = place.cloud.name, place.cloud.publishing
    reads: dict[Part, Callable[[], Any]] = {Part.SERVICES: place.services.list_services}
    if publishing:
        reads[Part.SERVICE_QUOTA] = publishing.quota
    seen = observe(Where(name, ""), reads, wish)
    quota = seen.get(Part.SERVICE_QUOTA)
    return Services(
        shown=known_to(seen[Part.SERVICES], lambda row: reach.sees_gateway(name, row.id)),
        quota=quota.value if quota and quota.current else None,
    )


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a new service can stand in: the VPCs, the backends of the chosen one, and the quota."""

    vpcs: Sequence[Vpc]
    backends: Sequence[Backend]
    quota: Quota | None
    #: Why VPCs or backends could not be read.
    error: CloudError | None = None


def load_surroundings(place: Place, vpc_id: str) -> Surroundings:
    """Everything that the form needs, read at once. Without a chosen VPC there are no backends."""
    port = place.networks
    calls: dict[str, Callable[[], Any]] = {"vpcs": port.list_vpcs, "quota": place.publishing.quota}
    if vpc_id:
        calls["backends"] = lambda: port.list_backends(vpc_id)
    answers = gather(**calls)
    backends = answers.get("backends", Answer(()))
    error = answers["vpcs"].error or backends.error
    return Surroundings(
        answers["vpcs"].value_or(()), backends.value_or(()) or (), answers["quota"].value_or(None), error
    )


@dataclass(frozen=True, slots=True)
class Openness:
    """Who comes in when nobody decides any more. None where it could not be read."""

    waiting: int | None
    accounts: int | None
    everyone: bool


def load_openness(place: Place) -> Openness:
    """How many connections wait, and whom the whitelist lets in."""
    port, host = place.services, ServiceId(place.host)
    answers = gather(connections=lambda: port.list_connections(host), listed=lambda: port.list_permissions(host))
    connections: Sequence[Connection] | None = answers["connections"].value_or(None)
    listed = answers["listed"].value_or(None)
    return Openness(
        waiting=None if connections is None else sum(_waits(one) for one in connections),
        accounts=None if listed is None else sum(entry.account != EVERYONE for entry in listed),
        everyone=listed is not None and any(entry.account == EVERYONE for entry in listed),
    )


def _waits(connection: Connection) -> bool:
    return connection.status is ConnectionStatus.PENDING_ACCEPTANCE
