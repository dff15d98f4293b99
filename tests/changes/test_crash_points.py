"""Five hundred seeded runs: each act on the tab, each fault, killed at each of the eight named points (reliability 6).

After the resolver has been there: at most one effect for a Change, the audit says what the ledger says, nothing is
open, and no page answered 500. CRASH_SEED in the environment chooses other runs.
"""

import os
import random
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from console import wiring
from console.audit.models import Entry
from console.changes import background, book, execution, settling
from console.changes.kinds.kind import Kind
from console.changes.kinds.registry import KINDS
from console.changes.models import OPEN, Change
from console.simcloud import SimulatedCloud, World
from tests.changes.acts import ACTS
from tests.changes.dying import after, before
from tests.changes.test_resolver import pass_time
from tests.stage import Stage as Scene
from tests.stage import wired

pytestmark = pytest.mark.django_db(transaction=True)

SEED = int(os.environ.get("CRASH_SEED", "20261120"))
CHUNKS, RUNS = 10, 50

FAULTS: dict[str, dict[str, Any] | None] = {
    "none": None,
    "500 before": {"fault": "status", "status": 500, "code": "APIC.9000"},
    "500 after": {"fault": "status", "status": 500, "code": "APIC.9007", "after": True},
    "cut before": {"fault": "reset_before"},
    "cut after": {"fault": "reset_after"},
    "cut in the middle": {"fault": "truncate"},
    "a proxy's page": {"fault": "html", "status": 502},
    "refused": {"fault": "status", "status": 400, "code": "APIC.7211"},
    "throttled once": {"fault": "status", "status": 429, "code": "APIGW.0308"},
}


class Killed(BaseException):
    """Stands for SIGKILL: nothing of ours catches it, and an open transaction is undone, as the database would."""


def die() -> None:
    raise Killed


#: The eight points: which function dies, and on which side of its work.
POINTS: dict[str, tuple[Any, str, Callable[..., Any]] | None] = {
    "before the intent": (book, "intend", before),
    "after the intent's commit": (book, "intend", after),
    "before sending": (Kind, "call", before),
    "after the answer": (Kind, "call", after),
    "before the outcome's commit": (execution, "_settle", before),
    "after the outcome's commit": (execution, "_settle", after),
    "in the resolver before reading": (settling, "check_again", before),
    "in the resolver before its commit": (settling, "_close", before),
    "nowhere": None,
}


@pytest.fixture
def scene(monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    monkeypatch.setattr("console.clouds.retry.BUSY_WAITS", (0.0,))
    monkeypatch.setattr("console.clouds.retry.SERVER_ERROR_WAITS", (0.0,))
    with SimulatedCloud(World.seeded(delay=0.0)) as cloud, wired(cloud, monkeypatch):
        yield Scene(cloud)


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_whatever_dies_wherever_the_books_agree(scene: Scene, chunk: int) -> None:
    chance = random.Random(f"{SEED}-{chunk}")
    story = _Story(scene, chance)
    for _run in range(RUNS):
        story.act_and_die()
        story.come_back()
    story.agree()


class _Story:
    def __init__(self, scene: Scene, chance: random.Random) -> None:
        self.scene = scene
        self.chance = chance
        self.gateway = scene.gateway("many_connections")
        self.tab = f"/demo/gateways/{self.gateway}/vpc-endpoints/"
        self.browser = scene.browser("admin")

    def act_and_die(self) -> None:
        """One act, one fault, one point; sometimes none of them."""
        name = self.chance.choice(ACTS).name
        page = self.browser.open(self.tab + self._address(name))
        assert page.status < 500
        button = {"accept": "Accept", "reject": "Reject", "add": "Add", "remove": "Remove"}.get(
            name.partition(".")[2], "Save"
        )
        if not page.has_button(button):
            return
        point, fault = self.chance.choice(list(POINTS)), self.chance.choice(list(FAULTS))
        method = "PUT" if name == "service.rename" else "POST"
        rule = FAULTS[fault]
        self.scene.cloud.faults(*([{"match": {"method": method, "path": "apigw"}, "times": 1, **rule}] if rule else []))
        with pytest.MonkeyPatch.context() as patch:
            self._arm(patch, point, KINDS[name])
            try:
                answer = self.browser.submit(page, button, reason=f"{point}, {fault}")
                assert answer.status < 500
                settling.settle_open()
            except Killed:
                pass
        self.scene.cloud.faults()

    def _arm(self, patch: pytest.MonkeyPatch, point: str, kind: Kind) -> None:
        if where := POINTS[point]:
            owner, attribute, side = where
            owner = type(kind) if owner is Kind else owner
            patch.setattr(owner, attribute, side(getattr(owner, attribute), die))

    def _address(self, name: str) -> str:
        if name.startswith("connection"):
            legal = "can_accept" if name.endswith("accept") else "can_reject"
            ids = [c.id for c in self._port().list_connections(self.gateway) if getattr(c.status, legal)]
            return f"connections/{name.partition('.')[2]}/?id={self.chance.choice(ids)}"
        if name == "permission.add":
            return f"permissions/add/?id={self.chance.getrandbits(128):032x}"
        if name == "permission.remove":
            own = self._port().own_account()  # stays, so it is asked for only when it is alone
            listed = [p.account for p in self._port().list_permissions(self.gateway)]
            return f"permissions/remove/?id={self.chance.choice([a for a in listed if a != own] or listed)}"
        return f"service-name/?name=n{self.chance.randrange(10**9)}"

    def _port(self) -> Any:
        return wiring.get_cloud("demo").gateway_endpoints

    def come_back(self) -> None:
        """The next process finds what was left, and time has passed."""
        pass_time()
        settling.settle_open()
        background.advance("next", seconds=1.0)

    def agree(self) -> None:
        """The three promises."""
        assert not Change.objects.filter(stage__in=OPEN).exists()
        effects: dict[tuple[str, str], int] = {}
        for row in self.scene.cloud.ledger():
            effects[row["action"], row["object"]] = effects.get((row["action"], row["object"]), 0) + 1
        done: dict[tuple[str, str], int] = {}
        for change in Change.objects.all():
            states = list(
                Entry.objects.filter(change_id=str(change.pk)).order_by("seq").values_list("state", flat=True)
            )
            assert states.count("succeeded") <= 1
            assert not states or states[0] in ("intended", "cancelled", "stale")
            if states and states[-1] == "succeeded":
                key = (change.kind, change.target)
                done[key] = done.get(key, 0) + 1
        assert sum(done.values()) >= RUNS // 5
        assert {key: count for key, count in effects.items() if key[0] != "service.rename"} == {
            key: count for key, count in done.items() if key[0] != "service.rename"
        }
        renamed = sum(count for key, count in effects.items() if key[0] == "service.rename")
        assert renamed == sum(count for key, count in done.items() if key[0] == "service.rename")
