"""Ports: what the console needs of a cloud, by capability. A vendor implements those that it has.

Every method may raise the errors of `clouds.errors`. Reads are retried by the adapter, writes never blindly
(huawei-contract 1.8). A write needs the id of a durable intent, so nothing but the Change engine can make one.
Given `types.DRY_RUN` in place of one, it sends nothing and its receipt holds the call that would have been sent; what a
write really sent and was answered is in the receipt's, or the error's, `exchange`.
"""

from collections.abc import Sequence
from typing import Protocol

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
)


class GatewayCatalog(Protocol):
    """Which gateways there are."""

    def list_gateways(self) -> Sequence[Gateway]:
        """All gateways of the project, paged to the end, newest first."""

    def get_gateway(self, gateway_id: GatewayId) -> GatewayDetail:
        """One gateway. Raises CloudNotFound when the project has none of that id."""


class GatewayEndpoints(Protocol):
    """The VPC endpoint service of a gateway: who is connected, who may connect, what it is called."""

    def own_account(self) -> AccountId:
        """The account that owns the gateways; whitelisted by the cloud itself."""

    def read_account(self, text: str) -> AccountId:
        """The account that a person typed or pasted. Raises ValueError, in words for that person, when it is none."""

    def read_endpoint_id(self, text: str) -> EndpointId:
        """The VPC endpoint that a person or a link named. Raises ValueError, in words, when it is no such id."""

    def list_connections(self, gateway_id: GatewayId) -> Sequence[Connection]:
        """All connections, paged to the end with the pages fetched at once, newest first.

        Raises CloudNotFound when the gateway has no endpoint service.
        """

    def find_connection(self, gateway_id: GatewayId, endpoint_id: EndpointId) -> Connection | None:
        """One connection, read fresh, or None when the gateway has none of that id."""

    def list_permissions(self, gateway_id: GatewayId) -> Sequence[Permission]:
        """The whole whitelist, newest first. Raises CloudNotFound when there is no endpoint service."""

    def accept(self, gateway_id: GatewayId, endpoint_id: EndpointId, *, intent: IntentId) -> Receipt:
        """Let the endpoint connect. Asynchronous: the status passes through creating (contract 4.5)."""

    def reject(self, gateway_id: GatewayId, endpoint_id: EndpointId, *, intent: IntentId) -> Receipt:
        """Refuse or cut the endpoint's connection."""

    def add_permission(self, gateway_id: GatewayId, account: AccountId, *, intent: IntentId) -> Receipt:
        """Put one account, or EVERYONE, on the whitelist."""

    def remove_permission(self, gateway_id: GatewayId, account: AccountId, *, intent: IntentId) -> Receipt:
        """Take one account off the whitelist. Connections already accepted may stay up (features T-06)."""

    def rename_service(self, gateway_id: GatewayId, name: str, *, intent: IntentId) -> Receipt:
        """Set the chosen part of the service name; "" leaves `{region}.{id}`. Enables the service where there is none.

        Visible in the gateway's detail only some time later (contract 4.3).
        """
