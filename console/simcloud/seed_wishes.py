"""The list of what VPCEP should hold at the start, without ids: networks, services and endpoints of both accounts."""

from dataclasses import dataclass
from typing import Final

from console.simcloud.identity import CONSUMER, DEMO, Account
from console.simcloud.records import EVERYONE

HOUR: Final = 3600.0
DAY: Final = 24 * HOUR

#: Ids in the example requests of source 001; they share all but the last two digits.
PRINTED: Final = "4189d3c2-8882-4871-a3c2-d380272eed"
#: Ids in the example request of source 002.
REPORTS_VPC: Final = "84758cf5-9c62-43ae-a778-3dbd8370c0a4"
REPORTS_SUBNET: Final = "68bfbcc1-dff2-47e4-a9d4-332b9bc1b8de"
REPORTS_SERVICE: Final = "e0c748b7-d982-47df-ba06-b9c8c7650c1a"


@dataclass(frozen=True, slots=True)
class Network:
    """A VPC with one subnet and two servers; with ids where they are printed somewhere."""

    vpc_name: str
    cidr: str
    #: The subnet's, which is also the stem of its servers' names.
    name: str
    subnet_cidr: str
    account: Account = DEMO
    vpc_id: str = ""
    subnet_id: str = ""
    #: Of the first server's port.
    port_id: str = ""


NETWORKS: Final = (
    Network("vpc-shop", "10.60.0.0/16", "shop", "10.60.0.0/24", vpc_id=f"{PRINTED}80", port_id=f"{PRINTED}88"),
    Network("vpc-clients", "10.61.0.0/16", "clients", "10.61.0.0/24", vpc_id=f"{PRINTED}82", subnet_id=f"{PRINTED}81"),
    # Inside the block that the cloud keeps for itself: nothing that is created here comes to life.
    Network("vpc-reserved", "198.19.128.0/17", "reserved", "198.19.128.0/24"),
    Network("vpc-reports", "10.62.0.0/16", "reports", "10.62.0.0/24", vpc_id=REPORTS_VPC, subnet_id=REPORTS_SUBNET),
    Network("vpc-analytics", "172.20.0.0/16", "analytics", "172.20.0.0/24", CONSUMER),
)
#: Room for as many endpoints as anybody may ask for.
FLEET: Final = Network("vpc-fleet", "10.96.0.0/12", "fleet", "10.96.0.0/15")

#: The cloud's own: the last part of the name, and the type.
PUBLIC_SERVICES: Final = (
    ("dns", "interface"),
    ("swr", "interface"),
    ("smn", "interface"),
    ("api", "interface"),
    ("obs", "gateway"),
    ("sfs", "gateway"),
)


@dataclass(frozen=True, slots=True)
class ServiceWish:
    """One service made in VPCEP."""

    name: str
    account: Account
    subnet: str
    #: Seconds.
    age: float
    #: Pairs of client port and server port.
    ports: tuple[tuple[int, int], ...]
    #: Accounts on the whitelist, each with its description.
    admitted: tuple[tuple[str, str], ...] = ()
    id: str = ""
    server_type: str = "VM"
    approval: bool = True
    status: str = "available"
    description: str = ""
    tags: tuple[tuple[str, str], ...] = ()


_PARTNER: Final = (CONSUMER.domain_id, "Contoso, contract 2026-07")
_OURSELVES: Final = (DEMO.domain_id, "Northwind")

SERVICES: Final = (
    ServiceWish(
        "billing",
        DEMO,
        "orders-a",
        160 * DAY,
        ((443, 8443), (8080, 8080)),
        (_PARTNER, ("52f1d0aa6b7c4e0f9a3d8c1e4b2a7f60", "Auditors, read only")),
        server_type="LB",
        description="Invoices and credit notes",
        tags=(("env", "prod"), ("team", "billing")),
    ),
    ServiceWish(
        "search",
        DEMO,
        "orders-b",
        47 * DAY,
        ((9200, 9200),),
        ((EVERYONE, "Catalogue search is open to every account"),),
        approval=False,
        description="Catalogue search, no approval needed",
        tags=(("env", "prod"),),
    ),
    ServiceWish("shop", DEMO, "shop", 12 * DAY, ((443, 443),), (_PARTNER,), id=f"{PRINTED}83", tags=(("env", "test"),)),
    ServiceWish("", DEMO, "shop", 3 * DAY, ((5432, 5432),), server_type="LB", description="Reporting database"),
    ServiceWish("metrics", DEMO, "reserved", 9 * DAY, ((9090, 9090),), status="failed"),
    ServiceWish("reports", CONSUMER, "billing-a", 88 * DAY, ((443, 443),), (_OURSELVES,), id=REPORTS_SERVICE),
    ServiceWish("payments", CONSUMER, "analytics", 230 * DAY, ((443, 8443),), (_OURSELVES,)),
)


@dataclass(frozen=True, slots=True)
class EndpointWish:
    """One endpoint to one of the services above, or to one of the cloud's own."""

    account: Account
    service: str
    subnet: str
    status: str
    #: Seconds.
    age: float
    was_connected: bool = False
    enable_dns: bool = False
    description: str = ""
    tags: tuple[tuple[str, str], ...] = ()
    whitelist: tuple[str, ...] = ()


ENDPOINTS: Final = (
    EndpointWish(
        DEMO,
        "dns",
        "orders-a",
        "accepted",
        300 * DAY,
        was_connected=True,
        enable_dns=True,
        description="Name resolution for the order servers",
        tags=(("env", "prod"),),
    ),
    EndpointWish(
        DEMO, "obs", "orders-a", "accepted", 290 * DAY, was_connected=True, description="Archive of delivery notes"
    ),
    EndpointWish(
        DEMO,
        "payments",
        "orders-a",
        "accepted",
        200 * DAY,
        was_connected=True,
        enable_dns=True,
        description="Card payments at Contoso",
        tags=(("env", "prod"), ("team", "checkout")),
        whitelist=("10.20.0.0/24", "10.20.1.7"),
    ),
    EndpointWish(DEMO, "payments", "clients", "pendingAcceptance", 2 * HOUR, enable_dns=True, tags=(("env", "test"),)),
    EndpointWish(DEMO, "reports", "reports", "rejected", 30 * DAY, was_connected=True),
    EndpointWish(DEMO, "reports", "reserved", "failed", 6 * DAY),
    EndpointWish(DEMO, "search", "clients", "accepted", 20 * DAY, was_connected=True),
    EndpointWish(
        CONSUMER, "billing", "billing-b", "accepted", 140 * DAY, was_connected=True, tags=(("owner", "finance"),)
    ),
    EndpointWish(CONSUMER, "billing", "analytics", "pendingAcceptance", 5 * HOUR, description="Monthly statements"),
    EndpointWish(CONSUMER, "search", "analytics", "accepted", 33 * DAY, was_connected=True, enable_dns=True),
    EndpointWish(CONSUMER, "shop", "billing-b", "rejected", 10 * DAY),
    EndpointWish(CONSUMER, "smn", "billing-b", "accepted", 70 * DAY, was_connected=True),
)
