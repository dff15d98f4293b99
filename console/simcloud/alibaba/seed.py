"""What the simulated Alibaba Cloud holds at its start. The same seed gives the same ids; ages count from the start.

Its ids come from a stream of their own, so that nothing else of the world depends on it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Network
from random import Random
from typing import Final

from console.simcloud.alibaba import seed_wishes
from console.simcloud.alibaba.identity import NORTHWIND, OPERATIONS, REGION
from console.simcloud.alibaba.records import (
    SHARED,
    AlibabaRecord,
    AlibabaVpc,
    ApiGroup,
    ApiInstance,
    LinkEndpoint,
    LinkService,
    LinkUser,
    OwnDomain,
    VSwitch,
)
from console.simcloud.alibaba.seed_wishes import DAY, ConnectionWish, GroupWish, InstanceWish, ServiceWish, VpcWish

_LETTERS: Final = "0123456789abcdefghijklmnopqrstuvwxyz"


@dataclass(slots=True)
class AlibabaPlanter:
    """Grows the records of one world."""

    random: Random
    now: float
    records: list[AlibabaRecord] = field(default_factory=list)
    #: By name; instances and services by role.
    _vpcs: dict[str, AlibabaVpc] = field(default_factory=dict)
    _vswitches: dict[str, list[VSwitch]] = field(default_factory=dict)
    _instances: dict[str, ApiInstance] = field(default_factory=dict)
    _services: dict[str, LinkService] = field(default_factory=dict)

    def plant(self, *, lived_in: bool) -> list[AlibabaRecord]:
        """Networks and shared instances; when `lived_in`, everything else as well."""
        for vpc in seed_wishes.VPCS:
            self._plant_vpc(vpc)
        for instance in seed_wishes.INSTANCES:
            if lived_in or instance.kind == SHARED:
                self._plant_instance(instance)
        if lived_in:
            for group in seed_wishes.GROUPS:
                self._plant_group(group)
            for service in seed_wishes.SERVICES:
                self._plant_service(service)
            self._plant_connections()
        return self.records

    def _text(self, length: int, letters: str = _LETTERS) -> str:
        return "".join(self.random.choices(letters, k=length))

    def _vendor_id(self, prefix: str) -> str:
        """Such as `vpc-bp1aevy8sofi8mh1q7x2k`: two letters of the region, then chance."""
        return f"{prefix}-bp1{self._text(18)}"

    def _plant_vpc(self, wish: VpcWish) -> None:
        created_at = self.now - 700 * DAY
        vpc = AlibabaVpc(self._vendor_id("vpc"), wish.region, wish.account, created_at, name=wish.name, cidr=wish.cidr)
        self._vpcs[wish.name] = vpc
        self._vswitches[vpc.id] = []
        self.records.append(vpc)
        blocks = IPv4Network(wish.cidr).subnets(new_prefix=24)
        for zone, block in zip(wish.zones, blocks, strict=False):
            vswitch = VSwitch(
                self._vendor_id("vsw"),
                wish.region,
                wish.account,
                created_at,
                vpc_id=vpc.id,
                name=f"{wish.name.removeprefix('vpc-')}-{zone}",
                cidr=str(block),
                zone_id=f"{wish.region}-{zone}",
            )
            self._vswitches[vpc.id].append(vswitch)
            self.records.append(vswitch)

    def _plant_instance(self, wish: InstanceWish) -> None:
        is_shared = wish.kind == SHARED
        number = len(self._instances) + 1
        instance = ApiInstance(
            f"api-shared-vpc-{number:03}" if is_shared else f"apigateway-hz-{self._text(12, '0123456789abcdef')}",
            wish.region,
            OPERATIONS if is_shared else NORTHWIND.id,
            self.now - (900 - 60 * number) * DAY,
            name=wish.name,
            kind=wish.kind,
            seeded_as=wish.seeded_as,
            status=wish.status,
            dedicated_kind="" if is_shared else wish.dedicated_kind,
            https_policy=wish.https_policy,
            rps_limit=wish.rps_limit,
            connect_vpc_id=self._vpcs[wish.connect_to].id if wish.connect_to else "",
        )
        if wish.bound_to:
            vpc = self._vpcs[wish.bound_to]
            instance.user_vpc_id, instance.vpc_owner_id = vpc.id, vpc.account
            instance.user_vswitch_id = self._vswitches[vpc.id][0].id
        self._instances[wish.seeded_as] = instance
        self.records.append(instance)

    def _plant_group(self, wish: GroupWish) -> None:
        instance = self._instances[wish.instance]
        created_at = self.now - self.random.randint(30, 500) * DAY
        group = ApiGroup(
            self._text(32, "0123456789abcdef"),
            instance.region_id,
            NORTHWIND.id,
            created_at,
            name=wish.name,
            instance_id=instance.id,
            modified_at=created_at + self.random.randint(1, 20) * DAY,
            seeded_as=wish.seeded_as,
            description=wish.description,
            https_policy=instance.https_policy,
            rps_limit=instance.rps_limit,
            has_vpc_domain=wish.has_vpc_domain,
            migration_status=wish.migration_status,
            migration_error=wish.migration_error,
        )
        self.records.append(group)
        if wish.own_domain:
            self.records.append(
                OwnDomain(
                    wish.own_domain,
                    group.region_id,
                    group.account,
                    group.modified_at,
                    group_id=group.id,
                    kind="INTRANET",
                    stage="RELEASE",
                    has_certificate=True,
                )
            )

    def _plant_service(self, wish: ServiceWish) -> None:
        service = LinkService(
            self._vendor_id("epsrv"),
            REGION,
            wish.account,
            float(int(self.now - wish.age)),
            description=wish.description,
            seeded_as=wish.seeded_as,
            resource_kind=wish.resource_kind,
            auto_accept=wish.auto_accept,
            resources=[
                {
                    "ResourceId": self._vendor_id(wish.resource_kind),
                    "ResourceType": wish.resource_kind,
                    "ZoneId": f"{REGION}-{zone}",
                }
                for zone in wish.zones
            ],
        )
        self._services[wish.seeded_as] = service
        self.records.append(service)
        for number, user in enumerate((wish.account, *wish.users)):
            since = service.created_at + number * 3600
            row = LinkUser(f"{service.id}/{user}", REGION, wish.account, since, service_id=service.id, user_id=user)
            self.records.append(row)

    def _plant_connections(self) -> None:
        for wish in seed_wishes.CONNECTIONS:
            self._plant_connection(wish)
        for role, count in seed_wishes.MORE.items():
            service = self._services[role]
            for _ in range(count):
                self._plant_connection(self._chance(service))

    def _chance(self, service: LinkService) -> ConnectionWish:
        weights = (90, 5, 5) if service.auto_accept else (60, 25, 15)
        states = (("Connected", "Connected"), ("Disconnected", "Wait"), ("Disconnected", "Disconnected"))
        status, zone_status = self.random.choices(states, weights=weights)[0]
        oldest = self.now - service.created_at
        # Mostly young with a long tail.
        age = 120.0 + (oldest - 240.0) * self.random.random() ** 3
        owner = self.random.choice(_guests(service))
        return ConnectionWish(status, zone_status, owner, age, service=service.seeded_as)

    def _plant_connection(self, wish: ConnectionWish) -> None:
        service = self._services.get(wish.service)
        service_id = service.id if service else self._vendor_id("epsrv")
        created_at = float(int(self.now - wish.age))
        endpoint_id = self._vendor_id("ep")
        resources = service.resources if service else []
        endpoint = LinkEndpoint(
            endpoint_id,
            REGION,
            wish.owner,
            created_at,
            service_id=service_id,
            service_account=service.account if service else NORTHWIND.id,
            vpc_id=self._vpc_of(wish.owner),
            modified_at=min(created_at + self.random.randint(5, 5 * 3600), self.now),
            connection_status=wish.status,
            status=wish.endpoint_status,
            name=f"to-{wish.service or 'gone'}",
            zones=[
                {
                    "ZoneId": resource["ZoneId"],
                    "ZoneStatus": wish.zone_status,
                    "VSwitchId": self._vendor_id("vsw"),
                    "EniId": self._vendor_id("eni"),
                    "ResourceId": resource["ResourceId"],
                }
                for resource in resources
            ],
        )
        self.records.append(endpoint)

    def _vpc_of(self, owner: int) -> str:
        """The owner's VPC; a stranger's is only known to the stranger."""
        own = [vpc for vpc in self._vpcs.values() if vpc.account == owner]
        return own[0].id if own else self._vendor_id("vpc")


def _guests(service: LinkService) -> Sequence[int]:
    wish = next(wish for wish in seed_wishes.SERVICES if wish.seeded_as == service.seeded_as)
    return wish.users
