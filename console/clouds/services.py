"""VPC endpoint services and VPC endpoints, in our words (sources 001, 002 and 004; huawei-contract 5 and 6)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from console.clouds.types import ConnectionStatus, EndpointId, ServiceId, ServiceName


class ServiceStatus(StrEnum):
    """Status of a VPC endpoint service (huawei-contract 6.1). An open set: see `OTHER`."""

    CREATING = "creating"
    AVAILABLE = "available"
    FAILED = "failed"
    DELETING = "deleting"
    OTHER = "other"

    @property
    def is_changing(self) -> bool:
        """Whether the cloud is still at work; an unknown word counts as such, so we keep looking."""
        return self in (ServiceStatus.CREATING, ServiceStatus.DELETING, ServiceStatus.OTHER)


class ServiceType(StrEnum):
    """How a VPC endpoint reaches a service: by an address in a subnet, or by routes."""

    INTERFACE = "interface"
    GATEWAY = "gateway"
    OTHER = "other"


@dataclass(frozen=True, slots=True, order=True)
class Tag:
    """A resource tag."""

    key: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class PortMapping:
    """Port of the VPC endpoint ("terminal port") and the backend's port behind it ("service port"); 1 to 65535."""

    client_port: int
    server_port: int
    protocol: str = "TCP"


@dataclass(frozen=True, slots=True)
class EndpointService:
    """A service that VPC endpoints can connect to (huawei-contract 5.1 and 5.2). Missing texts are ""."""

    id: ServiceId
    name: ServiceName
    status: ServiceStatus
    #: The cloud's own word, shown when `status` is OTHER.
    raw_status: str
    service_type: ServiceType
    #: Whether a connection waits for acceptance. None where the cloud does not say.
    approval_required: bool | None
    #: The kind of backend, such as VM or LB.
    server_type: str
    #: The backend: the network port of a server or load balancer, or the load balancer itself.
    backend_id: str
    vpc_id: str
    ports: tuple[PortMapping, ...]
    description: str
    tags: tuple[Tag, ...]
    #: VPC endpoints that are connected or being connected; None where the cloud does not say.
    connection_count: int | None
    #: UTC; None when the cloud gave none or an unreadable one.
    created_at: datetime | None
    updated_at: datetime | None
    #: Why the cloud says it failed; "" where unknown.
    failure: str = ""


@dataclass(frozen=True, slots=True)
class NewService:
    """What a VPC endpoint service is created from (huawei-contract 5.1, source 001)."""

    vpc_id: str
    backend_id: str
    server_type: str
    ports: tuple[PortMapping, ...]
    name: str = ""
    approval_required: bool = True
    description: str = ""
    tags: tuple[Tag, ...] = ()


@dataclass(frozen=True, slots=True)
class ServiceUpdate:
    """What is to become of a service; None leaves a property as it is."""

    name: str | None = None
    approval_required: bool | None = None
    #: Replaces all port mappings.
    ports: tuple[PortMapping, ...] | None = None
    description: str | None = None


@dataclass(frozen=True, slots=True)
class FoundService:
    """What anybody may learn of a service by its name (huawei-contract 5.3)."""

    id: ServiceId
    name: ServiceName
    service_type: ServiceType
    created_at: datetime | None
    #: Whether its use is charged; None where the cloud does not say.
    charged: bool | None
    #: Who offers it; "" where the cloud does not say.
    owner: str = ""


@dataclass(frozen=True, slots=True)
class VpcEndpoint:
    """A VPC endpoint of our own (huawei-contract 5.7). Missing texts are ""."""

    id: EndpointId
    #: Digits as text: it exceeds 2^53. "" where the cloud gives none.
    packet_id: str
    status: ConnectionStatus
    raw_status: str
    service_id: ServiceId
    service_name: ServiceName
    service_type: ServiceType
    vpc_id: str
    subnet_id: str
    #: Private IP address; "" until it is connected.
    address: str
    #: Private domain names; empty until it is connected, or where none was asked for.
    domain_names: tuple[str, ...]
    dns_enabled: bool
    #: Whether only the whitelisted addresses of the own VPC may use it.
    access_control: bool
    #: IPv4 addresses and CIDR blocks.
    whitelist: tuple[str, ...]
    route_tables: tuple[str, ...]
    description: str
    tags: tuple[Tag, ...]
    #: The cloud's words for a frozen account or endpoint; empty when it is active.
    frozen: tuple[str, ...]
    disabled: bool
    created_at: datetime | None
    updated_at: datetime | None
    failure: str = ""


@dataclass(frozen=True, slots=True)
class NewEndpoint:
    """What a VPC endpoint is created from (huawei-contract 5.7, source 002)."""

    service_id: ServiceId
    service_type: ServiceType
    vpc_id: str
    #: Interface services only.
    subnet_id: str = ""
    #: "" lets the cloud choose. Interface services only.
    address: str = ""
    dns_enabled: bool = False
    access_control: bool = False
    whitelist: tuple[str, ...] = ()
    #: Gateway services only; empty means the VPC's default route table.
    route_tables: tuple[str, ...] = ()
    description: str = ""
    tags: tuple[Tag, ...] = ()


@dataclass(frozen=True, slots=True)
class EndpointTraits:
    """What can be done to a cloud's VPC endpoints, so that no page offers an act that must fail."""

    #: Whether access control can be changed after the creation (huawei-contract 9).
    access_control_changes: bool = True


class QuotaKind(StrEnum):
    """What is counted."""

    SERVICES = "endpoint_service"
    ENDPOINTS = "endpoint"


@dataclass(frozen=True, slots=True)
class Quota:
    """How many there are and may be, in the project and region."""

    kind: QuotaKind
    used: int
    total: int

    @property
    def is_reached(self) -> bool:
        return self.used >= self.total
