"""VPCEP v1: tags of endpoints and endpoint services, and finding resources by them (huawei-contract 5.8)."""

from collections.abc import Sequence
from typing import Any, Final

from console.simcloud import endpoints, services, tags
from console.simcloud.errors import Refusal
from console.simcloud.huawei import fields
from console.simcloud.huawei.call import Call, Route, json_answer, json_body
from console.simcloud.huawei.parameters import vpcep_page
from console.simcloud.records import Endpoint
from console.simcloud.wire import Answer

#: The wire's name of each list of a query, and how it is meant.
_LISTS: Final = {"tags": "all_of", "tags_any": "any_of", "not_tags": "not_all_of", "not_tags_any": "not_any_of"}
#: Keys per list and values per key.
_MOST_IN_QUERY: Final = 10


def change_tags(call: Call, resource_type: str, resource_id: str) -> Answer:
    """`POST /{resource_type}/{resource_id}/tags/action`: add (`create`) or take away (`delete`); 204."""
    find = endpoints.find if resource_type == "endpoint" else services.find
    record = find(call.world, call.project_id, resource_id)
    body = json_body(call.request, Refusal(400, "EndPoint.0002"))
    action = body.get("action")
    if action not in ("create", "delete"):
        raise Refusal(400, "EndPoint.0007")
    wanted = fields.tag_list(body)
    if not wanted:
        raise Refusal(400, "EndPoint.3066")
    tags.change(call.world, call.act, record, action, wanted)
    return Answer(204)


def _resources(call: Call, resource_type: str) -> Sequence[tags.Tagged]:
    of_project = endpoints.of_project if resource_type == "endpoint" else services.of_project
    return of_project(call.world, call.project_id)


def list_tags(call: Call, resource_type: str) -> Answer:
    """`GET /{resource_type}/tags`: every key in use in the project, with its values."""
    found = tags.values_by_key(_resources(call, resource_type))
    return json_answer({"tags": [{"key": key, "values": values} for key, values in found.items()]})


def find_resources(call: Call, resource_type: str) -> Answer:
    """`POST /{resource_type}/resource_instances/action`: a read; `filter` lists, `count` only counts."""
    body = json_body(call.request, Refusal(400, "EndPoint.0002"))
    action = body.get("action")
    if action not in ("filter", "count"):
        raise Refusal(400, "EndPoint.0007")
    query, part = _query(body), _name_part(body)
    rows = [row for row in _resources(call, resource_type) if query.meets(row.tags) and part in _name(call, row)]
    if action == "count":
        return json_answer({"total_count": len(rows)})
    paging = {name: str(body[name]) for name in ("limit", "offset") if body.get(name) is not None}
    page = rows[vpcep_page(paging, zero=call.world.switches.vpcep_zero_limit)]
    shown = [{"resource_id": row.id, "resource_name": _name(call, row), "tags": row.tags} for row in page]
    return json_answer({"resources": shown, "total_count": len(rows)})


def _name(call: Call, row: tags.Tagged) -> str:
    """An endpoint has no name of its own; it goes by its service's."""
    return endpoints.service_of(call.world, row)[0] if isinstance(row, Endpoint) else row.full_name


def _query(body: dict[str, Any]) -> tags.TagQuery:
    lists = {meaning: _wanted(body.get(name)) for name, meaning in _LISTS.items()}
    return tags.TagQuery(**lists, untagged=fields.flag(body, "without_any_tag", default=False))


def _wanted(rows: object) -> tuple[tags.Wanted, ...]:
    if rows is None:
        return ()
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise Refusal(400, "EndPoint.3068")
    if len(rows) > _MOST_IN_QUERY:
        raise Refusal(400, "EndPoint.3069")
    wanted = tuple(_wanted_one(row) for row in rows)
    if len({one.key for one in wanted}) < len(wanted):
        raise Refusal(400, "EndPoint.3067")
    return wanted


def _wanted_one(row: dict[str, Any]) -> tags.Wanted:
    key, values = fields.text(row, "key", code="EndPoint.3068"), fields.texts(row, "values", "EndPoint.3068")
    if not key:
        raise Refusal(400, "EndPoint.3066")
    if len(values) > _MOST_IN_QUERY:
        raise Refusal(400, "EndPoint.3069")
    if len(set(values)) < len(values):
        raise Refusal(400, "EndPoint.3071")
    return tags.Wanted(key, tuple(values))


def _name_part(body: dict[str, Any]) -> str:
    """The part of the name that `matches` asks for; "" fits every name."""
    rows = body.get("matches") or []
    if not isinstance(rows, list) or len(rows) > 1 or not all(isinstance(row, dict) for row in rows):
        raise Refusal(400, "EndPoint.0002")
    if rows and rows[0].get("key") != "resource_name":
        raise Refusal(400, "EndPoint.0002")
    return fields.text(rows[0], "value") if rows else ""


_TYPE: Final = "/v1/(?P<project_id>[^/]+)/(?P<resource_type>endpoint|endpoint_service)"

ROUTES: Final = (
    Route("GET", f"{_TYPE}/tags", list_tags),
    Route("POST", f"{_TYPE}/resource_instances/action", find_resources),
    Route("POST", f"{_TYPE}/(?P<resource_id>[^/]+)/tags/action", change_tags),
)
