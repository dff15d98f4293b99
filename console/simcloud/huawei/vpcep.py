"""VPCEP v1 (huawei-contract 5): all its routes, and the calls that belong to no resource: quotas and versions."""

from typing import Any, Final

from console.simcloud import endpoints, services
from console.simcloud.errors import Refusal
from console.simcloud.huawei import (
    vpcep_connections,
    vpcep_endpoints,
    vpcep_permissions,
    vpcep_services,
    vpcep_tags,
)
from console.simcloud.huawei.call import Call, Route, json_answer
from console.simcloud.wire import Answer

#: Paths without a project that belong to VPCEP (huawei-contract 5).
VERSION_PATHS: Final = ("/", "/v1", "/v2")
#: v2 is advertised, but only for what is left out here.
_VERSIONS: Final = (("v1", "CURRENT"), ("v2", "SUPPORTED"))


def show_quotas(call: Call) -> Answer:
    """`GET /quotas`, of one type or of both."""
    switches = call.world.switches
    used = {
        "endpoint": (len(endpoints.of_project(call.world, call.project_id)), switches.endpoint_quota),
        "endpoint_service": (len(services.of_project(call.world, call.project_id)), switches.service_quota),
    }
    wanted = call.request.query().get("type")
    if wanted is not None and wanted not in used:
        raise Refusal(400, "EndPoint.0002")
    rows = [
        {"type": name, "used": count, "quota": quota} for name, (count, quota) in used.items() if wanted in (None, name)
    ]
    return json_answer({"quotas": {"resources": rows}})


def list_versions(call: Call) -> Answer:
    """`GET /`: which versions there are."""
    return json_answer({"versions": [_version(call, *version) for version in _VERSIONS]})


def show_version(call: Call, version: str) -> Answer:
    """`GET /{version}`."""
    return json_answer({"version": _version(call, version, dict(_VERSIONS)[version])})


def _version(call: Call, version: str, status: str) -> dict[str, Any]:
    href = f"http://{call.request.headers.get('host', '')}/{version}"
    return {
        "id": version,
        "status": status,
        "updated": "2018-09-30T00:00:00Z",
        "version": "",
        "min_version": "",
        "links": [{"href": href, "type": "application/json", "rel": "self"}],
    }


ROUTES: Final = (
    *vpcep_services.ROUTES,
    *vpcep_connections.ROUTES,
    *vpcep_permissions.ROUTES,
    *vpcep_endpoints.ROUTES,
    *vpcep_tags.ROUTES,
    Route("GET", "/v1/(?P<project_id>[^/]+)/quotas", show_quotas),
    Route("GET", "/", list_versions),
    Route("GET", "/(?P<version>v[12])", show_version),
)
