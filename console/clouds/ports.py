"""Ports: what the console needs of a cloud, by capability. A vendor implements those that it has.

Every method may raise the errors of `clouds.errors`. Reads are retried by the adapter, writes never blindly
(huawei-contract 1.8). A write needs the id of a durable intent, so nothing but the Change engine can make one.
Given `types.DRY_RUN` in place of one, it sends nothing and its receipt holds the call that would have been sent; what a
write really sent and was answered is in the receipt's, or the error's, `exchange`.
"""

from collections.abc import Sequence
from typing import Protocol, TypeVar

from console.clouds.networks import Backend, RouteTable, Subnet, Vpc
from console.clouds.paging import Listing
from console.clouds.services import (
    EndpointService,
    EndpointTraits,
    FoundService,
    NewEndpoint,
    NewService,
    Quota,
    ServiceUpdate,
    Tag,
    VpcEndpoint,
)
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
    ServiceId,
    Traits,
)
from console.clouds.vpc_access import ApiGroup, ApiGroupId, ApiInstance, ApiInstanceId

#: What people connect to: a gateway, or a VPC endpoint service.
HostId = TypeVar("HostId", bound=str, contravariant=True)


class GatewayCatalog(Protocol):
    """Which gateways there are."""

    def list_gateways(self) -> Listing[Gateway]:
        """All gateways of the project, paged to the end, newest first."""

    def get_gateway(self, gateway_id: GatewayId) -> GatewayDetail:
        """One gateway. Raises CloudNotFound when the project has none of that id."""


class Admission(Protocol[HostId]):
    """Who is connected to a host, and who may connect: its connections and its whitelist."""

    @property
    def traits(self) -> Traits:
        """What this cloud's connections and whitelists carry."""

    def own_account(self) -> AccountId:
        """The account that owns the hosts; allowed by the cloud itself."""

    def read_account(self, text: str) -> AccountId:
        """The account that a person typed or pasted. Raises ValueError, in words for that person, when it is none."""

    def read_endpoint_id(self, text: str) -> EndpointId:
        """The VPC endpoint that a person or a link named. Raises ValueError, in words, when it is no such id."""

    def list_connections(self, host: HostId) -> Listing[Connection]:
        """All connections, paged to the end with the pages fetched at once, newest first.

        Raises CloudNotFound when the host is gone or has no endpoint service.
        """

    def find_connection(self, host: HostId, endpoint_id: EndpointId) -> Connection | None:
        """One connection, read fresh, or None when the host has none of that id."""

    def list_permissions(self, host: HostId) -> Listing[Permission]:
        """The whole whitelist, newest first. Raises CloudNotFound when there is no endpoint service."""

    # The four writes take one or several, all in one call: as many as `traits.in_one_call` says, else ValueError.

    def accept(self, host: HostId, *endpoint_ids: EndpointId, intent: IntentId) -> Receipt:
        """Let the endpoints connect. Asynchronous: the status passes through creating (huawei-contract 4.5)."""

    def reject(self, host: HostId, *endpoint_ids: EndpointId, intent: IntentId) -> Receipt:
        """Refuse or cut the endpoints' connections."""

    def add_permission(self, host: HostId, *accounts: AccountId, intent: IntentId) -> Receipt:
        """Put accounts, or EVERYONE, on the whitelist."""

    def remove_permission(self, host: HostId, *accounts: AccountId, intent: IntentId) -> Receipt:
        """Take accounts off the whitelist. Connections already accepted may stay up (features T-06)."""


class GatewayEndpoints(Admission[GatewayId], Protocol):
    """The VPC endpoint service of a gateway: who is connected, who may connect, what it is called."""

    def rename_service(self, gateway_id: GatewayId, name: str, *, intent: IntentId) -> Receipt:
        """Set the chosen part of the service name; "" leaves `{region}.{id}`. Enables the service where there is none.

        Visible in the gateway's detail only some time later (contract 4.3).
        """


class EndpointServices(Admission[ServiceId], Protocol):
    """The project's own VPC endpoint services, their connections and their whitelists (huawei-contract 5.2 to 5.6)."""

    def list_services(self) -> Listing[EndpointService]:
        """All services of the project, paged to the end, newest first."""

    def get_service(self, service_id: ServiceId) -> EndpointService:
        """One service, read fresh. Raises CloudNotFound."""

    def read_service_id(self, text: str) -> ServiceId:
        """The service that an address names. Raises ValueError, in words, when it is no such id."""


class ServicePublishing(Protocol):
    """Creating, changing and deleting VPC endpoint services (huawei-contract 5.1 and 5.2)."""

    def create_service(self, new: NewService, *, intent: IntentId) -> Receipt:
        """Create a service; the receipt's `created` is its id. Asynchronous: it is creating, then available."""

    def update_service(self, service_id: ServiceId, update: ServiceUpdate, *, intent: IntentId) -> Receipt:
        """Change the properties that are given. Raises ValueError where none is."""

    def delete_service(self, service_id: ServiceId, *, intent: IntentId) -> Receipt:
        """Delete a service. CloudRefused while VPC endpoints are connected to it."""

    def describe_connection(
        self, service_id: ServiceId, endpoint_id: EndpointId, description: str, *, intent: IntentId
    ) -> Receipt:
        """Write the owner's own words beside a connection.

        CloudRefused, unsent, where `Traits.descriptions` of `EndpointServices` is false.
        """

    def set_service_tags(
        self, service_id: ServiceId, *, add: Sequence[Tag], remove: Sequence[Tag], intent: IntentId
    ) -> Receipt:
        """Add or remove tags, one call for either; so give one of the two, else ValueError."""

    def quota(self) -> Quota:
        """How many services there are and may be."""


class Endpoints(Protocol):
    """The project's own VPC endpoints (huawei-contract 5.3, 5.4, 5.7 and 5.8)."""

    @property
    def traits(self) -> EndpointTraits:
        """What can be done to this cloud's VPC endpoints."""

    def list_endpoints(self) -> Listing[VpcEndpoint]:
        """All VPC endpoints of the project, paged to the end, newest first."""

    def get_endpoint(self, endpoint_id: EndpointId) -> VpcEndpoint:
        """One VPC endpoint, read fresh. Raises CloudNotFound."""

    def read_endpoint_id(self, text: str) -> EndpointId:
        """The VPC endpoint that an address names. Raises ValueError, in words, when it is no such id."""

    def find_service(self, name: str) -> FoundService | None:
        """Verify: what a full service name leads to, in one call, also in other accounts; None when it is not found."""

    def public_services(self) -> Sequence[FoundService]:
        """The cloud's own services, by name."""

    def create_endpoint(self, new: NewEndpoint, *, intent: IntentId) -> Receipt:
        """Create a VPC endpoint; the receipt's `created` is its id. Asynchronous."""

    def delete_endpoint(self, endpoint_id: EndpointId, *, intent: IntentId) -> Receipt:
        """Delete a VPC endpoint. CloudNotFound where it is gone already, which is what was wanted."""

    def set_access_control(
        self, endpoint_id: EndpointId, *, enabled: bool, whitelist: Sequence[str], intent: IntentId
    ) -> Receipt:
        """Replace the whole list of addresses that may use it, and switch the control on or off.

        CloudRefused, unsent, where `EndpointTraits.access_control_changes` is false.
        """

    def set_endpoint_tags(
        self, endpoint_id: EndpointId, *, add: Sequence[Tag], remove: Sequence[Tag], intent: IntentId
    ) -> Receipt:
        """Add or remove tags, one call for either; so give one of the two, else ValueError."""

    def quota(self) -> Quota:
        """How many VPC endpoints there are and may be."""


class Networks(Protocol):
    """Where services and endpoints can be placed (huawei-contract 7)."""

    def list_vpcs(self) -> Sequence[Vpc]:
        """The project's VPCs, by name."""

    def list_subnets(self, vpc_id: str) -> Sequence[Subnet]:
        """The subnets of a VPC, by name."""

    def list_backends(self, vpc_id: str) -> Sequence[Backend]:
        """What a service in this VPC can stand in front of."""

    def list_route_tables(self, vpc_id: str) -> Sequence[RouteTable]:
        """The route tables of a VPC, the default one first."""

    def used_addresses(self, subnet_id: str) -> frozenset[str]:
        """The addresses of a subnet that are taken."""


class VpcAccess(Protocol):
    """Instances and API groups, and from which VPCs they are reached (source 003; alibaba-contract 2).

    No write looks before it acts, and the cloud asks nothing back: what an act would cut off is in
    `vpc_access_rules`, to be worked out and shown before.
    """

    def list_instances(self) -> Listing[ApiInstance]:
        """All instances of the region, shared ones first, then by name."""

    def get_instance(self, instance_id: ApiInstanceId) -> ApiInstance:
        """One instance, read fresh. Raises CloudNotFound."""

    def list_groups(self, instance_id: ApiInstanceId | None = None) -> Listing[ApiGroup]:
        """All API groups, or those of one instance, by name, each with its VPC domain: one call for each of them."""

    def get_group(self, group_id: ApiGroupId) -> ApiGroup:
        """One API group, read fresh. Raises CloudNotFound."""

    def read_instance_id(self, text: str) -> ApiInstanceId:
        """The instance that an address names. Raises ValueError, in words, when it is no such id."""

    def read_group_id(self, text: str) -> ApiGroupId:
        """The API group that an address names. Raises ValueError, in words, when it is no such id."""

    def enable_vpc_domain(self, group_id: ApiGroupId, *, intent: IntentId) -> Receipt:
        """Give the group its second-level domain name for VPC. CloudRefused where its dedicated instance is unbound."""

    def disable_vpc_domain(self, group_id: ApiGroupId, *, intent: IntentId) -> Receipt:
        """Take the VPC domain away: whoever calls by that name fails from then on."""

    def bind_vpc(self, instance_id: ApiInstanceId, vpc_id: str, vswitch_id: str, *, intent: IntentId) -> Receipt:
        """Let callers of this VPC reach a dedicated instance, in place of those of the VPC that it was bound to.

        Asynchronous, for minutes: the instance is changing meanwhile.
        """

    def unbind_vpc(self, instance_id: ApiInstanceId, vpc_id: str, *, intent: IntentId) -> Receipt:
        """Bind a dedicated instance to no VPC; `vpc_id` is the one it is bound to. Asynchronous."""

    def move_group(self, group_id: ApiGroupId, target: ApiInstanceId, *, intent: IntentId) -> Receipt:
        """Run the group on another instance. Asynchronous: see `ApiGroup.migration`."""

    def bind_domain(self, group_id: ApiGroupId, domain: str, *, intent: IntentId) -> Receipt:
        """Let callers in the VPC use a name of their own, which never works from the Internet.

        Its CNAME record must lead to the VPC domain. Never takes a name away from another group.
        """
