"""The door: who sent this request? By the signature in its headers (V3) or in its query (V1); contract 1.3, 1.4."""

import hmac
import time
from dataclasses import dataclass

from console.simcloud.alibaba import signing
from console.simcloud.alibaba.identity import BY_ACCESS_KEY, AlibabaAccount
from console.simcloud.alibaba.parameters import Pairs, form_of, query_of
from console.simcloud.alibaba.refusals import invalid, missing, refuse
from console.simcloud.errors import Refusal
from console.simcloud.wire import Request
from console.simcloud.world import World


@dataclass(frozen=True, slots=True)
class _Claim:
    """What a request says about who signed it and when."""

    access_key_id: str
    moment: str
    nonce: str


def account_of(world: World, request: Request) -> AlibabaAccount:
    """Who sent the request. Raises Refusal. The caller holds the world's lock.

    A nonce is used up only by a request whose signature fits."""
    pairs = [*query_of(request), *form_of(request)]
    values = dict(pairs)
    if "Signature" in values or "AccessKeyId" in values:
        return _by_v1(world, request, pairs)
    if "authorization" in request.headers:
        return _by_v3(world, request)
    raise missing("AccessKeyId")


def _by_v3(world: World, request: Request) -> AlibabaAccount:
    credential = signing.parse(request.headers["authorization"])
    if credential is None:
        raise refuse("IncompleteSignature")
    headers = request.headers
    claim = _Claim(credential.access_key_id, headers.get("x-acs-date", ""), headers.get("x-acs-signature-nonce", ""))
    account = _account(world, claim)
    if not signing.is_signed_by(request, credential, account.access_key_secret):
        canonical = signing.canonical_request(request, credential.signed_names)
        raise _mismatch(world, f"{signing.to_sign(canonical)}, server canonical request is:{canonical}")
    _use_nonce(world, claim)
    return account


def _by_v1(world: World, request: Request, pairs: Pairs) -> AlibabaAccount:
    values = dict(pairs)
    for name in ("AccessKeyId", "Signature", "Timestamp", "SignatureNonce"):
        if not values.get(name):
            raise missing(name)
    for name, expected in (("SignatureMethod", "HMAC-SHA1"), ("SignatureVersion", "1.0")):
        if values.get(name) != expected:
            raise invalid(name)
    claim = _Claim(values["AccessKeyId"], values["Timestamp"], values["SignatureNonce"])
    account = _account(world, claim)
    text = signing.to_sign_v1(request.method, pairs)
    expected = signing.signature_v1(text, account.access_key_secret)
    if not hmac.compare_digest(expected.encode(), values["Signature"].encode()):
        raise _mismatch(world, text)
    _use_nonce(world, claim)
    return account


def _account(world: World, claim: _Claim) -> AlibabaAccount:
    """The account of a key, when the claim is of now."""
    account = BY_ACCESS_KEY.get(claim.access_key_id)
    if account is None:
        raise Refusal(404, "InvalidAccessKeyId.NotFound")
    moment = signing.moment_of(claim.moment)
    if moment is None:
        raise refuse("InvalidTimeStamp.Format")
    if abs(moment - world.wall_time()) > signing.WINDOW_SECONDS:
        raise refuse("InvalidTimeStamp.Expired")
    if not claim.nonce:
        raise missing("SignatureNonce")
    return account


def _mismatch(world: World, text: str) -> Refusal:
    """The real cloud's quirk: everything that was signed is echoed (alibaba-contract 1.7)."""
    message = f"Specified signature is not matched with our calculation. server string to sign is:{text}"
    return Refusal(int(world.switches.alibaba_signature_status), "SignatureDoesNotMatch", message)


def _use_nonce(world: World, claim: _Claim) -> None:
    if not world.nonces.use(claim.access_key_id, claim.nonce, time.time()):
        raise refuse("SignatureNonceUsed")
