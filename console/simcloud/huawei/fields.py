"""Fields of a request's JSON body in VPCEP: each reader refuses what is wrong with the field's own code."""

from typing import Any

from console.simcloud.errors import Refusal
from console.simcloud.huawei.call import Call
from console.simcloud.huawei.parameters import UUID


def identifier(body: dict[str, Any], name: str, malformed: str) -> str:
    """An id in a body, in lower case; "" when it is missing. Raises Refusal 400 with the code `malformed`."""
    value = body.get(name) or ""
    if not isinstance(value, str) or (value and not UUID.fullmatch(value)):
        raise Refusal(400, malformed)
    return value.lower()


def flag(body: dict[str, Any], name: str, *, default: bool, code: str = "EndPoint.0002") -> bool:
    """A true or false in a body. Raises Refusal 400 with the code."""
    value = body.get(name)
    if value is None:
        return default
    if not isinstance(value, bool):
        raise Refusal(400, code)
    return value


def text(body: dict[str, Any], name: str, *, default: str = "", code: str = "EndPoint.0002") -> str:
    """A text in a body. Raises Refusal 400 with the code."""
    value = body.get(name)
    if value is None:
        return default
    if not isinstance(value, str):
        raise Refusal(400, code)
    return value


def texts(body: dict[str, Any], name: str, code: str) -> list[str]:
    """A list of texts in a body, empty when it is missing. Raises Refusal 400 with the code."""
    values = body.get(name)
    if values is None:
        return []
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise Refusal(400, code)
    return values


def description(call: Call, body: dict[str, Any]) -> str:
    """A description in a body: no angle brackets, as long as the profile allows (9). Raises Refusal 0002."""
    value = text(body, "description")
    if len(value) > call.world.profile.description_maximum or "<" in value or ">" in value:
        raise Refusal(400, "EndPoint.0002")
    return value


def tag_list(body: dict[str, Any], name: str = "tags") -> list[dict[str, str]]:
    """Tags in a body, each with a key and perhaps a value; their rules stand in `tags`. Raises Refusal 3068."""
    values = body.get(name)
    if values is None:
        return []
    if not isinstance(values, list) or not all(isinstance(value, dict) for value in values):
        raise Refusal(400, "EndPoint.3068")
    code = "EndPoint.3068"
    return [{"key": text(tag, "key", code=code), "value": text(tag, "value", code=code)} for tag in values]
