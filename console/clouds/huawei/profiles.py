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


HUAWEI: Final = Profile(
    name="huawei",
    cloud_service_prefix="com.myhuaweicloud.",
    regions_without_endpoints=frozenset({"la-north-2", "cn-north-1"}),  # LA-Mexico City1, CN North-Beijing1
)

OTC: Final = Profile(
    name="otc",
    cloud_service_prefix="com.t-systems.otc.",
    regions_without_endpoints=frozenset(),
)
