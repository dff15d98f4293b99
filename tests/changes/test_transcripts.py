"""What was sent and answered: a day after the end it lies compressed, once for each call, and reads as before."""

import json
import zlib
from collections.abc import Iterator
from typing import Any

import pytest

from console.changes import transcripts, wire
from console.changes.models import Change, Stage, Transcript
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


def compress_all() -> None:
    while transcripts.compress_old():
        pass


def traces(stage: Scene) -> list[dict[str, Any]]:
    found = stage.browser("auditor").client.get("/audit/export-cts.jsonl", {"state": "succeeded"})
    lines = b"".join(found).decode().splitlines()  # type: ignore[call-overload]
    return [trace for trace in map(json.loads, lines) if trace["request"]]


def test_a_change_of_today_stays_as_the_release_before_reads_it(stage: Scene) -> None:
    do(stage, ACCEPT)
    compress_all()
    assert Change.objects.defer(None).get().wire["attempts"]
    assert not Transcript.objects.exists()


def test_a_day_after_its_end_a_change_shows_the_same_from_a_compressed_transcript(
    stage: Scene, days_later: Any
) -> None:
    change = do(stage, ADD)
    shown = stage.browser("admin").open(f"/changes/{change.pk}/")
    days_later(1.1)

    compress_all()

    kept = Change.objects.defer(None).get()
    assert kept.wire is None
    assert len(kept.transcript.content) < len(json.dumps(shown.html)) / 10  # type: ignore[union-attr]
    page = stage.browser("admin").open(f"/changes/{change.pk}/")
    for part in ("The call for", "The answer to attempt 1"):
        assert blocks(page, part) == blocks(shown, part) != []
    assert "The audit log holds the digest of this, and it is unchanged." in page.text


def test_a_call_that_names_many_objects_is_kept_once(scene: Scene, days_later: Any) -> None:
    start(scene, rejectable(scene, MANY))
    run()
    assert Change.objects.filter(stage=Stage.SUCCEEDED).count() == MANY
    days_later(1.1)

    compress_all()

    assert Transcript.objects.count() == 2  # fifty objects and ten
    assert not Change.objects.filter(wire__isnull=False).exists()
    for change in Change.objects.all():
        (attempt,) = wire.wire_of(change).attempts  # type: ignore[union-attr]
        assert change.target in attempt.card.text


def test_the_traces_of_the_export_are_the_same_after_it(scene: Scene, days_later: Any) -> None:
    start(scene, rejectable(scene, MANY))
    run()
    before = traces(scene)
    assert len(before) == MANY
    days_later(1.1)
    compress_all()
    assert traces(scene) == before


def test_an_act_whose_end_is_open_waits_for_it(stage: Scene, days_later: Any) -> None:
    stage.cloud.faults(on_the_write(ACCEPT, {"fault": "reset_after"}, times=1))
    browser = stage.browser(ACCEPT.role)
    browser.submit(confirm_page(browser, stage, ACCEPT), ACCEPT.button)
    days_later(3)
    compress_all()
    assert Change.objects.filter(stage=Stage.UNKNOWN, wire__isnull=False).exists()


def test_an_answer_that_came_late_is_shown_in_place_of_the_compressed_one(stage: Scene, days_later: Any) -> None:
    change = do(stage, ACCEPT)
    days_later(1.1)
    compress_all()
    late = {"attempts": [], "left_out": 3, "advice": None}
    wire.keep_late(change, late)

    assert transcripts.transcript_of(Change.objects.get()) == late
    compress_all()
    assert transcripts.transcript_of(Change.objects.get()) == late


@pytest.mark.parametrize(
    "content",
    [b"", b"no zlib", zlib.compress(b"no json"), zlib.compress(b'{"attempts":[],"left_out":0,"advice":null}')],
)
def test_a_transcript_that_was_changed_is_told_and_not_exported(stage: Scene, days_later: Any, content: bytes) -> None:
    change = do(stage, ACCEPT)
    days_later(1.1)
    compress_all()
    Transcript.objects.update(content=content)

    assert "This is not what was written down" in stage.browser("admin").open(f"/changes/{change.pk}/").text
    found = stage.browser("auditor").client.get(
        "/audit/export-cts.jsonl", {"action": ACCEPT.name, "state": "succeeded"}
    )
    (line,) = b"".join(found).decode().splitlines()  # type: ignore[call-overload]
    assert "does not fit the digest" in json.loads(json.loads(line)["message"])["remark"]


def test_a_transcript_that_was_deleted_is_told(stage: Scene, days_later: Any) -> None:
    change = do(stage, ACCEPT)
    days_later(1.1)
    compress_all()
    Transcript.objects.all().delete()
    assert "This is not what was written down" in stage.browser("admin").open(f"/changes/{change.pk}/").text


def test_many_are_compressed_in_portions(stage: Scene, days_later: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transcripts, "_PORTION", 1)
    do(stage, ACCEPT)
    do(stage, ADD)
    days_later(1.1)
    assert transcripts.compress_old()
    assert Transcript.objects.count() == 1
    assert transcripts.compress_old()
    assert not transcripts.compress_old()
    assert Transcript.objects.count() == 2
