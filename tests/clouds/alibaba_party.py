"""The adapters of one account of the simulated Alibaba Cloud, as the wiring builds them."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from console.clouds.alibaba.apigateway import AlibabaVpcAccess
from console.clouds.alibaba.client import AlibabaClient
from console.clouds.alibaba.networks import AlibabaNetworks
from console.clouds.alibaba.privatelink import AlibabaEndpointServices
from console.clouds.credentials import AccessKey
from console.clouds.providers import PROVIDERS
from console.clouds.secret import Secret
from console.clouds.transport import Limits, Transport
from console.clouds.types import AccountId, EndpointId, IntentId, ServiceId
from console.clouds.vpc_access import ApiGroupId, ApiInstanceId
from console.simcloud import SimulatedCloud
from console.simcloud.alibaba.identity import NORTHWIND, REGION

INTENT = IntentId("change-1")


@dataclass
class AlibabaParty:
    """Ports, and the seconds that retries would have slept."""

    access: AlibabaVpcAccess
    services: AlibabaEndpointServices
    networks: AlibabaNetworks
    waits: list[float]


def alibaba_party(
    cloud: SimulatedCloud | str,
    *,
    account: str = "",
    secret: str = "",
    limits: Limits | None = None,
    sleep: Callable[[float], None] | None = None,
) -> AlibabaParty:
    """With retries that do not sleep, or do `sleep`; `secret` in place of the right one."""
    url = cloud if isinstance(cloud, str) else cloud.base_url
    waits: list[float] = []
    bases = MappingProxyType(dict.fromkeys(PROVIDERS["alibaba"].services, url))
    # What would have been slept has passed.
    transport = Transport(bases, limits=limits, clock=lambda: time.monotonic() + sum(waits))
    key = AccessKey(NORTHWIND.access_key_id, Secret(secret or NORTHWIND.access_key_secret))
    client = AlibabaClient(transport, key, REGION, sleep=sleep or waits.append)
    networks = AlibabaNetworks(client)
    services = AlibabaEndpointServices(client, networks, AccountId(account))
    return AlibabaParty(AlibabaVpcAccess(client), services, networks, waits)


def _seeded(cloud: SimulatedCloud, kind: str, role: str) -> dict[str, Any]:
    return next(row for row in cloud.describe()["alibaba"][kind] if row["seeded_as"] == role)


def instance_of(cloud: SimulatedCloud, role: str) -> ApiInstanceId:
    return ApiInstanceId(_seeded(cloud, "instances", role)["id"])


def group_of(cloud: SimulatedCloud, role: str) -> ApiGroupId:
    return ApiGroupId(_seeded(cloud, "api_groups", role)["id"])


def reachable_from(cloud: SimulatedCloud, role: str) -> list[str]:
    """From which VPCs the group is reached: what no call of the real cloud tells."""
    found: list[str] = _seeded(cloud, "api_groups", role)["reachable_from"]
    return found


def service_of(cloud: SimulatedCloud, role: str = "main") -> ServiceId:
    return ServiceId(_seeded(cloud, "services", role)["id"])


def endpoint_in(cloud: SimulatedCloud, status: str, role: str = "main") -> EndpointId:
    """A connection of a service with this status, in the cloud's own word, on which nothing else is going on."""
    rows = _seeded(cloud, "services", role)["endpoints"]
    return EndpointId(next(row["id"] for row in rows if row["status"] == status))


def vpc_of(cloud: SimulatedCloud, name: str) -> tuple[str, str]:
    """A VPC and its first vSwitch."""
    vpc = next(row for row in cloud.describe()["alibaba"]["vpcs"] if row["name"] == name)
    return vpc["id"], vpc["vswitches"][0]["id"]


def acts(cloud: SimulatedCloud, action: str) -> list[dict[str, Any]]:
    """The calls of an action that reached the cloud."""
    return [row for row in cloud.calls() if row["action"] == action]
