"""Long acts at a cloud that takes up to fifty objects a call (P-10, N-14): each object still has an end of its own."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from console.audit.models import Entry
from console.changes import background, book, sending, settling
from console.changes.models import OPEN, Batch, Change
from console.simcloud import SimulatedCloud, World
from tests.changes.dying import after, before
from tests.changes.passing_time import pass_time
from tests.changes.test_long_acts import Killed, rejectable, rejected, run, stages, start, tab
from tests.stage import Stage as Scene
from tests.stage import wired

pytestmark = pytest.mark.django_db(transaction=True)

MANY, IN_ONE_CALL = 120, 50
ACTION = {"method": "POST", "path": "connections/action"}


@pytest.fixture
def scene(monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    """A gateway with many connections, and a console that asks it."""
    monkeypatch.setattr("console.clouds.retry.BUSY_WAITS", ())
    with SimulatedCloud(World.seeded(connections=280, delay=0.0)) as cloud, wired(cloud, monkeypatch):
        yield Scene(cloud)


def sent(scene: Scene) -> int:
    """How many calls to decide have reached the cloud."""
    return sum(call["path"].endswith("connections/action") for call in scene.cloud.calls())


def agree(scene: Scene) -> None:
    """Audit and ledger say the same, nothing is open, and nothing happened twice."""
    pass_time()
    while settling.settle_open():
        pass_time()
    assert not Change.objects.filter(stage__in=OPEN).exists()
    done = Entry.objects.filter(action="connection.reject", state="succeeded").values_list("target", flat=True)
    assert Counter(done) == Counter(rejected(scene))
    assert sum(stages().values()) == MANY


def test_a_hundred_and_twenty_objects_take_three_calls(scene: Scene) -> None:
    ids = rejectable(scene, MANY)
    _answer, batch = start(scene, ids)
    run()

    assert stages() == {"succeeded": MANY}
    assert rejected(scene) == ids
    assert sent(scene) == 3
    assert set(Change.objects.values_list("after__status", flat=True)) == {"rejected"}
    assert f"{MANY} of {MANY} ended" in scene.browser("viewer").open(f"/changes/acts/{batch.pk}/").text
    agree(scene)


def test_the_confirmation_shows_the_calls_as_they_are_sent(scene: Scene) -> None:
    ids = rejectable(scene, MANY)
    page = scene.browser("operator").open(f"{tab(scene)}connections/reject/?" + "&".join(f"id={one}" for one in ids))
    shown = [block.get_text() for block in page.soup.select("pre.code") if "curl" not in block["aria-label"]]
    assert [sum(one in text for one in ids) for text in shown] == [50, 50, 20]
    assert f"{ids[0]} and 49 more" in page.text
    assert sent(scene) == 0


def test_a_few_objects_have_a_call_each_while_the_person_waits(scene: Scene) -> None:
    start(scene, rejectable(scene, 10))
    assert (sent(scene), stages()) == (10, {"succeeded": 10})


def test_many_accounts_go_in_one_call_too(scene: Scene) -> None:
    accounts = [f"{number:032x}" for number in range(1, 31)]
    url = f"{tab(scene)}permissions/add/?" + "&".join(f"id={one}" for one in accounts)
    owner = scene.browser("owner")
    owner.submit(owner.open(url), "Add")
    run()
    assert stages() == {"succeeded": 30}
    added = [row["object"] for row in scene.cloud.ledger() if row["action"] == "permission.add"]
    assert sorted(added) == accounts
    assert sum(call["path"].endswith("batch-add") for call in scene.cloud.calls()) == 1


def test_a_refused_call_is_sent_again_object_by_object_so_that_each_has_its_reason(scene: Scene) -> None:
    ids = rejectable(scene, MANY)
    start(scene, ids)
    # The first call of fifty is refused, and of the single ones after it the third.
    scene.cloud.faults({"match": ACTION, "fault": "status", "status": 400, "code": "APIC.7211", "times": 1})
    singles = [0]
    real = background.send_intended

    def refuse_the_third(*args: Any, **kwargs: Any) -> bool:
        singles[0] += 1
        if singles[0] == 3:
            scene.cloud.faults({"match": ACTION, "fault": "status", "status": 400, "code": "APIC.7212", "times": 1})
        return real(*args, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(background, "send_intended", refuse_the_third)
        run()

    assert stages() == {"succeeded": MANY - 1, "failed": 1}
    failed = Change.objects.get(stage="failed")
    assert (failed.target, failed.error_code) == (ids[2], "APIC.7212")
    assert sent(scene) == 1 + IN_ONE_CALL + 2
    agree(scene)


@pytest.mark.parametrize("status", [403, 429])
def test_a_refusal_that_is_about_us_or_the_pace_is_not_tried_object_by_object(
    scene: Scene, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(background, "LONGEST_PAUSE", 0.0)
    start(scene, rejectable(scene, MANY))
    scene.cloud.faults({"match": ACTION, "fault": "status", "status": status, "times": 3})
    run()
    assert (sent(scene), stages()) == (3, {"failed": MANY})
    agree(scene)


def test_a_lost_answer_leaves_all_of_its_call_unknown_until_the_cloud_is_read(scene: Scene) -> None:
    ids = rejectable(scene, MANY)
    start(scene, ids)
    scene.cloud.faults(
        {"match": ACTION, "fault": "reset_after", "times": 1}, {"match": ACTION, "fault": "reset_before", "times": 1}
    )
    run()
    assert stages() == {"unknown": 100, "succeeded": 20}
    reads = len(scene.cloud.calls())
    assert settling.settle_open() == 50
    # One look tells about all fifty.
    assert len(scene.cloud.calls()) - reads <= 3
    pass_time()
    settling.settle_open()
    assert stages() == {"succeeded": 70, "failed": 50}
    agree(scene)


def test_a_call_that_was_done_in_part_is_told_object_by_object(scene: Scene) -> None:
    """The cloud may carry out what it can and then say that it failed (a switch of the simulated one)."""
    ids = rejectable(scene, MANY)
    start(scene, ids)
    scene.cloud.world.switch(batch_action="partial")
    real = background.send_together

    def meddle(*args: Any, **kwargs: Any) -> Any:
        scene.cloud.world.set_text(ids[7], "status", "deleting")  # after the last look
        return real(*args, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(background, "send_together", meddle)
        run()
    agree(scene)
    ends = dict(Change.objects.values_list("target", "stage"))
    assert ends.pop(ids[7]) in ("failed", "stale", "unknowable")
    assert set(ends.values()) == {"succeeded"}


@pytest.mark.parametrize(
    ("owner", "function", "side"),
    [
        (book, "intend", before),
        (book, "intend", after),
        (background, "send_together", after),
        (sending, "_settle_done", before),
        (sending, "_settle_done", after),
        (background, "send_intended", before),
        (background, "send_intended", after),
        (settling, "_close", before),
    ],
    ids=lambda value: getattr(value, "__name__", value),
)
def test_a_worker_that_dies_anywhere_loses_nothing_and_does_nothing_twice(
    scene: Scene, owner: Any, function: str, side: Any
) -> None:
    ids = rejectable(scene, MANY)
    start(scene, ids)
    scene.cloud.faults(
        {"match": ACTION, "fault": "status", "status": 400, "code": "APIC.7211", "times": 1},
        {"match": ACTION, "fault": "status", "status": 500, "code": "APIC.9007", "after": True, "times": 1},
    )

    def die() -> None:
        raise Killed

    def live() -> None:
        run()
        settling.settle_open()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(owner, function, side(getattr(owner, function), die))
        with pytest.raises(Killed):
            live()
    Batch.objects.update(worker="dead", lease_until=None)
    scene.cloud.faults()
    run()
    agree(scene)
    # Asked again for what was not done, the rest is done as well.
    assert len(set(rejected(scene))) == len(rejected(scene))
