"""Rights and objects are checked again right before every single send, whatever path leads there, for every kind.

Paths: a throttle pause while the person waits, a pause in the background, one by one after a refused call of several,
another worker's take-over, and the next object of a short act. What is asserted is what reached the cloud.
"""

import json
import random
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from console.audit.models import Entry
from console.changes import background, execution
from console.changes.kinds.registry import KINDS
from console.changes.models import Batch, Change, Stage
from console.simcloud import SimulatedCloud
from tests.changes.deeds import DEEDS, Deed, many_things
from tests.changes.meddling import TAKINGS, admin_through_a_group, change_the_object, during_the_pause
from tests.changes.test_long_acts import Killed
from tests.pages import Browser, Page
from tests.stage import Stage as Scene
from tests.stage import wired

pytestmark = pytest.mark.django_db(transaction=True)

THROTTLED: dict[str, Any] = {"fault": "status", "status": 429, "code": "APIGW.0308"}
MOVED = "the object changed"
MEDDLING = (*TAKINGS, MOVED)
EVERY_KIND = pytest.mark.parametrize("name", KINDS)
EVERY_WAY = pytest.mark.parametrize("way", MEDDLING)


@pytest.fixture
def scene(monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    """A world with something to act on for every kind, seen by an administrator of a group."""
    monkeypatch.setattr("console.clouds.retry.BUSY_WAITS", (0.0,))
    with SimulatedCloud(many_things()) as cloud, wired(cloud, monkeypatch, CONSOLE_SIMULATED_ALIBABA="1"):
        scene = Scene(cloud)
        admin_through_a_group(scene)
        yield scene


def confirmation(scene: Scene, name: str) -> tuple[Browser, Page, Deed]:
    """The act's confirmation, and a cloud whose ledger and audit of such acts begin here."""
    deed, browser = DEEDS[name], scene.browser("admin")
    page = browser.open(deed.place(browser, scene.gateway("many_connections"), random.Random(name)))
    assert deed.button_on(page), page.text
    Change.objects.all().delete()
    return browser, page, deed


def meddle_with(scene: Scene, way: str) -> Callable[[], None]:
    return (lambda: change_the_object(scene)) if way == MOVED else TAKINGS[way][0]


class Ledger:
    """What the console itself did in the cloud since a moment; what was done outside is no part of it."""

    def __init__(self, scene: Scene, deed: Deed, way: str) -> None:
        self.scene, self.deed = scene, deed
        self.outside = int(way == MOVED and not KINDS[deed.name].creates)
        self.begun = len(self.rows())

    def rows(self) -> list[str]:
        found = {(row["request_id"], row["action"]) for row in self.scene.cloud.ledger()}
        return [action for _request, action in found if action == self.deed.effect]

    def done(self) -> int:
        return len(self.rows()) - self.begun - self.outside


def told(name: str, way: str) -> None:
    """The audit's last word on each object: who lost what, or that it had changed, and that nothing was sent."""
    rows = {row.target: row for row in Entry.objects.filter(action=name).exclude(change_id="").order_by("seq")}
    assert rows
    for row in rows.values():
        if way == MOVED:
            assert row.state == "stale"
            continue
        assert (row.state, row.error_code) == ("refused", "not_allowed")
        why = json.loads(row.after)["because"]
        assert "admin" in why
        assert TAKINGS[way][1] in why
        assert "nothing was sent" in why.lower()


@EVERY_KIND
@EVERY_WAY
def test_after_a_throttle_pause_while_the_person_waits(scene: Scene, name: str, way: str) -> None:
    browser, page, deed = confirmation(scene, name)
    ledger = Ledger(scene, deed, way)
    scene.cloud.faults({"match": dict(deed.match), "times": 1, **THROTTLED})

    with during_the_pause(meddle_with(scene, way)) as came:
        answer = deed.confirmed(browser, page, "CHG-1")

    assert came
    assert answer.status < 500
    assert ledger.done() == 0
    assert not Change.objects.filter(stage__in=(Stage.SUCCEEDED, Stage.FAILED)).exists()
    told(name, way)


def by_a_worker(browser: Browser, page: Page, deed: Deed) -> None:
    """The act is confirmed and queued, as a long one is."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(execution, "in_background", lambda _targets: True)
        deed.confirmed(browser, page, "CHG-1")
    assert list(Change.objects.values_list("stage", flat=True)) == [Stage.QUEUED]


def run(sleep: Callable[[float], None] = lambda _seconds: None, worker: str = "worker") -> None:
    """A worker whose pauses cost no time, until nothing is left to do."""
    ahead = [0.0]
    real = timezone.now
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("console.clock.source", lambda: real() + timedelta(seconds=ahead[0]))

        def sleep_by_the_clock(seconds: float) -> None:
            sleep(seconds)
            ahead[0] += seconds

        for _turn in range(20):
            if not background.advance(worker, seconds=60, sleep=sleep_by_the_clock):
                return


def once(act: Callable[[], None]) -> Callable[[float], None]:
    left = [act]
    return lambda _seconds: left.pop()() if left else None


@EVERY_KIND
@EVERY_WAY
def test_after_a_pause_in_the_background(scene: Scene, name: str, way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("console.clouds.retry.BUSY_WAITS", ())
    browser, page, deed = confirmation(scene, name)
    ledger = Ledger(scene, deed, way)
    by_a_worker(browser, page, deed)
    scene.cloud.faults({"match": dict(deed.match), "times": 1, **THROTTLED})

    run(once(meddle_with(scene, way)))

    assert ledger.done() == 0
    assert list(Change.objects.values_list("stage", flat=True)) == ["stale" if way == MOVED else "refused"]
    told(name, way)


@EVERY_KIND
@EVERY_WAY
def test_when_another_worker_takes_over(scene: Scene, name: str, way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    browser, page, deed = confirmation(scene, name)
    ledger = Ledger(scene, deed, way)
    by_a_worker(browser, page, deed)

    def die(*_args: Any, **_kwargs: Any) -> bool:
        raise Killed

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(background, "send", die)
        with pytest.raises(Killed):
            run(worker="first")
    Batch.objects.update(worker="first", lease_until=None)
    meddle_with(scene, way)()
    run(worker="second")

    assert ledger.done() == 0
    assert Batch.objects.get().worker == "second"
    told(name, way)


@EVERY_KIND
@pytest.mark.parametrize("way", TAKINGS)
def test_between_the_confirmation_and_the_button(scene: Scene, name: str, way: str) -> None:
    browser, page, deed = confirmation(scene, name)
    ledger = Ledger(scene, deed, way)
    TAKINGS[way][0]()

    answer = deed.confirmed(browser, page, "CHG-1")

    assert ledger.done() == 0
    assert answer.status in ((403, 404) if way != "the person was disabled" else (200, 403))
    assert not Change.objects.exists()
