"""What the cloud says when it says no: JSON or XML read alike, one table from answer to error (alibaba-contract 1.7).

Nearly every refusal is a 400, so the code decides before the status, and never the words of a message.
"""

import html
import json
from dataclasses import dataclass
from typing import Final

from console.clouds.alibaba.advice import advice_for, field_of
from console.clouds.errors import (
    CloudBusy,
    CloudError,
    CloudForbidden,
    CloudNotFound,
    CloudOutcomeUnknown,
    CloudRefused,
    CloudUnavailable,
)
from console.clouds.judging import contradiction, short_object
from console.clouds.masking import MASK, Mask
from console.clouds.pauses import retry_after_seconds
from console.clouds.reading import text
from console.clouds.transport import Reply
from console.patterns import Pattern

_LONGEST_CODE: Final = 64
#: What some services write into `Code` when all is well.
_GOOD_CODES: Final = ("200", "ok", "success")
#: A signature error repeats everything that was signed, the access key among it.
_ECHO: Final = Pattern(r"(string to sign is|canonical request is)\b.*", 10_000, ignore_case=True, dot_all=True)

#: Codes are compared in lower case. Not now, and certainly nothing was done.
_BUSY: Final = frozenset(
    {"concurrentcallnotsupported", "concurrencylocktimeout", "endpointlocked", "endpointservicelocked"}
)
#: Who calls is not known, or may not do it. Several of these say "NotFound" too.
_FORBIDDEN: Final = (
    "forbidden",
    "nopermission",
    "invalidaccesskeyid",
    "invalidsecuritytoken",
    "signaturedoesnotmatch",
    "incompletesignature",
    "invalidtimestamp",
    "illegaltimestamp",
    "insufficientbalance",
)
#: The call itself was wrong: no object is missing.
_WRONG_CALL: Final = frozenset(
    {"invalidaction.notfound", "invalidapi.notfound", "invalidproduct.notfound", "invalidprotocol.needssl"}
    | {"unsupportedhttpmethod"}
)
#: Something inside failed, whatever the status: no certain no. A nonce is never used twice by us, so one that was used
#: means that a copy of this very call arrived before.
_UNCERTAIN: Final = Pattern(r"internalerror|serviceunavailable|signaturenonceused|invoke\w*apifail", _LONGEST_CODE)


@dataclass(frozen=True, slots=True)
class Fault:
    """An error body, understood. All "" where it was not."""

    code: str = ""
    message: str = ""
    request_id: str = ""


def parse_fault(body: bytes) -> Fault:
    """Read either spelling of the keys, or XML. Never raises; an error page gives an empty fault."""
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return _from_xml(body)
    if not isinstance(document, dict):
        return Fault()
    values = {name.lower(): text(value) for name, value in document.items()}
    return Fault(values.get("code", ""), values.get("message", ""), values.get("requestid", ""))


def fault_in_success(body: bytes) -> Fault | None:
    """The fault that an answer with a 2xx status carries although it has one; None where it has none."""
    values = {name.lower(): value for name, value in short_object(body).items()}
    failed = values.get("success") in (False, "false", "False")
    code = text(values.get("code"))
    if not failed and (not code or code.lower() in _GOOD_CODES or "message" not in values):
        return None
    return Fault(code, text(values.get("message")), text(values.get("requestid")))


def check_no_fault(reply: Reply, mask: Mask, *, is_write: bool) -> None:
    """Of a reply with a 2xx status. Where its body says all the same that it failed, nobody knows which is true: raises
    CloudOutcomeUnknown for a write, CloudUnavailable for a read.
    """
    fault = fault_in_success(reply.body)
    if fault is None:
        return
    error = contradiction(
        reply,
        _without_echo(mask.line(fault.message)),
        vendor_code=mask.known(fault.code)[:_LONGEST_CODE],
        request_id=mask.known(fault.request_id) or reply.request_id,
        is_write=is_write,
    )
    error.advice = advice_for(error)
    raise error


def _from_xml(body: bytes) -> Fault:
    """By its three elements only: a parser would do what an unknown sender's document type says."""
    document = body.decode("utf-8", "replace")
    code, message, request_id = (_element(document, name) for name in ("Code", "Message", "RequestId"))
    return Fault(code, message, request_id) if code else Fault()


def _element(document: str, name: str) -> str:
    inside, end, _ = document.partition(f"<{name}>")[2].partition(f"</{name}>")
    return text(html.unescape(inside).strip()) if end else ""


#: Flow control of the account; `Throttling.Api` and `Throttling` are about the operation (alibaba-contract 1.8).
_OF_THE_ACCOUNT: Final = "throttling.user"


def error_for(reply: Reply, mask: Mask, *, is_write: bool) -> CloudError:
    """The error that a reply without a 2xx status means; `mask` knows the access key."""
    fault = parse_fault(reply.body)
    throttled = _throttled_for(reply)
    kind = CloudBusy if throttled is not None else _kind(reply.status, fault.code.lower(), is_write=is_write)
    error = kind(
        _without_echo(mask.line(fault.message)) or f"the cloud answered with status {reply.status}",
        status=reply.status,
        vendor_code=mask.known(fault.code)[:_LONGEST_CODE],
        request_id=mask.known(fault.request_id) or reply.request_id,
        retry_after=throttled if throttled is not None else retry_after_seconds(reply.headers),
    )
    error.advice, error.field = advice_for(error), field_of(error.vendor_code)
    error.whole_account = fault.code.lower() == _OF_THE_ACCOUNT
    return error


def _throttled_for(reply: Reply) -> float | None:
    """Seconds; the cloud's own header, which always means throttled, has milliseconds."""
    own = reply.headers.get("x-acs-retry-after", "")
    return int(own[:9]) / 1000 if own.isascii() and own.isdigit() else None


def _without_echo(message: str) -> str:
    return _ECHO.sub(rf"\1 {MASK}", message)


def _kind(status: int, code: str, *, is_write: bool) -> type[CloudError]:
    if status == 429 or "throttling" in code or code in _BUSY:
        return CloudBusy
    if not 400 <= status < 500 or status == 408 or _UNCERTAIN.match(code[:_LONGEST_CODE]):
        return CloudOutcomeUnknown if is_write else CloudUnavailable
    if code in _WRONG_CALL:
        return CloudRefused
    if status in (401, 403) or code.startswith(_FORBIDDEN):
        return CloudForbidden
    if status == 404 or code.startswith("notfound") or code.endswith("notfound"):
        return CloudNotFound
    return CloudRefused


def is_about_the_time(error: CloudError) -> bool:
    """Whether the signature was refused for its time alone."""
    return error.vendor_code.lower().startswith(("invalidtimestamp.expired", "illegaltimestamp"))


def is_about_the_signature(error: CloudError) -> bool:
    """Whether the signature was refused, for its time or otherwise."""
    return is_about_the_time(error) or error.vendor_code.lower().startswith(("signature", "incompletesignature"))
