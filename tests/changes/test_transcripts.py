"""What was sent and answered lies compressed, once for each call; what older versions wrote is read as before."""

import json
import zlib
from collections.abc import Iterator
from typing import Any

import pytest

from console.changes import wire
from console.changes.models import Change, Stage, Transcript
from console.changes.transcripts import transcript_of
from console.simcloud import SimulatedCloud, World
from tests.changes.acts import ACCEPT, ADD, confirm_page
from tests.changes.test_faults import on_the_write
from tests.changes.test_long_acts import rejectable, run, start
from tests.changes.test_old_acts import do
from tests.changes.test_wire import blocks
from tests.stage import Stage as Scene
from tests.stage import wired

pytestmark = pytest.mark.django_db(transaction=True)

MANY = 60
OTHER = b'{"attempts":[],"left_out":0,"advice":null}'


@pytest.fixture
def scene(monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    """A gateway with many connections, fifty of which go out in one call."""
    monkeypatch.setattr("console.clouds.retry.BUSY_WAITS", ())
    with SimulatedCloud(World.seeded(connections=150, delay=0.0)) as cloud, wired(cloud, monkeypatch):
        yield Scene(cloud)


def write_as_before(change: Change) -> None:
    """As the release before kept it."""
    Change.objects.filter(pk=change.pk).update(wire=transcript_of(change), transcript=None)
    Transcript.objects.all().delete()


def traces(stage: Scene) -> list[dict[str, Any]]:
    found = stage.browser("auditor").client.get("/audit/export-cts.jsonl", {"state": "succeeded"})
    lines = b"".join(found).decode().splitlines()  # type: ignore[call-overload]
    return [trace for trace in map(json.loads, lines) if trace["request"]]


def test_a_call_is_kept_compressed(stage: Scene) -> None:
    change = do(stage, ADD)
    kept = Change.objects.defer(None).get()
    assert kept.wire is None
    size = len(json.dumps(transcript_of(change), separators=(",", ":")))
    assert len(Transcript.objects.get().content) < size * 0.6


def test_a_call_that_names_many_objects_is_kept_once(scene: Scene) -> None:
    start(scene, rejectable(scene, MANY))
    run()

    assert Change.objects.filter(stage=Stage.SUCCEEDED).count() == MANY
    assert Transcript.objects.count() == 2  # fifty objects and ten
    for change in Change.objects.all():
        (attempt,) = wire.wire_of(change).attempts  # type: ignore[union-attr]
        assert change.target in attempt.card.text
    assert len(traces(scene)) == MANY


def test_what_the_release_before_wrote_is_shown_exported_and_vouched_for_as_before(stage: Scene) -> None:
    change = do(stage, ADD)
    admin = stage.browser("admin")
    shown, exported = admin.open(f"/changes/{change.pk}/"), traces(stage)

    write_as_before(change)

    page = admin.open(f"/changes/{change.pk}/")
    for part in ("The call for", "The answer to attempt 1"):
        assert blocks(page, part) == blocks(shown, part) != []
    assert "The audit log holds the digest of this, and it is unchanged." in page.text
    assert traces(stage) == exported


def test_an_answer_that_came_late_is_kept_in_place_of_the_earlier(stage: Scene) -> None:
    stage.cloud.faults(on_the_write(ACCEPT, {"fault": "reset_after"}, times=1))
    browser = stage.browser(ACCEPT.role)
    browser.submit(confirm_page(browser, stage, ACCEPT), ACCEPT.button)
    change = Change.objects.get()
    late = {"attempts": [], "left_out": 3, "advice": None}

    for _ in range(2):
        wire.keep_late(change, late)

    assert transcript_of(change) == transcript_of(Change.objects.get()) == late


@pytest.mark.parametrize("content", [b"", b"no zlib", zlib.compress(b"no JSON"), zlib.compress(OTHER)])
def test_a_transcript_that_was_changed_is_told_and_not_exported(stage: Scene, content: bytes) -> None:
    change = do(stage, ACCEPT)
    Transcript.objects.update(content=content)

    assert "This is not what was written down" in stage.browser("admin").open(f"/changes/{change.pk}/").text
    filters = {"action": ACCEPT.name, "state": "succeeded"}
    found = stage.browser("auditor").client.get("/audit/export-cts.jsonl", filters)
    (line,) = b"".join(found).decode().splitlines()  # type: ignore[call-overload]
    assert "does not fit the digest" in json.loads(json.loads(line)["message"])["remark"]


def test_a_transcript_that_was_deleted_is_told(stage: Scene) -> None:
    change = do(stage, ACCEPT)
    Transcript.objects.all().delete()
    assert "This is not what was written down" in stage.browser("admin").open(f"/changes/{change.pk}/").text
