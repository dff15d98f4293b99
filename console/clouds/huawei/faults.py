"""What the cloud says when it says no: one tolerant parser for its four shapes, one table from answer to error.

Status and code decide, never the words of a message (huawei-contract 1.5 and 2.4).
"""

import json
from dataclasses import dataclass
from typing import Any, Final

from console.clouds.advice import Advice
from console.clouds.errors import (
    CloudBusy,
    CloudError,
    CloudForbidden,
    CloudNotFound,
    CloudOutcomeUnknown,
    CloudRefused,
    CloudUnavailable,
)
from console.clouds.huawei.advice import advice_for
from console.clouds.huawei.fields import field_of
from console.clouds.judging import contradiction, short_object
from console.clouds.masking import Mask
from console.clouds.pauses import retry_after_seconds
from console.clouds.reading import text
from console.clouds.transport import Reply

#: Codes are compared in lower case: the same documents spell EndPoint.2013 and Endpoint.2013.
#: Throttled, whatever the status: 429 and its disguises as 400 and 500 (contract 1.8).
_THROTTLED: Final = frozenset({"apigw.0308", "apig.0308", "iam.0012", "endpoint.0022", "apig.9008"})
#: Not ours to do, whatever the status: no fresh token would help (contract 2.4).
_NOT_ALLOWED: Final = frozenset({"apig.1005", "apig.1020", "endpoint.0004", "iam.0061", "iam.0081", "iam.0082"})
#: Gone, or never there, under whichever status of a refusal (contract 12.3).
_GONE: Final = frozenset({"endpoint.0005", "endpoint.2006", "endpoint.2007", "endpoint.2008"})
_LONGEST_CODE: Final = 64
#: How deep an error may be wrapped in other objects.
_DEEPEST: Final = 4
_CODES: Final = ("error_code", "errorCode", "code")
_MESSAGES: Final = ("error_msg", "error_message", "errorMsg", "message")


@dataclass(frozen=True, slots=True)
class Fault:
    """An error body, understood. All "" where it was not."""

    code: str = ""
    message: str = ""
    #: The front gateway repeats it in the body.
    request_id: str = ""


def parse_fault(body: bytes) -> Fault:
    """Read any of the shapes E1 to E4 and their wrappings. Never raises; what is not JSON gives an empty fault."""
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return Fault()
    return _find(document, _DEEPEST) or Fault()


def _find(value: Any, depth: int) -> Fault | None:
    if isinstance(value, dict):
        for key in _CODES:
            # A bare "code" may be anything; with a "message" beside it, it is an error's.
            if _is_code(value.get(key)) and (key != "code" or "message" in value):
                return Fault(text(value[key]), _message_in(value), text(value.get("request_id")))
        inner = list(value.values())
    elif isinstance(value, list):
        inner = value
    else:
        return None
    if depth == 0:
        return None
    return next((fault for item in inner if (fault := _find(item, depth - 1))), None)


def _message_in(value: dict[str, Any]) -> str:
    return next((found for key in _MESSAGES if (found := text(value.get(key)).strip())), "")


def _is_code(value: Any) -> bool:
    return (isinstance(value, str) and bool(value.strip())) or (isinstance(value, int) and not isinstance(value, bool))


def fault_in_success(body: bytes) -> Fault | None:
    """The fault that an answer with a 2xx status carries although it has one; None where it has none.

    Only at the top: what a resource tells of its own failure (contract 1.5) is part of a good answer, which has an id.
    """
    document = short_object(body)
    if text(document.get("id")):
        return None
    inner = document.get("error")
    for value in (document, inner if isinstance(inner, dict) else {}):
        if any(_is_code(value.get(key)) for key in _CODES) and any(key in value for key in _MESSAGES):
            return _find(value, 0)
    return None


def check_no_fault(reply: Reply, mask: Mask, *, is_write: bool) -> None:
    """Of a reply with a 2xx status. Where its body says all the same that it failed, nobody knows which is true: raises
    CloudOutcomeUnknown for a write, CloudUnavailable for a read.
    """
    fault = fault_in_success(reply.body)
    if fault is None:
        return
    error = contradiction(
        reply,
        mask.line(fault.message),
        vendor_code=mask.known(fault.code)[:_LONGEST_CODE],
        request_id=reply.request_id or mask.known(fault.request_id),
        is_write=is_write,
    )
    error.advice = advice_for(error)
    raise error


def error_for(reply: Reply, mask: Mask, *, is_write: bool) -> CloudError:
    """The error that a reply without a 2xx status means (style anchors 4.10); `mask` knows what was sent in secret."""
    fault = parse_fault(reply.body)
    kind = _kind(reply.status, fault.code.lower(), is_write=is_write)
    error = kind(
        mask.line(fault.message) or f"the cloud answered with status {reply.status}",
        status=reply.status,
        vendor_code=mask.known(fault.code)[:_LONGEST_CODE],
        request_id=reply.request_id or mask.known(fault.request_id),
        retry_after=retry_after_seconds(reply.headers),
    )
    error.advice = advice_for(error)
    error.field = field_of(fault.code.lower())
    return error


def _kind(status: int, code: str, *, is_write: bool) -> type[CloudError]:
    if status == 429 or code in _THROTTLED:
        return CloudBusy
    if status in (401, 403) or code in _NOT_ALLOWED:
        return CloudForbidden
    if 400 <= status < 500 and status != 408:  # 408 is no certain no (reliability 6.2)
        return CloudNotFound if status == 404 or code in _GONE else CloudRefused
    return CloudOutcomeUnknown if is_write else CloudUnavailable


def not_offered(reason: str, advice: Advice) -> CloudRefused:
    """For an act that this flavour of the cloud does not have: refused without asking it."""
    refusal = CloudRefused(reason)
    refusal.advice = advice
    return refusal


def may_be_the_token(error: CloudError) -> bool:
    """Whether one fresh sign-in is worth a try: a 401 that is not about permissions (contract 2.4)."""
    return error.status == 401 and error.vendor_code.lower() not in _NOT_ALLOWED
