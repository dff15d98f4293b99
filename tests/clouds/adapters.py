"""Adapters built for tests: one simulated cloud, several ways to be its client."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import MappingProxyType

from console.clouds.credentials import AccessKey, Credentials, Password
from console.clouds.huawei.apig import HuaweiGatewayCatalog, HuaweiGatewayEndpoints
from console.clouds.huawei.client import HuaweiClient, Identity
from console.clouds.huawei.iam import KeyIdentity, PasswordIdentity
from console.clouds.huawei.profiles import HUAWEI, Profile
from console.clouds.providers import PROVIDERS
from console.clouds.secret import Secret
from console.clouds.tokens import TokenCache
from console.clouds.transport import Limits, Transport
from console.clouds.types import GatewayId, IntentId
from console.simcloud import SimulatedCloud
from console.simcloud.identity import DEMO, REGION

INTENT = IntentId("change-1")
PASSWORD = Password(DEMO.user_name, Secret(DEMO.password), DEMO.domain_name)
KEY = AccessKey(DEMO.access_key, Secret(DEMO.secret_key))


@dataclass
class Adapters:
    """Both ports of one project; `waits` are the seconds that retries would have slept."""

    catalog: HuaweiGatewayCatalog
    endpoints: HuaweiGatewayEndpoints
    identity: Identity
    tokens: TokenCache
    waits: list[float] = field(default_factory=list)


def adapters_to(
    url: str,
    credentials: Credentials = PASSWORD,
    *,
    profile: Profile = HUAWEI,
    limits: Limits | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> Adapters:
    """Adapters as the wiring builds them, but with retries that do not sleep."""
    waits: list[float] = []
    tokens = TokenCache(clock)
    bases = MappingProxyType(dict.fromkeys(PROVIDERS["huawei"].services, url))
    # What would have been slept has passed.
    transport = Transport(bases, limits=limits, clock=lambda: time.monotonic() + sum(waits))
    identity: Identity
    if isinstance(credentials, Password):
        identity = PasswordIdentity(transport, credentials, DEMO.project_id, tokens, sleep=waits.append)
    else:
        identity = KeyIdentity(credentials, DEMO.project_id, transport.time, clock=clock)
    client = HuaweiClient(transport, identity, sleep=waits.append)
    catalog = HuaweiGatewayCatalog(client, DEMO.project_id, REGION, profile)
    return Adapters(catalog, HuaweiGatewayEndpoints(client, DEMO.project_id), identity, tokens, waits)


def gateway(cloud: SimulatedCloud, role: str) -> GatewayId:
    """The gateway that was seeded for this role."""
    return next(GatewayId(row["id"]) for row in cloud.describe()["gateways"] if row["seeded_as"] == role)


def calls(cloud: SimulatedCloud, path: str = "", method: str = "") -> list[dict[str, object]]:
    """The requests that reached the cloud, by a part of their path."""
    return [row for row in cloud.calls() if path in row["path"] and method in ("", row["method"])]
