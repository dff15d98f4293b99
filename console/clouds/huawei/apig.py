"""API Gateway v2: the catalog of dedicated gateways and the VPC endpoint service of each (huawei-contract 4)."""

from collections.abc import Sequence
from functools import partial
from typing import Final

from console.clouds.huawei import wire
from console.clouds.huawei.client import HuaweiClient
from console.clouds.huawei.lists import OffsetLists, newest_first
from console.clouds.huawei.paths import below
from console.clouds.huawei.profiles import Profile
from console.clouds.several import up_to
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

#: The most rows that API Gateway gives at once (contract 1.6).
PAGE_SIZE: Final = 500
#: The most connections, or whitelist entries, that one call may name (contract 4.5 and 4.7).
MOST_IN_CALL: Final = 50


class _GatewayCalls:
    """The addresses of one project's gateways."""

    def __init__(self, client: HuaweiClient, project_id: str) -> None:
        self._client = client
        self._instances = f"/v2/{project_id}/apigw/instances"
        self._lists = OffsetLists(client, "apig", total="total")

    def _gateway(self, gateway_id: GatewayId) -> str:
        """A gateway's path. Raises CloudNotFound for what cannot be an id, without asking the cloud."""
        return below(self._instances, gateway_id, "gateway")


class HuaweiGatewayCatalog(_GatewayCalls):
    """Implements `GatewayCatalog`."""

    def __init__(self, client: HuaweiClient, project_id: str, region: str, profile: Profile) -> None:
        super().__init__(client, project_id)
        self._detail = partial(wire.gateway_detail_from_wire, region=region, profile=profile)

    def list_gateways(self) -> Sequence[Gateway]:
        rows = self._lists.read(
            self._instances, "instances", wire.gateway_from_wire, identity=lambda row: row.id, page_size=PAGE_SIZE
        )
        return sorted(rows, key=newest_first, reverse=True)

    def get_gateway(self, gateway_id: GatewayId) -> GatewayDetail:
        return self._client.read("apig", self._gateway(gateway_id), self._detail)


class HuaweiGatewayEndpoints(_GatewayCalls):
    """Implements `GatewayEndpoints`."""

    traits: Final = Traits(in_one_call=MOST_IN_CALL)

    def own_account(self) -> AccountId:
        return self._client.own_account()

    def read_account(self, text: str) -> AccountId:
        return wire.read_account(text)

    def read_endpoint_id(self, text: str) -> EndpointId:
        return wire.read_endpoint_id(text)

    def list_connections(self, gateway_id: GatewayId) -> Sequence[Connection]:
        path = self._gateway(gateway_id) + "/vpc-endpoint/connections"
        rows = self._lists.read(
            path, "connections", wire.connection_from_wire, identity=lambda row: row.id, page_size=PAGE_SIZE
        )
        return sorted(rows, key=newest_first, reverse=True)

    def find_connection(self, gateway_id: GatewayId, endpoint_id: EndpointId) -> Connection | None:
        """An id that the gateway does not have gives an empty list, not a 404 (contract 4.4)."""
        path = self._gateway(gateway_id) + "/vpc-endpoint/connections"
        page = self._lists.page(path, "connections", wire.connection_from_wire, (("id", endpoint_id),))
        return next((row for row in page.rows if row.id == endpoint_id), None)

    def list_permissions(self, gateway_id: GatewayId) -> Sequence[Permission]:
        path = self._gateway(gateway_id) + "/vpc-endpoint/permissions"
        rows = self._lists.read(
            path, "permissions", wire.permission_from_wire, identity=lambda row: row.raw, page_size=PAGE_SIZE
        )
        return sorted(rows, key=newest_first, reverse=True)

    def accept(self, gateway_id: GatewayId, *endpoint_ids: EndpointId, intent: IntentId) -> Receipt:
        body = wire.connection_action_to_wire(wire.ACCEPT, up_to(MOST_IN_CALL, endpoint_ids))
        return self._post(gateway_id, "connections/action", body, intent)

    def reject(self, gateway_id: GatewayId, *endpoint_ids: EndpointId, intent: IntentId) -> Receipt:
        body = wire.connection_action_to_wire(wire.REJECT, up_to(MOST_IN_CALL, endpoint_ids))
        return self._post(gateway_id, "connections/action", body, intent)

    def add_permission(self, gateway_id: GatewayId, *accounts: AccountId, intent: IntentId) -> Receipt:
        return self._post(
            gateway_id, "permissions/batch-add", wire.permissions_to_wire(up_to(MOST_IN_CALL, accounts)), intent
        )

    def remove_permission(self, gateway_id: GatewayId, *accounts: AccountId, intent: IntentId) -> Receipt:
        """By the account, not by the record's id (contract 4.7)."""
        return self._post(
            gateway_id, "permissions/batch-delete", wire.permissions_to_wire(up_to(MOST_IN_CALL, accounts)), intent
        )

    def rename_service(self, gateway_id: GatewayId, name: str, *, intent: IntentId) -> Receipt:
        return self._client.write("apig", "PUT", self._gateway(gateway_id), wire.rename_to_wire(name), intent=intent)

    def _post(self, gateway_id: GatewayId, call: str, body: bytes, intent: IntentId) -> Receipt:
        path = f"{self._gateway(gateway_id)}/vpc-endpoint/{call}"
        return self._client.write("apig", "POST", path, body, intent=intent)
