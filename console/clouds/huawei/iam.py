"""IAM v3: whom the console is at the cloud, by password or by access key (huawei-contract 2)."""

import copy
import json
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Final

from console.clouds.cloud_time import CloudTime
from console.clouds.credentials import AccessKey, Password
from console.clouds.errors import CloudForbidden, CloudUnavailable
from console.clouds.huawei.client import HuaweiClient
from console.clouds.huawei.faults import error_for
from console.clouds.huawei.signing import SignatureAuth, TokenAuth
from console.clouds.masking import Mask
from console.clouds.reading import JsonObject, UnreadableAnswer, moment, parse_object, text
from console.clouds.retry import with_retries
from console.clouds.secret import Secret
from console.clouds.tokens import REFUSAL_MEMORY, Token, TokenCache, TokenKey, refusal_until
from console.clouds.transport import Authoriser, Reply, Request, Transport
from console.clouds.types import AccountId

#: Life of a token whose answer does not tell it (sources 001).
USUAL_LIFE: Final = timedelta(hours=24)
#: 401s that say the signature itself is wrong; more than five in a row lock the key (contract 3).
_BAD_SIGNATURE: Final = frozenset({"apigw.0301", "apig.0301", "apigw.0303", "apig.0303"})


class _SignedIn(TokenAuth):
    """A token that knows which cached one it is."""

    def __init__(self, token: Token, *kept_back: Secret) -> None:
        super().__init__(token.value, *kept_back)
        self.token = token


class PasswordIdentity:
    """Signs in with a password, scoped to the project; the token is shared through the cache."""

    def __init__(
        self,
        transport: Transport,
        password: Password,
        project_id: str,
        tokens: TokenCache,
        *,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._transport = transport
        self._password = password
        self._project_id = project_id
        self._tokens = tokens
        self._sleep = sleep
        self._key = TokenKey(transport.bases["iam"], password.domain_name, password.user_name, project_id)

    def authorise(self, service: str) -> Authoriser:
        return _SignedIn(self._tokens.get(self._key, self._sign_in), self._password.password)

    def after_refusal(self, used: Authoriser, refusal: CloudForbidden) -> Authoriser | None:
        if not isinstance(used, _SignedIn):
            return None
        token = self._tokens.after_refusal(self._key, used.token, self._sign_in)
        # The cloud may still repeat the token that it refused.
        return _SignedIn(token, self._password.password, used.token.value) if token else None

    def refused_again(self, refusal: CloudForbidden) -> None:
        self._tokens.fresh_token_refused(self._key)

    def accepted(self) -> None:
        """Nothing to note: the cache knows its tokens."""

    def own_account(self, client: HuaweiClient) -> AccountId:
        """Comes with the token; where the cloud left it out, from the list of projects."""
        return self._tokens.get(self._key, self._sign_in).account or account_of_project(client, self._project_id)

    def _sign_in(self) -> Token:
        """A new token. Raises CloudForbidden for a wrong password, which is never sent twice by itself."""
        request = Request("iam", "POST", "/v3/auth/tokens", (("nocatalog", "true"),), body=self._body())
        attempt = partial(self._attempt, request)
        limit = self._transport.limits.total
        reply = with_retries(attempt, is_write=False, default_time=limit, sleep=self._sleep)
        try:
            return _token_from(reply)
        except UnreadableAnswer as unreadable:
            reason = str(unreadable)
        raise CloudUnavailable(reason, status=reply.status, request_id=reply.request_id)

    def _attempt(self, request: Request) -> Reply:
        reply = self._transport.send(request)
        if 200 <= reply.status < 300:
            return reply
        error = error_for(reply, Mask((self._password.password,)), is_write=False)
        raise self._transport.heed(request, error)

    def _body(self) -> bytes:
        """Contract 2.3; the project scope is what API Gateway asks for, and OTC refuses to go without."""
        user = {
            "name": self._password.user_name,
            "password": self._password.password.reveal(),
            "domain": {"name": self._password.domain_name},
        }
        identity = {"methods": ["password"], "password": {"user": user}}
        return json.dumps({"auth": {"identity": identity, "scope": {"project": {"id": self._project_id}}}}).encode()


def _token_from(reply: Reply) -> Token:
    """Contract 2.1: the token is in a header, the body only describes it."""
    value = reply.headers.get("X-Subject-Token", "").strip()
    if not value:
        raise UnreadableAnswer("the sign-in gave no token")
    described = _inner(parse_object(reply.body), "token")
    ends, issued = moment(described.get("expires_at")), moment(described.get("issued_at"))
    life = ends - issued if ends and issued else USUAL_LIFE
    account = text(_inner(_inner(described, "user"), "domain").get("id"))
    return Token(Secret(value), life.total_seconds(), AccountId(account))


def _inner(document: JsonObject, name: str) -> JsonObject:
    value = document.get(name)
    return value if isinstance(value, dict) else {}


def account_of_project(client: HuaweiClient, project_id: str) -> AccountId:
    """The account that owns a project, from the list of projects, which needs no permission (contract 2.2).

    Raises CloudUnavailable when the list does not have the project.
    """

    def decode(document: JsonObject) -> AccountId:
        projects = document.get("projects")
        for project in projects if isinstance(projects, list) else []:
            if isinstance(project, dict) and project.get("id") == project_id and text(project.get("domain_id")):
                return AccountId(text(project["domain_id"]))
        raise UnreadableAnswer("these credentials have no access to the configured project")

    return client.read("iam", "/v3/auth/projects", decode)


class _Signature(SignatureAuth):
    """A signature for the cloud's time as it was known when the call was made."""

    def __init__(self, key: AccessKey, project_id: str, cloud_time: CloudTime) -> None:
        super().__init__(key.access_key, key.secret_key, project_id, now=cloud_time.now)
        self.project_id = project_id
        self.correction = cloud_time.correction()


class KeyIdentity:
    """Signs every call with an access key. After a refused signature one call a minute tries it again, so that
    a wrong key is not locked by our asking (contract 3)."""

    def __init__(
        self,
        key: AccessKey,
        project_id: str,
        cloud_time: CloudTime,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._key = key
        self._project_id = project_id
        self._cloud_time = cloud_time
        self._clock = clock
        self._lock = threading.Lock()
        self._refusal: CloudForbidden | None = None
        self._refused_until = 0.0
        self._account: AccountId | None = None

    def authorise(self, service: str) -> Authoriser:
        if self._refusal is not None:
            self._let_one_through()
        return self._signature("" if service == "iam" else self._project_id)

    def after_refusal(self, used: Authoriser, refusal: CloudForbidden) -> Authoriser | None:
        """A second try only where the answer told that it was signed for a wrong time: else the same key would sign
        the same way."""
        if refusal.vendor_code.lower() not in _BAD_SIGNATURE:
            return None
        if isinstance(used, _Signature) and self._cloud_time.is_another_since(used.correction):
            return self._signature(used.project_id)
        self._remember(refusal)
        return None

    def _signature(self, project_id: str) -> "_Signature":
        return _Signature(self._key, project_id, self._cloud_time)

    def _remember(self, refusal: CloudForbidden) -> None:
        with self._lock:
            self._refusal = copy.copy(refusal)
            self._refused_until = self._clock() + REFUSAL_MEMORY
        refusal.retry_after = REFUSAL_MEMORY

    def refused_again(self, refusal: CloudForbidden) -> None:
        """By the cloud's own time it was refused as well."""
        if refusal.vendor_code.lower() in _BAD_SIGNATURE:
            self._remember(refusal)

    def accepted(self) -> None:
        if self._refusal is not None:
            with self._lock:
                self._refusal = None

    def own_account(self, client: HuaweiClient) -> AccountId:
        """From the list of projects; asked once."""
        if self._account is None:
            self._account = account_of_project(client, self._project_id)
        return self._account

    def _let_one_through(self) -> None:
        with self._lock:
            now = self._clock()
            if self._refusal is None:
                return
            if now < self._refused_until:
                raise refusal_until(self._refusal, self._refused_until - now)
            self._refused_until = now + REFUSAL_MEMORY
