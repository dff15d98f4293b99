"""PrivateLink 2020-04-15, provider's side: services, their connections and whitelists (alibaba-contract 4)."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Final, TypeVar

from console.clouds.alibaba import link_wire
from console.clouds.alibaba.client import PRIVATELINK, AlibabaClient
from console.clouds.alibaba.lists import PAGE_SIZE, next_token, read_tokened
from console.clouds.alibaba.networks import AlibabaNetworks
from console.clouds.alibaba.pacing import Queue
from console.clouds.alibaba.wire import Parameters, rows_in
from console.clouds.budget import time_budget
from console.clouds.errors import CloudNotFound, NotOffered
from console.clouds.paging import Listing, Page, page_of
from console.clouds.reading import JsonObject
from console.clouds.services import EndpointService
from console.clouds.several import only
from console.clouds.types import (
    DRY_RUN,
    AccountId,
    Connection,
    ConnectionStatus,
    EndpointId,
    IntentId,
    Permission,
    Receipt,
    ServiceId,
)

T = TypeVar("T")

_LONG_AGO: Final = datetime(1, 1, 1, tzinfo=UTC)


class AlibabaEndpointServices:
    """Implements `EndpointServices`."""

    traits: Final = link_wire.TRAITS

    def __init__(self, client: AlibabaClient, networks: AlibabaNetworks, account: AccountId) -> None:
        """`account` is who owns the services; "" has it worked out from the networks."""
        self._client = client
        self._networks = networks
        self._account = account
        self._queue = Queue()

    def own_account(self) -> AccountId:
        """As configured, else who has the VPCs, asked until the cloud says so; "" while it does not."""
        if not self._account:
            self._account = self._networks.owner()
        return self._account

    def read_account(self, text: str) -> AccountId:
        return link_wire.read_account(text)

    def read_endpoint_id(self, text: str) -> EndpointId:
        return link_wire.read_endpoint_id(text)

    def read_service_id(self, text: str) -> ServiceId:
        return link_wire.read_service_id(text)

    def list_services(self) -> Listing[EndpointService]:
        decode = partial(_rows, path=link_wire.SERVICES, decode=link_wire.service_from_wire)
        rows = self._read_all("ListVpcEndpointServices", {}, decode, lambda row: row.id)
        return rows.ordered(lambda row: row.created_at or _LONG_AGO, reverse=True)

    def get_service(self, service_id: ServiceId) -> EndpointService:
        parameters = link_wire.service_to_wire(_service(service_id))
        decode = link_wire.service_from_wire
        return self._client.read(PRIVATELINK, "GetVpcEndpointServiceAttribute", parameters, decode)

    def list_connections(self, service_id: ServiceId) -> Listing[Connection]:
        """By when they were last modified. No row may also mean that there is no service, which is then asked for."""
        rows = self._connections(link_wire.service_to_wire(_service(service_id)))
        if not rows:
            self.get_service(service_id)
        return rows.ordered(lambda row: row.updated_at or _LONG_AGO, reverse=True)

    def find_connection(self, service_id: ServiceId, endpoint_id: EndpointId) -> Connection | None:
        parameters = link_wire.connection_to_wire(_service(service_id), _endpoint(endpoint_id))
        rows = self._connections(parameters)
        found = next((row for row in rows if row.id == endpoint_id), None)
        if found is None:
            rows.check_absence()
        return found

    def list_permissions(self, service_id: ServiceId) -> Listing[Permission]:
        """In the cloud's own order, since entries have no time."""
        parameters = link_wire.service_to_wire(_service(service_id))
        decode = link_wire.permissions_from_wire
        return self._read_all("ListVpcEndpointServiceUsers", parameters, decode, lambda row: row.account)

    def accept(self, service_id: ServiceId, *endpoint_ids: EndpointId, intent: IntentId) -> Receipt:
        parameters = link_wire.connection_to_wire(_service(service_id), _endpoint(only(endpoint_ids)))
        return self._write("EnableVpcEndpointConnection", parameters, intent)

    def reject(self, service_id: ServiceId, *endpoint_ids: EndpointId, intent: IntentId) -> Receipt:
        """Nobody knows what it would do to a connection that is not connected, so that is never sent (4.1)."""
        endpoint_id = only(endpoint_ids)
        parameters = link_wire.connection_to_wire(_service(service_id), _endpoint(endpoint_id))
        if intent != DRY_RUN:
            self._check_connected(service_id, endpoint_id)
        return self._write("DisableVpcEndpointConnection", parameters, intent)

    def add_permission(self, service_id: ServiceId, *accounts: AccountId, intent: IntentId) -> Receipt:
        parameters = link_wire.user_to_wire(_service(service_id), _user(only(accounts)))
        return self._write("AddUserToVpcEndpointService", parameters, intent)

    def remove_permission(self, service_id: ServiceId, *accounts: AccountId, intent: IntentId) -> Receipt:
        parameters = link_wire.user_to_wire(_service(service_id), _user(only(accounts)))
        return self._write("RemoveUserFromVpcEndpointService", parameters, intent)

    def _write(self, action: str, parameters: Parameters, intent: IntentId) -> Receipt:
        if intent == DRY_RUN:
            return self._client.write(PRIVATELINK, action, parameters, intent=intent)
        with self._client.waiting_to_write(PRIVATELINK), self._queue.turn():
            return self._client.write(PRIVATELINK, action, parameters, intent=intent)

    def _check_connected(self, service_id: ServiceId, endpoint_id: EndpointId) -> None:
        found = self.find_connection(service_id, endpoint_id)
        if found is not None and found.status is ConnectionStatus.NOT_CONNECTED:
            raise NotOffered("the VPC endpoint is not connected, so there is nothing to cut; nothing was sent")

    def _connections(self, parameters: Parameters) -> Listing[Connection]:
        decode = partial(_rows, path=link_wire.CONNECTIONS, decode=link_wire.connection_from_wire)
        return self._read_all("ListVpcEndpointConnections", parameters, decode, lambda row: row.id)

    def _read_all(
        self, action: str, filters: Parameters, decode: Callable[[JsonObject], Page[T]], identity: Callable[[T], str]
    ) -> Listing[T]:
        def with_token(document: JsonObject) -> tuple[Page[T], str]:
            return decode(document), next_token(document)

        def fetch(token: str) -> tuple[Page[T], str]:
            parameters = {**filters, **link_wire.page_to_wire(token, PAGE_SIZE)}
            return self._client.read(PRIVATELINK, action, parameters, with_token)

        with time_budget(self._client.total_time):
            return read_tokened(fetch, identity)


def _rows(document: JsonObject, path: tuple[str, ...], decode: Callable[[JsonObject], T]) -> Page[T]:
    return page_of(rows_in(document, path), decode)


def _service(service_id: ServiceId) -> ServiceId:
    """Raises CloudNotFound for what cannot be an id, without asking: an empty one would mean all services."""
    try:
        return link_wire.read_service_id(service_id)
    except ValueError:
        raise CloudNotFound("this cannot be the ID of an endpoint service") from None


def _endpoint(endpoint_id: EndpointId) -> EndpointId:
    """Raises CloudNotFound for what cannot be an id, without asking."""
    try:
        return link_wire.read_endpoint_id(endpoint_id)
    except ValueError:
        raise CloudNotFound("this cannot be the ID of a VPC endpoint") from None


def _user(account: AccountId) -> AccountId:
    """Raises NotOffered for what is no account, without asking; "every account" among it (alibaba-contract 4.2)."""
    try:
        return link_wire.read_account(account)
    except ValueError:
        refusal = NotOffered("this cloud's whitelist takes the IDs of accounts only")
        refusal.field = "account"
        raise refusal from None
