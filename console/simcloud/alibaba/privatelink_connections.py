"""PrivateLink: connections on the wire. The list's total is a text, and nothing tells when one was created (4.2)."""

from typing import Any, Final

from console.simcloud.alibaba import link_connections
from console.simcloud.alibaba.call import Actions, Call
from console.simcloud.alibaba.idempotency import once
from console.simcloud.alibaba.link_connections import Decision, Verb
from console.simcloud.alibaba.pages import tokened
from console.simcloud.alibaba.privatelink_services import wanted_service
from console.simcloud.alibaba.records import LinkEndpoint
from console.simcloud.clock import zulu

_CONTROLS: Final = ("", "Scalability", "BandwidthLimit")
#: Filters of the list, with the record's attribute.
_FILTERS: Final = {"ServiceId": "service_id", "EndpointId": "id", "ConnectionStatus": "connection_status"}


def list_connections(call: Call) -> dict[str, Any]:
    """`ListVpcEndpointConnections`: of one service; without it of all the account's services in the region."""
    region, parameters = call.required_region, call.parameters
    rows = [
        row
        for row in call.estate.endpoints.values()
        if row.service_account == call.account.id and row.region_id == region
    ]
    for name, attribute in _FILTERS.items():
        wanted = parameters.text(name)
        rows = [row for row in rows if wanted in ("", getattr(row, attribute))]
    owner = parameters.number("EndpointOwnerId", 0, 1, 10**18)
    rows = [row for row in rows if owner in (0, row.account)]
    page, counters = tokened(call, rows, most=call.world.switches.alibaba_most_results)
    counters["TotalCount"] = str(counters["TotalCount"])
    return {**counters, "Connections": [_connection(row) for row in page]}


def _connection(endpoint: LinkEndpoint) -> dict[str, Any]:
    stem = f"{endpoint.service_id}.{endpoint.region_id}.privatelink.aliyuncs.com"
    return {
        "ServiceId": endpoint.service_id,
        "ServiceRegionId": endpoint.region_id,
        "EndpointId": endpoint.id,
        "EndpointRegionId": endpoint.region_id,
        "EndpointVpcId": endpoint.vpc_id,
        "EndpointOwnerId": endpoint.account,
        "ResourceOwner": endpoint.account == endpoint.service_account,
        "ConnectionStatus": endpoint.connection_status,
        "Bandwidth": endpoint.bandwidth,
        "TrafficControlMode": endpoint.traffic_control,
        "ModifiedTime": zulu(endpoint.modified_at),
        "ResourceGroupId": "",
        "Zones": [zone | {"ZoneDomain": f"{endpoint.id}-{zone['ZoneId']}.{stem}"} for zone in endpoint.zones],
    }


def enable_connection(call: Call) -> dict[str, Any]:
    """`EnableVpcEndpointConnection`: accepts."""
    return _decide(call, "accept")


def disable_connection(call: Call) -> dict[str, Any]:
    """`DisableVpcEndpointConnection`: rejects, or disconnects."""
    return _decide(call, "reject")


def _decide(call: Call, verb: Verb) -> dict[str, Any]:
    parameters = call.parameters
    decision = Decision(
        verb,
        parameters.number("Bandwidth", 0, 100, 50_000),
        parameters.choice("TrafficControlMode", _CONTROLS, ""),
    )
    dry_run = parameters.flag("DryRun")

    def act() -> dict[str, Any]:
        service = wanted_service(call)
        endpoint = link_connections.find(call.world, service, parameters.required("EndpointId"))
        link_connections.decide(call.world, call.act, service, endpoint, decision, dry_run=dry_run)
        return {}

    return once(call, "ClientToken", act)


ACTIONS: Final[Actions] = {
    "ListVpcEndpointConnections": list_connections,
    "EnableVpcEndpointConnection": enable_connection,
    "DisableVpcEndpointConnection": disable_connection,
}
