"""A thousand objects, some refused, some lost, a restart in the middle and a throttled spell: it adds up exactly."""

import random
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from console.audit.models import Entry
from console.changes import background, settling
from console.changes.models import OPEN, Batch, Change
from console.clouds.huawei.apig import HuaweiGatewayEndpoints
from console.clouds.types import Traits
from console.simcloud import SimulatedCloud, World
from tests.changes.passing_time import pass_time
from tests.stage import Stage as Scene
from tests.stage import wired

pytestmark = pytest.mark.django_db(transaction=True)

THOUSAND = 1_000
RESTART_AT = 500


class Restarted(BaseException):
    """The worker's process ends here."""


@pytest.fixture
def scene(monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    monkeypatch.setattr("console.clouds.retry.BUSY_WAITS", ())
    monkeypatch.setattr("console.changes.background._FIRST_WAIT", 0.01)
    with SimulatedCloud(World.seeded(connections=1_400, delay=0.0)) as cloud, wired(cloud, monkeypatch):
        yield Scene(cloud)


class _Weather:
    """Refuses some, loses the answers of some, throttles a spell, and ends the worker's process once."""

    def __init__(self, scene: Scene, total: int) -> None:
        chance = random.Random(1000)
        self.scene = scene
        self.refused = set(chance.sample(range(total), total // 20))
        self.lost = dict.fromkeys(chance.sample(range(total), total // 50), "reset_after")
        self.lost |= dict.fromkeys(list(self.lost)[::2], "reset_before")
        self.throttled = range(600, 620)
        self.restarted = False
        self.send = background.send

    def __call__(self, *args: Any, **kwargs: Any) -> bool:
        number = Change.objects.exclude(stage="queued").count()
        if number == RESTART_AT and not self.restarted:
            self.restarted = True
            raise Restarted
        if fault := self._fault(number):
            self.scene.cloud.faults({"match": {"method": "POST", "path": "connections/action"}, "times": 1, **fault})
        return self.send(*args, **kwargs)

    def _fault(self, number: int) -> dict[str, Any] | None:
        if number in self.refused:
            return {"fault": "status", "status": 400, "code": "APIC.7211"}
        if number in self.lost:
            return {"fault": self.lost[number]}
        if number in self.throttled:
            return {"fault": "status", "status": 429, "code": "APIGW.0308", "times": 2}
        return None


def reject_all(scene: Scene) -> tuple[Batch, int]:
    """Everything that can be rejected is to be."""
    browser = scene.browser("operator")
    page = browser.open(f"{tab(scene)}connections/reject/?all=1")
    browser.submit(page, "Reject", word="reject", reason="CHG-1000")
    batch = Batch.objects.get()
    total = batch.changes.count()
    assert total >= THOUSAND
    return batch, total


def tab(scene: Scene) -> str:
    return f"/demo/gateways/{scene.gateway('many_connections')}/vpc-endpoints/"


def another_worker_goes_on() -> None:
    Batch.objects.update(worker="dead", lease_until=None)
    while background.advance("second", seconds=600):
        pass
    pass_time()
    while settling.settle_open():
        pass_time()


def it_adds_up(scene: Scene, batch: Batch, total: int) -> Counter[str]:
    ends = Counter(batch.changes.values_list("stage", flat=True))
    effects = [row["object"] for row in scene.cloud.ledger()]
    assert sum(ends.values()) == total
    assert not Change.objects.filter(stage__in=OPEN).exists()
    assert len(effects) == len(set(effects)) == ends["succeeded"]
    done = Entry.objects.filter(action="connection.reject", state="succeeded").values_list("target", flat=True)
    assert sorted(done) == sorted(effects)
    page = scene.browser("operator").open(f"/changes/acts/{batch.pk}/")
    assert f"{total} of {total} ended" in page.text
    return ends


def test_a_thousand_add_up(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """One object a call: what is refused, lost or throttled is single objects."""
    monkeypatch.setattr(HuaweiGatewayEndpoints, "traits", Traits(in_one_call=1))
    batch, total = reject_all(scene)
    weather = _Weather(scene, total)
    monkeypatch.setattr(background, "send", weather)
    with pytest.raises(Restarted):
        background.advance("first", seconds=600)
    another_worker_goes_on()
    assert it_adds_up(scene, batch, total)["failed"] >= len(weather.refused)


def test_a_thousand_in_calls_of_fifty_add_up(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is refused, lost or throttled is whole calls; after a refusal single objects."""
    batch, total = reject_all(scene)
    weather = {
        1: {"fault": "status", "status": 429, "code": "APIGW.0308", "times": 4},
        3: {"fault": "status", "status": 400, "code": "APIC.7211", "times": 1},
        5: {"fault": "reset_after", "times": 1},
        7: {"fault": "reset_before", "times": 1},
    }
    calls = [0]
    real = background.send_together

    def send_in_this_weather(*args: Any, **kwargs: Any) -> Any:
        calls[0] += 1
        if calls[0] == total // 100:
            raise Restarted
        if rule := weather.get(calls[0]):
            scene.cloud.faults({"match": {"method": "POST", "path": "connections/action"}, **rule})
        return real(*args, **kwargs)

    monkeypatch.setattr(background, "send_together", send_in_this_weather)
    with pytest.raises(Restarted):
        background.advance("first", seconds=600)
    another_worker_goes_on()
    ends = it_adds_up(scene, batch, total)
    # Only the call whose answer was lost before its effect is not done; the refused one was done object by object.
    assert ends == {"succeeded": total - 50, "failed": 50}
