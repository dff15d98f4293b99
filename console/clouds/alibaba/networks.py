"""VPC 2016-04-28, as far as choosing a VPC and a vSwitch needs it (alibaba-contract 2.8)."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeVar

from console.clouds.alibaba import wire
from console.clouds.alibaba.client import VPC, AlibabaClient
from console.clouds.alibaba.lists import PAGE_SIZE, read_numbered
from console.clouds.alibaba.wire import Parameters
from console.clouds.budget import time_budget
from console.clouds.networks import Backend, RouteTable, Subnet, Vpc
from console.clouds.paging import Page
from console.clouds.reading import JsonObject
from console.clouds.types import AccountId

T = TypeVar("T")


class AlibabaNetworks:
    """Implements `Networks`. Services and endpoints are not placed here, so what only they need is empty."""

    def __init__(self, client: AlibabaClient) -> None:
        self._client = client

    def list_vpcs(self) -> Sequence[Vpc]:
        rows = self._read_all("DescribeVpcs", {}, wire.VPCS, wire.vpc_from_wire, lambda row: row.id)
        return sorted(rows, key=lambda row: (row.name.casefold(), row.id))

    def list_subnets(self, vpc_id: str) -> Sequence[Subnet]:
        """Its vSwitches."""
        if not vpc_id:
            return []
        rows = self._read_all(
            "DescribeVSwitches", wire.vpc_to_wire(vpc_id), wire.VSWITCHES, wire.vswitch_from_wire, lambda row: row.id
        )
        return sorted(rows, key=lambda row: (row.name.casefold(), row.id))

    def list_backends(self, vpc_id: str) -> Sequence[Backend]:
        return []

    def list_route_tables(self, vpc_id: str) -> Sequence[RouteTable]:
        return []

    def used_addresses(self, subnet_id: str) -> frozenset[str]:
        return frozenset()

    def owner(self) -> AccountId:
        """The one account that has all of the VPCs; "" where there are none, or several accounts share them."""
        rows = self._read_all("DescribeVpcs", {}, wire.VPCS, wire.owner_of_vpc, lambda row: row[0])
        owners = {owner for _, owner in rows}
        return owners.pop() if len(owners) == 1 else AccountId("")

    def _read_all(
        self,
        action: str,
        filters: Parameters,
        path: tuple[str, ...],
        decode: Callable[[JsonObject], T],
        identity: Callable[[T], str],
    ) -> list[T]:
        def fetch(number: int) -> Page[T]:
            parameters = {**filters, **wire.page_to_wire(number, PAGE_SIZE)}
            return self._client.read(VPC, action, parameters, partial(wire.page_from_wire, path=path, decode=decode))

        with time_budget(self._client.total_time):
            return read_numbered(fetch, identity)
