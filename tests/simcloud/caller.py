"""Callers of the simulated cloud: plain HTTP as an account's program would send it. Shared by the tests here."""

import http.client
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from console.simcloud import SimulatedCloud
from console.simcloud.identity import CONSUMER, DEMO, Account

STRANGER = "7cc2018e40394f7c9692f1713e76234d"


@dataclass(frozen=True)
class Reply:
    """An answer, read to its end."""

    status: int
    headers: Mapping[str, str]
    content: bytes

    @property
    def body(self) -> Any:
        return json.loads(self.content)

    @property
    def code(self) -> str:
        """The vendor's error code, in whichever shape it came."""
        body = self.body
        if "error_code" in body:
            return str(body["error_code"])
        if "error" in body:
            return str(body["error"]["code"])
        return str(body["code"])


def exchange(base_url: str, method: str, target: str, body: object = None, **headers: str) -> Reply:
    """One request on a connection of its own. `body` is bytes as they are, or anything for JSON."""
    connection = http.client.HTTPConnection(urlsplit(base_url).netloc, timeout=5)
    try:
        data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, target, data, named)
        response = connection.getresponse()
        return Reply(response.status, {name.lower(): value for name, value in response.getheaders()}, response.read())
    finally:
        connection.close()


class Caller:
    """An account's program: signs in once with its password and sends its token along."""

    def __init__(self, cloud: SimulatedCloud, account: Account = DEMO) -> None:
        self.cloud = cloud
        self.account = account
        self.token = self.sign_in().headers["x-subject-token"]

    def sign_in(self, **changes: Any) -> Reply:
        """Ask for a token; `password`, `name`, `domain`, `scope` replace the right ones."""
        user = {
            "name": changes.get("name", self.account.user_name),
            "password": changes.get("password", self.account.password),
            "domain": {"name": changes.get("domain", self.account.domain_name)},
        }
        auth: dict[str, Any] = {"identity": {"methods": ["password"], "password": {"user": user}}}
        scope = changes.get("scope", {"project": {"id": self.account.project_id}})
        if scope is not None:
            auth["scope"] = scope
        return exchange(self.cloud.base_url, "POST", "/v3/auth/tokens?nocatalog=true", {"auth": auth})

    def ask(self, method: str, path: str, body: object = None, **query: object) -> Reply:
        target = quote(path) + (f"?{urlencode(query)}" if query else "")
        return exchange(self.cloud.base_url, method, target, body, X_Auth_Token=self.token)

    def apig(self, method: str, path: str, body: object = None, **query: object) -> Reply:
        """APIG, below the project."""
        return self.ask(method, f"/v2/{self.account.project_id}/apigw{path}", body, **query)

    def vpcep(self, method: str, path: str, body: object = None, **query: object) -> Reply:
        """VPCEP or VPC, below the project."""
        return self.ask(method, f"/v1/{self.account.project_id}{path}", body, **query)

    def gateway_id(self, role: str = "main") -> str:
        return self.cloud.world.gateway_named(role).id

    def connections(self, role: str = "main", **query: object) -> Reply:
        return self.apig("GET", f"/instances/{self.gateway_id(role)}/vpc-endpoint/connections", **query)

    def decide(self, action: str, *ids: str, role: str = "main") -> Reply:
        path = f"/instances/{self.gateway_id(role)}/vpc-endpoint/connections/action"
        return self.apig("POST", path, {"action": action, "endpoints": list(ids)})

    def permissions(self, role: str = "main", **query: object) -> Reply:
        return self.apig("GET", f"/instances/{self.gateway_id(role)}/vpc-endpoint/permissions", **query)

    def accounts(self, role: str = "main") -> list[str]:
        """Every account on a gateway's whitelist, as the list spells it."""
        return [row["permission"] for row in self.permissions(role, limit=500).body["permissions"]]

    def add(self, *accounts: str, role: str = "main") -> Reply:
        path = f"/instances/{self.gateway_id(role)}/vpc-endpoint/permissions/batch-add"
        return self.apig("POST", path, {"permissions": [f"iam:domain::{account}" for account in accounts]})

    def remove(self, *accounts: str, role: str = "main") -> Reply:
        path = f"/instances/{self.gateway_id(role)}/vpc-endpoint/permissions/batch-delete"
        return self.apig("POST", path, {"permissions": [f"iam:domain::{account}" for account in accounts]})

    def update(self, role: str = "main", **fields: object) -> Reply:
        return self.apig("PUT", f"/instances/{self.gateway_id(role)}", fields)

    def service_name(self, role: str = "main") -> str | None:
        rows = self.apig("GET", f"/instances/{self.gateway_id(role)}").body["endpoint_services"]
        return rows[0]["service_name"] if rows else None

    def first(self, status: str, role: str = "main") -> str:
        """The newest connection in this status."""
        return next(row.id for row in self.cloud.world.connections_of(role) if row.status == status)

    def status_of(self, endpoint_id: str, role: str = "main") -> str | None:
        rows = self.connections(role, id=endpoint_id).body["connections"]
        return rows[0]["status"] if rows else None

    def effects(self) -> list[tuple[str, str]]:
        """Action and object of every row in the ledger."""
        return [(row["action"], row["object"]) for row in self.cloud.ledger()]


def consumer_of(cloud: SimulatedCloud) -> Caller:
    """The second account."""
    return Caller(cloud, CONSUMER)
