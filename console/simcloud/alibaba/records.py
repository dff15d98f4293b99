"""What the simulated Alibaba Cloud holds: plain records without rules. Moments are seconds since the epoch."""

from dataclasses import dataclass, field
from typing import Any, Final

SHARED: Final = "VPC_SHARED"
DEDICATED: Final = "VPC_DEDICATED"
RUNNING: Final = "RUNNING"


@dataclass(slots=True)
class AlibabaRecord:
    """What every record has. `account` owns it; 0 is the cloud itself."""

    id: str
    region_id: str
    account: int
    created_at: float
    #: When a transient state ends; None: nothing moves by itself.
    due_at: float | None = field(default=None, kw_only=True)


@dataclass(slots=True)
class AlibabaVpc(AlibabaRecord):
    """A network."""

    name: str
    cidr: str


@dataclass(slots=True)
class VSwitch(AlibabaRecord):
    """A subnet of a VPC, in one zone."""

    vpc_id: str
    name: str
    cidr: str
    zone_id: str


@dataclass(slots=True)
class ApiInstance(AlibabaRecord):
    """An instance of API Gateway: shared by many accounts ("serverless" in newer pages), or dedicated to one."""

    name: str
    #: `VPC_SHARED` or `VPC_DEDICATED`.
    kind: str
    #: Which seeded role it plays, see `seed_wishes`.
    seeded_as: str
    status: str = RUNNING
    #: "normal" or "vpc_connect"; "" for a shared one.
    dedicated_kind: str = ""
    https_policy: str = "HTTPS2_TLS1_2"
    rps_limit: int = 2500
    #: The client VPC that Bind to VPC sets; "" is not bound.
    user_vpc_id: str = ""
    user_vswitch_id: str = ""
    #: 0: not bound.
    vpc_owner_id: int = 0
    #: The backend's VPC of a `vpc_connect` instance: another thing than the binding (alibaba-contract 2.1).
    connect_vpc_id: str = ""
    #: VPC, vSwitch and owner of a binding that is not in effect yet.
    next_binding: list[Any] = field(default_factory=list)

    @property
    def is_dedicated(self) -> bool:
        """Whether one account has it for itself."""
        return self.kind == DEDICATED

    @property
    def is_bound(self) -> bool:
        """Whether a client VPC is bound to it."""
        return bool(self.user_vpc_id)


@dataclass(slots=True)
class ApiGroup(AlibabaRecord):
    """A group of APIs, deployed on one instance."""

    name: str
    instance_id: str
    modified_at: float
    seeded_as: str = ""
    description: str = ""
    base_path: str = "/"
    https_policy: str = "HTTPS2_TLS1_2"
    rps_limit: int = 500
    has_vpc_domain: bool = False
    #: Of the last move: "" (never moved), `Running`, `Success` or `Failed`.
    migration_status: str = ""
    migration_error: str = ""
    #: Where a move leads, and how it will end.
    next_instance_id: str = ""
    next_migration_status: str = ""

    @property
    def stem(self) -> str:
        """How the names begin that the cloud assigns."""
        return f"{self.id}-{self.region_id}"

    @property
    def vpc_domain(self) -> str:
        """The second-level VPC domain; "" while it is not enabled (alibaba-contract 2.3)."""
        return f"{self.stem}-vpc.alicloudapi.com" if self.has_vpc_domain else ""


@dataclass(slots=True)
class OwnDomain(AlibabaRecord):
    """A domain of the account, bound to a group. Its id is the name."""

    group_id: str
    #: `INTERNET` or `INTRANET`.
    kind: str
    #: None: not said; "": every stage.
    stage: str | None = None
    is_resolved: bool = True
    redirects_to_https: bool = False
    has_certificate: bool = False


@dataclass(slots=True)
class UsedToken(AlibabaRecord):
    """An idempotency token that an act was carried out under. Its id is action, account and token."""

    fingerprint: str
    #: The body that the first call was answered with.
    answer: dict[str, Any]


@dataclass(slots=True)
class LinkService(AlibabaRecord):
    """An endpoint service of PrivateLink."""

    description: str
    seeded_as: str = ""
    resource_kind: str = "nlb"
    #: `Creating`, `Pending` (being modified), `Active` or `Deleting`.
    status: str = "Active"
    auto_accept: bool = False
    bandwidth: int = 3072
    payer: str = "Endpoint"
    zone_affinity: bool = True
    #: Items of `ResourceId`, `ResourceType` and `ZoneId`.
    resources: list[dict[str, str]] = field(default_factory=list)
    tags: list[dict[str, str]] = field(default_factory=list)
    #: What a transient status turns into; "" disappears.
    next_status: str = "Active"

    @property
    def name(self) -> str:
        """`com.aliyuncs.privatelink.{region}.{id}`: no part of it is chosen by anybody (alibaba-contract 4.1)."""
        return f"com.aliyuncs.privatelink.{self.region_id}.{self.id}"

    @property
    def domain(self) -> str:
        """The service's own domain."""
        return f"{self.id}.{self.region_id}.privatelink.aliyuncs.com"


@dataclass(slots=True)
class LinkEndpoint(AlibabaRecord):
    """An endpoint; seen from its service it is a connection, which has no id of its own. `account` is the consumer."""

    service_id: str
    #: Who owns, or owned, the service.
    service_account: int
    vpc_id: str
    modified_at: float
    #: Usually one of alibaba-contract 4.1's values; tests may put any text here.
    connection_status: str
    status: str = "Active"
    name: str = ""
    description: str = ""
    bandwidth: int = 3072
    traffic_control: str = "Scalability"
    #: Items of `ZoneId`, `ZoneStatus`, `VSwitchId`, `EniId` and `ResourceId`.
    zones: list[dict[str, str]] = field(default_factory=list)
    security_groups: list[str] = field(default_factory=list)
    #: What the connection's transient status turns into ("" disappears), and its zones'.
    next_status: str | None = None
    next_zone_status: str = ""


@dataclass(slots=True)
class LinkUser(AlibabaRecord):
    """One account on a service's whitelist. Its id is service and user; `account` owns the service."""

    service_id: str
    user_id: int


KINDS: Final = (
    AlibabaVpc,
    VSwitch,
    ApiInstance,
    ApiGroup,
    OwnDomain,
    LinkService,
    LinkUser,
    LinkEndpoint,
    UsedToken,
)
