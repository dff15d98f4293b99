"""IAM v3: password tokens and lists of projects (huawei-contract 2)."""

import hmac
from typing import Any, Final

from console.patterns import Pattern
from console.simcloud.clock import microseconds
from console.simcloud.errors import Refusal
from console.simcloud.huawei.call import Call, Route, json_answer, json_body
from console.simcloud.identity import ACCOUNTS, REGION, Account, Project
from console.simcloud.tokens import USER_LOCK_SECONDS, Token
from console.simcloud.wire import Answer, Request
from console.simcloud.world import World

_BAD_BODY: Final = "The request body is invalid"
_PAGE: Final = Pattern(r"[1-9][0-9]*", 9)
_PER_PAGE: Final = Pattern(r"[1-9][0-9]*", 4)
_WRONG: Final = "The username or password is wrong."


def issue_token(world: World, request: Request) -> Answer:
    """`POST /v3/auth/tokens`. The only call without authentication."""
    auth = _dict(json_body(request, Refusal(400, "400", _BAD_BODY)), "auth")
    account = _signed_in(world, _dict(auth, "identity"))
    project = _scoped_project(world, account, auth.get("scope"))
    text, token = world.tokens.issue(account, project)
    catalog = [] if request.query().get("nocatalog") else _catalog(request, project)
    return json_answer({"token": _described(token, catalog)}, 201, headers=(("X-Subject-Token", text),))


def _dict(data: dict[str, Any], name: str) -> dict[str, Any]:
    value = data.get(name)
    if not isinstance(value, dict):
        raise Refusal(400, "400", _BAD_BODY)
    return value


def _text(data: dict[str, Any], name: str) -> str:
    value = data.get(name)
    if not isinstance(value, str) or not value:
        raise Refusal(400, "400", _BAD_BODY)
    return value


def _signed_in(world: World, identity: dict[str, Any]) -> Account:
    """The account whose user this is. 401 for a wrong name, account or password alike; locks after six."""
    if identity.get("methods") != ["password"]:
        raise Refusal(400, "400", _BAD_BODY)
    user = _dict(_dict(identity, "password"), "user")
    name, password, domain = _text(user, "name"), _text(user, "password"), _text(_dict(user, "domain"), "name")
    lock = f"{domain}/{name}"
    if world.locks.is_locked(lock):
        raise Refusal(401, "IAM.0061")
    account = next((known for known in ACCOUNTS if known.actor == lock), None)
    if account is None or not hmac.compare_digest(account.password.encode(), password.encode("utf-8", "replace")):
        if account is not None and world.switches.lock_after_wrong_passwords:
            world.locks.failed(lock, USER_LOCK_SECONDS)
        raise Refusal(401, "401", _WRONG)
    world.locks.succeeded(lock)
    return account


def _scoped_project(world: World, account: Account, scope: object) -> Project | None:
    """The project of the token; None for a token for global services. A project wins over a domain."""
    if scope is None:
        if world.switches.sign_in_scope == "required" or world.profile.needs_scope:
            raise Refusal(400, "400", _BAD_BODY)
        return None
    if not isinstance(scope, dict):
        raise Refusal(400, "400", _BAD_BODY)
    if "project" in scope:
        wanted = _dict(scope, "project")
        for project in account.projects:
            if wanted.get("id") == project.id or (wanted.get("id") is None and wanted.get("name") == project.name):
                return project
        raise Refusal(401, "401", "The project is not found or the user may not use it.")
    domain = _dict(scope, "domain")
    if account.domain_id != domain.get("id") and account.domain_name != domain.get("name"):
        raise Refusal(401, "401", "The domain is not found or the user may not use it.")
    return None


def _catalog(request: Request, project: Project | None) -> list[dict[str, Any]]:
    if project is None:
        return []
    base = f"http://{request.headers.get('host', '')}"
    urls = {"apig": f"{base}/v2/{project.id}", "vpcep": f"{base}/v1/{project.id}", "vpc": f"{base}/v1/{project.id}"}
    return [
        {"type": name, "name": name, "id": name, "endpoints": [{"interface": "public", "region": REGION, "url": url}]}
        for name, url in urls.items()
    ]


def _described(token: Token, catalog: list[dict[str, Any]]) -> dict[str, Any]:
    account = token.account
    domain = {"id": account.domain_id, "name": account.domain_name}
    body: dict[str, Any] = {
        "catalog": catalog,
        "methods": ["password"],
        "issued_at": microseconds(token.issued_at),
        "expires_at": microseconds(token.expires_at),
        "user": {"id": account.user_id, "name": account.user_name, "password_expires_at": "", "domain": domain},
        "roles": [{"id": "0", "name": "te_admin"}],
    }
    if token.project is None:
        return {**body, "domain": domain}
    return {**body, "project": {"id": token.project.id, "name": token.project.name, "domain": domain}}


def list_my_projects(call: Call) -> Answer:
    """`GET /v3/auth/projects`: what this user can access."""
    projects = call.caller.account.projects
    return _projects(call, list(projects))


def list_projects(call: Call) -> Answer:
    """`GET /v3/projects` with its filters; `page` and `per_page` only together."""
    query = call.request.query()
    account = call.caller.account
    rows = [
        project
        for project in account.projects
        if query.get("name", project.name) == project.name
        and query.get("parent_id", project.parent_id) == project.parent_id
        and query.get("domain_id", account.domain_id) == account.domain_id
        and query.get("enabled", "true") == "true"
    ]
    return _projects(call, rows[_page(query)])


def _page(query: dict[str, str]) -> slice:
    page, per_page = query.get("page"), query.get("per_page")
    if page is None and per_page is None:
        return slice(None)
    if page is None or per_page is None or not _PAGE.fullmatch(page):
        raise Refusal(400, "400", _BAD_BODY)
    if not _PER_PAGE.fullmatch(per_page) or int(per_page) > 5000:
        raise Refusal(400, "400", _BAD_BODY)
    start = (int(page) - 1) * int(per_page)
    return slice(start, start + int(per_page))


def _projects(call: Call, rows: list[Project]) -> Answer:
    base = f"http://{call.request.headers.get('host', '')}/v3"
    domain_id = call.caller.account.domain_id
    projects = [
        {
            "id": project.id,
            "name": project.name,
            "domain_id": domain_id,
            "parent_id": project.parent_id,
            "is_domain": False,
            "enabled": True,
            "description": "",
            "links": {"self": f"{base}/projects/{project.id}"},
        }
        for project in rows
    ]
    links = {"self": f"{base}{call.request.path.removeprefix('/v3')}", "next": None, "previous": None}
    return json_answer({"projects": projects, "links": links})


def list_domains(call: Call) -> Answer:
    """`GET /v3/auth/domains`: the own account; the vendor's SDK asks it for global services."""
    account = call.caller.account
    domain = {"id": account.domain_id, "name": account.domain_name, "enabled": True, "description": "", "links": {}}
    return json_answer({"domains": [domain], "links": {}})


ROUTES: Final = (
    Route("POST", "/v3/auth/tokens", issue_token),
    Route("GET", "/v3/auth/projects", list_my_projects),
    Route("GET", "/v3/projects", list_projects),
    Route("GET", "/v3/auth/domains", list_domains),
)
