"""How a call says what it wants and proves who sends it: ACS3-HMAC-SHA256 (alibaba-contract 1.1 and 1.3).

Action and version are headers, and what is signed is the host and every x-acs header, so both are set here.
"""

import hashlib
import hmac
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Final
from urllib.parse import parse_qsl, quote, urlsplit
from uuid import uuid4

from requests import PreparedRequest
from requests.auth import AuthBase

from console.clouds.credentials import AccessKey
from console.clouds.secret import Secret

ALGORITHM: Final = "ACS3-HMAC-SHA256"
_OWN: Final = "x-acs-"


class Acs3Auth(AuthBase):
    """Signs the exact bytes that are sent, each time with a moment and a nonce of its own: neither is taken twice."""

    def __init__(
        self,
        key: AccessKey,
        action: str,
        version: str,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        nonce: Callable[[], str] = lambda: uuid4().hex,
    ) -> None:
        self._key = key
        self._action = action
        self._version = version
        self._now = now
        self._nonce = nonce
        self.secrets = (Secret(key.access_key), key.secret_key)

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        if not request.body:
            # Nothing to have a type, and what is sent of one must be signed.
            request.headers.pop("Content-Type", None)
        # Set here, and not by the HTTP library, so that what is signed is what is sent, port included.
        request.headers["Host"] = urlsplit(request.url or "").netloc
        request.headers["x-acs-action"] = self._action
        request.headers["x-acs-version"] = self._version
        request.headers["x-acs-date"] = self._now().strftime("%Y-%m-%dT%H:%M:%SZ")
        request.headers["x-acs-signature-nonce"] = self._nonce()
        request.headers["x-acs-content-sha256"] = _hash_of_body(request)
        names = sorted(name.lower() for name in request.headers if _is_signed(name.lower()))
        signature = signature_of(canonical_request(request, names), self._key.secret_key)
        request.headers["Authorization"] = (
            f"{ALGORITHM} Credential={self._key.access_key},SignedHeaders={';'.join(names)},Signature={signature}"
        )
        return request


def canonical_request(request: PreparedRequest, names: Sequence[str]) -> str:
    """The text whose hash is signed. `names` are lower case and sorted.

    The query is decoded and encoded anew, since a URL may spell one value in several ways.
    """
    url = urlsplit(request.url or "")
    pairs = sorted(parse_qsl(url.query, keep_blank_values=True))
    return "\n".join(
        (
            request.method or "",
            url.path or "/",
            "&".join(f"{_encoded(name)}={_encoded(value)}" for name, value in pairs),
            "".join(f"{name}:{str(request.headers[name]).strip()}\n" for name in names),
            ";".join(names),
            _hash_of_body(request),
        )
    )


def signature_of(canonical: str, secret_key: Secret) -> str:
    """Hexadecimal. The plain secret is the key: no region and no day are mixed in."""
    text = f"{ALGORITHM}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    return hmac.new(secret_key.reveal().encode(), text.encode(), hashlib.sha256).hexdigest()


def _is_signed(name: str) -> bool:
    """Headers that the HTTP library adds later, or that a proxy may change, stay unsigned."""
    return name in ("host", "content-type") or name.startswith(_OWN)


def _hash_of_body(request: PreparedRequest) -> str:
    body = request.body or b""
    return hashlib.sha256(body.encode() if isinstance(body, str) else body).hexdigest()


def _encoded(text: str) -> str:
    return quote(text, safe="~")
