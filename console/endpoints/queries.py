"""Reads of this feature. Each part of a page answers or fails for itself."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from console.access.reach import Reach
from console.changes.kinds.kind import Place
from console.clouds.errors import CloudError
from console.clouds.networks import RouteTable, Subnet, Vpc
from console.clouds.paging import Listing
from console.clouds.parallel import Answer, gather
from console.clouds.services import FoundService, Quota, ServiceType, VpcEndpoint
from console.clouds.types import AccountId
from console.endpoints.places import networks_of
from console.observations.asking import known_to
from console.observations.parts import Part
from console.observations.store import Where
from console.observations.watch import Observation, Wish, observe
from console.wiring import Cloud


def clouds_of(clouds: Mapping[str, Cloud], reach: Reach) -> list[Cloud]:
    """The clouds with VPC endpoints that this person may know of."""
    return [cloud for name, cloud in clouds.items() if cloud.endpoints and reach.sees_cloud(name)]


@dataclass(frozen=True, slots=True)
class Listed:
    """The endpoints of a project that a person may know of, and the quota; None where it is not known now."""

    shown: Observation[Listing[VpcEndpoint]]
    quota: Quota | None


def load_endpoints(place: Place, reach: Reach, wish: Wish) -> Listed:
    """List and quota, read at once, for all viewers."""
    name, port = place.cloud.name, place.endpoints
    reads = {Part.ENDPOINTS: port.list_endpoints, Part.ENDPOINT_QUOTA: port.quota}
    seen = observe(Where(name, ""), reads, wish)
    quota = seen[Part.ENDPOINT_QUOTA]
    return Listed(
        shown=known_to(seen[Part.ENDPOINTS], lambda row: reach.sees_gateway(name, row.id)),
        quota=quota.value if quota.current else None,
    )


def load_public_services(place: Place) -> Answer[Sequence[FoundService]]:
    """The cloud's own services."""
    return gather(services=place.endpoints.public_services)["services"]


def verify(place: Place, name: str) -> Answer[FoundService | None]:
    """What a full service name leads to: one call to the cloud."""
    return gather(found=lambda: place.endpoints.find_service(name))["found"]


def own_account(place: Place) -> AccountId | None:
    """By what the owner of a service knows us; None where the cloud does not say, or not now."""
    port = place.cloud.endpoint_services or place.cloud.gateway_endpoints
    if port is None:
        return None
    return gather(account=port.own_account)["account"].value_or(None)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a new endpoint can connect to, and be placed in."""

    #: None where the name leads nowhere.
    found: FoundService | None
    vpcs: Sequence[Vpc] = ()
    #: Of the chosen VPC, as far as the type of the service needs them.
    subnets: Sequence[Subnet] = ()
    route_tables: Sequence[RouteTable] = ()
    #: Taken in the chosen subnet, where that matters.
    used: frozenset[str] = frozenset()
    #: None where it could not be read.
    quota: Quota | None = None
    #: Why service or networks could not be read.
    error: CloudError | None = None

    @property
    def is_gateway(self) -> bool:
        """Whether the service is reached by routes."""
        return self.found is not None and self.found.service_type is ServiceType.GATEWAY


def load_surroundings(place: Place, name: str, vpc_id: str, subnet_id: str) -> Surroundings:
    """Service, VPCs and quota at once; then what is in the chosen VPC, and what is taken in the chosen subnet.

    `subnet_id` is "" where no address was chosen by hand.
    """
    port, networks = place.endpoints, networks_of(place)
    first = gather(found=lambda: port.find_service(name), vpcs=networks.list_vpcs, quota=port.quota)
    found: FoundService | None = first["found"].value_or(None)
    error = first["found"].error or first["vpcs"].error
    quota = first["quota"].value_or(None)
    if error is not None or found is None:
        return Surroundings(found, quota=quota, error=error)
    vpcs: Sequence[Vpc] = first["vpcs"].unwrap()
    wanted: dict[str, Callable[[], Any]] = {}
    if vpc_id in {vpc.id for vpc in vpcs}:
        wanted = _in_vpc(place, found, vpc_id, subnet_id)
    second = gather(**wanted)
    return Surroundings(
        found,
        vpcs,
        subnets=_value(second, "subnets"),
        route_tables=_value(second, "route_tables"),
        used=frozenset(_value(second, "used")),
        quota=quota,
        error=next((answer.error for answer in second.values() if answer.error), None),
    )


def _in_vpc(place: Place, found: FoundService, vpc_id: str, subnet_id: str) -> dict[str, Callable[[], Any]]:
    networks = networks_of(place)
    if found.service_type is ServiceType.GATEWAY:
        return {"route_tables": lambda: networks.list_route_tables(vpc_id)}
    calls: dict[str, Callable[[], Any]] = {"subnets": lambda: networks.list_subnets(vpc_id)}
    if subnet_id:
        calls["used"] = lambda: networks.used_addresses(subnet_id)
    return calls


def _value(answers: Mapping[str, Answer[Any]], name: str) -> Any:
    return answers[name].value_or(()) if name in answers else ()
