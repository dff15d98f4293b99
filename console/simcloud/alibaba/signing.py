"""Verification of signed requests: decode, encode again, compare (alibaba-contract 1.2 to 1.4).

V3 is ACS3-HMAC-SHA256 in headers; V1 is HMAC-SHA1 in the query, which the vendor deprecates.
"""

import base64
import hashlib
import hmac
from calendar import timegm
from dataclasses import dataclass
from time import strptime
from typing import Final
from urllib.parse import quote

from console.patterns import Pattern
from console.simcloud.alibaba.parameters import Pairs, query_of
from console.simcloud.wire import MAX_HEADER, Request

ALGORITHM: Final = "ACS3-HMAC-SHA256"
WINDOW_SECONDS: Final = 15 * 60

_HEADER: Final = Pattern(
    rf"{ALGORITHM} Credential=(?P<key>[^, ]+), ?"
    r"SignedHeaders=(?P<names>[^, ]+), ?Signature=(?P<signature>[0-9a-f]{64})",
    MAX_HEADER,
)


@dataclass(frozen=True, slots=True)
class Credential:
    """What V3's Authorization header says."""

    access_key_id: str
    signed_names: tuple[str, ...]
    signature: str


def parse(authorization: str) -> Credential | None:
    """Read an Authorization header; None when it is of another form."""
    match = _HEADER.fullmatch(authorization)
    if match is None:
        return None
    return Credential(match["key"], tuple(match["names"].split(";")), match["signature"])


def moment_of(text: str) -> float | None:
    """Seconds since the epoch of a time such as 2026-01-02T03:04:05Z; None for another form."""
    try:
        return float(timegm(strptime(text, "%Y-%m-%dT%H:%M:%SZ")))
    except ValueError:
        return None


def encode(text: str) -> str:
    """RFC 3986 with upper-case hex; a space is %20."""
    return quote(text, safe="~")


def canonical_query(pairs: Pairs) -> str:
    """The parameters sorted as plain text, encoded and joined."""
    return "&".join(f"{encode(name)}={encode(value)}" for name, value in sorted(pairs))


def canonical_request(request: Request, names: tuple[str, ...]) -> str:
    """V3: the request in the form that is hashed and signed."""
    headers = "".join(f"{name}:{request.headers.get(name, '').strip()}\n" for name in names)
    digest = hashlib.sha256(request.body).hexdigest()
    path = request.raw_path or "/"
    return "\n".join((request.method, path, canonical_query(query_of(request)), headers, ";".join(names), digest))


def to_sign(canonical: str) -> str:
    """V3: the text that the signature is over."""
    return f"{ALGORITHM}\n{hashlib.sha256(canonical.encode()).hexdigest()}"


def signature(text: str, secret: str) -> str:
    """V3: in lower-case hex; the plain secret is the key."""
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()


def names_to_sign(request: Request) -> set[str]:
    """V3: the headers that have to be signed: host, all of the protocol's own, and the type of a body."""
    names = {name for name in request.headers if name.startswith("x-acs-")} | {"host"}
    return names | {"content-type"} if request.body else names


def is_signed_by(request: Request, credential: Credential, secret: str) -> bool:
    """V3: whether the signature fits, covers what it has to, and the body is the one that was hashed."""
    if not names_to_sign(request) <= set(credential.signed_names):
        return False
    if request.headers.get("x-acs-content-sha256") != hashlib.sha256(request.body).hexdigest():
        return False
    expected = signature(to_sign(canonical_request(request, credential.signed_names)), secret)
    return hmac.compare_digest(expected, credential.signature)


def to_sign_v1(method: str, pairs: Pairs) -> str:
    """V1: the text that the signature is over; values are encoded twice."""
    signed = [(name, value) for name, value in pairs if name != "Signature"]
    return f"{method}&%2F&{encode(canonical_query(signed))}"


def signature_v1(text: str, secret: str) -> str:
    """V1: in base64; the secret gets an ampersand to be the key."""
    return base64.b64encode(hmac.new(f"{secret}&".encode(), text.encode(), hashlib.sha1).digest()).decode()
