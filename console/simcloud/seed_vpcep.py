"""What VPCEP holds at the start: the cloud's own services, both accounts' services and endpoints, their networks.

Its ids come from a stream of their own, so that those of gateways and their connections do not depend on it. The ids
of the vendor's printed requests (sources 001 and 002) exist here, so that these requests work as they stand.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network
from random import Random
from typing import Final

from console.simcloud import seed_wishes
from console.simcloud.identity import DEMO, OPERATIONS_DOMAIN, OPERATIONS_PROJECT, REGION
from console.simcloud.profiles import HUAWEI
from console.simcloud.records import (
    ALLOW_EVERYTHING,
    Endpoint,
    EndpointService,
    Permission,
    Port,
    Record,
    RouteTable,
    Subnet,
    Vpc,
)
from console.simcloud.seed_wishes import DAY, EndpointWish, Network, ServiceWish

_LOAD_BALANCER: Final = "neutron:LOADBALANCERV2"
_FAILED_SERVICE: Final = {"code": "EndPoint.4011", "message": "Failed to create the port of the VPC endpoint service."}
_FAILED_ENDPOINT: Final = {"error_code": "EndPoint.2022", "error_message": "Failed to create the VPC endpoint."}


@dataclass(slots=True)
class VpcepPlanter:
    """Grows VPCEP's records beside those that are there already."""

    random: Random
    now: float
    records: list[Record]
    #: Packet IDs go on from here.
    marker: int = 201_500_000

    def plant(self, *, lived_in: bool, services: int, endpoints: int) -> None:
        """Networks and the cloud's own services; when `lived_in`, both accounts' services and endpoints as well.

        `services` and `endpoints` are how many of each the demo project has at least."""
        for vpc in [row for row in self.records if isinstance(row, Vpc)]:
            self._plant_route_table(vpc, "main")
            if vpc.name == "vpc-orders":
                self._plant_route_table(vpc, "batch")
        for network in seed_wishes.NETWORKS:
            self._plant_network(network)
        self._plant_load_balancers()
        self._plant_public_services()
        if lived_in:
            for service in seed_wishes.SERVICES:
                self._plant_service(service)
            for endpoint in seed_wishes.ENDPOINTS:
                self._plant_endpoint(endpoint)
        self._fill_up_services(services)
        self._fill_up_endpoints(endpoints)

    def _uuid(self) -> str:
        return str(uuid.UUID(int=self.random.getrandbits(128), version=4))

    def _plant_network(self, network: Network) -> None:
        created_at = self.now - 400 * DAY
        vpc = Vpc(
            network.vpc_id or self._uuid(), network.account.project_id, network.vpc_name, network.cidr, created_at
        )
        subnet_id = network.subnet_id or self._uuid()
        self.records += [vpc, Subnet(subnet_id, vpc.id, network.name, network.subnet_cidr, created_at)]
        self._plant_route_table(vpc, "main")
        hosts = IPv4Network(network.subnet_cidr)
        for host, port_id in ((20, network.port_id), (21, "")):
            port = Port(port_id or self._uuid(), subnet_id, str(hosts[host]), self._uuid(), f"{network.name}-{host}")
            self.records.append(port)

    def _plant_load_balancers(self) -> None:
        for name in ("orders-a", "shop"):
            subnet = self._subnet(name)
            address = str(IPv4Network(subnet.cidr)[30])
            self.records.append(
                Port(self._uuid(), subnet.id, address, self._uuid(), f"{name}-balancer", _LOAD_BALANCER)
            )

    def _plant_route_table(self, vpc: Vpc, name: str) -> None:
        self.records.append(RouteTable(self._uuid(), vpc.id, f"rtb-{vpc.name}-{name}", name == "main", vpc.created_at))

    def _plant_public_services(self) -> None:
        for number, (name, kind) in enumerate(seed_wishes.PUBLIC_SERVICES):
            created_at = self.now - (1500 - 30 * number) * DAY
            self.records.append(
                EndpointService(
                    id=self._uuid(),
                    region=REGION,
                    name=name,
                    project_id=OPERATIONS_PROJECT,
                    domain_id=OPERATIONS_DOMAIN,
                    created_at=created_at,
                    updated_at=created_at,
                    vpc_id="",
                    approval_enabled=False,
                    service_type=kind,
                    is_charge=False,
                    cloud_prefix=HUAWEI.cloud_prefix,
                )
            )

    def _subnet(self, name: str) -> Subnet:
        return next(row for row in self.records if isinstance(row, Subnet) and row.name == name)

    def _service(self, name: str) -> EndpointService:
        return next(
            row for row in self.records if isinstance(row, EndpointService) and row.name == name and not row.gateway_id
        )

    def _plant_service(self, wish: ServiceWish) -> None:
        subnet = self._subnet(wish.subnet)
        created_at = float(int(self.now - wish.age))
        service = EndpointService(
            id=wish.id or self._uuid(),
            region=REGION,
            name=wish.name,
            project_id=wish.account.project_id,
            domain_id=wish.account.domain_id,
            created_at=created_at,
            updated_at=created_at + 2,
            vpc_id=subnet.vpc_id,
            port_id=self._backend(subnet, wish.server_type),
            status=wish.status,
            approval_enabled=wish.approval,
            description=wish.description,
            server_type=wish.server_type,
            ports=[{"client_port": ours, "server_port": theirs, "protocol": "TCP"} for ours, theirs in wish.ports],
            tags=_tags(wish.tags),
            error=[dict(_FAILED_SERVICE)] if wish.status == "failed" else [],
        )
        self.records.append(service)
        for number, (account, words) in enumerate(wish.admitted):
            since = created_at + (number + 1) * 3600
            self.records.append(Permission(self._uuid(), service.id, account, since, words))

    def _backend(self, subnet: Subnet, server_type: str) -> str:
        """The last port of the wanted kind in a subnet; the first servers' ports stay free for new services."""
        is_balancer = server_type == "LB"
        ports = [row for row in self.records if isinstance(row, Port) and row.subnet_id == subnet.id]
        return [row.id for row in ports if (row.device_owner == _LOAD_BALANCER) == is_balancer][-1]

    def _plant_endpoint(self, wish: EndpointWish) -> None:
        service, subnet = self._service(wish.service), self._subnet(wish.subnet)
        if service.service_type == "gateway":
            endpoint = self._endpoint(wish, service, subnet.vpc_id)
            endpoint.route_tables = [self._default_route_table(subnet.vpc_id)]
            endpoint.policy = ALLOW_EVERYTHING
        else:
            endpoint = self._endpoint(wish, service, subnet.vpc_id)
            endpoint.subnet_id, endpoint.ip = subnet.id, self._next_address(subnet)
            endpoint.enable_dns = wish.enable_dns
            endpoint.whitelist, endpoint.enable_whitelist = list(wish.whitelist), bool(wish.whitelist)
        self.records.append(endpoint)

    def _endpoint(self, wish: EndpointWish, service: EndpointService, vpc_id: str) -> Endpoint:
        self.marker += self.random.randint(1, 40)
        created_at = float(int(self.now - wish.age))
        return Endpoint(
            id=self._uuid(),
            marker_id=self.marker,
            service_id=service.id,
            domain_id=wish.account.domain_id,
            project_id=wish.account.project_id,
            status=wish.status,
            created_at=created_at,
            updated_at=created_at + self.random.randint(1, 6),
            vpc_id=vpc_id,
            description=wish.description,
            error=[dict(_FAILED_ENDPOINT)] if wish.status == "failed" else [],
            connected_once=wish.was_connected,
            tags=_tags(wish.tags),
        )

    def _default_route_table(self, vpc_id: str) -> str:
        tables = (row for row in self.records if isinstance(row, RouteTable) and row.vpc_id == vpc_id)
        return next(table.id for table in tables if table.is_default)

    def _next_address(self, subnet: Subnet) -> str:
        there = sum(isinstance(row, Endpoint) and row.subnet_id == subnet.id for row in self.records)
        return str(IPv4Network(subnet.cidr)[100 + there])

    def _fill_up_services(self, wanted: int) -> None:
        own = [
            row
            for row in self.records
            if isinstance(row, EndpointService) and row.project_id == DEMO.project_id and row.gateway_id is None
        ]
        for number in range(len(own), wanted):
            ports = ((443, 20_000 + number),)
            self._plant_service(ServiceWish(f"team-{number:03}", DEMO, "shop", (number + 1) * DAY, ports))

    def _fill_up_endpoints(self, wanted: int) -> None:
        there = sum(isinstance(row, Endpoint) and row.project_id == DEMO.project_id for row in self.records)
        if there >= wanted:
            return
        self._plant_network(seed_wishes.FLEET)
        service, subnet = self._service(seed_wishes.PUBLIC_SERVICES[0][0]), self._subnet(seed_wishes.FLEET.name)
        addresses = IPv4Network(subnet.cidr)
        for number in range(there, wanted):
            wish = EndpointWish(DEMO, service.name, subnet.name, "accepted", (number + 1) * 3600.0, was_connected=True)
            endpoint = self._endpoint(wish, service, subnet.vpc_id)
            endpoint.subnet_id, endpoint.ip = subnet.id, str(addresses[100 + number])
            self.records.append(endpoint)


def _tags(pairs: Sequence[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"key": key, "value": value} for key, value in pairs]
