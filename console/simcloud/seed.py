"""What the simulated cloud holds at its start. The same seed gives the same ids; ages count from the start."""

import uuid
from dataclasses import dataclass
from random import Random
from typing import Final, TypedDict

from console.simcloud.alibaba.records import AlibabaRecord
from console.simcloud.alibaba.seed import AlibabaPlanter
from console.simcloud.identity import CONSUMER, DEMO, REGION
from console.simcloud.records import (
    Endpoint,
    EndpointService,
    Gateway,
    Permission,
    Port,
    Record,
    RouteTable,
    Subnet,
    Vpc,
)
from console.simcloud.seed_vpcep import VpcepPlanter

#: So many that APIG's default page of 20 is turned three times.
USUAL_CONNECTIONS: Final = 63

WORLDS: Final = ("demo", "empty")

#: Above 2^53: rounded by anything that treats a Packet ID as a JavaScript number (huawei-contract 1.3).
GIANT_MARKERS: Final = (422321321312321321, 9007199254740993)

MINUTE: Final = 60.0
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR

#: Accounts that only appear as owners of connections and on whitelists.
STRANGERS: Final = tuple(
    uuid.uuid5(uuid.NAMESPACE_DNS, f"{name}.invalid").hex
    for name in ("adventure-works", "fabrikam", "tailspin", "wingtip", "litware", "proseware", "woodgrove", "lucerne")
)

_NETWORK_FAILURE: Final = {
    "error_code": "EndPoint.4011",
    "error_message": "Failed to create the port of the VPC endpoint. Contact technical support.",
}


@dataclass(frozen=True, slots=True)
class _Wish:
    """One connection to be seeded: its status, its owner and how long ago it was created."""

    status: str
    owner: str
    age: float
    marker: int | None = None
    was_connected: bool = False
    description: str = ""


#: The gateway most people look at: nothing on it is in a changing state.
_MAIN: Final = (
    _Wish("pendingAcceptance", CONSUMER.domain_id, 4 * MINUTE, description="orders to billing, staging"),
    _Wish("pendingAcceptance", STRANGERS[0], 37 * MINUTE),
    _Wish("pendingAcceptance", STRANGERS[1], 5 * HOUR, marker=GIANT_MARKERS[0]),
    _Wish("pendingAcceptance", STRANGERS[0], 26 * HOUR),
    _Wish("pendingAcceptance", STRANGERS[2], 9 * DAY),
    _Wish("pendingAcceptance", DEMO.domain_id, 11 * DAY, description="own test"),
    _Wish("accepted", CONSUMER.domain_id, 3 * DAY, was_connected=True, description="orders to billing"),
    _Wish("accepted", STRANGERS[1], 45 * DAY, was_connected=True),
    _Wish("accepted", DEMO.domain_id, 120 * DAY, was_connected=True),
    _Wish("accepted", STRANGERS[3], 431 * DAY, was_connected=True),
    _Wish("rejected", STRANGERS[4], 14 * DAY),
    _Wish("rejected", STRANGERS[3], 210 * DAY, was_connected=True),
    _Wish("failed", STRANGERS[2], 2 * DAY),
)
_FROZEN: Final = (
    _Wish("pendingAcceptance", STRANGERS[5], 2 * DAY),
    _Wish("accepted", STRANGERS[5], 300 * DAY, was_connected=True),
)
_ORDERS: Final = (
    _Wish("pendingAcceptance", CONSUMER.domain_id, 50 * MINUTE),
    _Wish("accepted", STRANGERS[0], 60 * DAY, was_connected=True),
)
#: Every status once, before chance fills up; `creating` and `deleting` hang, as they sometimes do.
_ONE_OF_EACH: Final = (
    _Wish("pendingAcceptance", STRANGERS[6], 12 * MINUTE),
    _Wish("accepted", STRANGERS[7], 402 * DAY, marker=GIANT_MARKERS[1], was_connected=True),
    _Wish("rejected", STRANGERS[6], 33 * DAY, was_connected=True),
    _Wish("failed", STRANGERS[5], 8 * HOUR),
    _Wish("creating", STRANGERS[7], 3 * MINUTE),
    _Wish("deleting", STRANGERS[4], 77 * DAY, was_connected=True),
)


class Sizes(TypedDict, total=False):
    """How much of some things there should be; see `Seed`."""

    connections: int
    services: int
    endpoints: int


@dataclass(frozen=True, slots=True)
class Seed:
    """Which world to build: its name, the seed of its ids, and how much of some things there should be."""

    name: str
    seed: int
    #: Of the gateway `many_connections`.
    connections: int = USUAL_CONNECTIONS
    #: Of the demo project, at least.
    services: int = 0
    endpoints: int = 0

    def __post_init__(self) -> None:
        if self.name not in WORLDS:
            raise KeyError(self.name)
        for count in ("connections", "services", "endpoints"):
            if getattr(self, count) < 0:
                raise ValueError(f"{count} is a number from 0")

    def records(self, now: float) -> list[Record]:
        """Fresh records, as old as they should look at `now`."""
        planter = _Planter(Random(f"{self.name}/{self.seed}"), now)  # noqa: S311 - ids, not secrets
        planter.plant_networks()
        if self.name == "demo":
            planter.plant_gateways(self.connections)
        self._plant_vpcep(planter.records, now)
        return [*planter.records, *self._alibaba(now)]

    def complete(self, records: list[Record], now: float) -> list[Record]:
        """Add what a world saved by an older version lacks: all of VPCEP's or Alibaba's. Returns what was added."""
        known = len(records)
        if not any(isinstance(record, RouteTable) for record in records):
            self._plant_vpcep(records, now)
        if not any(isinstance(record, AlibabaRecord) for record in records):
            records.extend(self._alibaba(now))
        return records[known:]

    def _alibaba(self, now: float) -> list[AlibabaRecord]:
        random = Random(f"{self.name}/{self.seed}/alibaba")  # noqa: S311 - ids, not secrets
        return AlibabaPlanter(random, float(int(now))).plant(lived_in=self.name == "demo")

    def _plant_vpcep(self, records: list[Record], now: float) -> None:
        random = Random(f"{self.name}/{self.seed}/vpcep")  # noqa: S311 - ids, not secrets
        planter = VpcepPlanter(random, float(int(now)), records)
        planter.plant(lived_in=self.name == "demo", services=self.services, endpoints=self.endpoints)


class _Planter:
    """Grows the records of one world."""

    def __init__(self, random: Random, now: float) -> None:
        self._random = random
        self._now = float(int(now))
        self._marker = 167_960_000
        self.records: list[Record] = []
        #: By name.
        self._subnets: dict[str, Subnet] = {}

    def _uuid(self) -> str:
        return str(uuid.UUID(int=self._random.getrandbits(128), version=4))

    def plant_networks(self) -> None:
        """Three networks with subnets and some servers' ports: two of ours, one of the consumer's."""
        self._plant_vpc(DEMO.project_id, "vpc-gateways", "192.168.0.0/16", ("gateways",))
        self._plant_vpc(DEMO.project_id, "vpc-orders", "10.20.0.0/16", ("orders-a", "orders-b"))
        self._plant_vpc(CONSUMER.project_id, "vpc-billing", "172.16.0.0/16", ("billing-a", "billing-b"))

    def _plant_vpc(self, project_id: str, name: str, cidr: str, subnet_names: tuple[str, ...]) -> None:
        created_at = self._now - 500 * DAY
        vpc = Vpc(self._uuid(), project_id, name, cidr, created_at)
        self.records.append(vpc)
        stem = cidr.split(".0.0/")[0]
        for number, subnet_name in enumerate(subnet_names):
            subnet = Subnet(self._uuid(), vpc.id, subnet_name, f"{stem}.{number}.0/24", created_at)
            self.records.append(subnet)
            self._subnets[subnet_name] = subnet
            for host in (20, 21):
                port = Port(self._uuid(), subnet.id, f"{stem}.{number}.{host}", self._uuid(), f"{subnet_name}-{host}")
                self.records.append(port)

    def plant_gateways(self, connections: int) -> None:
        """One gateway of each role, and one endpoint service made in VPCEP."""
        main = self._plant_gateway("orders-api", "main", 431)
        many = self._plant_gateway("partner-hub", "many_connections", 520)
        self._plant_gateway("internal-tools", "without_service", 90)
        frozen = self._plant_gateway("legacy-billing", "frozen", 700)
        frozen.status = "Frozen"
        not_offered = self._plant_gateway("edge-nlb", "not_offered", 20)
        not_offered.spec = "PROFESSIONAL_NLB"
        self._plant_service(main, "apig", _MAIN, (CONSUMER.domain_id, *STRANGERS[:4]))
        self._plant_service(frozen, "apig", _FROZEN, STRANGERS[5:6])
        self._plant_service(None, "orders", _ORDERS, (CONSUMER.domain_id, STRANGERS[0]))
        # Last, and its ids with it: all other ids are the same however many connections there are.
        service = self._plant_service(many, "partners", (), STRANGERS[4:])
        wishes = (_ONE_OF_EACH + tuple(self._chance() for _ in range(connections)))[:connections]
        self._plant_connections(service, wishes)

    def _chance(self) -> _Wish:
        status = self._random.choices(("pendingAcceptance", "accepted", "rejected", "failed"), weights=(25, 60, 11, 4))[
            0
        ]
        # Mostly young with a long tail, from minutes to a good year.
        age = 2 * MINUTE + 430 * DAY * self._random.random() ** 3
        was_connected = status == "accepted" or (status == "rejected" and self._random.random() < 0.5)
        return _Wish(status, self._random.choice(STRANGERS), age, was_connected=was_connected)

    def _plant_gateway(self, name: str, role: str, age_in_days: int) -> Gateway:
        subnet = self._subnets["gateways"]
        gateway = Gateway(
            id=uuid.UUID(self._uuid()).hex,
            project_id=DEMO.project_id,
            name=name,
            seeded_as=role,
            created_at=self._now - age_in_days * DAY + 0.328,
            vpc_id=subnet.vpc_id,
            subnet_id=subnet.id,
            security_group_id=self._uuid(),
            ingress_ip=f"192.168.0.{150 + len(self.records) % 50}",
            spec="PROFESSIONAL" if role == "main" else "BASIC",
        )
        self.records.append(gateway)
        return gateway

    def _plant_service(
        self, gateway: Gateway | None, name: str, wishes: tuple[_Wish, ...], accounts: tuple[str, ...]
    ) -> EndpointService:
        created_at = gateway.created_at + 90 if gateway else self._now - 200 * DAY
        subnet = self._subnets["gateways" if gateway else "orders-a"]
        service = EndpointService(
            id=self._uuid(),
            region=REGION,
            name=name,
            project_id=DEMO.project_id,
            domain_id=DEMO.domain_id,
            created_at=created_at,
            updated_at=created_at,
            vpc_id=subnet.vpc_id,
            gateway_id=gateway.id if gateway else None,
            port_id="" if gateway else self._server_port(subnet),
        )
        self.records.append(service)
        if gateway is not None:
            gateway.service_id = service.id
            accounts = (DEMO.domain_id, *accounts)
        for number, account in enumerate(accounts):
            since = created_at + number * (self._now - created_at) / (len(accounts) + 1)
            self.records.append(Permission(self._uuid(), service.id, account, float(int(since))))
        self._plant_connections(service, wishes)
        return service

    def _server_port(self, subnet: Subnet) -> str:
        """The last server in a subnet; the others stay free for new services."""
        return [row.id for row in self.records if isinstance(row, Port) and row.subnet_id == subnet.id][-1]

    def _plant_connections(self, service: EndpointService, wishes: tuple[_Wish, ...]) -> None:
        for wish in sorted(wishes, key=lambda wish: -wish.age):
            self.records.append(self._connection(service, wish))

    def _connection(self, service: EndpointService, wish: _Wish) -> Endpoint:
        self._marker += self._random.randint(1, 40)
        created_at = float(int(self._now - wish.age))
        decided_after = self._random.randint(60, 5 * 3600) if wish.was_connected else self._random.randint(1, 6)
        project_id, vpc_id, subnet_id, ip = self._place_of(wish.owner)
        return Endpoint(
            id=self._uuid(),
            marker_id=wish.marker or self._marker,
            service_id=service.id,
            domain_id=wish.owner,
            project_id=project_id,
            status=wish.status,
            created_at=created_at,
            updated_at=min(created_at + decided_after, self._now),
            vpc_id=vpc_id,
            subnet_id=subnet_id,
            ip=ip,
            connected_once=wish.was_connected,
            description=wish.description,
            error=[dict(_NETWORK_FAILURE)] if wish.status == "failed" else [],
        )

    def _place_of(self, owner: str) -> tuple[str, str, str, str]:
        """Project, VPC, subnet and address of a seeded endpoint; a stranger's are only known to the stranger."""
        own = {DEMO.domain_id: (DEMO, "orders-b"), CONSUMER.domain_id: (CONSUMER, "billing-a")}.get(owner)
        host = 40 + len(self.records) % 160
        if own is None:
            return uuid.uuid5(uuid.NAMESPACE_OID, owner).hex, self._uuid(), self._uuid(), f"192.168.7.{host}"
        account, subnet_name = own
        subnet = self._subnets[subnet_name]
        return account.project_id, subnet.vpc_id, subnet.id, subnet.cidr.replace(".0/24", f".{host}")
