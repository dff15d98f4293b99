"""What a supervisor and a load balancer ask (reliability.md 3; house.md part 5)."""

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.core.checks import ERROR, run_checks
from django.db import OperationalError, connection
from django.test import Client, override_settings

from console import settings as console_settings
from console.access.guard import Kind, policy_of
from console.running import health, probes
from console.running.masking import Mask
from console.running.probes import FRESH, Probe, Reachability
from console.simcloud import SimulatedCloud
from tests.running.processes import until

TOKEN = "canary-" + "t0k3n" * 8


@pytest.fixture
def monitor(settings: Any) -> Callable[[], dict[str, Any]]:
    """`monitor()`: what the console tells to whom the token was given."""
    settings.HEALTH_TOKEN = TOKEN
    return lambda: Client().get("/readyz", headers={"Authorization": f"Bearer {TOKEN}"}).json()


@pytest.fixture(autouse=True)
def _forget_probes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probes, "_probes", {})


def test_alive_asks_nobody(client: Client) -> None:
    """Without the mark django_db any query would be an error."""
    response = client.get("/healthz")
    assert (response.status_code, response.content) == (200, b"ok\n")
    assert response.headers["Cache-Control"] == "no-store"


@override_settings(SECURE_SSL_REDIRECT=True)
def test_health_needs_no_https(client: Client) -> None:
    assert client.get("/healthz").status_code == 200


def test_both_are_open_by_name() -> None:
    for view in (health.healthz, health.readyz):
        policy = policy_of(view)
        assert policy
        assert policy.kind is Kind.OPEN
        assert policy.reason


@pytest.mark.django_db
def test_a_stranger_learns_one_word(client: Client, world: SimulatedCloud, monitor: object) -> None:
    response = client.get("/readyz")
    assert (response.status_code, response.content) == (200, b"ready\n")
    assert response.headers["Content-Type"].startswith("text/plain")


@pytest.mark.django_db
def test_a_stranger_starts_no_call_to_a_cloud(client: Client, world: SimulatedCloud) -> None:
    client.get("/readyz")
    assert probes._probes == {}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "sent",
    ["", "Bearer", "Bearer ", f"Bearer {TOKEN[:-1]}", f"Bearer {TOKEN}x", f"Basic {TOKEN}", TOKEN, "Bearer \xe9\u20ac"],
)
def test_whoever_has_not_the_whole_token_is_a_stranger(
    client: Client, world: SimulatedCloud, monitor: object, sent: str
) -> None:
    response = client.get("/readyz", headers={"Authorization": sent})
    assert (response.status_code, response.content) == (200, b"ready\n")


@pytest.mark.django_db
@pytest.mark.parametrize("token", ["", "short", "x" * 31])
def test_a_short_token_opens_nothing_and_is_an_error_of_the_start(
    client: Client, world: SimulatedCloud, settings: Any, token: str
) -> None:
    settings.HEALTH_TOKEN = token
    response = client.get("/readyz", headers={"Authorization": f"Bearer {token}"})
    assert response.content == b"ready\n"
    found = [issue.id for issue in run_checks() if issue.level >= ERROR]
    assert found == (["console.E003"] if token else [])


@pytest.mark.django_db
def test_the_token_opens_the_states_and_nothing_else(
    client: Client, world: SimulatedCloud, monitor: Callable[[], dict[str, Any]]
) -> None:
    clock = "in step with the database's."
    told = monitor()
    invariants, clouds = told.pop("invariants"), told.pop("clouds")
    assert clouds["demo"] in ("unknown", "reachable")  # it is being asked
    assert told == {
        "status": "degraded",  # no worker runs
        "database": "reachable",
        "clock": clock,
    }
    assert [one["state"] for one in invariants if one["name"] == "workers"] == ["problem"]
    assert until(lambda: monitor()["clouds"]["demo"] == "reachable", 10)
    response = client.get("/readyz", headers={"Authorization": f"bearer {TOKEN}"})
    assert response.status_code == 200
    assert "127.0.0.1" not in response.content.decode()


@pytest.mark.django_db
def test_a_cloud_that_is_away_is_told_and_is_no_reason_to_go(
    client: Client, world: SimulatedCloud, monitor: Callable[[], dict[str, Any]]
) -> None:
    world.stop()
    monitor()
    assert until(lambda: monitor()["clouds"]["demo"] == "unreachable", 10)
    assert client.get("/readyz").status_code == 200


@pytest.mark.django_db
def test_a_cloud_that_hangs_makes_nobody_wait(world: SimulatedCloud, monitor: Callable[[], dict[str, Any]]) -> None:
    world.faults({"match": {}, "fault": "delay", "seconds": 2, "times": 99})
    started = time.perf_counter()
    monitor()
    assert time.perf_counter() - started < 1.5  # the cloud takes two seconds


@pytest.mark.django_db
def test_without_the_database_it_is_not_ready(
    client: Client, world: SimulatedCloud, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.HEALTH_TOKEN = TOKEN

    def gone() -> None:
        raise OperationalError("connection to db-17.internal refused for user canary")

    monkeypatch.setattr(connection, "cursor", gone)
    response = client.get("/readyz")
    assert (response.status_code, response.content) == (503, b"unavailable\n")
    response = client.get("/readyz", headers={"Authorization": f"Bearer {TOKEN}"})
    assert response.status_code == 503
    assert response.json()["database"] == "unreachable"
    assert "canary" not in response.content.decode()


@pytest.mark.django_db
def test_the_token_reaches_no_log(client: Client, world: SimulatedCloud, monitor: object) -> None:
    client.get("/readyz", {"x": TOKEN}, headers={"Authorization": f"Bearer {TOKEN}"})
    written = Mask([TOKEN])(f"somebody logged {TOKEN}")
    assert written == "somebody logged ***"
    source = (console_settings.ROOT / "console" / "settings.py").read_text(encoding="utf-8")
    assert "HEALTH_TOKEN]" in source.partition("_SECRETS = ")[2].partition("\n")[0]


def test_a_fresh_answer_is_not_asked_for_again() -> None:
    now = 1000.0
    asked = []
    probe = Probe(lambda: not asked.append(now), lambda: now)
    assert probe.state() is Reachability.UNKNOWN
    assert until(lambda: probe.state() is Reachability.REACHABLE, 5)
    now += FRESH - 1
    probe.state()
    assert len(asked) == 1
    now += 1
    probe.state()
    assert until(lambda: len(asked) == 2, 5)


def test_while_one_asks_nobody_else_does() -> None:
    answer = threading.Event()
    asked = []

    def ask() -> bool:
        asked.append(1)
        return answer.wait(5)

    probe = Probe(ask)
    assert [probe.state() for _ in range(20)] == [Reachability.UNKNOWN] * 20
    answer.set()
    assert until(lambda: probe.state() is Reachability.REACHABLE, 5)
    assert asked == [1]
