"""What differs between Huawei Cloud and the clouds built on it (huawei-contract 9)."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Profile:
    """One flavour of the same interfaces."""

    name: str
    #: How the full names of the cloud's own endpoint services begin (contract 1.3).
    cloud_service_prefix: str
    #: Regions whose gateways have no VPC Endpoints feature (contract 1.1).
    regions_without_endpoints: frozenset[str]
    #: Whether VPCEP has its newer calls: descriptions of connections, access control of an endpoint that exists.
    newer_vpcep: bool
    #: What makes the list of VPCs complete: elsewhere it holds the default enterprise project only (contract 7).
    all_vpcs: tuple[tuple[str, str], ...]


HUAWEI: Final = Profile(
    name="huawei",
    cloud_service_prefix="com.myhuaweicloud.",
    regions_without_endpoints=frozenset({"la-north-2", "cn-north-1"}),  # LA-Mexico City1, CN North-Beijing1
    newer_vpcep=True,
    all_vpcs=(),
)

OTC: Final = Profile(
    name="otc",
    cloud_service_prefix="com.t-systems.otc.",
    regions_without_endpoints=frozenset(),
    newer_vpcep=False,
    all_vpcs=(("enterprise_project_id", "all_granted_eps"),),
)
