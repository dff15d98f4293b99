"""How a call proves who sends it: an access key's signature (SDK-HMAC-SHA256, huawei-contract 3) or a token."""

import hashlib
import hmac
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from requests import PreparedRequest
from requests.auth import AuthBase

from console.clouds.secret import Secret

ALGORITHM: Final = "SDK-HMAC-SHA256"
#: What is signed, lower case. Headers that the HTTP library adds later stay unsigned.
_SIGNED: Final = ("content-type", "host", "x-project-id", "x-sdk-date")


class TokenAuth(AuthBase):
    """Sends a sign-in token; `kept_back` are other secrets of the same caller."""

    def __init__(self, token: Secret, *kept_back: Secret) -> None:
        self._token = token
        self.secrets = (token, *kept_back)

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        request.headers["X-Auth-Token"] = self._token.reveal()
        return request


class SignatureAuth(AuthBase):
    """Signs the exact bytes that are sent. `project_id` "" leaves the project header out, as IAM needs it."""

    def __init__(
        self,
        access_key: str,
        secret_key: Secret,
        project_id: str = "",
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._access_key = access_key
        self._secret_key = secret_key
        self.secrets = (Secret(access_key), secret_key)
        self._project_id = project_id
        self._now = now

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        date = self._now().strftime("%Y%m%dT%H%M%SZ")
        request.headers["X-Sdk-Date"] = date
        # Set here, and not by the HTTP library, so that what is signed is what is sent, port included.
        request.headers["Host"] = urlsplit(request.url or "").netloc
        if self._project_id:
            request.headers["X-Project-Id"] = self._project_id
        names = [name for name in _SIGNED if name in request.headers]
        digest = hashlib.sha256(canonical_request(request, names).encode()).hexdigest()
        text = f"{ALGORITHM}\n{date}\n{digest}"
        signature = hmac.new(self._secret_key.reveal().encode(), text.encode(), hashlib.sha256).hexdigest()
        request.headers["Authorization"] = (
            f"{ALGORITHM} Access={self._access_key}, SignedHeaders={';'.join(names)}, Signature={signature}"
        )
        return request


def canonical_request(request: PreparedRequest, names: list[str]) -> str:
    """The text whose hash is signed (contract 3, steps 2 to 5). `names` are lower case and sorted."""
    url = urlsplit(request.url or "")
    path = "/".join(_encoded(part) for part in unquote(url.path).split("/"))
    pairs = sorted((_encoded(name), _encoded(value)) for name, value in parse_qsl(url.query, keep_blank_values=True))
    body = request.body or b""
    return "\n".join(
        (
            request.method or "",
            path if path.endswith("/") else path + "/",
            "&".join(f"{name}={value}" for name, value in pairs),
            "".join(f"{name}:{str(request.headers[name]).strip()}\n" for name in names),
            ";".join(names),
            hashlib.sha256(body.encode() if isinstance(body, str) else body).hexdigest(),
        )
    )


def _encoded(text: str) -> str:
    return quote(text, safe="~")
