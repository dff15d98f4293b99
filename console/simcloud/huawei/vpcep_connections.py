"""VPCEP v1, the service owner's side: connections to a service (huawei-contract 5.5)."""

from typing import Any, Final

from console.simcloud import connections, services
from console.simcloud.clock import zulu
from console.simcloud.errors import Refusal
from console.simcloud.huawei import fields
from console.simcloud.huawei.call import Call, Route, json_answer, json_body
from console.simcloud.huawei.parameters import MARKER, UUID, text_list, vpcep_rows
from console.simcloud.huawei.vpcep_services import SERVICE
from console.simcloud.records import Endpoint
from console.simcloud.wire import Answer

#: So many descriptions in one request; the number is not documented (12.3: `EndPoint.0016`, batch too large).
_MOST_DESCRIPTIONS: Final = 50


def list_connections(call: Call, service_id: str) -> Answer:
    """`GET /vpc-endpoint-services/{id}/connections`: as APIG's, with descriptions and errors."""
    service = services.find(call.world, call.project_id, service_id)
    query = call.request.query()
    marker, status = query.get("marker_id"), query.get("status")
    if marker is not None and not MARKER.fullmatch(marker):
        raise Refusal(400, "EndPoint.0021")
    if status is not None and status not in connections.FILTERABLE:
        raise Refusal(400, "EndPoint.0019")
    rows = connections.matching(
        call.world,
        service,
        endpoint_id=query.get("id"),
        marker_id=None if marker is None else int(marker),
        status=status,
    )
    page, total = vpcep_rows(call, rows)
    return json_answer({"connections": [_connection(call, row) for row in page], "total_count": total})


def _connection(call: Call, endpoint: Endpoint) -> dict[str, Any]:
    return {
        "id": endpoint.id,
        "marker_id": endpoint.marker_id,
        "created_at": zulu(endpoint.created_at),
        call.world.switches.updated_key: zulu(endpoint.updated_at),
        "domain_id": endpoint.domain_id,
        "status": endpoint.status,
        "description": connections.shown_description(endpoint),
        "error": endpoint.error,
    }


def decide_connection(call: Call, service_id: str) -> Answer:
    """`POST /vpc-endpoint-services/{id}/connections/action`: exactly one endpoint, else `EndPoint.2031`."""
    service = services.find(call.world, call.project_id, service_id)
    body = json_body(call.request, Refusal(400, "EndPoint.0002"))
    action = body.get("action")
    if action not in ("receive", "reject"):
        raise Refusal(400, "EndPoint.0007")
    ids = text_list(body, "endpoints", most=1000, refusal=Refusal(400, "EndPoint.0002"))
    if len(ids) > 1:
        raise Refusal(400, "EndPoint.2031")
    if not UUID.fullmatch(ids[0]):
        raise Refusal(400, "EndPoint.2017")
    rows = connections.decide(call.world, call.act, service, [ids[0].lower()], action)
    return json_answer({"connections": [_connection(call, row) for row in rows]})


def describe_connections(call: Call, service_id: str) -> Answer:
    """`PUT /vpc-endpoint-services/{id}/connections/description`: the owner's words about one or several."""
    service = services.find(call.world, call.project_id, service_id)
    rows = json_body(call.request, Refusal(400, "EndPoint.0002")).get("connections")
    if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) for row in rows):
        raise Refusal(400, "EndPoint.0002")
    if len(rows) > _MOST_DESCRIPTIONS:
        raise Refusal(400, "EndPoint.0016")
    texts: dict[str, str] = {}
    for row in rows:
        endpoint_id = fields.identifier(row, "id", "EndPoint.2017")
        if not endpoint_id:
            raise Refusal(400, "EndPoint.2017")
        texts[endpoint_id] = fields.description(call, row)
    endpoints = connections.describe(call.world, call.act, service, texts)
    return json_answer({"connections": [_connection(call, row) for row in endpoints]})


ROUTES: Final = (
    Route("GET", f"{SERVICE}/connections", list_connections),
    Route("POST", f"{SERVICE}/connections/action", decide_connection),
    Route("PUT", f"{SERVICE}/connections/description", describe_connections, newer=True),
)
