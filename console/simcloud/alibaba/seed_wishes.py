"""The list of what the simulated Alibaba Cloud should hold at the start, without ids.

Roles (`seeded_as`) name what a test or a person looks for; instances and groups are found by theirs.
"""

from dataclasses import dataclass
from typing import Final

from console.simcloud.alibaba.identity import CONTOSO, NORTHWIND, OTHER_REGION, REGION
from console.simcloud.alibaba.records import DEDICATED, RUNNING, SHARED

HOUR: Final = 3600.0
DAY: Final = 24 * HOUR

#: Accounts that only appear as owners of connections and on whitelists; one exceeds 2^53.
STRANGERS: Final = (1098765432109876, 9507199254740993, 1357924680135792, 1862047395610284, 1645093827164509)


@dataclass(frozen=True, slots=True)
class VpcWish:
    """A VPC with one vSwitch per zone."""

    name: str
    cidr: str
    zones: str = "gh"
    account: int = NORTHWIND.id
    region: str = REGION


VPCS: Final = (
    VpcWish("vpc-orders", "10.40.0.0/16"),
    VpcWish("vpc-partners", "10.41.0.0/16", "h"),
    VpcWish("vpc-hybrid", "172.24.0.0/16", "g"),
    # Nothing can be bound to it yet.
    VpcWish("vpc-new", "10.43.0.0/16", ""),
    VpcWish("vpc-backend", "10.45.0.0/16", "g"),
    # So many that a page of ten does not show them all.
    *(VpcWish(f"vpc-team-{number:02}", f"10.{60 + number}.0.0/16", "h") for number in range(1, 9)),
    VpcWish("vpc-contoso", "172.18.0.0/16", "gh", CONTOSO.id),
    VpcWish("vpc-singapore", "10.90.0.0/16", "a", region=OTHER_REGION),
)


@dataclass(frozen=True, slots=True)
class InstanceWish:
    """An instance of API Gateway. `bound_to` names a VPC."""

    seeded_as: str
    name: str
    kind: str = DEDICATED
    bound_to: str = ""
    dedicated_kind: str = "normal"
    status: str = RUNNING
    connect_to: str = ""
    rps_limit: int = 2500
    https_policy: str = "HTTPS2_TLS1_2"
    region: str = REGION


INSTANCES: Final = (
    InstanceWish("shared", "Shared (VPC)", SHARED, rps_limit=500, https_policy="HTTPS2_TLS1_0"),
    InstanceWish("shared_second", "Shared (VPC) 2", SHARED, rps_limit=500),
    InstanceWish("bound", "production", bound_to="vpc-orders"),
    InstanceWish("bound_elsewhere", "partners", bound_to="vpc-partners", rps_limit=5000),
    InstanceWish("unbound", "staging"),
    # Its backend stands in a VPC, which is no binding.
    InstanceWish("integration", "back office", dedicated_kind="vpc_connect", connect_to="vpc-backend"),
    # Has been busy for a while, as instances sometimes are.
    InstanceWish("busy", "warehouse", bound_to="vpc-orders", status="WAIT_SWITCH"),
    InstanceWish("shared_abroad", "Shared (VPC)", SHARED, region=OTHER_REGION),
)


@dataclass(frozen=True, slots=True)
class GroupWish:
    """An API group on the instance of a role. `own_domain` is bound to it."""

    seeded_as: str
    name: str
    instance: str
    has_vpc_domain: bool = False
    own_domain: str = ""
    migration_status: str = ""
    migration_error: str = ""
    description: str = ""


GROUPS: Final = (
    GroupWish("shared_enabled", "catalogue", "shared", has_vpc_domain=True, description="Public product data"),
    GroupWish("shared_disabled", "newsletter", "shared"),
    GroupWish("bound_with_domain", "orders", "bound", has_vpc_domain=True, own_domain="orders.northwind.example"),
    GroupWish("bound_enabled", "billing", "bound", has_vpc_domain=True, description="Invoices and credit notes"),
    GroupWish("bound_disabled", "reports", "bound"),
    GroupWish("elsewhere_enabled", "partner feed", "bound_elsewhere", has_vpc_domain=True),
    GroupWish("elsewhere_disabled", "partner trial", "bound_elsewhere"),
    GroupWish("unbound_disabled", "orders staging", "unbound"),
    # Enabled while its instance was bound; reached from nowhere since.
    GroupWish("unbound_enabled", "exports", "unbound", has_vpc_domain=True),
    GroupWish("integration_disabled", "back office", "integration"),
    GroupWish("busy_enabled", "stock levels", "busy", has_vpc_domain=True),
    GroupWish("moving", "loyalty", "shared_second", has_vpc_domain=True, migration_status="Running"),
    GroupWish(
        "move_failed",
        "returns",
        "shared_second",
        migration_status="Failed",
        migration_error="The configuration of the API group conflicts with the target instance.",
    ),
)


@dataclass(frozen=True, slots=True)
class ServiceWish:
    """An endpoint service of PrivateLink and its whitelist, besides its owner."""

    seeded_as: str
    description: str
    account: int
    #: Seconds.
    age: float
    users: tuple[int, ...]
    auto_accept: bool = False
    zones: str = "gh"
    resource_kind: str = "nlb"


SERVICES: Final = (
    ServiceWish("main", "orders api", NORTHWIND.id, 400 * DAY, (CONTOSO.id, *STRANGERS[:4])),
    ServiceWish("auto_accept", "catalogue search", NORTHWIND.id, 90 * DAY, (CONTOSO.id, *STRANGERS), auto_accept=True),
    ServiceWish("foreign", "contoso payments", CONTOSO.id, 200 * DAY, (NORTHWIND.id,), resource_kind="alb"),
)


@dataclass(frozen=True, slots=True)
class ConnectionWish:
    """One endpoint to a service: its state as a connection, and that of its zones."""

    status: str
    zone_status: str
    owner: int
    #: Seconds.
    age: float
    endpoint_status: str = "Active"
    service: str = "main"


#: Every state once before chance fills up; those in between hang, as they sometimes do.
CONNECTIONS: Final = (
    ConnectionWish("Disconnected", "Wait", CONTOSO.id, 7 * 60),
    ConnectionWish("Disconnected", "Wait", STRANGERS[0], 3 * HOUR),
    ConnectionWish("Disconnected", "Wait", STRANGERS[1], 2 * DAY),
    # Was accepted once.
    ConnectionWish("Disconnected", "Disconnected", STRANGERS[2], 80 * DAY),
    ConnectionWish("Connected", "Connected", CONTOSO.id, 30 * DAY),
    ConnectionWish("Connected", "Connected", NORTHWIND.id, 200 * DAY),
    ConnectionWish("Connected", "Connected", STRANGERS[1], 390 * DAY),
    ConnectionWish("Connecting", "Connecting", STRANGERS[3], 9 * 60),
    ConnectionWish("Disconnecting", "Disconnecting", STRANGERS[0], 60 * DAY),
    ConnectionWish("Pending", "Connected", STRANGERS[2], 45 * DAY, endpoint_status="Pending"),
    ConnectionWish("Deleting", "Deleting", STRANGERS[3], 120 * DAY, endpoint_status="Deleting"),
    ConnectionWish("Connected", "Connected", CONTOSO.id, 20 * DAY, service="auto_accept"),
    ConnectionWish("Disconnected", "Disconnected", STRANGERS[4], 15 * DAY, service="auto_accept"),
    ConnectionWish("Connected", "Connected", NORTHWIND.id, 100 * DAY, service="foreign"),
    # Of a service that is not there any more.
    ConnectionWish("ServiceDeleted", "Disconnected", STRANGERS[0], 300 * DAY, service=""),
)
#: How many more there are of each service.
MORE: Final = {"main": 34, "auto_accept": 14}
