"""Something on the way loses an answer and sends the call once more: found and shown, whatever the cloud says (R4)."""

import random
from collections.abc import Iterator

import pytest

from console.audit.models import Entry
from console.changes import settling
from console.changes.models import Change, Stage
from console.simcloud import SimulatedCloud
from tests.changes.deeds import DEEDS, as_in_the_ledger, effects_in, many_things
from tests.changes.passing_time import pass_time
from tests.pages import Page
from tests.stage import Stage as Scene
from tests.stage import wired

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def scene(monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    with SimulatedCloud(many_things()) as cloud, wired(cloud, monkeypatch, CONSOLE_SIMULATED_ALIBABA="1"):
        yield Scene(cloud)


def do(scene: Scene, kind: str) -> tuple[Page, Change, list[str]]:
    """What the person sees after it, what was written down, and the objects that the cloud did something to."""
    browser, deed = scene.browser("admin"), DEEDS[kind]
    place = deed.place(browser, scene.gateway("many_connections"), random.Random(5))
    page, before = browser.open(place), len(scene.cloud.ledger())
    scene.cloud.faults({"match": dict(deed.match), "times": 1, "fault": "duplicate"})
    seen = deed.confirmed(browser, page, "once")
    scene.cloud.faults()
    touched = [str(row["object"]) for row in scene.cloud.ledger()[before:] if row["action"] == deed.effect]
    return seen, Change.objects.order_by("-claimed_at").first(), touched  # type: ignore[return-value]


@pytest.mark.parametrize("kind", DEEDS)
def test_what_was_done_is_never_told_as_not_done(scene: Scene, kind: str) -> None:
    seen, change, touched = do(scene, kind)

    assert seen.status == 200
    assert touched
    assert change.stage in (Stage.SUCCEEDED, Stage.UNKNOWN)
    pass_time()
    settling.settle_open()
    change.refresh_from_db()
    assert change.stage == Stage.SUCCEEDED
    assert as_in_the_ledger(change) in effects_in(scene.cloud.ledger())
    states = Entry.objects.filter(change_id=str(change.pk)).values_list("state", flat=True)
    assert list(states).count("succeeded") == 1


@pytest.mark.parametrize("kind", ["service.delete", "endpoint.delete", "connection.accept"])
def test_a_refusal_of_what_is_already_under_way_is_not_told_as_the_end(scene: Scene, kind: str) -> None:
    """The first call has begun the deletion, which takes the cloud some seconds; the repeat comes upon that."""
    scene.cloud.world.delay = 5.0
    seen, change, touched = do(scene, kind)

    assert touched
    assert change.stage in (Stage.SUCCEEDED, Stage.UNKNOWN), seen.messages
    assert "refused" not in seen.messages
    settling.settle_open()
    change.refresh_from_db()
    assert change.stage == Stage.SUCCEEDED


def test_a_second_object_is_named_to_the_person_and_kept_in_the_log(scene: Scene) -> None:
    seen, change, made = do(scene, "endpoint.create")

    assert len(set(made)) == 2
    one = (change.after or {})["id"]
    (other,) = set(made) - {one}
    assert f"the cloud also made {other}, which nobody asked for" in seen.messages
    assert other in scene.browser("admin").open(f"/changes/{change.pk}/").text
    assert other in Entry.objects.get(change_id=str(change.pk), state="succeeded").after


def test_a_repeat_that_the_cloud_refuses_does_not_hide_the_first(scene: Scene) -> None:
    seen, change, (made,) = do(scene, "service.create")

    assert (change.after or {})["id"] == made
    assert "created" in seen.messages
    assert "It refused the repeat: The parameter ports conflicted" in seen.messages
    assert seen.url.endswith(f"/{made}/")
