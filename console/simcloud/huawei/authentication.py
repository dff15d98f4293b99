"""The door: who sent this request? By token or by signature (huawei-contract 2.4, 3, 13.2)."""

from typing import Final, NoReturn

from console.simcloud.errors import MESSAGES, Refusal
from console.simcloud.huawei import signing
from console.simcloud.huawei.call import Caller
from console.simcloud.identity import ACCOUNTS, Account, Project
from console.simcloud.tokens import KEY_LOCK_SECONDS
from console.simcloud.wire import Request
from console.simcloud.world import World

_BY_ACCESS_KEY: Final = {account.access_key: account for account in ACCOUNTS}

#: An expired token in the service's own words, with the switch `expired_token_code` on "service".
_EXPIRED: Final = {"apig": "APIC.7101", "vpcep": "EndPoint.0003", "vpc": "VPC.0008"}
#: A token for global services on a service that needs a project.
_NO_PROJECT: Final = {"apig": "APIC.7103", "vpcep": "EndPoint.0003", "vpc": "VPC.0008"}
#: A project in the path that the caller's credentials are not for.
_OTHER_PROJECT: Final = {"apig": (403, "APIC.7130"), "vpcep": (400, "EndPoint.0014"), "vpc": (400, "VPC.0007")}


def caller_of(world: World, request: Request, service: str) -> Caller:
    """Who sent the request. Raises Refusal 401. The caller holds the world's lock."""
    token = request.headers.get("x-auth-token")
    if token:
        return _by_token(world, token, service)
    if "authorization" in request.headers:
        return _by_signature(world, request, service)
    _refuse("x-auth-token not found")


def require_project(caller: Caller, project_id: str, service: str) -> None:
    """Raises Refusal unless the caller's credentials are for the project in the path."""
    if caller.project is None:
        raise Refusal(401, _NO_PROJECT[service])
    if caller.project.id != project_id:
        raise Refusal(*_OTHER_PROJECT[service])


def _refuse(why: str) -> NoReturn:
    raise Refusal(401, "APIGW.0301", f"{MESSAGES['APIGW.0301']}: {why}")


def _by_token(world: World, text: str, service: str) -> Caller:
    token = world.tokens.find(text)
    if token is None:
        if service == "iam":
            raise Refusal(401, "IAM.0067", "Invalid token.")
        _refuse("decrypt token fail")
    if world.tokens.is_alive(token):
        return Caller(token.account, token.project)
    if service == "iam":
        raise Refusal(401, "IAM.0066", "The token has expired.")
    if world.switches.expired_token_code == "service":  # noqa: S105 - no password
        raise Refusal(401, _EXPIRED[service])
    raise Refusal(401, "APIGW.0307")


def _by_signature(world: World, request: Request, service: str) -> Caller:
    credential = signing.parse(request.headers["authorization"])
    account = _BY_ACCESS_KEY.get(credential.access_key) if credential else None
    if credential is None or account is None:
        _refuse("verify aksk signature fail, Get secretKey failed")
    if not signing.is_in_window(request.headers.get("x-sdk-date", ""), world.wall_time()):
        if world.switches.old_signature == "APIGW.0303":
            raise Refusal(401, "APIGW.0303")
        _refuse("verify aksk signature fail, the time of the signature is too far away")
    if world.locks.is_locked(account.access_key):
        _refuse("AK access failed to reach the limit,forbidden")
    if not signing.is_signed_by(request, credential, account.secret_key):
        if world.switches.lock_after_bad_signatures:
            world.locks.failed(account.access_key, KEY_LOCK_SECONDS)
        canonical = signing.canonical_request(request, credential.signed_names).replace("\n", "|")
        _refuse(f"verify aksk signature fail, canonical request: {canonical}")
    world.locks.succeeded(account.access_key)
    return Caller(account, _signed_project(account, request, service))


def _signed_project(account: Account, request: Request, service: str) -> Project | None:
    """The project that the request names, or the account's region project when it names none."""
    wanted = request.headers.get("x-project-id")
    if wanted is None:
        return account.projects[0]
    project = account.project(wanted)
    if project is None and service in _OTHER_PROJECT:
        raise Refusal(*_OTHER_PROJECT[service])
    return project
