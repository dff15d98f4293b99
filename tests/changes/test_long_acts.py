"""Long acts: every object has an end, the ends add up, and the cloud's ledger says the same.

Here with a cloud that takes one object a call; test_acts_in_one_call.py has those that take several.
"""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from console.audit.models import Entry
from console.changes import background, settling
from console.changes.models import Batch, Change, Stage
from console.clouds.huawei.apig import HuaweiGatewayEndpoints
from console.clouds.types import Traits
from console.simcloud import SimulatedCloud, World
from tests.changes.passing_time import pass_time
from tests.pages import Page
from tests.stage import Stage as Scene
from tests.stage import wired

pytestmark = pytest.mark.django_db(transaction=True)

MANY = 60


class Killed(BaseException):
    """The worker is gone in the middle of a pause."""


@pytest.fixture
def scene(monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    """A gateway with many connections, and a console that asks it."""
    monkeypatch.setattr("console.clouds.retry.BUSY_WAITS", ())
    monkeypatch.setattr(HuaweiGatewayEndpoints, "traits", Traits(in_one_call=1))
    with SimulatedCloud(World.seeded(connections=150, delay=0.0)) as cloud, wired(cloud, monkeypatch):
        yield Scene(cloud)


def tab(scene: Scene) -> str:
    return f"/demo/gateways/{scene.gateway('many_connections')}/vpc-endpoints/"


def rejectable(scene: Scene, count: int = MANY) -> list[str]:
    from console import wiring

    port = wiring.get_cloud("demo").gateway_endpoints
    assert port is not None
    found = port.list_connections(scene.gateway("many_connections"))  # type: ignore[arg-type]
    ids = [c.id for c in found if c.status.can_reject]
    assert len(ids) >= count
    return [str(endpoint) for endpoint in ids[:count]]


def start(scene: Scene, ids: list[str]) -> tuple[Page, Batch]:
    """Confirm the rejection of all of them."""
    browser = scene.browser("operator")
    page = browser.open(f"{tab(scene)}connections/reject/?" + "&".join(f"id={endpoint}" for endpoint in ids))
    answer = browser.submit(page, "Reject", word="reject", reason="CHG-9")
    return answer, Batch.objects.get()


def run(until: Callable[[], bool] = lambda: False, sleep: Callable[[float], None] = lambda _seconds: None) -> None:
    """A worker, until nothing is left to do."""
    for _turn in range(50):
        if until() or not background.advance("worker", seconds=60, sleep=sleep):
            return


def stages() -> dict[str, int]:
    counts: dict[str, int] = {}
    for stage in Change.objects.values_list("stage", flat=True):
        counts[stage] = counts.get(stage, 0) + 1
    return counts


def rejected(scene: Scene) -> list[str]:
    return [row["object"] for row in scene.cloud.ledger() if row["action"] == "connection.reject"]


def test_sixty_objects_are_written_down_at_once_and_carried_out_in_the_background(scene: Scene) -> None:
    ids = rejectable(scene)
    answer, batch = start(scene, ids)

    assert f"0 of {MANY} ended" in answer.text
    assert rejected(scene) == []
    run()

    assert stages() == {"succeeded": MANY}
    assert rejected(scene) == ids
    page = scene.browser("viewer").open(f"/changes/acts/{batch.pk}/")
    assert f"{MANY} of {MANY} ended" in page.text
    assert Entry.objects.filter(action="connection.reject", state="succeeded", reason="CHG-9").count() == MANY
    assert Entry.objects.filter(action="connection.reject").values("batch_id").distinct().count() == 1


def test_the_same_long_form_sent_twice_acts_once(scene: Scene) -> None:
    browser = scene.browser("operator")
    ids = rejectable(scene)
    page = browser.open(f"{tab(scene)}connections/reject/?" + "&".join(f"id={endpoint}" for endpoint in ids))
    browser.submit(page, "Reject", word="reject")
    browser.submit(page, "Reject", word="reject")
    run()
    assert sorted(rejected(scene)) == sorted(ids)
    assert Batch.objects.count() == 1


def test_refusals_lost_answers_and_moved_objects_add_up(scene: Scene) -> None:
    ids = rejectable(scene)
    _answer, batch = start(scene, ids)
    action = {"method": "POST", "path": "connections/action"}
    scene.cloud.faults(
        {"match": action, "fault": "status", "status": 400, "code": "APIC.7211", "times": 5},
        {"match": action, "fault": "reset_after", "times": 3},
        {"match": action, "fault": "status", "status": 500, "code": "APIC.9007", "times": 2},
    )
    scene.cloud.world.set_text(ids[-1], "status", "deleting")
    run()

    assert stages() == {"failed": 5, "unknown": 5, "stale": 1, "succeeded": MANY - 11}
    pass_time()
    settling.settle_open()
    assert stages() == {"failed": 7, "stale": 1, "succeeded": MANY - 8}
    assert len(rejected(scene)) == len(set(rejected(scene))) == MANY - 8

    page = scene.browser("operator").open(f"/changes/acts/{batch.pk}/")
    assert f"{MANY} of {MANY} ended" in page.text
    assert page.link("Retry the 8 not done")


def test_retrying_touches_only_what_was_not_done(scene: Scene) -> None:
    ids = rejectable(scene)
    _answer, batch = start(scene, ids)
    action = {"method": "POST", "path": "connections/action"}
    scene.cloud.faults({"match": action, "fault": "status", "status": 403, "code": "APIC.7106", "times": 4})
    run()
    assert stages() == {"failed": 4, "succeeded": MANY - 4}

    browser = scene.browser("operator")
    page = browser.click(browser.open(f"/changes/acts/{batch.pk}/"), "Retry the 4 not done")
    browser.submit(page, "Reject", word="reject")
    assert sorted(rejected(scene)) == sorted(ids)


def test_a_throttled_cloud_is_waited_for_and_nothing_is_lost(scene: Scene) -> None:
    ids = rejectable(scene)
    start(scene, ids)
    action = {"method": "POST", "path": "connections/action"}
    scene.cloud.faults({"match": action, "fault": "status", "status": 429, "code": "APIGW.0308", "times": 7})
    waits: list[float] = []

    def sleep(seconds: float) -> None:
        waits.append(seconds)
        Batch.objects.update(paused_until=None)

    real = timezone.now
    jump = [0.0]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("console.clock.source", lambda: real() + timedelta(seconds=jump[0]))

        def sleep_by_the_clock(seconds: float) -> None:
            sleep(seconds)
            jump[0] += seconds

        run(sleep=sleep_by_the_clock)

    assert stages() == {"succeeded": MANY}
    assert sorted(rejected(scene)) == sorted(ids)
    assert sum(waits) >= 7


def test_an_act_that_waits_for_a_throttled_cloud_is_not_called_undone_meanwhile(scene: Scene) -> None:
    """The resolver settles what nobody is at; a worker that waits is at it, however long the cloud makes it wait."""
    ids = rejectable(scene)
    start(scene, ids)
    action = {"method": "POST", "path": "connections/action"}
    scene.cloud.faults({"match": action, "fault": "status", "status": 429, "code": "APIGW.0308", "times": 1})

    def wait_long(_seconds: float) -> None:
        long_ago = timezone.now() - timedelta(minutes=10)
        Change.objects.filter(stage=Stage.INTENDED).update(intended_at=long_ago, look_after=long_ago)
        assert settling.settle_open() == 0

    run(sleep=wait_long)

    assert stages() == {"succeeded": MANY}
    assert sorted(rejected(scene)) == sorted(ids)


def test_a_killed_worker_is_replaced_where_it_stood(scene: Scene) -> None:
    ids = rejectable(scene)
    _answer, batch = start(scene, ids)
    sent = [0]
    real = background.send

    def send_then_die(*args: Any, **kwargs: Any) -> bool:
        sent[0] += 1
        if sent[0] == 20:
            raise Killed
        return real(*args, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(background, "send", send_then_die)
        with pytest.raises(Killed):
            run()
    assert stages() == {"succeeded": 19, "queued": MANY - 19}

    Batch.objects.update(worker="dead", lease_until=None)
    run()
    assert stages() == {"succeeded": MANY}
    assert sorted(rejected(scene)) == sorted(ids)
    batch.refresh_from_db()
    assert batch.finished_at is not None


def test_two_workers_never_take_the_same_act(scene: Scene) -> None:
    start(scene, rejectable(scene))
    first = background._take("one")
    assert first is not None
    assert background._take("two") is None


def test_stopping_sends_nothing_more_and_says_who_stopped(scene: Scene) -> None:
    ids = rejectable(scene)
    _answer, batch = start(scene, ids)
    real = background.send

    def send_then_stop(*args: Any, **kwargs: Any) -> bool:
        done = real(*args, **kwargs)
        if Change.objects.filter(stage=Stage.SUCCEEDED).count() == 10:
            browser = scene.browser("operator")
            browser.submit(browser.open(f"/changes/acts/{batch.pk}/"), "Stop")
        return done

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(background, "send", send_then_stop)
        run()

    assert stages() == {"succeeded": 10, "cancelled": MANY - 10}
    assert rejected(scene) == ids[:10]
    assert "Stopped by operator" in scene.browser("viewer").open(f"/changes/acts/{batch.pk}/").text


def test_a_right_taken_away_ends_the_act(scene: Scene) -> None:
    _answer, _batch = start(scene, rejectable(scene))
    scene.people["operator"].grants.all().delete()
    run()
    assert stages() == {"refused": MANY}
    assert rejected(scene) == []


@pytest.mark.parametrize("act", ["end-sessions", "disable"])
def test_ending_the_sessions_of_a_person_ends_what_they_had_confirmed(scene: Scene, act: str) -> None:
    """As after their account was stolen; that it is open again before the worker's turn changes nothing."""
    _answer, _batch = start(scene, rejectable(scene))
    admin, person = scene.browser("admin"), scene.people["operator"]
    button = {"end-sessions": "End sessions", "disable": "Disable"}[act]
    admin.submit(admin.open(f"/people/{person.pk}/{act}/"), button)
    if act == "disable":
        admin.submit(admin.open(f"/people/{person.pk}/enable/"), "Enable")

    run()

    assert stages() == {"refused": MANY}
    assert rejected(scene) == []
    assert "was disabled or signed out everywhere since" in Change.objects.all()[0].explanation


def test_the_objects_are_busy_until_the_act_has_ended(scene: Scene) -> None:
    ids = rejectable(scene)
    admin = scene.browser("admin")
    page = admin.open(f"{tab(scene)}connections/reject/?id={ids[5]}")
    start(scene, ids)
    answer = admin.submit(page, "Reject")
    assert answer.status == 409
    assert "Somebody else is acting on this now" in answer.text


def test_the_result_can_be_exported_whole(scene: Scene) -> None:
    ids = rejectable(scene)
    _answer, batch = start(scene, ids)
    run()
    client = scene.browser("viewer").client
    lines = b"".join(client.get(f"/changes/acts/{batch.pk}/export.csv").streaming_content).decode().splitlines()
    assert len(lines) == MANY + 1
    exported = b"".join(client.get(f"/changes/acts/{batch.pk}/export.jsonl").streaming_content).decode().splitlines()
    assert len(exported) == MANY


def test_the_page_of_an_act_is_not_for_those_who_may_not_know_its_gateway(scene: Scene) -> None:
    from console.access.roles import Role
    from tests.factories import PersonFactory

    _answer, batch = start(scene, rejectable(scene))
    scene.people["narrow"] = PersonFactory(username="narrow", role=Role.OPERATOR, cloud="demo", gateway_id="x" * 32)
    assert scene.browser("narrow").open(f"/changes/acts/{batch.pk}/").status == 404
