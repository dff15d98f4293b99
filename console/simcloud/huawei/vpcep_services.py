"""VPCEP v1, the service owner's side: endpoint services (huawei-contract 5.1 to 5.4)."""

from typing import Any, Final

from console.simcloud import port_mappings, services
from console.simcloud.clock import zulu
from console.simcloud.errors import Refusal
from console.simcloud.huawei import fields
from console.simcloud.huawei.call import Call, Route, deleted, json_answer, json_body
from console.simcloud.huawei.parameters import vpcep_rows
from console.simcloud.records import EndpointService
from console.simcloud.wire import Answer

_STATUSES: Final = ("creating", "available", "failed", "deleting")
_POOL: Final = "5289d3c2-8882-4871-a3c2-d380272eed80"
_LONGEST_NAME: Final = 128
_LONGEST_ID: Final = 64


def create_service(call: Call) -> Answer:
    """`POST /vpc-endpoint-services`: answers at once with `creating` and the full name."""
    body = json_body(call.request, Refusal(400, "EndPoint.0002"))
    service = services.create(call.world, call.act, call.caller.account, call.project_id, _request(call, body))
    return json_answer(_service(call, service))


def _request(call: Call, body: dict[str, Any]) -> services.ServiceRequest:
    """Read the body field by field; each wrong one is refused by its own code."""
    port_id = fields.identifier(body, "port_id", "EndPoint.3003")
    vpc_id = fields.identifier(body, "vpc_id", "EndPoint.0020")
    if not vpc_id:
        raise Refusal(400, "EndPoint.2011")
    if not port_id:
        raise Refusal(400, "EndPoint.3063")
    if body.get("server_type") not in call.world.profile.server_types:
        raise Refusal(400, "EndPoint.3021")
    if body.get("service_type", "interface") != "interface":
        raise Refusal(400, "EndPoint.0002")  # gateway services are the cloud's own
    return services.ServiceRequest(
        vpc_id=vpc_id,
        port_id=port_id,
        server_type=body["server_type"],
        ports=port_mappings.read(body.get("ports")),
        name=fields.text(body, "service_name", code="EndPoint.1003"),
        approval_enabled=fields.flag(body, "approval_enabled", default=True),
        tcp_proxy=_proxy(call, body),
        description=fields.description(call, body),
        tags=fields.tag_list(body),
    )


def _proxy(call: Call, body: dict[str, Any]) -> str:
    proxy = fields.text(body, "tcp_proxy", default="close")
    if proxy not in call.world.profile.proxies:
        raise Refusal(400, "EndPoint.0002")
    return proxy


def list_services(call: Call) -> Answer:
    """`GET /vpc-endpoint-services`: the project's own, without those of gateways (huawei-contract 14)."""
    query = call.request.query()
    status = query.get("status")
    if status is not None and status not in _STATUSES:
        raise Refusal(400, "EndPoint.0019")
    rows = [
        row
        for row in services.of_project(call.world, call.project_id)
        if _is_named(row, query) and status in (None, row.status)
    ]
    page, total = vpcep_rows(call, rows)
    return json_answer({"endpoint_services": [_row(call, row) for row in page], "total_count": total})


def _is_named(service: EndpointService, query: dict[str, str]) -> bool:
    """Whether a list's filters by name (any part, in any case) and id let it through."""
    part = query.get("endpoint_service_name", "").lower()
    return part in service.full_name.lower() and query.get("id", service.id) == service.id


def list_public_services(call: Call) -> Answer:
    """`GET /vpc-endpoint-services/public`: the cloud's own services."""
    query = call.request.query()
    rows = [row for row in call.world.services.values() if row.is_public and _is_named(row, query)]
    page, total = vpcep_rows(call, rows)
    shown = [{**_summary(call, row), "owner": row.domain_id} for row in page]
    return json_answer({"endpoint_services": shown, "total_count": total})


def describe_service(call: Call) -> Answer:
    """`GET /vpc-endpoint-services/describe`: a summary of any account's service, by full name or by id."""
    query = call.request.query()
    name, service_id = query.get("endpoint_service_name"), query.get("id")
    if (name is None) == (service_id is None):
        raise Refusal(400, "EndPoint.0002")
    if len(name or "") > _LONGEST_NAME:
        raise Refusal(400, "EndPoint.1003")
    if len(service_id or "") > _LONGEST_ID:
        raise Refusal(400, "EndPoint.3062")
    for service in call.world.services.values():
        if service.id == service_id or service.full_name == name:
            return json_answer(_summary(call, service))
    missing = call.world.switches.describe_not_found
    if missing == "empty":
        return json_answer({"id": ""})
    raise Refusal(404 if missing == "EndPoint.0005" else 400, missing)


def _summary(call: Call, service: EndpointService) -> dict[str, Any]:
    return {
        "id": service.id,
        "service_name": service.full_name,
        "service_type": service.service_type,
        "created_at": zulu(service.created_at),
        "is_charge": _flag(call, value=service.is_charge),
        "enable_policy": service.service_type == "gateway",
        "public_border_group": "",
    }


def _flag(call: Call, *, value: bool) -> bool | str:
    """A boolean, or the text that every printed example has (huawei-contract 10 #13)."""
    return str(value).lower() if call.world.switches.json_types == "texts" else value


def _ports(call: Call, service: EndpointService) -> list[dict[str, Any]]:
    if call.world.switches.json_types == "proper":
        return service.ports
    return [{name: str(value) for name, value in row.items()} for row in service.ports]


def show_service(call: Call, service_id: str) -> Answer:
    """`GET /vpc-endpoint-services/{id}`."""
    return json_answer(_row(call, services.find(call.world, call.project_id, service_id)))


def update_service(call: Call, service_id: str) -> Answer:
    """`PUT /vpc-endpoint-services/{id}`: any of its fields; `ports` replaces all mappings."""
    service = services.find(call.world, call.project_id, service_id)
    body = json_body(call.request, Refusal(400, "EndPoint.0002"))
    services.update(call.world, call.act, service, _new_values(call, body))
    return json_answer(_service(call, service))


def _new_values(call: Call, body: dict[str, Any]) -> dict[str, Any]:
    """What an update changes, by the record's field names. Absent and null fields stay as they are."""
    given = {name for name, value in body.items() if value is not None}
    if "ip" in given:  # only for services in VLANs, which are left out (5.2)
        raise Refusal(400, "EndPoint.3052" if "port_id" in given else "EndPoint.3055")
    values: dict[str, Any] = {}
    if "approval_enabled" in given:
        values["approval_enabled"] = fields.flag(body, "approval_enabled", default=True)
    if "service_name" in given:
        values["name"] = fields.text(body, "service_name", code="EndPoint.1003")
    if "ports" in given:
        values["ports"] = port_mappings.read(body["ports"])
    if "port_id" in given:
        values["port_id"] = _new_port_id(body)
    if "tcp_proxy" in given:
        values["tcp_proxy"] = _proxy(call, body)
    if "description" in given:
        values["description"] = fields.description(call, body)
    return values


def _new_port_id(body: dict[str, Any]) -> str:
    port_id = fields.identifier(body, "port_id", "EndPoint.3003")
    if not port_id:
        raise Refusal(400, "EndPoint.3063")
    return port_id


def rename_service(call: Call, service_id: str) -> Answer:
    """`PUT /vpc-endpoint-services/{id}/name`: another middle part; empty takes it away."""
    service = services.find(call.world, call.project_id, service_id)
    body = json_body(call.request, Refusal(400, "EndPoint.0002"))
    if not isinstance(body.get("endpoint_service_name"), str):
        raise Refusal(400, "EndPoint.1003")
    services.update(call.world, call.act, service, {"name": body["endpoint_service_name"]})
    return json_answer({"endpoint_service_name": body["endpoint_service_name"]})


def delete_service(call: Call, service_id: str) -> Answer:
    """`DELETE /vpc-endpoint-services/{id}`: 204, then `deleting`, then gone."""
    services.delete(call.world, call.act, services.find(call.world, call.project_id, service_id))
    return deleted(call)


def _service(call: Call, service: EndpointService) -> dict[str, Any]:
    """What create and update answer with."""
    return {
        "id": service.id,
        "service_name": service.full_name,
        "service_type": service.service_type,
        "port_id": service.port_id,
        "vpc_id": service.vpc_id,
        "pool_id": _POOL,
        "status": service.status,
        "approval_enabled": service.approval_enabled,
        "server_type": service.server_type,
        "project_id": service.project_id,
        "description": service.description,
        "tcp_proxy": service.tcp_proxy,
        "tags": service.tags,
        "ports": _ports(call, service),
        "enable_policy": service.service_type == "gateway",
        "created_at": zulu(service.created_at),
        call.world.switches.updated_key: zulu(service.updated_at),
    }


def _row(call: Call, service: EndpointService) -> dict[str, Any]:
    """What lists and details show besides."""
    return {
        **_service(call, service),
        "domain_id": service.domain_id,
        "connection_count": services.count_in_use(call.world, service),
        "error": services.errors_of(service),
        "is_charge": _flag(call, value=service.is_charge),
        "supported_editions": ["basic"],
        "public_border_group": "",
    }


SERVICES: Final = "/v1/(?P<project_id>[^/]+)/vpc-endpoint-services"
SERVICE: Final = f"{SERVICES}/(?P<service_id>[^/]+)"

ROUTES: Final = (
    Route("GET", f"{SERVICES}/describe", describe_service),
    Route("GET", f"{SERVICES}/public", list_public_services),
    Route("GET", SERVICES, list_services),
    Route("POST", SERVICES, create_service),
    Route("GET", SERVICE, show_service),
    Route("PUT", SERVICE, update_service),
    Route("DELETE", SERVICE, delete_service),
    Route("PUT", f"{SERVICE}/name", rename_service, newer=True),
)
