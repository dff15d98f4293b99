"""Both sides of a private connection, each with the adapter's ports in its own account."""

import time
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from console.clouds.credentials import AccessKey, Password
from console.clouds.huawei.client import HuaweiClient, Identity
from console.clouds.huawei.iam import KeyIdentity, PasswordIdentity
from console.clouds.huawei.profiles import HUAWEI, OTC, Profile
from console.clouds.huawei.vpc import HuaweiNetworks
from console.clouds.huawei.vpcep import HuaweiEndpointServices, HuaweiServicePublishing
from console.clouds.huawei.vpcep_endpoints import HuaweiEndpoints
from console.clouds.ports import Endpoints, EndpointServices, Networks, ServicePublishing
from console.clouds.providers import PROVIDERS
from console.clouds.secret import Secret
from console.clouds.services import NewEndpoint, NewService, PortMapping, ServiceType
from console.clouds.tokens import TokenCache
from console.clouds.transport import Limits, Transport
from console.clouds.types import EndpointId, IntentId, ServiceId
from console.simcloud import SimulatedCloud
from console.simcloud.identity import DEMO, Account

INTENT = IntentId("change-1")
#: No object has it.
NOTHING = "00000000-0000-4000-8000-000000000000"


@dataclass(frozen=True)
class Flavour:
    """One way to be a client of one flavour of the cloud, with the cloud's own way to answer it."""

    profile: Profile
    with_key: bool = False
    switches: dict[str, Any] = field(default_factory=dict)


_TEXTS = {"json_types": "texts", "updated_key": "update_at"}
_OTC = {"profile": "otc", "sign_in_scope": "required"}
FLAVOURS = {
    "huawei with a password": Flavour(HUAWEI),
    "huawei with an access key": Flavour(HUAWEI, True, {"vpcep_error_shape": "E2", **_TEXTS}),
    "otc with a password": Flavour(OTC, False, {**_OTC, "vpcep_error_shape": "E2"}),
    "otc with an access key": Flavour(OTC, True, {**_OTC, "delete_answer": "200"}),
}


@dataclass
class Party:
    """One account; `waits` are the seconds that retries would have slept."""

    account: Account
    services: EndpointServices
    publishing: ServicePublishing
    endpoints: Endpoints
    networks: Networks
    waits: list[float]

    def vpc_id(self, name: str) -> str:
        return next(vpc.id for vpc in self.networks.list_vpcs() if vpc.name == name)

    def new_service(self, vpc_name: str = "vpc-shop", **changes: Any) -> NewService:
        """For a server of the VPC; `changes` replace what it says."""
        vpc_id = self.vpc_id(vpc_name)
        backend = next(row for row in self.networks.list_backends(vpc_id) if row.server_type == "VM")
        usual = {"vpc_id": vpc_id, "backend_id": backend.id, "server_type": "VM", "ports": (PortMapping(8080, 80),)}
        return NewService(**{**usual, **changes})

    def new_endpoint(self, service_id: str, vpc_name: str = "vpc-billing", **changes: Any) -> NewEndpoint:
        """In the VPC's first subnet; `changes` replace what it says."""
        vpc_id = self.vpc_id(vpc_name)
        usual = {
            "service_id": service_id,
            "service_type": ServiceType.INTERFACE,
            "vpc_id": vpc_id,
            "subnet_id": self.networks.list_subnets(vpc_id)[0].id,
        }
        return NewEndpoint(**{**usual, **changes})

    def service(self, vpc_name: str = "vpc-shop", **changes: Any) -> ServiceId:
        """Of a service that was just created."""
        return ServiceId(self.publishing.create_service(self.new_service(vpc_name, **changes), intent=INTENT).created)

    def endpoint(self, service_id: str, vpc_name: str = "vpc-billing", **changes: Any) -> EndpointId:
        """Of a VPC endpoint that was just created."""
        new = self.new_endpoint(service_id, vpc_name, **changes)
        return EndpointId(self.endpoints.create_endpoint(new, intent=INTENT).created)


def party(
    cloud: SimulatedCloud | str,
    flavour: Flavour = FLAVOURS["huawei with a password"],
    account: Account = DEMO,
    *,
    limits: Limits | None = None,
) -> Party:
    """The ports as the wiring builds them, but with retries that do not sleep."""
    url = cloud if isinstance(cloud, str) else cloud.base_url
    waits: list[float] = []
    bases = MappingProxyType(dict.fromkeys(PROVIDERS["huawei"].services, url))
    # What would have been slept has passed.
    transport = Transport(bases, limits=limits, clock=lambda: time.monotonic() + sum(waits))
    client = HuaweiClient(transport, _identity(transport, flavour, account), sleep=waits.append)
    return Party(
        account,
        HuaweiEndpointServices(client, account.project_id, flavour.profile),
        HuaweiServicePublishing(client, account.project_id, flavour.profile),
        HuaweiEndpoints(client, account.project_id, flavour.profile),
        HuaweiNetworks(client, account.project_id, flavour.profile),
        waits,
    )


def _identity(transport: Transport, flavour: Flavour, account: Account) -> Identity:
    if flavour.with_key:
        return KeyIdentity(
            AccessKey(account.access_key, Secret(account.secret_key)), account.project_id, transport.time
        )
    password = Password(account.user_name, Secret(account.password), account.domain_name)
    return PasswordIdentity(transport, password, account.project_id, TokenCache())
