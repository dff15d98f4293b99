"""VPCEP v1, the service owner's side: the whitelist of a service (huawei-contract 5.6)."""

from typing import Any, Final

from console.patterns import Pattern
from console.simcloud import permissions, services
from console.simcloud.clock import zulu
from console.simcloud.errors import Refusal
from console.simcloud.huawei import fields
from console.simcloud.huawei.call import Call, Route, json_answer, json_body
from console.simcloud.huawei.parameters import UUID, text_list, vpcep_rows
from console.simcloud.huawei.vpcep_services import SERVICE
from console.simcloud.records import EVERYONE, ORGANIZATION, EndpointService, Permission
from console.simcloud.wire import Answer

_MOST: Final = 500
_DOMAIN: Final = Pattern(r"\*|iam:domain::([A-Za-z0-9*]{1,64})", 76)
_ORGANIZATION: Final = Pattern(r"organizations:orgPath::[A-Za-z0-9/*?-]+", 23 + 1024)


def list_permissions(call: Call, service_id: str) -> Answer:
    """`GET /vpc-endpoint-services/{id}/permissions`: without the owner, who needs no record."""
    service = services.find(call.world, call.project_id, service_id)
    wanted = call.request.query().get("permission", "")
    rows = [row for row in _listed(call, service) if wanted in _spelled(row.account)]
    page, total = vpcep_rows(call, rows, most=_MOST)
    return json_answer({"permissions": [_permission(row) for row in page], "total_count": total})


def _listed(call: Call, service: EndpointService) -> list[Permission]:
    return [row for row in call.world.permissions[service.id].values() if not permissions.is_own(service, row)]


def _spelled(account: str) -> str:
    """VPCEP writes everyone as a bare `*` (huawei-contract 10 #11)."""
    return EVERYONE if account == EVERYONE else permissions.spelled(account)


def _permission(row: Permission) -> dict[str, Any]:
    return {
        "id": row.id,
        "permission": _spelled(row.account),
        "permission_type": "orgPath" if row.names_organization else "domainId",
        "description": row.description,
        "created_at": zulu(row.created_at),
    }


def change_permissions(call: Call, service_id: str) -> Answer:
    """`POST /vpc-endpoint-services/{id}/permissions/action`: add or remove accounts by text."""
    service = services.find(call.world, call.project_id, service_id)
    body = json_body(call.request, Refusal(400, "EndPoint.0002"))
    action = body.get("action")
    if action not in ("add", "remove"):
        raise Refusal(400, "EndPoint.3035")
    _require_some(body)
    entries = text_list(body, "permissions", most=_MOST, refusal=Refusal(400, "EndPoint.3002"))
    kind = _kind(call, body)
    accounts = [_account(entry, kind) for entry in entries]
    if action == "add":
        permissions.add(call.world, call.act, service, accounts)
    else:
        permissions.remove(call.world, call.act, service, accounts)
    return json_answer({"permissions": entries, "permission_type": kind})


def _require_some(body: dict[str, Any]) -> None:
    rows = body.get("permissions")
    if not rows:
        raise Refusal(400, "EndPoint.3036")
    if isinstance(rows, list) and len(rows) > _MOST:
        raise Refusal(400, "EndPoint.0016")


def _kind(call: Call, body: dict[str, Any]) -> str:
    """`domainId` or, where the cloud knows organisations, `orgPath` (huawei-contract 9)."""
    kind = fields.text(body, "permission_type", default="domainId", code="EndPoint.3002")
    if kind != "domainId" and not (kind == "orgPath" and call.world.profile.knows_organizations):
        raise Refusal(400, "EndPoint.3002")
    return kind


def _account(entry: object, kind: str) -> str:
    """The account that an entry names, as records hold it. Raises Refusal `EndPoint.3002`."""
    pattern = _ORGANIZATION if kind == "orgPath" else _DOMAIN
    match = pattern.fullmatch(entry) if isinstance(entry, str) else None
    if match is None:
        raise Refusal(400, "EndPoint.3002")
    if match[0].startswith(ORGANIZATION):
        return match[0]
    return match[1] or EVERYONE


def _dicts(body: dict[str, Any]) -> list[dict[str, Any]]:
    _require_some(body)
    rows = body["permissions"]
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise Refusal(400, "EndPoint.3002")
    return rows


def add_permissions(call: Call, service_id: str) -> Answer:
    """`POST .../permissions/batch-create`: each with a description; answers with the records."""
    service = services.find(call.world, call.project_id, service_id)
    body = json_body(call.request, Refusal(400, "EndPoint.0002"))
    rows, kind = _dicts(body), _kind(call, body)
    texts = {_account(row.get("permission"), kind): fields.description(call, row) for row in rows}
    records = permissions.add(call.world, call.act, service, list(texts), texts)
    return json_answer({"permissions": [_permission(row) for row in records]})


def remove_permissions(call: Call, service_id: str) -> Answer:
    """`POST .../permissions/batch-delete`: by record id; answers with an empty list, as in the example."""
    service = services.find(call.world, call.project_id, service_id)
    rows = _dicts(json_body(call.request, Refusal(400, "EndPoint.0002")))
    ids = {fields.identifier(row, "id", "EndPoint.3002") for row in rows}
    found = [row for row in _listed(call, service) if row.id in ids]
    if len(found) < len(ids) and call.world.switches.missing_permission_removal == "refuse":
        raise Refusal(404, "EndPoint.0005")
    permissions.remove(call.world, call.act, service, [row.account for row in found])
    return json_answer({"permissions": []})


def describe_permission(call: Call, service_id: str, permission_id: str) -> Answer:
    """`PUT .../permissions/{permission_id}`: another description."""
    service = services.find(call.world, call.project_id, service_id)
    if not UUID.fullmatch(permission_id):
        raise Refusal(404, "EndPoint.0005")
    inner = json_body(call.request, Refusal(400, "EndPoint.0002")).get("permission")
    if not isinstance(inner, dict):
        raise Refusal(400, "EndPoint.0002")
    text = fields.description(call, inner)
    row = permissions.describe(call.world, call.act, service, permission_id.lower(), text)
    return json_answer({"permissions": [_permission(row)]})


_PERMISSIONS: Final = f"{SERVICE}/permissions"

ROUTES: Final = (
    Route("GET", _PERMISSIONS, list_permissions),
    Route("POST", f"{_PERMISSIONS}/action", change_permissions),
    Route("POST", f"{_PERMISSIONS}/batch-create", add_permissions, newer=True),
    Route("POST", f"{_PERMISSIONS}/batch-delete", remove_permissions, newer=True),
    Route("PUT", f"{_PERMISSIONS}/(?P<permission_id>[^/]+)", describe_permission, newer=True),
)
