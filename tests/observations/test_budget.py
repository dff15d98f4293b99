"""However many look, the cloud is asked once per part and interval (features N-22)."""

import itertools
import json
import os
import sys
import time
from pathlib import Path
from subprocess import PIPE, Popen
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from console.access.roles import Role
from console.admission.polling import PACE
from console.observations.models import Snapshot
from console.observations.parts import Part
from tests.factories import PersonFactory
from tests.observations.watching import Audience, Clock, Viewer, reads
from tests.pages import Browser
from tests.running.prepared import copy_prepared

pytestmark = pytest.mark.django_db(transaction=True)

PEOPLE = 50
MINUTES = 5


def _viewer(url: str, number: int) -> Viewer:
    client = Client()
    person = PersonFactory(username=f"viewer{number}", role=Role.VIEWER)
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return Viewer(Browser(client), url)


def test_fifty_viewers_for_five_minutes_cost_one_read_per_interval(stage: Any, clock: Clock) -> None:
    url = f"/demo/gateways/{stage.gateway('many_connections')}/vpc-endpoints/?status=creating&size=10"
    audience = Audience(clock, [_viewer(url, number) for number in range(PEOPLE)], arrive_within=20)
    interval, seconds = settings.STATUS_INTERVAL_SECONDS, MINUTES * 60

    read_at = []
    for _look in audience.watch(seconds):
        asked_at = Snapshot.objects.values_list("asked_at", flat=True).get(part=Part.CONNECTIONS)
        assert asked_at is not None
        if asked_at not in read_at[-1:]:
            read_at.append(asked_at)

    assert sum(viewer.asked for viewer in audience.viewers) > PEOPLE * 20
    assert len(read_at) == reads(stage, "/vpc-endpoint/connections") <= seconds / interval
    shortest = min(later - earlier for earlier, later in itertools.pairwise(read_at))
    assert shortest.total_seconds() >= interval - 0.001
    # Only connections change; the other parts are read for those who open the page.
    assert reads(stage, "/vpc-endpoint/permissions") <= 20 / interval + 1
    assert reads(stage, stage.gateway("many_connections")) <= 20 / interval + 1


def test_a_page_that_waits_for_nothing_does_not_ask(stage: Any, clock: Clock) -> None:
    viewer = _viewer(f"{stage.tab_url}?status=accepted", 1)
    viewer.look()
    assert viewer.pause is None


def test_pauses_grow_and_end_after_ten_minutes(stage: Any, clock: Clock) -> None:
    url = f"/demo/gateways/{stage.gateway('many_connections')}/vpc-endpoints/?status=creating"
    viewer = _viewer(url, 1)
    pauses = []
    viewer.look()
    while viewer.pause is not None:
        pauses.append(viewer.pause)
        clock.pass_by(viewer.pause)
        viewer.look()
    assert pauses[0] == PACE
    assert pauses == sorted(pauses)
    assert pauses[-1] == 5 * PACE
    assert 600 <= sum(pauses) <= 620
    assert "no longer refreshes by itself" in viewer.page.text  # type: ignore[union-attr]


def _shared_database(folder: Path) -> dict[str, str]:
    """For other processes: the same test database, or with SQLite a file of its own."""
    if connection.vendor == "sqlite":
        copy_prepared(folder)
        return {"DATABASE_URL": f"sqlite:///{folder / 'console.sqlite3'}"}
    at = connection.settings_dict
    return {"DATABASE_URL": f"postgres://{at['USER']}:{at['PASSWORD']}@{at['HOST']}:{at['PORT']}/{at['NAME']}"}


def test_several_processes_share_one_read(stage: Any, tmp_path: Path) -> None:
    """Three processes with six threads each look as fast as they can, for some intervals of one second."""
    settings_of_all = _shared_database(tmp_path) | {
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "CONSOLE_DATA_DIR": str(tmp_path),
        "CONSOLE_STATUS_INTERVAL_SECONDS": "1",
        "CONSOLE_SIMULATED_URL": stage.cloud.base_url,
    }
    environment = os.environ | settings_of_all
    stage.cloud.latency = 0.1
    command = [sys.executable, "-m", "tests.observations.crowd", stage.tab_url, "6", "3"]
    crowds = [Popen([*command, str(number)], env=environment, stdout=PIPE, stderr=PIPE, text=True) for number in "123"]
    started = time.monotonic()
    try:
        told = [crowd.communicate(timeout=60) for crowd in crowds]
    finally:
        for crowd in crowds:
            crowd.kill()  # does nothing to one that has ended
            crowd.wait(10)
    took = time.monotonic() - started
    assert [crowd.returncode for crowd in crowds] == [0, 0, 0], told
    looks = [json.loads(out) for out, _err in told]

    assert all(look["errors"] == [] for look in looks)
    assert sum(look["pages"] for look in looks) > 36
    watched = max(look["until"] for look in looks) - min(look["since"] for look in looks)
    assert watched <= took
    for part in ("/vpc-endpoint/connections", "/vpc-endpoint/permissions", stage.gateway_id):
        assert 2 <= reads(stage, part) <= watched / 1 + 1
