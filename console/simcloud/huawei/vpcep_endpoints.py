"""VPCEP v1, the consumer's side: VPC endpoints (huawei-contract 5.7, 5.8)."""

from typing import Any, Final

from console.simcloud import access_control, endpoints, policies, route_tables
from console.simcloud.clock import zulu
from console.simcloud.errors import Refusal
from console.simcloud.huawei import fields
from console.simcloud.huawei.call import Call, Route, deleted, json_answer, json_body
from console.simcloud.huawei.parameters import UUID, vpcep_rows
from console.simcloud.identity import REGION
from console.simcloud.records import ALLOW_EVERYTHING, Endpoint
from console.simcloud.wire import Answer

_POOL: Final = "0e796c11-6cf1-484a-9b8c-f837cb925287"


def create_endpoint(call: Call) -> Answer:
    """`POST /vpc-endpoints`: answers at once with `creating` and the Packet ID."""
    request = _request(call, json_body(call.request, Refusal(400, "EndPoint.0002")))
    endpoint = endpoints.create(call.world, call.act, call.caller.account, call.project_id, request)
    return json_answer(_endpoint(call, endpoint))


def _request(call: Call, body: dict[str, Any]) -> endpoints.EndpointRequest:
    """Read the body field by field; each wrong one is refused by its own code."""
    if body.get("specification_name", "default") not in (None, "default"):
        raise Refusal(400, "EndPoint.0015")
    policy = body.get("policy_statement")
    return endpoints.EndpointRequest(
        service_id=fields.identifier(body, "endpoint_service_id", "EndPoint.3062"),
        vpc_id=fields.identifier(body, "vpc_id", "EndPoint.0020"),
        subnet_id=fields.identifier(body, "subnet_id", "EndPoint.0023"),
        port_ip=fields.text(body, "port_ip", code="EndPoint.2041") or None,
        description=fields.description(call, body),
        enable_dns=fields.flag(body, "enable_dns", default=False, code="EndPoint.2033"),
        enable_whitelist=fields.flag(body, "enable_whitelist", default=False),
        tags=fields.tag_list(body),
        whitelist=fields.texts(body, "whitelist", "EndPoint.2044"),
        route_tables=_route_table_ids(body),
        policy=None if policy is None else policies.read(policy),
    )


def _route_table_ids(body: dict[str, Any]) -> list[str]:
    ids = fields.texts(body, "routetables", "EndPoint.1019")
    if not all(UUID.fullmatch(table_id) for table_id in ids):
        raise Refusal(400, "EndPoint.1019")
    return [table_id.lower() for table_id in ids]


def list_endpoints(call: Call) -> Answer:
    """`GET /vpc-endpoints`: the project's own, filtered by service name, VPC and id; there is none by status."""
    query = call.request.query()
    part = query.get("endpoint_service_name", "").lower()
    rows = [
        row
        for row in endpoints.of_project(call.world, call.project_id)
        if query.get("vpc_id", row.vpc_id) == row.vpc_id
        and query.get("id", row.id) == row.id
        and part in endpoints.service_of(call.world, row)[0].lower()
    ]
    page, total = vpcep_rows(call, rows)
    return json_answer({"endpoints": [_endpoint(call, row) for row in page], "total_count": total})


def _find(call: Call, endpoint_id: str) -> Endpoint:
    return endpoints.find(call.world, call.project_id, endpoint_id)


def show_endpoint(call: Call, endpoint_id: str) -> Answer:
    """`GET /vpc-endpoints/{id}`."""
    return json_answer(_endpoint(call, _find(call, endpoint_id)))


def delete_endpoint(call: Call, endpoint_id: str) -> Answer:
    """`DELETE /vpc-endpoints/{id}`: 204, then `deleting`, then gone."""
    endpoints.delete(call.world, call.act, _find(call, endpoint_id))
    return deleted(call)


def update_access_control(call: Call, endpoint_id: str) -> Answer:
    """`PUT /vpc-endpoints/{id}`: the whole list and its switch; what is left out is empty or off (5.8)."""
    endpoint = _find(call, endpoint_id)
    body = json_body(call.request, Refusal(400, "EndPoint.0002"))
    if _type(call, endpoint) == "gateway":
        raise Refusal(400, "EndPoint.0002")
    entries = fields.texts(body, "whitelist", "EndPoint.2044")
    enabled = fields.flag(body, "enable_whitelist", default=False)
    access_control.update(call.world, call.act, endpoint, entries, enabled=enabled)
    return json_answer(_endpoint(call, endpoint))


def _type(call: Call, endpoint: Endpoint) -> str:
    return endpoints.service_of(call.world, endpoint)[1]


def _find_gateway_endpoint(call: Call, endpoint_id: str) -> Endpoint:
    """An endpoint of a gateway service; 400 `EndPoint.0002` for any other."""
    endpoint = _find(call, endpoint_id)
    if _type(call, endpoint) != "gateway":
        raise Refusal(400, "EndPoint.0002")
    return endpoint


def update_route_tables(call: Call, endpoint_id: str) -> Answer:
    """`PUT /vpc-endpoints/{id}/routetables`: 200 even when some could not be bound; `error` says which."""
    endpoint = _find_gateway_endpoint(call, endpoint_id)
    wanted = _route_table_ids(json_body(call.request, Refusal(400, "EndPoint.0002")))
    failed = route_tables.rebind(call.world, call.act, endpoint, wanted)
    errors = [{"bind_failed": failed, "unbind_failed": []}] if failed else []
    return json_answer({"routetables": endpoint.route_tables, "error": errors})


def update_policy(call: Call, endpoint_id: str) -> Answer:
    """`PUT /vpc-endpoints/{id}/policy`: other statements instead of the present ones."""
    endpoint = _find_gateway_endpoint(call, endpoint_id)
    body = json_body(call.request, Refusal(400, "EndPoint.0002"))
    policies.replace(call.world, call.act, endpoint, policies.read(body.get("policy_statement")))
    return json_answer(_endpoint(call, endpoint))


def reset_policy(call: Call, endpoint_id: str) -> Answer:
    """`DELETE /vpc-endpoints/{id}/policy`: everything is allowed again."""
    endpoint = _find_gateway_endpoint(call, endpoint_id)
    policies.replace(call.world, call.act, endpoint, ALLOW_EVERYTHING)
    return json_answer(_endpoint(call, endpoint))


def _endpoint(call: Call, endpoint: Endpoint) -> dict[str, Any]:
    service_name, service_type = endpoints.service_of(call.world, endpoint)
    body: dict[str, Any] = {
        "id": endpoint.id,
        "status": endpoint.status,
        "service_type": service_type,
        "marker_id": endpoint.marker_id,
        "active_status": _active_status(call, endpoint),
        "enable_status": endpoint.enable_status,
        "vpc_id": endpoint.vpc_id,
        "endpoint_service_id": endpoint.service_id,
        "endpoint_service_name": service_name,
        "project_id": endpoint.project_id,
        "tags": endpoint.tags,
        "specification_name": "default",
        "description": endpoint.description,
        "endpoint_pool_id": _POOL,
        "created_at": zulu(endpoint.created_at),
        call.world.switches.updated_key: zulu(endpoint.updated_at),
    }
    if endpoint.error:
        body["error"] = endpoint.error
    if service_type == "gateway":
        return {**body, "enable_dns": False, "routetables": endpoint.route_tables, "policy_statement": endpoint.policy}
    return {**body, **_in_subnet(endpoint)}


def _active_status(call: Call, endpoint: Endpoint) -> str | list[str]:
    """A list; a plain text in source 002 and other old pages (huawei-contract 10 #14)."""
    return [endpoint.active_status] if call.world.switches.json_types == "proper" else endpoint.active_status


def _in_subnet(endpoint: Endpoint) -> dict[str, Any]:
    """What endpoints of interface services have; address and name only once they were connected (5.7)."""
    body: dict[str, Any] = {
        "subnet_id": endpoint.subnet_id,
        "enable_dns": endpoint.enable_dns and endpoint.connected_once,
        "whitelist": endpoint.whitelist,
        "enable_whitelist": endpoint.enable_whitelist,
        "routetables": [],
    }
    if endpoint.connected_once:
        body["ip"] = endpoint.ip
        if endpoint.enable_dns:
            body["dns_names"] = [f"vpcep-{endpoint.id}.{REGION}.example-internal"]
    return body


_ENDPOINTS: Final = "/v1/(?P<project_id>[^/]+)/vpc-endpoints"
_ENDPOINT: Final = f"{_ENDPOINTS}/(?P<endpoint_id>[^/]+)"

ROUTES: Final = (
    Route("GET", _ENDPOINTS, list_endpoints),
    Route("POST", _ENDPOINTS, create_endpoint),
    Route("GET", _ENDPOINT, show_endpoint),
    Route("DELETE", _ENDPOINT, delete_endpoint),
    Route("PUT", _ENDPOINT, update_access_control, newer=True),
    Route("PUT", f"{_ENDPOINT}/routetables", update_route_tables, newer=True),
    Route("PUT", f"{_ENDPOINT}/policy", update_policy, newer=True),
    Route("DELETE", f"{_ENDPOINT}/policy", reset_policy, newer=True),
)
