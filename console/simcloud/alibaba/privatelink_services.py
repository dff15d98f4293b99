"""PrivateLink: endpoint services on the wire. Lists are bare, and their total is a number (alibaba-contract 4.2)."""

from typing import Any, Final

from console.simcloud.alibaba import link_services
from console.simcloud.alibaba.call import Actions, Call
from console.simcloud.alibaba.idempotency import once
from console.simcloud.alibaba.link_services import ServiceRequest
from console.simcloud.alibaba.pages import tokened
from console.simcloud.alibaba.records import LinkService
from console.simcloud.clock import zulu

_MOST: Final = 1000
_RESOURCE_KINDS: Final = ("slb", "alb", "nlb", "gwlb")
_PAYERS: Final = ("Endpoint", "EndpointService")
#: Filters of the list, with the record's attribute.
_FILTERS: Final = {
    "ServiceId": "id",
    "ServiceName": "name",
    "ServiceStatus": "status",
    "ServiceResourceType": "resource_kind",
}


def list_services(call: Call) -> dict[str, Any]:
    """`ListVpcEndpointServices`: the account's own."""
    rows = link_services.of_account(call.world, call.account, call.required_region)
    for name, attribute in _FILTERS.items():
        wanted = call.parameters.text(name)
        rows = [row for row in rows if wanted in ("", getattr(row, attribute))]
    if call.parameters.text("AutoAcceptEnabled"):
        accepts = call.parameters.flag("AutoAcceptEnabled")
        rows = [row for row in rows if row.auto_accept == accepts]
    page, counters = tokened(call, rows, most=_MOST)
    return {**counters, "Services": [_listed(row) for row in page]}


def _listed(service: LinkService) -> dict[str, Any]:
    return _service(service) | {
        "ServiceType": "Interface",
        "ServiceResourceType": service.resource_kind,
        "RegionId": service.region_id,
        "ConnectBandwidth": service.bandwidth,
        "MinBandwidth": 100,
        "MaxBandwidth": 10240,
        "Payer": service.payer,
        "Tags": service.tags,
    }


def _service(service: LinkService) -> dict[str, Any]:
    return {
        "ServiceId": service.id,
        "ServiceName": service.name,
        "ServiceDomain": service.domain,
        "ServiceDescription": service.description,
        "ServiceStatus": service.status,
        "ServiceBusinessStatus": "Normal",
        "AutoAcceptEnabled": service.auto_accept,
        "ZoneAffinityEnabled": service.zone_affinity,
        "AddressIpVersion": "IPv4",
        "CreateTime": zulu(service.created_at),
        "ResourceGroupId": "rg-acfmsimulated001",
        "SupportedRegionSet": [],
    }


def get_service(call: Call) -> dict[str, Any]:
    """`GetVpcEndpointServiceAttribute`: one service, flat, with its zones."""
    service = wanted_service(call)
    row = _listed(service)
    del row["Tags"]
    return row | {"Zones": [resource["ZoneId"] for resource in service.resources]}


def create_service(call: Call) -> dict[str, Any]:
    """`CreateVpcEndpointService`."""
    region, parameters = call.required_region, call.parameters
    request = ServiceRequest(
        description=parameters.text("ServiceDescription"),
        auto_accept=parameters.flag("AutoAcceptEnabled"),
        resource_kind=parameters.choice("ServiceResourceType", _RESOURCE_KINDS, "slb"),
        payer=parameters.choice("Payer", _PAYERS, "Endpoint"),
        zone_affinity=parameters.flag("ZoneAffinityEnabled", default=True),
        resources=parameters.objects("Resource"),
        tags=parameters.objects("Tag"),
    )
    dry_run = parameters.flag("DryRun")

    def act() -> dict[str, Any]:
        return _service(link_services.create(call.world, call.act, call.account, region, request, dry_run=dry_run))

    return once(call, "ClientToken", act)


def update_service(call: Call) -> dict[str, Any]:
    """`UpdateVpcEndpointServiceAttribute`: only what is sent changes."""
    service, parameters = wanted_service(call), call.parameters
    values: dict[str, Any] = {}
    for name, attribute in (("AutoAcceptEnabled", "auto_accept"), ("ZoneAffinityEnabled", "zone_affinity")):
        if parameters.text(name):
            values[attribute] = parameters.flag(name)
    if parameters.text("ServiceDescription"):
        values["description"] = parameters.text("ServiceDescription")
    if parameters.text("ConnectBandwidth"):
        values["bandwidth"] = parameters.number("ConnectBandwidth", 0, 100, 10240)
    dry_run = parameters.flag("DryRun")

    def act() -> dict[str, Any]:
        link_services.update(call.world, call.act, service, values, dry_run=dry_run)
        return {}

    return once(call, "ClientToken", act)


def delete_service(call: Call) -> dict[str, Any]:
    """`DeleteVpcEndpointService`."""
    dry_run = call.parameters.flag("DryRun")

    def act() -> dict[str, Any]:
        link_services.delete(call.world, call.act, wanted_service(call), dry_run=dry_run)
        return {}

    return once(call, "ClientToken", act)


def wanted_service(call: Call) -> LinkService:
    """The account's service that `ServiceId` names. Raises Refusal."""
    region = call.required_region
    return link_services.find(call.world, call.account, region, call.parameters.required("ServiceId"))


ACTIONS: Final[Actions] = {
    "ListVpcEndpointServices": list_services,
    "GetVpcEndpointServiceAttribute": get_service,
    "CreateVpcEndpointService": create_service,
    "UpdateVpcEndpointServiceAttribute": update_service,
    "DeleteVpcEndpointService": delete_service,
}
