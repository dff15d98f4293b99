"""VPCEP v1, the consumer's side: finding services and having VPC endpoints (huawei-contract 5.3, 5.4, 5.7, 5.8)."""

from collections.abc import Sequence
from typing import Final

from console.clouds.advice import Advice, TryAgain
from console.clouds.errors import CloudRefused
from console.clouds.huawei import vpcep_bodies, vpcep_wire, wire
from console.clouds.huawei.client import HuaweiClient
from console.clouds.huawei.faults import not_offered
from console.clouds.huawei.lists import OffsetLists, newest_first
from console.clouds.huawei.paths import below
from console.clouds.huawei.profiles import Profile
from console.clouds.huawei.vpcep import PAGE_SIZE, quota
from console.clouds.paging import Listing
from console.clouds.services import EndpointTraits, FoundService, NewEndpoint, Quota, QuotaKind, Tag, VpcEndpoint
from console.clouds.types import EndpointId, IntentId, Receipt

#: What Verify means by "Service name not found", and nothing else: status and code in lower case (contract 5.3).
_NOT_FOUND: Final = frozenset(
    {(404, "endpoint.0005"), (400, "endpoint.2003"), (400, "endpoint.1003"), (400, "endpoint.3062")}
)
_FIXED_ACCESS_CONTROL: Final = Advice(
    "This cloud sets access control when a VPC endpoint is created, and cannot change it afterwards.",
    "Create another VPC endpoint with the access control that is wanted, and delete this one.",
    TryAgain.AFTER_A_FIX,
)


class HuaweiEndpoints:
    """Implements `Endpoints`."""

    def __init__(self, client: HuaweiClient, project_id: str, profile: Profile) -> None:
        self._client = client
        self._base = f"/v1/{project_id}"
        self._endpoints = f"{self._base}/vpc-endpoints"
        self._services = f"{self._base}/vpc-endpoint-services"
        self.traits: Final = EndpointTraits(access_control_changes=profile.newer_vpcep)
        self._lists = OffsetLists(client, "vpcep", total="total_count")

    def list_endpoints(self) -> Listing[VpcEndpoint]:
        rows = self._lists.read(
            self._endpoints,
            "endpoints",
            vpcep_wire.endpoint_from_wire,
            identity=lambda row: row.id,
            page_size=PAGE_SIZE,
        )
        return rows.ordered(newest_first, reverse=True)

    def get_endpoint(self, endpoint_id: EndpointId) -> VpcEndpoint:
        return self._client.read("vpcep", self._endpoint(endpoint_id), vpcep_wire.endpoint_from_wire)

    def read_endpoint_id(self, text: str) -> EndpointId:
        return wire.read_endpoint_id(text)

    def find_service(self, name: str) -> FoundService | None:
        path, query = f"{self._services}/describe", (("endpoint_service_name", name),)
        try:
            return self._client.read("vpcep", path, vpcep_wire.described_service_from_wire, query)
        except CloudRefused as refusal:
            if (refusal.status, refusal.vendor_code.lower()) in _NOT_FOUND:
                return None
            raise

    def public_services(self) -> Sequence[FoundService]:
        rows = self._lists.read(
            f"{self._services}/public",
            "endpoint_services",
            vpcep_wire.found_service_from_wire,
            identity=lambda row: row.id,
            page_size=PAGE_SIZE,
        )
        return sorted(rows, key=lambda row: row.name.full)

    def create_endpoint(self, new: NewEndpoint, *, intent: IntentId) -> Receipt:
        try:
            return self._client.create("vpcep", self._endpoints, vpcep_bodies.new_endpoint_to_wire(new), intent=intent)
        except CloudRefused as refusal:
            if refusal.field == "name":  # an endpoint has none: it is the service's (contract 12.3, code 1003)
                refusal.field = "service"
            raise

    def delete_endpoint(self, endpoint_id: EndpointId, *, intent: IntentId) -> Receipt:
        return self._client.write("vpcep", "DELETE", self._endpoint(endpoint_id), None, intent=intent)

    def set_access_control(
        self, endpoint_id: EndpointId, *, enabled: bool, whitelist: Sequence[str], intent: IntentId
    ) -> Receipt:
        if not self.traits.access_control_changes:
            raise not_offered("access control is fixed here once an endpoint exists", _FIXED_ACCESS_CONTROL)
        body = vpcep_bodies.access_control_to_wire(enabled=enabled, whitelist=whitelist)
        return self._client.write("vpcep", "PUT", self._endpoint(endpoint_id), body, intent=intent)

    def set_endpoint_tags(
        self, endpoint_id: EndpointId, *, add: Sequence[Tag], remove: Sequence[Tag], intent: IntentId
    ) -> Receipt:
        path = below(f"{self._base}/endpoint", endpoint_id, "VPC endpoint") + "/tags/action"
        return self._client.write(
            "vpcep", "POST", path, vpcep_bodies.tags_to_wire(add=add, remove=remove), intent=intent
        )

    def quota(self) -> Quota:
        return quota(self._client, self._base, QuotaKind.ENDPOINTS)

    def _endpoint(self, endpoint_id: EndpointId) -> str:
        """An endpoint's path. Raises CloudNotFound for what cannot be an id, without asking the cloud."""
        return below(self._endpoints, endpoint_id, "VPC endpoint")
