"""Answers on the wire, in JSON or XML: successes with their RequestId, refusals in the shape of contract 1.7."""

import json
import uuid
from dataclasses import dataclass
from typing import Any, Final
from xml.sax.saxutils import escape

from console.simcloud.errors import Refusal
from console.simcloud.wire import Answer

#: The SDK reads XML only under exactly this type (alibaba-contract 1.7).
_XML: Final = "text/xml;charset=utf-8"
#: Refusals of RAM tell what was missing.
_DENIALS: Final = ("Forbidden.RAM", "Forbidden.NoPermission", "NoPermission", "Forbidden")


@dataclass(frozen=True, slots=True)
class Product:
    """One service of the cloud: its code, how its host begins, and its name in RAM."""

    code: str
    host: str
    ram: str


@dataclass(frozen=True, slots=True)
class Manner:
    """How one request is to be answered."""

    request_id: str
    product: Product
    action: str
    region: str
    as_xml: bool


def new_request_id() -> str:
    """An upper-case UUID."""
    return str(uuid.uuid4()).upper()


def succeeded(manner: Manner, body: dict[str, Any]) -> Answer:
    """The answer of an action that did what was asked."""
    return _answer(manner, 200, f"{manner.action}Response", {"RequestId": manner.request_id, **body})


def refused(manner: Manner, refusal: Refusal, message: str) -> Answer:
    """The answer of an action that did not."""
    code = refusal.code
    product = manner.product
    body: dict[str, Any] = {
        "RequestId": manner.request_id,
        "HostId": f"{product.host}.{manner.region}.aliyuncs.com",
        "Code": code,
        "Message": message,
        "Recommend": (
            f"https://api.aliyun.com/troubleshoot?q={code}&product={product.code}&requestId={manner.request_id}"
        ),
    }
    if code in _DENIALS:
        body["AccessDeniedDetail"] = {
            "AuthAction": f"{product.ram}:{manner.action}",
            "NoPermissionType": "ImplicitDeny",
        }
    return _answer(manner, refusal.status, "Error", body)


def _answer(manner: Manner, status: int, name: str, body: dict[str, Any]) -> Answer:
    headers = (("x-acs-request-id", manner.request_id),)
    if manner.as_xml:
        text = f'<?xml version="1.0" encoding="UTF-8"?>{_element(name, body)}'
        return Answer(status, text.encode("utf-8", "replace"), _XML, headers)
    return Answer(status, json.dumps(body, separators=(",", ":")).encode("ascii"), headers=headers)


def _element(name: str, value: object) -> str:
    if isinstance(value, list):
        return "".join(_element(name, item) for item in value)
    if isinstance(value, dict):
        inside = "".join(_element(key, item) for key, item in value.items())
    else:
        inside = escape(json.dumps(value) if isinstance(value, bool) else str(value))
    return f"<{name}>{inside}</{name}>"
