"""VPC endpoints as their owners see them: create, find, delete (huawei-contract 5.7, 5.8)."""

import uuid
from dataclasses import dataclass, field
from typing import Any, Final

from console.simcloud import access_control, networks, permissions, route_tables, tags
from console.simcloud.errors import MESSAGES, Refusal
from console.simcloud.identity import Account
from console.simcloud.ledger import Act, Change
from console.simcloud.records import ALLOW_EVERYTHING, Endpoint, EndpointService, Vpc
from console.simcloud.world import World

_FAILURE: Final = "EndPoint.2022"


@dataclass(frozen=True, slots=True)
class EndpointRequest:
    """What a consumer asks for. Empty ids are refused by name."""

    service_id: str
    vpc_id: str
    #: Interface services only, as `port_ip`, `enable_dns` and `whitelist`.
    subnet_id: str
    #: None: chosen by the cloud.
    port_ip: str | None = None
    description: str = ""
    enable_dns: bool = False
    tags: list[dict[str, str]] = field(default_factory=list)
    whitelist: list[str] = field(default_factory=list)
    enable_whitelist: bool = False
    #: Gateway services only, as `policy`. Empty: the VPC's default route table.
    route_tables: list[str] = field(default_factory=list)
    #: None: everything may be done.
    policy: list[dict[str, Any]] | None = None


def create(world: World, act: Act, account: Account, project_id: str, request: EndpointRequest) -> Endpoint:
    """Create an endpoint: `creating` now, then pendingAcceptance, accepted without approval, or failed.

    Raises Refusal, among others 400 `EndPoint.2012` when the account is not whitelisted; then nothing changes."""
    service = _connectable_service(world, account, request.service_id)
    if len(of_project(world, project_id)) >= world.switches.endpoint_quota:
        raise Refusal(400, "Endpoint.1018")
    vpc = _own_vpc(world, project_id, request.vpc_id)
    tags.check(world, request.tags)
    now = world.clock.now()
    endpoint = Endpoint(
        id=str(uuid.uuid4()),
        marker_id=0,
        service_id=service.id,
        domain_id=account.domain_id,
        project_id=project_id,
        status="creating",
        created_at=now,
        updated_at=now,
        vpc_id=vpc.id,
        description=request.description,
        tags=request.tags,
        next_status="pendingAcceptance" if service.approval_enabled else "accepted",
        due_at=now + world.delay,
    )
    if service.service_type == "gateway":
        _attach_to_route_tables(world, service, endpoint, request)
    else:
        _attach_to_subnet(world, service, endpoint, request)
    endpoint.marker_id = world.new_marker()
    world.place(endpoint)
    change = Change("endpoint.create", endpoint.id, service.gateway_id, None, endpoint.next_status)
    world.commit(act, [change], [endpoint])
    return endpoint


def of_project(world: World, project_id: str) -> list[Endpoint]:
    """The endpoints that a project has."""
    return [row for row in world.endpoints.values() if row.project_id == project_id]


def find(world: World, project_id: str, endpoint_id: str) -> Endpoint:
    """The project's endpoint; 404 when there is none, also for another tenant's."""
    endpoint = world.endpoints.get(endpoint_id)
    if endpoint is None or endpoint.project_id != project_id:
        raise Refusal(404, world.switches.missing_endpoint_code)
    return endpoint


def service_of(world: World, endpoint: Endpoint) -> tuple[str, str]:
    """Full name and type of the endpoint's service; as they were, when the service is gone."""
    service = world.services.get(endpoint.service_id)
    if service is None:
        return endpoint.former_service_name, endpoint.former_service_type
    return service.full_name, service.service_type


def delete(world: World, act: Act, endpoint: Endpoint) -> None:
    """Delete an endpoint: `deleting` now, gone later. Refused while it is creating or deleting (6.2)."""
    if endpoint.status == "deleting":
        raise Refusal(400, "EndPoint.2018")
    if endpoint.status == "creating" and world.switches.delete_while_creating == "refuse":
        raise Refusal(400, "EndPoint.2019")
    change = Change("endpoint.delete", endpoint.id, world.gateway_id_of(endpoint), endpoint.status, None)
    now = world.clock.now()
    endpoint.status, endpoint.updated_at = "deleting", now
    endpoint.next_status, endpoint.due_at = "", now + world.delay
    world.schedule(endpoint)
    world.commit(act, [change], [endpoint])


def _connectable_service(world: World, account: Account, service_id: str) -> EndpointService:
    if not service_id:
        raise Refusal(400, "EndPoint.2029")
    service = world.services.get(service_id)
    if service is None:
        raise Refusal(400, "EndPoint.2003")
    if not permissions.admits(world, service, account):
        raise Refusal(400, "EndPoint.2012")
    if service.status != "available":
        raise Refusal(400, "EndPoint.2004")
    return service


def _own_vpc(world: World, project_id: str, vpc_id: str) -> Vpc:
    if not vpc_id:
        raise Refusal(400, "EndPoint.2011")
    vpc = world.vpcs.get(vpc_id)
    if vpc is None or vpc.project_id != project_id:
        raise Refusal(400, "EndPoint.2001")
    return vpc


def _attach_to_subnet(world: World, service: EndpointService, endpoint: Endpoint, request: EndpointRequest) -> None:
    """An endpoint of an interface service: an address in a subnet, perhaps a name and access control."""
    if not request.subnet_id:
        raise Refusal(400, "EndPoint.2010")
    subnet = world.subnets.get(request.subnet_id)
    if subnet is None or world.vpcs[subnet.vpc_id].project_id != endpoint.project_id:
        raise Refusal(404, "EndPoint.4004")
    if subnet.vpc_id != endpoint.vpc_id:
        raise Refusal(400, "EndPoint.2037")
    gateway = world.gateways.get(service.gateway_id or "")
    if gateway is not None and gateway.subnet_id == subnet.id:
        raise Refusal(400, "EndPoint.0002")  # 5.7: must differ from the gateway's own subnet; no code documented
    if request.route_tables:
        raise Refusal(400, "EndPoint.1019")
    access_control.check(world, request.whitelist)
    endpoint.ip = networks.choose(world, subnet, request.port_ip)
    endpoint.subnet_id = subnet.id
    endpoint.enable_dns = request.enable_dns
    endpoint.whitelist = request.whitelist if request.enable_whitelist else []
    endpoint.enable_whitelist = request.enable_whitelist
    if world.switches.endpoint_creation == "fails" or networks.overlaps_reserved(subnet.cidr):
        _will_fail(endpoint)


def _attach_to_route_tables(
    world: World, service: EndpointService, endpoint: Endpoint, request: EndpointRequest
) -> None:
    """An endpoint of a gateway service: route tables instead of an address; a wish for a name is passed over."""
    endpoint.route_tables = route_tables.choose(world, service, endpoint.vpc_id, request.route_tables)
    endpoint.policy = ALLOW_EVERYTHING if request.policy is None else request.policy
    if world.switches.endpoint_creation == "fails":
        _will_fail(endpoint)


def _will_fail(endpoint: Endpoint) -> None:
    endpoint.next_status = "failed"
    endpoint.error = [{"error_code": _FAILURE, "error_message": MESSAGES[_FAILURE]}]
