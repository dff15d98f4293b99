"""APIG v2: dedicated gateways and their VPC endpoint service (huawei-contract 4)."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, Final

from console.patterns import Pattern
from console.simcloud import connections, gateways, permissions
from console.simcloud.clock import odd, zulu
from console.simcloud.errors import MESSAGES, Refusal, bad_parameter
from console.simcloud.huawei.call import Call, Route, json_answer, json_body
from console.simcloud.huawei.parameters import MARKER, UUID, apig_page, text_list
from console.simcloud.records import GATEWAY_STATUS_NUMBERS, Endpoint, EndpointService, Gateway
from console.simcloud.wire import Answer

_MOST: Final = 50
_ENTRY: Final = Pattern(r"iam:domain::([a-f0-9]{32}|\*)", 44)
_moment = lru_cache(maxsize=65536)(zulu)


def list_gateways(call: Call) -> Answer:
    """`GET /instances`: rows without any word about endpoint services."""
    query = call.request.query()
    status = query.get("status")
    if status is not None and status not in GATEWAY_STATUS_NUMBERS:
        raise bad_parameter("status")
    rows = [gateway for gateway in call.world.gateways.values() if _is_wanted(call, gateway, query)]
    page = rows[apig_page(query)]
    return json_answer({"total": len(rows), "size": len(page), "instances": [_row(gateway) for gateway in page]})


def _is_wanted(call: Call, gateway: Gateway, query: dict[str, str]) -> bool:
    name = query.get("instance_name", "")
    named = gateway.name == name if call.world.switches.instance_name_match == "exact" else name in gateway.name
    return (
        call.caller.project is not None
        and gateway.project_id == call.caller.project.id
        and query.get("instance_id", gateway.id) == gateway.id
        and query.get("status", gateway.status) == gateway.status
        and (named or not name)
    )


def _row(gateway: Gateway) -> dict[str, Any]:
    return {
        "id": gateway.id,
        "project_id": gateway.project_id,
        "instance_name": gateway.name,
        "status": gateway.status,
        "instance_status": GATEWAY_STATUS_NUMBERS.get(gateway.status, 0),
        "type": "apig",
        "spec": gateway.spec,
        "create_time": int(gateway.created_at * 1000),
        "enterprise_project_id": "0",
        "eip_address": None,
        "charging_mode": 0,
        "cbc_metadata": "",
        "loadbalancer_provider": "elb",
        "cbc_operation_locks": [],
    }


def show_gateway(call: Call, gateway_id: str) -> Answer:
    """`GET /instances/{id}`: the only place that knows the endpoint service's name."""
    gateway = _find(call, gateway_id)
    service = call.world.services.get(gateway.service_id or "")
    names = None
    if service is not None and service.status != "creating":
        names = [{"service_name": service.full_name, "created_at": odd(service.created_at)}]
    hour = int(gateway.maintain_begin[:2])
    details: dict[str, Any] = {
        "description": gateway.description,
        "vpc_id": gateway.vpc_id,
        "subnet_id": gateway.subnet_id,
        "virsubnet_id": None,
        "security_group_id": gateway.security_group_id,
        "maintain_begin": gateway.maintain_begin,
        "maintain_end": f"{(hour + 4) % 24:02}:00:00",
        "ingress_ip": gateway.ingress_ip,
        "ingress_ip_v6": "",
        "nat_eip_address": "",
        "bandwidth_size": 0,
        "available_zone_ids": "[eu-west-101a, eu-west-101b]",
        "instance_version": "2.4.1",
        "user_id": call.caller.account.user_id,
        "supported_features": ["ratelimit", "vpc_name_modifiable"],
        "node_ips": {"livedata": [], "shubao": []},
        "publicips": [],
        "privateips": [],
        "is_releasable": False,
        "endpoint_service": None,
        "endpoint_services": names,
    }
    return json_answer({**_row(gateway), **details})


def update_gateway(call: Call, gateway_id: str) -> Answer:
    """`PUT /instances/{id}`. The answer leaves out `id` and `endpoint_services`, as documented: read again."""
    gateway = _find(call, gateway_id)
    body = json_body(call.request, bad_parameter("body"))
    gateways.update(call.world, call.act, gateway, body)
    row = _row(gateway)
    del row["id"]
    return json_answer({**row, "description": gateway.description})


def _find(call: Call, gateway_id: str) -> Gateway:
    project = call.caller.project
    return gateways.find(call.world, project.id if project else "", gateway_id)


def list_connections(call: Call, gateway_id: str) -> Answer:
    """`GET .../vpc-endpoint/connections`, filtered by `id`, `marker_id` and four of the six statuses."""
    service = call.world.service_of(_find(call, gateway_id))
    query = call.request.query()
    page = apig_page(query)
    marker, status = query.get("marker_id"), query.get("status")
    if marker is not None and not MARKER.fullmatch(marker):
        raise bad_parameter("marker_id")
    if status is not None and status not in connections.FILTERABLE:
        raise bad_parameter("status")
    rows = connections.matching(
        call.world,
        service,
        endpoint_id=query.get("id"),
        marker_id=None if marker is None else int(marker),
        status=status,
    )
    if call.world.switches.apig_connection_order == "by_id":
        rows = sorted(rows, key=lambda row: row.id)
    shown = [_connection(row) for row in rows[page]]
    return json_answer({"total": len(rows), "size": len(shown), "connections": shown})


def _connection(endpoint: Endpoint) -> dict[str, Any]:
    return {
        "id": endpoint.id,
        "marker_id": endpoint.marker_id,
        "created_at": _moment(int(endpoint.created_at)),
        "updated_at": _moment(int(endpoint.updated_at)),
        "domain_id": endpoint.domain_id,
        "status": endpoint.status,
    }


def decide_connections(call: Call, gateway_id: str) -> Answer:
    """`POST .../vpc-endpoint/connections/action`: accept (`receive`) or reject 1 to 50 connections."""
    gateway = _find(call, gateway_id)
    service = call.world.service_of(gateway)
    body = json_body(call.request, bad_parameter("body"))
    action = body.get("action")
    if action not in ("receive", "reject"):
        raise bad_parameter("action")
    ids = text_list(body, "endpoints", most=_MOST, refusal=bad_parameter("endpoints"))
    if not all(UUID.fullmatch(endpoint_id) for endpoint_id in ids):
        raise bad_parameter("endpoints")
    gateways.require_writable(call.world, gateway)
    lowered = [endpoint_id.lower() for endpoint_id in ids]
    with _reported_by_apig(call):
        endpoints = connections.decide(call.world, call.act, service, lowered, action)
    shown = [_connection(endpoint) for endpoint in endpoints]
    if call.world.switches.action_answer_counters == "present":
        return json_answer({"total": len(shown), "size": len(shown), "connections": shown})
    return json_answer({"connections": shown})


@contextmanager
def _reported_by_apig(call: Call) -> Iterator[None]:
    """APIG asks VPCEP underneath; what that refuses, APIG reports as its own 500 (huawei-contract 13.4)."""
    try:
        yield
    except Refusal as refusal:
        message = call.world.messages.get(refusal.code) or MESSAGES[refusal.code]
        raise Refusal(500, "APIC.9007", f"{MESSAGES['APIC.9007']}, {refusal.code}: {message}") from None


def list_permissions(call: Call, gateway_id: str) -> Answer:
    """`GET .../vpc-endpoint/permissions`: the own account is among them; `permission` matches any part."""
    service = call.world.service_of(_find(call, gateway_id))
    query = call.request.query()
    page = apig_page(query)
    wanted = query.get("permission", "")
    rows = [row for row in call.world.permissions[service.id].values() if wanted in permissions.spelled(row.account)]
    shown = [
        {"id": row.id, "permission": permissions.spelled(row.account), "created_at": _moment(int(row.created_at))}
        for row in rows[page]
    ]
    return json_answer({"total": len(rows), "size": len(shown), "permissions": shown})


def add_permissions(call: Call, gateway_id: str) -> Answer:
    """`POST .../vpc-endpoint/permissions/batch-add`: answers with the texts that were sent."""
    service, accounts = _batch(call, gateway_id)
    with _reported_by_apig(call):
        permissions.add(call.world, call.act, service, accounts)
    return json_answer({"permissions": [permissions.spelled(account) for account in accounts]})


def remove_permissions(call: Call, gateway_id: str) -> Answer:
    """`POST .../vpc-endpoint/permissions/batch-delete`: by text, not by record id; answers with what is gone."""
    service, accounts = _batch(call, gateway_id)
    with _reported_by_apig(call):
        gone = permissions.remove(call.world, call.act, service, accounts)
    return json_answer({"permissions": [permissions.spelled(record.account) for record in gone]})


def _batch(call: Call, gateway_id: str) -> tuple[EndpointService, list[str]]:
    """The endpoint service and the accounts that a batch of 1 to 50 whitelist entries names."""
    gateway = _find(call, gateway_id)
    service = call.world.service_of(gateway)
    refusal = bad_parameter("permissions")
    entries = text_list(json_body(call.request, bad_parameter("body")), "permissions", most=_MOST, refusal=refusal)
    matches = [match for match in map(_ENTRY.fullmatch, entries) if match]
    if len(matches) < len(entries):
        raise refusal
    gateways.require_writable(call.world, gateway)
    return service, [match[1] for match in matches]


def list_configs(call: Call) -> Answer:
    """`GET /instance/configs` (4.8): how many gateways the account may have."""
    config = {
        "config_id": "0d6e1b4a8c3f4f1f9f2b7a5c6d7e8f90",
        "config_name": "INSTANCE_NUM_LIMIT",
        "config_value": "5",
        "config_time": 1735890506328,
        "remark": "Maximum number of gateways that can be created",
    }
    page = [config][apig_page(call.request.query())]
    return json_answer({"total": 1, "size": len(page), "configs": page})


_BASE: Final = "/v2/(?P<project_id>[^/]+)/apigw"
_GATEWAY: Final = f"{_BASE}/instances/(?P<gateway_id>[^/]+)"

ROUTES: Final = (
    Route("GET", f"{_GATEWAY}/vpc-endpoint/connections", list_connections),
    Route("POST", f"{_GATEWAY}/vpc-endpoint/connections/action", decide_connections),
    Route("GET", f"{_GATEWAY}/vpc-endpoint/permissions", list_permissions),
    Route("POST", f"{_GATEWAY}/vpc-endpoint/permissions/batch-add", add_permissions),
    Route("POST", f"{_GATEWAY}/vpc-endpoint/permissions/batch-delete", remove_permissions),
    Route("GET", _GATEWAY, show_gateway),
    Route("PUT", _GATEWAY, update_gateway),
    Route("GET", f"{_BASE}/instances", list_gateways),
    Route("GET", f"{_BASE}/instance/configs", list_configs),
)
