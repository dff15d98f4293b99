"""What the simulated cloud holds: plain records without rules. Moments are seconds since the epoch."""

from dataclasses import dataclass, field
from typing import Any, Final, Literal

from console.simcloud.alibaba.records import KINDS as ALIBABA_KINDS
from console.simcloud.alibaba.records import AlibabaRecord

Status = Literal["pendingAcceptance", "creating", "accepted", "rejected", "failed", "deleting"]

#: The whitelist entry that admits every account.
EVERYONE: Final = "*"

#: How a whitelist entry for an organisation begins (huawei-contract 5.6).
ORGANIZATION: Final = "organizations:orgPath::"

#: The policy of a gateway service's endpoint until somebody says otherwise (huawei-contract 5.7).
ALLOW_EVERYTHING: Final[list[dict[str, Any]]] = [{"Effect": "Allow", "Action": ["*"], "Resource": ["*", "*/*"]}]

#: Numbers of the gateway statuses (huawei-contract 4.1; the gaps are real).
GATEWAY_STATUS_NUMBERS: Final = {
    "Creating": 1,
    "CreateSuccess": 2,
    "CreateFail": 3,
    "Initing": 4,
    "Registering": 5,
    "Running": 6,
    "InitingFailed": 7,
    "RegisterFailed": 8,
    "Installing": 10,
    "InstallFailed": 11,
    "Updating": 12,
    "UpdateFailed": 13,
    "Rollbacking": 20,
    "RollbackSuccess": 21,
    "RollbackFailed": 22,
    "Deleting": 23,
    "DeleteFailed": 24,
    "Unregistering": 25,
    "UnRegisterFailed": 26,
    "CreateTimeout": 27,
    "InitTimeout": 28,
    "RegisterTimeout": 29,
    "InstallTimeout": 30,
    "UpdateTimeout": 31,
    "RollbackTimeout": 32,
    "DeleteTimeout": 33,
    "UnregisterTimeout": 34,
    "Starting": 35,
    "Freezing": 36,
    "Frozen": 37,
    "Restarting": 38,
    "RestartFail": 39,
    "Unhealthy": 40,
    "RestartTimeout": 41,
    "Resizing": 42,
    "ResizeFailed": 43,
    "ResizeTimeout": 44,
}


@dataclass(slots=True)
class Gateway:
    """A dedicated API gateway."""

    id: str
    project_id: str
    name: str
    #: Which seeded role it plays: main, many_connections, without_service, frozen, not_offered.
    seeded_as: str
    created_at: float
    vpc_id: str
    subnet_id: str
    security_group_id: str
    ingress_ip: str
    status: str = "Running"
    spec: str = "PROFESSIONAL"
    description: str = ""
    maintain_begin: str = "22:00:00"
    #: None: VPC endpoints are not enabled here.
    service_id: str | None = None

    @property
    def offers_endpoints(self) -> bool:
        """Whether this edition has the feature at all (huawei-contract 1.1: not on NLB specs)."""
        return "NLB" not in self.spec


#: What a gateway's own endpoint service maps.
_GATEWAY_PORT: Final = {"client_port": 443, "server_port": 8443, "protocol": "TCP"}


@dataclass(slots=True)
class EndpointService:
    """A VPC endpoint service: a gateway's own, or one made in VPCEP."""

    id: str
    region: str
    #: The middle label of the full name; "" for none.
    name: str
    project_id: str
    domain_id: str
    created_at: float
    updated_at: float
    vpc_id: str
    #: None: made in VPCEP, not part of a gateway.
    gateway_id: str | None = None
    port_id: str = ""
    status: str = "available"
    approval_enabled: bool = True
    description: str = ""
    #: "gateway" for some of the cloud's own: reached over route tables, without an address.
    service_type: str = "interface"
    server_type: str = "VM"
    #: Items of `client_port`, `server_port` and `protocol`.
    ports: list[dict[str, Any]] = field(default_factory=lambda: [dict(_GATEWAY_PORT)])
    tcp_proxy: str = "close"
    tags: list[dict[str, str]] = field(default_factory=list)
    error: list[dict[str, str]] = field(default_factory=list)
    is_charge: bool = True
    #: For one of the cloud's own services: how its name begins; "" for everybody else's.
    cloud_prefix: str = ""
    #: A rename that is not visible yet.
    next_name: str | None = None
    #: What a transient status turns into ("" = disappears), and when; the same moment shows a rename.
    next_status: str = "available"
    due_at: float | None = None

    @property
    def is_public(self) -> bool:
        """Whether it is one of the cloud's own services, which everybody may use (huawei-contract 5.4)."""
        return bool(self.cloud_prefix)

    @property
    def full_name(self) -> str:
        """`{region}.{name}.{id}`, `{region}.{id}` without a name, or a cloud service's own (huawei-contract 1.3)."""
        if self.is_public:
            return f"{self.cloud_prefix}{self.region}.{self.name}"
        return full_name(self.region, self.name, self.id)


def full_name(region: str, name: str, service_id: str) -> str:
    """Spell an endpoint service's full name."""
    return f"{region}.{name}.{service_id}" if name else f"{region}.{service_id}"


@dataclass(slots=True)
class Endpoint:
    """A VPC endpoint; seen from its service it is a connection."""

    id: str
    #: "Packet ID"; may exceed 2^53.
    marker_id: int
    service_id: str
    domain_id: str
    project_id: str
    #: Usually one of `Status`; tests may put any text here.
    status: str
    created_at: float
    updated_at: float
    vpc_id: str = ""
    subnet_id: str = ""
    ip: str = ""
    #: Accepted at least once: from then on the ip shows, also after a rejection (huawei-contract 5.7).
    connected_once: bool = False
    #: The consumer's own.
    description: str = ""
    #: The service owner's words about the connection; None: not said, the consumer's show.
    connection_description: str | None = None
    error: list[dict[str, str]] = field(default_factory=list)
    enable_dns: bool = False
    tags: list[dict[str, str]] = field(default_factory=list)
    whitelist: list[str] = field(default_factory=list)
    enable_whitelist: bool = False
    active_status: str = "active"
    #: "enable", "disable", or "switching" while the cloud moves it to another pool.
    enable_status: str = "enable"
    #: For gateway services only.
    route_tables: list[str] = field(default_factory=list)
    policy: list[dict[str, Any]] = field(default_factory=list)
    #: Full name and type of a service that is gone; "" while it is there.
    former_service_name: str = ""
    former_service_type: str = ""
    #: What a transient status turns into by itself ("" = disappears), and when; None: stays.
    next_status: str | None = None
    due_at: float | None = None


@dataclass(slots=True)
class Permission:
    """One record of a service's whitelist."""

    id: str
    service_id: str
    #: An account id, `EVERYONE`, or an organisation's path beginning with `ORGANIZATION`.
    account: str
    created_at: float
    description: str = ""

    @property
    def names_organization(self) -> bool:
        """Whether this admits the accounts below an organisation's path (`permission_type` orgPath)."""
        return self.account.startswith(ORGANIZATION)


@dataclass(slots=True)
class Vpc:
    """A network of one project."""

    id: str
    project_id: str
    name: str
    cidr: str
    created_at: float


@dataclass(slots=True)
class Subnet:
    """A subnet of a VPC."""

    id: str
    vpc_id: str
    name: str
    cidr: str
    created_at: float


@dataclass(slots=True)
class Port:
    """A network interface that can stand behind an endpoint service."""

    id: str
    subnet_id: str
    ip: str
    device_id: str
    name: str = ""
    #: What it belongs to, as VPC v1 spells it: a server, or a load balancer.
    device_owner: str = "compute:eu-west-101a"


@dataclass(slots=True)
class RouteTable:
    """Where a VPC's traffic goes; endpoints of gateway services are bound to route tables."""

    id: str
    vpc_id: str
    name: str
    is_default: bool
    created_at: float


Record = Gateway | EndpointService | Endpoint | Permission | Vpc | Subnet | Port | RouteTable | AlibabaRecord

KINDS: Final[dict[str, type[Any]]] = {
    kind.__name__: kind
    for kind in (Gateway, EndpointService, Endpoint, Permission, Vpc, Subnet, Port, RouteTable, *ALIBABA_KINDS)
}
