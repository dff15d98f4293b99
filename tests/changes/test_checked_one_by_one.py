"""Acts on several objects: rights and objects are checked again before each of their calls, together or one by one."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from console import wiring
from console.audit.models import Entry
from console.changes import background, book, clearance, sending, settling
from console.changes.kinds.kind import Kind
from console.changes.kinds.registry import KINDS
from console.changes.models import Batch, Change, Stage
from console.changes.places import place_of
from console.clouds.transport import Transport
from console.clouds.types import IntentId
from console.simcloud import SimulatedCloud, World
from tests.changes.meddling import TAKINGS, admin_through_a_group, disable
from tests.changes.passing_time import pass_time
from tests.changes.test_checked_before_every_send import MOVED, THROTTLED, once, run
from tests.changes.test_long_acts import Killed
from tests.pages import Page
from tests.stage import Stage as Scene
from tests.stage import wired

pytestmark = pytest.mark.django_db(transaction=True)

REFUSED: dict[str, Any] = {"fault": "status", "status": 400, "code": "APIC.7211"}
#: Kinds of which the cloud takes several objects a call: page, button, typed word, and the path of the call.
TOGETHER = {
    "connection.accept": ("connections/accept", "Accept", "", "connections/action"),
    "connection.reject": ("connections/reject", "Reject", "reject", "connections/action"),
    "permission.add": ("permissions/add", "Add", "", "permissions/batch-add"),
    "permission.remove": ("permissions/remove", "Remove", "", "permissions/batch-delete"),
}
EVERY_KIND = pytest.mark.parametrize("name", TOGETHER)
LONG, SHORT = 14, 4


@pytest.fixture
def scene(monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    """A gateway with many connections and accounts, and an administrator of a group."""
    monkeypatch.setattr("console.clouds.retry.BUSY_WAITS", ())
    with SimulatedCloud(World.seeded(connections=150, delay=0.0)) as cloud, wired(cloud, monkeypatch):
        scene = Scene(cloud)
        admin_through_a_group(scene)
        yield scene


def objects_of(scene: Scene, name: str, count: int) -> list[str]:
    """So many objects that the act is possible on."""
    port: Any = wiring.get_cloud("demo").gateway_endpoints
    gateway = scene.gateway("many_connections")
    if name.startswith("connection."):
        wanted = "can_accept" if name.endswith("accept") else "can_reject"
        found = [row.id for row in port.list_connections(gateway) if getattr(row.status, wanted)]
    else:
        found = [f"{number:032x}" for number in range(0xACC0, 0xACC0 + count)]
        if name == "permission.remove":
            port.add_permission(gateway, *found, intent=IntentId("outside"))
    assert len(found) >= count
    return [str(one) for one in found[:count]]


def confirmed(scene: Scene, name: str, count: int) -> tuple[list[str], Page]:
    """The objects of an act that was confirmed, and the answer."""
    page, button, word, _path = TOGETHER[name]
    ids = objects_of(scene, name, count)
    browser = scene.browser("admin")
    tab = f"/demo/gateways/{scene.gateway('many_connections')}/vpc-endpoints/"
    shown = browser.open(f"{tab}{page}/?" + "&".join(f"id={one}" for one in ids))
    return ids, browser.submit(shown, button, word=word, reason="CHG-1")


def calls(scene: Scene, name: str) -> int:
    return sum(call["path"].endswith(TOGETHER[name][3]) for call in scene.cloud.calls())


def effects(scene: Scene, name: str) -> list[str]:
    return [row["object"] for row in scene.cloud.ledger() if row["action"] == name]


def change_outside(target: str) -> None:
    """Somebody at the vendor's own console does the same to one of the objects."""
    change = Change.objects.get(target=target)
    KINDS[change.kind].call(place_of(change), target, change.parameters, IntentId("outside"))


def ends() -> dict[str, int]:
    counts: dict[str, int] = {}
    for state in Change.objects.values_list("stage", flat=True):
        counts[state] = counts.get(state, 0) + 1
    return counts


def told_as_refused(name: str, count: int) -> None:
    rows = Entry.objects.filter(action=name, state="refused")
    assert rows.count() == count
    assert all("admin" in str(row.after) and "othing was sent" in str(row.after) for row in rows)


def before_single(number: int, meddle: Callable[[], None]) -> Callable[..., bool]:
    """Meddle right before the so many-th object is sent by itself."""
    real, sent = background.send_intended, [0]

    def send_intended(*args: Any, **kwargs: Any) -> bool:
        sent[0] += 1
        if sent[0] == number:
            meddle()
        return real(*args, **kwargs)

    return send_intended


@EVERY_KIND
@pytest.mark.parametrize("way", TAKINGS)
def test_a_right_lost_before_the_act_goes_on_one_by_one(
    scene: Scene, name: str, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids, _answer = confirmed(scene, name, LONG)
    before, done = calls(scene, name), effects(scene, name)
    scene.cloud.faults({"match": {"path": TOGETHER[name][3]}, "times": 1, **REFUSED})
    monkeypatch.setattr(background, "send_intended", before_single(1, TAKINGS[way][0]))

    run()

    assert calls(scene, name) == before + 1  # the one that was refused
    assert effects(scene, name) == done
    assert ends() == {"refused": len(ids)}
    told_as_refused(name, len(ids))


@EVERY_KIND
def test_a_right_lost_between_two_of_the_single_calls(scene: Scene, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    ids, _answer = confirmed(scene, name, LONG)
    before = len(effects(scene, name))
    scene.cloud.faults({"match": {"path": TOGETHER[name][3]}, "times": 1, **REFUSED})
    monkeypatch.setattr(background, "send_intended", before_single(4, disable))

    run()

    assert effects(scene, name)[before:] == ids[:3]
    assert ends() == {"succeeded": 3, "refused": LONG - 3}
    told_as_refused(name, LONG - 3)


@EVERY_KIND
@pytest.mark.parametrize("at", [1, 5])
def test_an_object_that_changed_meanwhile_is_left_out_of_the_single_calls(
    scene: Scene, name: str, at: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Changed right before the one before it is sent: what is read back of that one shows it."""
    ids, _answer = confirmed(scene, name, LONG)
    scene.cloud.faults({"match": {"path": TOGETHER[name][3]}, "times": 1, **REFUSED})
    before = len(effects(scene, name))
    monkeypatch.setattr(background, "send_intended", before_single(at, lambda: change_outside(ids[5])))

    run()

    assert ends() == {"succeeded": LONG - 1, "stale": 1}
    assert Change.objects.get(stage=Stage.STALE).target == ids[5]
    assert sorted(effects(scene, name)[before:]) == sorted(ids)  # the one once, from outside


@EVERY_KIND
def test_after_a_pause_the_call_leaves_out_what_changed_and_takes_the_rest(scene: Scene, name: str) -> None:
    ids, _answer = confirmed(scene, name, LONG)
    before, done = calls(scene, name), len(effects(scene, name))
    scene.cloud.faults({"match": {"path": TOGETHER[name][3]}, "times": 1, **THROTTLED})

    run(once(lambda: change_outside(ids[0])))

    assert ends() == {"succeeded": LONG - 1, "stale": 1}
    assert calls(scene, name) == before + 3  # throttled; the one from outside; the rest together
    assert effects(scene, name)[done:] == ids


@EVERY_KIND
@pytest.mark.parametrize("way", TAKINGS)
def test_a_right_lost_in_a_pause_of_a_call_of_several(scene: Scene, name: str, way: str) -> None:
    ids, _answer = confirmed(scene, name, LONG)
    before, done = calls(scene, name), effects(scene, name)
    scene.cloud.faults({"match": {"path": TOGETHER[name][3]}, "times": 1, **THROTTLED})

    run(once(TAKINGS[way][0]))

    assert calls(scene, name) == before + 1
    assert effects(scene, name) == done
    assert ends() == {"refused": len(ids)}
    told_as_refused(name, len(ids))


@EVERY_KIND
def test_a_cloud_that_throttles_the_reading_too_is_waited_for(scene: Scene, name: str) -> None:
    """The call is throttled, then what is read before the next try, twice; only then it is sent."""
    ids, _answer = confirmed(scene, name, LONG)
    done = len(effects(scene, name))
    scene.cloud.faults({"match": {"path": TOGETHER[name][3]}, "times": 1, **THROTTLED})
    pauses: list[float] = []

    def throttle_the_reads(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 1:
            scene.cloud.faults({"match": {"method": "GET"}, "times": 2, **THROTTLED})

    run(throttle_the_reads)

    assert len(pauses) >= 2
    assert effects(scene, name)[done:] == ids
    assert ends() == {"succeeded": LONG}


def test_a_pause_while_the_objects_are_read_before_the_first_try(scene: Scene) -> None:
    """Half an hour may pass there, too."""
    _ids, _answer = confirmed(scene, "permission.add", LONG)
    before = calls(scene, "permission.add")
    scene.cloud.faults({"match": {"method": "GET"}, "times": 1, **THROTTLED})

    run(once(disable))

    assert calls(scene, "permission.add") == before
    assert ends() == {"refused": LONG}
    told_as_refused("permission.add", LONG)


@EVERY_KIND
@pytest.mark.parametrize("way", [*TAKINGS, MOVED])
def test_the_next_objects_of_a_short_act(scene: Scene, name: str, way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    real, targets = sending._settle_done, objects_of(scene, name, SHORT)
    meddled: list[str] = []

    def meddle_then_settle(kind: Kind, changes: Any, *args: Any) -> None:
        real(kind, changes, *args)
        if not meddled:
            meddled.append(way)
            change_outside(targets[2]) if way == MOVED else TAKINGS[way][0]()

    monkeypatch.setattr(sending, "_settle_done", meddle_then_settle)
    confirmed(scene, name, SHORT)

    states = list(Change.objects.order_by("position").values_list("stage", flat=True))
    if way == MOVED:
        assert states == ["succeeded", "succeeded", "stale", "succeeded"]
    else:
        assert states == ["succeeded", "refused", "refused", "refused"]
        told_as_refused(name, SHORT - 1)


def test_another_worker_that_takes_over_a_slow_short_act(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("console.changes.execution.remaining", lambda _default: 0.0)
    ids, _answer = confirmed(scene, "permission.add", SHORT)
    assert ends() == {"succeeded": 1, "queued": SHORT - 1}
    disable()
    run(worker="another")
    assert effects(scene, "permission.add") == ids[:1]
    told_as_refused("permission.add", SHORT - 1)


def test_a_worker_that_dies_one_by_one_leaves_nothing_that_is_sent_later(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids, _answer = confirmed(scene, "permission.add", LONG)
    scene.cloud.faults({"match": {"path": "batch-add"}, "times": 1, **REFUSED})

    def die() -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(background, "send_intended", before_single(6, die))
        with pytest.raises(Killed):
            run(worker="first")
    Batch.objects.update(lease_until=None)
    disable()
    run(worker="second")
    assert effects(scene, "permission.add") == ids[:5]
    assert ends() == {"succeeded": 5, "intended": LONG - 5}  # they are settled by reading the cloud


def test_what_somebody_settled_while_the_call_waited_is_not_sent(scene: Scene) -> None:
    """A process that was frozen in its pause, and taken for dead."""
    _ids, _answer = confirmed(scene, "permission.add", LONG)
    before = calls(scene, "permission.add")
    scene.cloud.faults({"match": {"path": "batch-add"}, "times": 1, **THROTTLED})
    run(once(lambda: Change.objects.filter(position=3).update(stage=Stage.FAILED)))
    assert calls(scene, "permission.add") == before + 1


def test_reading_that_is_too_old_is_done_again(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """A slow database, or a frozen process, between the reading and the call."""
    real = book.intend
    now = [1_000.0]
    monkeypatch.setattr(clearance, "_clock", lambda: now[0])

    def freeze_and_intend(changes: Any, actor: Any) -> None:
        real(changes, actor)
        now[0] += clearance.GOOD_FOR + 1
        change_outside(changes[-1].target)

    monkeypatch.setattr(book, "intend", freeze_and_intend)
    monkeypatch.setattr("console.clouds.attempt._clock", lambda: now[0])
    confirmed(scene, "permission.add", 1)
    assert ends() == {"stale": 1}
    assert len(effects(scene, "permission.add")) == 1


def test_a_process_that_is_frozen_between_check_and_call_checks_again(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stopped with SIGSTOP, for example: its clock goes on, and the person is disabled before it wakes up."""
    monkeypatch.setattr("console.clouds.retry.BUSY_WAITS", (0.0,))
    now, real = [1_000.0], Transport._exchange
    monkeypatch.setattr(clearance, "_clock", lambda: now[0])
    monkeypatch.setattr("console.clouds.attempt._clock", lambda: now[0])

    def freeze_once(self: Transport, prepared: Any, *args: Any) -> Any:
        if prepared.url.endswith("batch-add") and now[0] == 1_000.0:
            now[0] += clearance.GOOD_FOR + 1
            disable()
        return real(self, prepared, *args)

    monkeypatch.setattr(Transport, "_exchange", freeze_once)
    confirmed(scene, "permission.add", 1)

    assert calls(scene, "permission.add") == 0
    assert ends() == {"refused": 1}
    told_as_refused("permission.add", 1)


def test_a_check_that_always_takes_too_long_sends_nothing(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """A database that takes seconds for each answer."""
    now = [1_000.0]
    real = clearance.why_not_allowed

    def slowly(*args: Any) -> str:
        now[0] += clearance.GOOD_FOR
        return real(*args)

    monkeypatch.setattr(clearance, "_clock", lambda: now[0])
    monkeypatch.setattr("console.clouds.attempt._clock", lambda: now[0])
    monkeypatch.setattr(clearance, "why_not_allowed", slowly)
    confirmed(scene, "permission.add", 1)
    assert calls(scene, "permission.add") == 0
    assert ends() == {"failed": 1}
    assert "too long to check" in Change.objects.get().explanation


def test_the_check_costs_one_query_and_no_read_where_nothing_goes_wrong(scene: Scene) -> None:
    page, button, _word, path = TOGETHER["permission.add"]
    browser = scene.browser("admin")
    (account,) = objects_of(scene, "permission.add", 1)
    tab = f"/demo/gateways/{scene.gateway('many_connections')}/vpc-endpoints/"
    form = browser.open(f"{tab}{page}/?id={account}").form(button)
    read = len(scene.cloud.calls())
    with CaptureQueriesContext(connection) as queries:
        browser.client.post(form.action, form.fields)
    reads = [call["path"] for call in scene.cloud.calls()[read:]]
    assert [path in one for one in reads] == [False, True, False]  # before it, the call, and what came of it
    grants = [query["sql"] for query in queries if 'FROM "access_grant"' in query["sql"]]
    assert len(grants) == 2  # that of every page, and the one right before the call


def test_a_process_that_was_taken_for_dead_before_its_call_sends_nothing(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Frozen for minutes after its intent; the resolver has settled it as not done meanwhile."""
    now, real = [1_000.0], book.intend
    monkeypatch.setattr(clearance, "_clock", lambda: now[0])

    def freeze_and_intend(changes: Any, actor: Any) -> None:
        real(changes, actor)
        now[0] += 1_200
        pass_time(1_200)
        assert settling.settle_open() == 1

    monkeypatch.setattr(book, "intend", freeze_and_intend)
    confirmed(scene, "permission.add", 1)
    assert calls(scene, "permission.add") == 0
    assert ends() == {"failed": 1}
