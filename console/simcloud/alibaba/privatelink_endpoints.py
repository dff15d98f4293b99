"""PrivateLink: the consumer's side on the wire, as far as a provider needs a counterpart (alibaba-contract 4.2)."""

from typing import Any, Final

from console.simcloud.alibaba import link_endpoints
from console.simcloud.alibaba.call import Actions, Call
from console.simcloud.alibaba.idempotency import once
from console.simcloud.alibaba.link_endpoints import EndpointRequest
from console.simcloud.alibaba.pages import tokened
from console.simcloud.alibaba.records import LinkEndpoint, LinkService
from console.simcloud.alibaba.refusals import missing
from console.simcloud.clock import zulu

_MOST: Final = 1000


def list_services_by_end_user(call: Call) -> dict[str, Any]:
    """`ListVpcEndpointServicesByEndUser`: those that the caller is whitelisted for."""
    rows = link_endpoints.visible_services(call.world, call.account, call.required_region)
    for name, attribute in {"ServiceId": "id", "ServiceName": "name"}.items():
        wanted = call.parameters.text(name)
        rows = [row for row in rows if wanted in ("", getattr(row, attribute))]
    page, counters = tokened(call, rows, most=_MOST)
    return {**counters, "Services": [_service(row) for row in page]}


def _service(service: LinkService) -> dict[str, Any]:
    return {
        "ServiceId": service.id,
        "ServiceName": service.name,
        "ServiceDomain": service.domain,
        "ServiceType": "Interface",
        "ServiceResourceType": service.resource_kind,
        "AutoAcceptEnabled": service.auto_accept,
        "Payer": service.payer,
        "ZoneAffinityEnabled": service.zone_affinity,
        "AddressIpVersion": "IPv4",
        "Zones": [resource["ZoneId"] for resource in service.resources],
    }


def create_endpoint(call: Call) -> dict[str, Any]:
    """`CreateVpcEndpoint`."""
    region, parameters = call.required_region, call.parameters
    request = EndpointRequest(
        vpc_id=parameters.required("VpcId"),
        service_id=parameters.text("ServiceId"),
        service_name=parameters.text("ServiceName"),
        name=parameters.text("EndpointName"),
        description=parameters.text("EndpointDescription"),
        zones=parameters.objects("Zone"),
        security_groups=parameters.texts("SecurityGroupId"),
    )
    if not request.service_id and not request.service_name:
        raise missing("ServiceId")
    dry_run = parameters.flag("DryRun")

    def act() -> dict[str, Any]:
        return _endpoint(
            call, link_endpoints.create(call.world, call.act, call.account, region, request, dry_run=dry_run)
        )

    return once(call, "ClientToken", act)


def get_endpoint(call: Call) -> dict[str, Any]:
    """`GetVpcEndpointAttribute`: the caller's own."""
    return _endpoint(call, _wanted(call)) | {"RegionId": call.region, "EndpointType": "Interface"}


def delete_endpoint(call: Call) -> dict[str, Any]:
    """`DeleteVpcEndpoint`."""
    dry_run = call.parameters.flag("DryRun")

    def act() -> dict[str, Any]:
        link_endpoints.delete(call.world, call.act, _wanted(call), dry_run=dry_run)
        return {}

    return once(call, "ClientToken", act)


def _wanted(call: Call) -> LinkEndpoint:
    region = call.required_region
    return link_endpoints.find(call.world, call.account, region, call.parameters.required("EndpointId"))


def _endpoint(call: Call, endpoint: LinkEndpoint) -> dict[str, Any]:
    service = call.estate.services.get(endpoint.service_id)
    return {
        "EndpointId": endpoint.id,
        "EndpointName": endpoint.name,
        "EndpointDescription": endpoint.description,
        "EndpointStatus": endpoint.status,
        "EndpointBusinessStatus": "Normal",
        "ConnectionStatus": endpoint.connection_status,
        "EndpointDomain": f"{endpoint.id}.{endpoint.service_id}.{endpoint.region_id}.privatelink.aliyuncs.com",
        "Bandwidth": endpoint.bandwidth,
        "CreateTime": zulu(endpoint.created_at),
        "ServiceId": endpoint.service_id,
        "ServiceName": service.name if service else "",
        "VpcId": endpoint.vpc_id,
    }


ACTIONS: Final[Actions] = {
    "ListVpcEndpointServicesByEndUser": list_services_by_end_user,
    "CreateVpcEndpoint": create_endpoint,
    "GetVpcEndpointAttribute": get_endpoint,
    "DeleteVpcEndpoint": delete_endpoint,
}
