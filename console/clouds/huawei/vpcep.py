"""VPCEP v1, the provider's side: endpoint services, their connections and whitelists (huawei-contract 5.1 to 5.6)."""

from collections.abc import Sequence
from functools import partial
from typing import Final

from console.clouds.advice import Advice, TryAgain
from console.clouds.huawei import vpcep_bodies, vpcep_wire, wire
from console.clouds.huawei.admission import AdmissionLists
from console.clouds.huawei.client import HuaweiClient
from console.clouds.huawei.faults import not_offered
from console.clouds.huawei.lists import OffsetLists, newest_first
from console.clouds.huawei.paths import below
from console.clouds.huawei.profiles import Profile
from console.clouds.paging import Listing
from console.clouds.services import EndpointService, NewService, Quota, QuotaKind, ServiceUpdate, Tag
from console.clouds.several import only
from console.clouds.types import (
    AccountId,
    Connection,
    EndpointId,
    IntentId,
    Permission,
    Receipt,
    ServiceId,
    Traits,
)

#: The most rows that VPCEP gives at once, and the most of a whitelist (contract 1.6).
PAGE_SIZE: Final = 1000
PERMISSIONS_PAGE_SIZE: Final = 500

_NO_DESCRIPTIONS: Final = Advice(
    "This cloud has no words of the owner beside a connection.",
    "Note them elsewhere, or ask the endpoint's owner to describe it.",
    TryAgain.AFTER_A_FIX,
)


class _ServiceCalls:
    """The addresses of one project's endpoint services."""

    def __init__(self, client: HuaweiClient, project_id: str, profile: Profile) -> None:
        self._client = client
        self._base = f"/v1/{project_id}"
        self._services = f"{self._base}/vpc-endpoint-services"
        self._newer_calls = profile.newer_vpcep

    def _service(self, service_id: ServiceId) -> str:
        """A service's path. Raises CloudNotFound for what cannot be an id, without asking the cloud."""
        return below(self._services, service_id, "VPC endpoint service")


class HuaweiEndpointServices(_ServiceCalls):
    """Implements `EndpointServices`."""

    def __init__(self, client: HuaweiClient, project_id: str, profile: Profile) -> None:
        super().__init__(client, project_id, profile)
        self.traits: Final = Traits(
            descriptions=profile.newer_vpcep,
            organisations=profile.newer_vpcep,
            account_hint="1 to 64 letters and digits",
        )
        self._lists = OffsetLists(client, "vpcep", total="total_count")
        self._admission = AdmissionLists(self._lists, PAGE_SIZE, PERMISSIONS_PAGE_SIZE, vpcep_wire.connection_from_wire)

    def list_services(self) -> Listing[EndpointService]:
        rows = self._lists.read(
            self._services,
            "endpoint_services",
            vpcep_wire.service_from_wire,
            identity=lambda row: row.id,
            page_size=PAGE_SIZE,
        )
        return rows.ordered(newest_first, reverse=True)

    def get_service(self, service_id: ServiceId) -> EndpointService:
        return self._client.read("vpcep", self._service(service_id), vpcep_wire.service_from_wire)

    def read_service_id(self, text: str) -> ServiceId:
        return vpcep_bodies.read_service_id(text)

    def own_account(self) -> AccountId:
        return self._client.own_account()

    def read_account(self, text: str) -> AccountId:
        return vpcep_bodies.read_account(text, organisations=self.traits.organisations)

    def read_endpoint_id(self, text: str) -> EndpointId:
        return wire.read_endpoint_id(text)

    def list_connections(self, service_id: ServiceId) -> Listing[Connection]:
        return self._admission.connections(self._service(service_id))

    def find_connection(self, service_id: ServiceId, endpoint_id: EndpointId) -> Connection | None:
        return self._admission.find_connection(self._service(service_id), endpoint_id)

    def list_permissions(self, service_id: ServiceId) -> Listing[Permission]:
        """Without the own account, which needs no entry here (contract 5.6)."""
        return self._admission.permissions(self._service(service_id), vpcep_bodies.account_to_wire)

    def accept(self, service_id: ServiceId, *endpoint_ids: EndpointId, intent: IntentId) -> Receipt:
        return self._decide(service_id, wire.ACCEPT, only(endpoint_ids), intent)

    def reject(self, service_id: ServiceId, *endpoint_ids: EndpointId, intent: IntentId) -> Receipt:
        return self._decide(service_id, wire.REJECT, only(endpoint_ids), intent)

    def add_permission(self, service_id: ServiceId, *accounts: AccountId, intent: IntentId) -> Receipt:
        entry = vpcep_bodies.account_to_wire(only(accounts))
        body = vpcep_bodies.permission_action_to_wire(vpcep_bodies.ADD, [entry])
        return self._post(service_id, "permissions/action", body, intent)

    def remove_permission(self, service_id: ServiceId, *accounts: AccountId, intent: IntentId) -> Receipt:
        """By the text of the list, in the one call that every flavour of the cloud has (contract 9)."""
        account = only(accounts)
        usual = vpcep_bodies.account_to_wire(account)
        entries = self._admission.entries_of(self._service(service_id), account, usual)
        body = vpcep_bodies.permission_action_to_wire(vpcep_bodies.REMOVE, entries)
        return self._post(service_id, "permissions/action", body, intent)

    def _decide(self, service_id: ServiceId, action: str, endpoint_id: EndpointId, intent: IntentId) -> Receipt:
        named = self._admission.ids_of(self._service(service_id), [endpoint_id])
        return self._post(service_id, "connections/action", wire.connection_action_to_wire(action, named), intent)

    def _post(self, service_id: ServiceId, call: str, body: bytes, intent: IntentId) -> Receipt:
        return self._client.write("vpcep", "POST", f"{self._service(service_id)}/{call}", body, intent=intent)


class HuaweiServicePublishing(_ServiceCalls):
    """Implements `ServicePublishing`."""

    def create_service(self, new: NewService, *, intent: IntentId) -> Receipt:
        body = vpcep_bodies.new_service_to_wire(new)
        return self._client.create("vpcep", self._services, body, intent=intent)

    def update_service(self, service_id: ServiceId, update: ServiceUpdate, *, intent: IntentId) -> Receipt:
        """The name goes with the rest: the call for the name alone is not everywhere (contract 9)."""
        body = vpcep_bodies.service_update_to_wire(update)
        return self._client.write("vpcep", "PUT", self._service(service_id), body, intent=intent)

    def delete_service(self, service_id: ServiceId, *, intent: IntentId) -> Receipt:
        return self._client.write("vpcep", "DELETE", self._service(service_id), None, intent=intent)

    def describe_connection(
        self, service_id: ServiceId, endpoint_id: EndpointId, description: str, *, intent: IntentId
    ) -> Receipt:
        if not self._newer_calls:
            raise not_offered("connections have no description here", _NO_DESCRIPTIONS)
        path = self._service(service_id) + "/connections/description"
        body = vpcep_bodies.connection_description_to_wire(endpoint_id, description)
        return self._client.write("vpcep", "PUT", path, body, intent=intent)

    def set_service_tags(
        self, service_id: ServiceId, *, add: Sequence[Tag], remove: Sequence[Tag], intent: IntentId
    ) -> Receipt:
        path = below(f"{self._base}/endpoint_service", service_id, "VPC endpoint service") + "/tags/action"
        return self._client.write(
            "vpcep", "POST", path, vpcep_bodies.tags_to_wire(add=add, remove=remove), intent=intent
        )

    def quota(self) -> Quota:
        return quota(self._client, self._base, QuotaKind.SERVICES)


def quota(client: HuaweiClient, base: str, kind: QuotaKind) -> Quota:
    """One of the project's two quotas (contract 5.8); `base` is the project's path."""
    decode = partial(vpcep_wire.quota_from_wire, kind=kind)
    return client.read("vpcep", f"{base}/quotas", decode, (("type", kind.value),))
