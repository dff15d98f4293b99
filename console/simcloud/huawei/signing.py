"""Verification of requests signed with an access key: SDK-HMAC-SHA256 (huawei-contract 3)."""

import hashlib
import hmac
from calendar import timegm
from dataclasses import dataclass
from time import strptime
from typing import Final
from urllib.parse import quote, unquote

from console.patterns import Pattern
from console.simcloud.wire import MAX_HEADER, Request

ALGORITHM: Final = "SDK-HMAC-SHA256"
WINDOW_SECONDS: Final = 15 * 60

_HEADER: Final = Pattern(
    rf"{ALGORITHM} Access=(?P<key>[^, ]+), ?SignedHeaders=(?P<names>[^, ]+), ?Signature=(?P<signature>[0-9a-f]{{64}})",
    MAX_HEADER,
)
_UNSIGNED: Final = "UNSIGNED-PAYLOAD"


@dataclass(frozen=True, slots=True)
class Credential:
    """What the Authorization header says."""

    access_key: str
    signed_names: tuple[str, ...]
    signature: str


def parse(authorization: str) -> Credential | None:
    """Read an Authorization header; None when it is of another form."""
    match = _HEADER.fullmatch(authorization)
    if match is None:
        return None
    return Credential(match["key"], tuple(match["names"].split(";")), match["signature"])


def is_in_window(date: str, now: float) -> bool:
    """Whether an X-Sdk-Date such as 20260102T030405Z lies within 15 minutes of `now`."""
    try:
        moment = timegm(strptime(date, "%Y%m%dT%H%M%SZ"))
    except ValueError:
        return False
    return abs(moment - now) <= WINDOW_SECONDS


def _encoded(text: str) -> str:
    return quote(unquote(text), safe="~")


def _canonical_path(raw_path: str) -> str:
    path = "/".join(_encoded(segment) for segment in raw_path.split("/"))
    return path if path.endswith("/") else path + "/"


def _canonical_query(raw_query: str) -> str:
    pairs = [pair.partition("=") for pair in raw_query.split("&") if pair]
    return "&".join(f"{name}={value}" for name, value in sorted((_encoded(n), _encoded(v)) for n, _, v in pairs))


def canonical_request(request: Request, names: tuple[str, ...]) -> str:
    """The request in the form that is hashed and signed (steps 2 to 5)."""
    digest = hashlib.sha256(request.body).hexdigest()
    if request.headers.get("x-sdk-content-sha256") == _UNSIGNED:
        digest = _UNSIGNED
    headers = "".join(f"{name}:{request.headers.get(name, '').strip()}\n" for name in names)
    lines = (
        request.method,
        _canonical_path(request.raw_path),
        _canonical_query(request.raw_query),
        headers,
        ";".join(names),
        digest,
    )
    return "\n".join(lines)


def signature(canonical: str, date: str, secret_key: str) -> str:
    """Steps 6 and 7."""
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    to_sign = f"{ALGORITHM}\n{date}\n{digest}"
    return hmac.new(secret_key.encode(), to_sign.encode(), hashlib.sha256).hexdigest()


def is_signed_by(request: Request, credential: Credential, secret_key: str) -> bool:
    """Whether the signature fits. `host` and `x-sdk-date` have to be among the signed headers."""
    if not {"host", "x-sdk-date"} <= set(credential.signed_names):
        return False
    canonical = canonical_request(request, credential.signed_names)
    expected = signature(canonical, request.headers.get("x-sdk-date", ""), secret_key)
    return hmac.compare_digest(expected, credential.signature)
