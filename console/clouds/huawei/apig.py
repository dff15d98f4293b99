"""API Gateway v2: the catalog of dedicated gateways and the VPC endpoint service of each (huawei-contract 4)."""

from collections.abc import Sequence
from functools import partial
from typing import Final

from console.clouds.huawei import wire
from console.clouds.huawei.admission import AdmissionLists
from console.clouds.huawei.client import HuaweiClient
from console.clouds.huawei.lists import OffsetLists, newest_first
from console.clouds.huawei.paths import below
from console.clouds.huawei.profiles import Profile
from console.clouds.paging import Listing
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

    def list_gateways(self) -> Listing[Gateway]:
        rows = self._lists.read(
            self._instances, "instances", wire.gateway_from_wire, identity=lambda row: row.id, page_size=PAGE_SIZE
        )
        return rows.ordered(newest_first, reverse=True)

    def get_gateway(self, gateway_id: GatewayId) -> GatewayDetail:
        return self._client.read("apig", self._gateway(gateway_id), self._detail)


class HuaweiGatewayEndpoints(_GatewayCalls):
    """Implements `GatewayEndpoints`."""

    traits: Final = Traits(in_one_call=MOST_IN_CALL)

    def __init__(self, client: HuaweiClient, project_id: str) -> None:
        super().__init__(client, project_id)
        self._admission = AdmissionLists(self._lists, PAGE_SIZE, PAGE_SIZE, wire.connection_from_wire)

    def own_account(self) -> AccountId:
        return self._client.own_account()

    def read_account(self, text: str) -> AccountId:
        return wire.read_account(text)

    def read_endpoint_id(self, text: str) -> EndpointId:
        return wire.read_endpoint_id(text)

    def list_connections(self, gateway_id: GatewayId) -> Listing[Connection]:
        return self._admission.connections(self._vpc_endpoint(gateway_id))

    def find_connection(self, gateway_id: GatewayId, endpoint_id: EndpointId) -> Connection | None:
        """An id that the gateway does not have gives an empty list, not a 404 (contract 4.4)."""
        return self._admission.find_connection(self._vpc_endpoint(gateway_id), endpoint_id)

    def list_permissions(self, gateway_id: GatewayId) -> Listing[Permission]:
        return self._admission.permissions(self._vpc_endpoint(gateway_id), wire.account_to_wire)

    def accept(self, gateway_id: GatewayId, *endpoint_ids: EndpointId, intent: IntentId) -> Receipt:
        return self._decide(gateway_id, wire.ACCEPT, endpoint_ids, intent)

    def reject(self, gateway_id: GatewayId, *endpoint_ids: EndpointId, intent: IntentId) -> Receipt:
        return self._decide(gateway_id, wire.REJECT, endpoint_ids, intent)

    def add_permission(self, gateway_id: GatewayId, *accounts: AccountId, intent: IntentId) -> Receipt:
        entries = [wire.account_to_wire(account) for account in up_to(MOST_IN_CALL, accounts)]
        return self._post(gateway_id, "permissions/batch-add", wire.permissions_to_wire(entries), intent)

    def remove_permission(self, gateway_id: GatewayId, *accounts: AccountId, intent: IntentId) -> Receipt:
        """By the text of the list, not by the record's id (contract 4.7)."""
        base = self._vpc_endpoint(gateway_id)
        entries = [
            entry
            for account in up_to(MOST_IN_CALL, accounts)
            for entry in self._admission.entries_of(base, account, wire.account_to_wire(account))
        ]
        return self._post(gateway_id, "permissions/batch-delete", wire.permissions_to_wire(entries), intent)

    def rename_service(self, gateway_id: GatewayId, name: str, *, intent: IntentId) -> Receipt:
        return self._client.write("apig", "PUT", self._gateway(gateway_id), wire.rename_to_wire(name), intent=intent)

    def _decide(
        self, gateway_id: GatewayId, action: str, endpoint_ids: Sequence[EndpointId], intent: IntentId
    ) -> Receipt:
        named = self._admission.ids_of(self._vpc_endpoint(gateway_id), up_to(MOST_IN_CALL, endpoint_ids))
        return self._post(gateway_id, "connections/action", wire.connection_action_to_wire(action, named), intent)

    def _post(self, gateway_id: GatewayId, call: str, body: bytes, intent: IntentId) -> Receipt:
        path = f"{self._vpc_endpoint(gateway_id)}/{call}"
        return self._client.write("apig", "POST", path, body, intent=intent)

    def _vpc_endpoint(self, gateway_id: GatewayId) -> str:
        return self._gateway(gateway_id) + "/vpc-endpoint"
