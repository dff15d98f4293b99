"""API Gateway v2: the catalog of dedicated gateways and the VPC endpoint service of each (huawei-contract 4)."""

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Final, TypeVar

from console.clouds.budget import time_budget
from console.clouds.errors import CloudNotFound
from console.clouds.huawei import wire
from console.clouds.huawei.client import HuaweiClient
from console.clouds.huawei.profiles import Profile
from console.clouds.paging import Page, read_all
from console.clouds.reading import JsonObject
from console.clouds.types import (
    AccountId,
    Connection,
    EndpointId,
    Gateway,
    GatewayDetail,
    GatewayId,
    IntentId,
    Permission,
    Receipt,
    Traits,
)

T = TypeVar("T")

#: The most rows that API Gateway gives at once (contract 1.6).
PAGE_SIZE: Final = 500
#: What may stand in a path. Stricter than percent-encoding, which leaves ".." as it is.
_PATH_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
_LONG_AGO: Final = datetime(1, 1, 1, tzinfo=UTC)


def _newest_first(row: Connection | Permission | Gateway) -> datetime:
    return row.created_at or _LONG_AGO


class _GatewayCalls:
    """The addresses of one project's gateways."""

    def __init__(self, client: HuaweiClient, project_id: str) -> None:
        self._client = client
        self._instances = f"/v2/{project_id}/apigw/instances"
        #: How long each list was when it was last read, by path: a guess that saves a round trip.
        self._lengths: dict[str, int] = {}

    def _gateway(self, gateway_id: GatewayId) -> str:
        """A gateway's path. Raises CloudNotFound for what cannot be an id, without asking the cloud."""
        if not _PATH_ID.fullmatch(gateway_id):
            raise CloudNotFound("this cannot be the id of a gateway")
        return f"{self._instances}/{gateway_id}"

    def _read_all(
        self, path: str, name: str, decode: Callable[[JsonObject], T], identity: Callable[[T], str]
    ) -> list[T]:
        """A whole list; every page of it within one time budget."""
        page_of = partial(wire.page_from_wire, name=name, decode=decode)

        def fetch(offset: int) -> Page[T]:
            return self._client.read("apig", path, page_of, (("offset", str(offset)), ("limit", str(PAGE_SIZE))))

        with time_budget(self._client.total_time):
            rows = read_all(fetch, identity=identity, page_size=PAGE_SIZE, expected=self._lengths.get(path, 0))
        self._lengths[path] = len(rows)
        return rows


class HuaweiGatewayCatalog(_GatewayCalls):
    """Implements `GatewayCatalog`."""

    def __init__(self, client: HuaweiClient, project_id: str, region: str, profile: Profile) -> None:
        super().__init__(client, project_id)
        self._detail = partial(wire.gateway_detail_from_wire, region=region, profile=profile)

    def list_gateways(self) -> Sequence[Gateway]:
        rows = self._read_all(self._instances, "instances", wire.gateway_from_wire, lambda row: row.id)
        return sorted(rows, key=_newest_first, reverse=True)

    def get_gateway(self, gateway_id: GatewayId) -> GatewayDetail:
        return self._client.read("apig", self._gateway(gateway_id), self._detail)


class HuaweiGatewayEndpoints(_GatewayCalls):
    """Implements `GatewayEndpoints`."""

    traits: Final = Traits()

    def own_account(self) -> AccountId:
        return self._client.own_account()

    def read_account(self, text: str) -> AccountId:
        return wire.read_account(text)

    def read_endpoint_id(self, text: str) -> EndpointId:
        return wire.read_endpoint_id(text)

    def list_connections(self, gateway_id: GatewayId) -> Sequence[Connection]:
        path = self._gateway(gateway_id) + "/vpc-endpoint/connections"
        rows = self._read_all(path, "connections", wire.connection_from_wire, lambda row: row.id)
        return sorted(rows, key=_newest_first, reverse=True)

    def find_connection(self, gateway_id: GatewayId, endpoint_id: EndpointId) -> Connection | None:
        """An id that the gateway does not have gives an empty list, not a 404 (contract 4.4)."""
        path = self._gateway(gateway_id) + "/vpc-endpoint/connections"
        page_of = partial(wire.page_from_wire, name="connections", decode=wire.connection_from_wire)
        page = self._client.read("apig", path, page_of, (("id", endpoint_id),))
        return next((row for row in page.rows if row.id == endpoint_id), None)

    def list_permissions(self, gateway_id: GatewayId) -> Sequence[Permission]:
        path = self._gateway(gateway_id) + "/vpc-endpoint/permissions"
        rows = self._read_all(path, "permissions", wire.permission_from_wire, lambda row: row.raw)
        return sorted(rows, key=_newest_first, reverse=True)

    def accept(self, gateway_id: GatewayId, endpoint_id: EndpointId, *, intent: IntentId) -> Receipt:
        body = wire.connection_action_to_wire(wire.ACCEPT, endpoint_id)
        return self._post(gateway_id, "connections/action", body, intent)

    def reject(self, gateway_id: GatewayId, endpoint_id: EndpointId, *, intent: IntentId) -> Receipt:
        body = wire.connection_action_to_wire(wire.REJECT, endpoint_id)
        return self._post(gateway_id, "connections/action", body, intent)

    def add_permission(self, gateway_id: GatewayId, account: AccountId, *, intent: IntentId) -> Receipt:
        return self._post(gateway_id, "permissions/batch-add", wire.permissions_to_wire(account), intent)

    def remove_permission(self, gateway_id: GatewayId, account: AccountId, *, intent: IntentId) -> Receipt:
        """By the account, not by the record's id (contract 4.7)."""
        return self._post(gateway_id, "permissions/batch-delete", wire.permissions_to_wire(account), intent)

    def rename_service(self, gateway_id: GatewayId, name: str, *, intent: IntentId) -> Receipt:
        return self._client.write("apig", "PUT", self._gateway(gateway_id), wire.rename_to_wire(name), intent=intent)

    def _post(self, gateway_id: GatewayId, call: str, body: bytes, intent: IntentId) -> Receipt:
        path = f"{self._gateway(gateway_id)}/vpc-endpoint/{call}"
        return self._client.write("apig", "POST", path, body, intent=intent)
