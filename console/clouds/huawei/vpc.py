"""VPC v1: where services and VPC endpoints can be placed (huawei-contract 7)."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from console.clouds.huawei import vpc_wire
from console.clouds.huawei.client import HuaweiClient
from console.clouds.huawei.lists import MarkerLists
from console.clouds.huawei.paths import below
from console.clouds.huawei.profiles import Profile
from console.clouds.networks import Backend, RouteTable, Subnet, Vpc
from console.clouds.parallel import gather


class HuaweiNetworks:
    """Implements `Networks`."""

    def __init__(self, client: HuaweiClient, project_id: str, profile: Profile) -> None:
        self._base = f"/v1/{project_id}"
        self._lists = MarkerLists(client, "vpc")
        self._all_vpcs = profile.all_vpcs

    def list_vpcs(self) -> Sequence[Vpc]:
        rows = self._lists.read(
            f"{self._base}/vpcs", "vpcs", vpc_wire.vpc_from_wire, identity=lambda row: row.id, query=self._all_vpcs
        )
        return sorted(rows, key=lambda row: (row.name, row.id))

    def list_subnets(self, vpc_id: str) -> Sequence[Subnet]:
        rows = self._lists.read(
            f"{self._base}/subnets",
            "subnets",
            vpc_wire.subnet_from_wire,
            identity=lambda row: row.id,
            query=(("vpc_id", vpc_id),),
        )
        return sorted(rows, key=lambda row: (row.name, row.id))

    def list_backends(self, vpc_id: str) -> Sequence[Backend]:
        """Servers' and load balancers' network ports. A port names its subnet only, so both are read at once."""
        answers = gather(subnets=partial(self.list_subnets, vpc_id), ports=self._list_ports)
        here = {subnet.id for subnet in answers["subnets"].unwrap()}
        ports: list[Backend] = answers["ports"].unwrap()
        rows = [replace(port, vpc_id=vpc_id) for port in ports if port.server_type and port.subnet_id in here]
        return sorted(rows, key=lambda row: (row.server_type, row.name, row.address))

    def _list_ports(self) -> list[Backend]:
        return self._lists.read(f"{self._base}/ports", "ports", vpc_wire.port_from_wire, identity=lambda row: row.id)

    def list_route_tables(self, vpc_id: str) -> Sequence[RouteTable]:
        rows = self._lists.read(
            f"{self._base}/routetables",
            "routetables",
            vpc_wire.route_table_from_wire,
            identity=lambda row: row.id,
            query=(("vpc_id", vpc_id),),
        )
        return sorted(rows, key=lambda row: (not row.is_default, row.name, row.id))

    def used_addresses(self, subnet_id: str) -> frozenset[str]:
        path = below(f"{self._base}/subnets", subnet_id, "subnet") + "/privateips"
        rows = self._lists.read(path, "privateips", vpc_wire.used_address_from_wire, identity=lambda row: row[0])
        return frozenset(address for _, address in rows if address)
