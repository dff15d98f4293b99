"""A simulated cloud, a console wired to it, and people with browsers: what most stories need."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.test import Client

from console import wiring
from console.access.roles import Role
from console.clouds import retry
from console.simcloud import SimulatedCloud
from tests.factories import PersonFactory
from tests.pages import Browser

_ROLES = {
    "admin": Role.ADMINISTRATOR,
    "operator": Role.OPERATOR,
    "owner": Role.ACCOUNT_OWNER,
    "auditor": Role.AUDITOR,
    "viewer": Role.VIEWER,
}


@dataclass
class Stage:
    """One world, seen by several people."""

    cloud: SimulatedCloud
    people: dict[str, Any] = field(default_factory=dict)
    _remembered: dict[str, Any] = field(default_factory=dict)

    @property
    def gateway_id(self) -> str:
        return self.gateway("main")

    def gateway(self, seeded_as: str) -> str:
        """The id of a seeded gateway, such as "main", "without_service" or "frozen"."""
        return next(g["id"] for g in self.cloud.describe()["gateways"] if g["seeded_as"] == seeded_as)

    @property
    def tab_url(self) -> str:
        return f"/demo/gateways/{self.gateway_id}/vpc-endpoints/"

    def browser(self, role: str) -> Browser:
        """A signed-in browser without scripts; the same person again for the same role."""
        if role not in self.people:
            self.people[role] = PersonFactory(username=role, role=_ROLES[role])
        client = Client(enforce_csrf_checks=True)
        client.force_login(self.people[role], backend="django.contrib.auth.backends.ModelBackend")
        return Browser(client)

    def connections(self) -> list[Any]:
        """What the cloud says now, past the console."""
        port = wiring.get_cloud("demo").gateway_endpoints
        assert port is not None
        return list(port.list_connections(self.gateway_id))  # type: ignore[arg-type]

    def connection_ids(self, status: str) -> list[str]:
        """The connections that had this status when they were first asked for, newest first."""
        if "connections" not in self._remembered:
            self._remembered["connections"] = self.connections()
        return [c.id for c in self._remembered["connections"] if c.status == status]

    def listed_account(self) -> str:
        """A foreign account that was on the whitelist when it was first asked for."""
        if "account" not in self._remembered:
            port = wiring.get_cloud("demo").gateway_endpoints
            assert port is not None
            listed = port.list_permissions(self.gateway_id)  # type: ignore[arg-type]
            own = port.own_account()
            self._remembered["account"] = next(p.account for p in listed if p.account not in (own, "*"))
        return str(self._remembered["account"])


@contextmanager
def wired(cloud: SimulatedCloud, monkeypatch: pytest.MonkeyPatch, **environment: str) -> Iterator[None]:
    """The console's one cloud `demo` is this simulated one, waited for as long as a busy machine may need."""
    settings = {"CONSOLE_CONNECT_TIMEOUT": "5", "CONSOLE_READ_TIMEOUT": "5", **environment}
    monkeypatch.delenv("CONSOLE_CLOUDS_FILE", raising=False)
    monkeypatch.setenv("CONSOLE_SIMULATED_URL", cloud.base_url)
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    wiring.forget_clouds()
    try:
        yield
    finally:
        wiring.forget_clouds()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """`impatient()`: from now on an answer that takes more than 0.8 seconds is lost; for faults of the kind `delay`."""

    def shorten() -> None:
        monkeypatch.setenv("CONSOLE_READ_TIMEOUT", "0.8")
        wiring.forget_clouds()

    return shorten


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    """A fresh world without transient delays."""
    monkeypatch.setattr(retry, "BUSY_WAITS", (0.01, 0.01, 0.01))  # the waits themselves are tested in tests/clouds
    monkeypatch.setattr(retry, "SERVER_ERROR_WAITS", (0.01, 0.01))
    with SimulatedCloud(delay=0.0) as cloud, wired(cloud, monkeypatch):
        yield Stage(cloud)
