"""The simulated cloud in a process of its own, with its control door and what the raw calls need."""

import json
import os
import urllib.request
from types import TracebackType
from typing import Any, Self

from tests.benchmarks.processes import Partner, environment


class Cloud:
    """A running simulated cloud; transient states end at once. `more` are options of its command, such as services."""

    def __init__(self, connections: int, latency: float = 0.0, **more: int) -> None:
        arguments = ["--port", "0", "--delay", "0", "--connections", str(connections), "--latency", str(latency)]
        arguments += [word for name, number in more.items() for word in (f"--{name}", str(number))]
        self._partner = Partner("console.simcloud", environment(), [*arguments, "--exit-with-parent", str(os.getpid())])
        self.base_url = str(self._partner.receive()["base_url"])
        self.description = self._door("GET", "describe")

    def _door(self, method: str, name: str, body: object = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.base_url}/_sim/{name}", data=data, method=method)
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=10) as answer:
            return json.load(answer)

    def take(self, seconds: float) -> None:
        """Let every answer take that much longer from now on."""
        self._door("POST", "latency", {"seconds": seconds})

    def calls(self) -> list[dict[str, Any]]:
        """Every request so far."""
        return list(self._door("GET", "calls"))

    def gateway_id(self, role: str = "many_connections") -> str:
        """The gateway with as many connections as asked for, or another by its role."""
        return next(g["id"] for g in self.description["gateways"] if g["seeded_as"] == role)

    def token(self) -> str:
        """A token for raw calls."""
        about = self.description
        user = {"name": about["user_name"], "password": about["password"], "domain": {"name": about["domain_name"]}}
        identity = {"methods": ["password"], "password": {"user": user}}
        body = {"auth": {"identity": identity, "scope": {"project": {"id": about["project_id"]}}}}
        request = urllib.request.Request(f"{self.base_url}/v3/auth/tokens", json.dumps(body).encode(), method="POST")
        request.add_header("Content-Type", "application/json")
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=10) as answer:
            return str(answer.headers["X-Subject-Token"])

    def addresses(self, gateway_id: str, connections: int) -> list[str]:
        """What a tab reads: the gateway, its whitelist, and its connections page by page."""
        gateway = f"{self.base_url}/v2/{self.description['project_id']}/apigw/instances/{gateway_id}"
        pages = [f"{gateway}/vpc-endpoint/connections?offset={at}&limit=500" for at in range(0, connections, 500)]
        return [gateway, f"{gateway}/vpc-endpoint/permissions?offset=0&limit=500", *pages]

    def deciding(self, gateway_id: str) -> list[str]:
        """VPC endpoints of a gateway about which one can decide."""
        request = urllib.request.Request(self.addresses(gateway_id, 500)[2], headers={"X-Auth-Token": self.token()})
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=10) as answer:
            rows = json.load(answer)["connections"]
        return [row["id"] for row in rows if row["status"] in ("pendingAcceptance", "accepted", "rejected")]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._partner.__exit__(kind, error, trace)
