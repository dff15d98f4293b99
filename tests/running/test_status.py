"""What must hold, as administrators, supervisors, logs and a terminal are told it (issue 10)."""

import json
import logging
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.checks import run_checks
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client

from console import clock
from console.access.actor import SYSTEM
from console.access.roles import Role
from console.audit import checkpoints
from console.audit.catalog import Action
from console.audit.catalog import State as RowState
from console.audit.journal import record
from console.changes.models import Batch, Change, Stage
from console.heartbeats import processes
from console.heartbeats.models import Process
from console.heartbeats.processes import SILENT_AFTER, Heart
from console.running.status import invariants, stores, watching
from console.running.status.findings import Finding, Invariant, State, ask, good, problem, worst
from console.simcloud import SimulatedCloud
from tests.factories import PersonFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _asked_anew() -> Iterator[None]:
    invariants.forget()
    yield
    invariants.forget()


def found(name: str) -> Finding:
    return next(finding for finding in invariants.all_findings() if finding.name == name)


def a_worker_beat(ago: timedelta = timedelta(0), **more: Any) -> None:
    now = clock.now()
    known = {"kind": Process.Kind.WORKER, "host": "blue", "pid": 7, "key_check": processes.key_check()}
    Process.objects.create(**{**known, "started_at": now - ago, "beat_at": now - ago, **more})


def test_every_invariant_has_a_name_of_its_own_and_says_something(world: SimulatedCloud) -> None:
    names = [invariant.name for invariant in invariants.INVARIANTS]
    assert len(set(names)) == len(names)
    findings = invariants.all_findings()
    assert {finding.name for finding in findings} == set(names)
    assert all(finding.sentence.endswith(".") and finding.title and finding.limit for finding in findings)


def test_without_a_worker_it_is_said_what_waits(world: SimulatedCloud) -> None:
    finding = found("workers")
    assert (finding.state, finding.sentence) == (State.PROBLEM, "No worker runs. Nothing waits for one.")
    assert "manage.py worker" in finding.to_do


def test_a_silent_worker_is_named_with_the_age_of_its_last_sign(world: SimulatedCloud) -> None:
    a_worker_beat(SILENT_AFTER + timedelta(minutes=3))
    assert found("workers").sentence.startswith("No worker runs: the last sign of one is 3 minutes old.")


def test_a_worker_that_beats_is_enough(world: SimulatedCloud) -> None:
    a_worker_beat()
    assert found("workers") == Finding(
        State.OK, "1 worker runs.", name="workers", title="Workers", limit="one was heard of in the last 35 seconds"
    )


def test_a_job_that_does_not_return_is_named(world: SimulatedCloud) -> None:
    a_worker_beat(stuck="verify the audit log")
    assert found("workers").state is State.WARNING
    assert "blue" in found("workers").sentence


def test_another_secret_key_on_another_machine_is_a_problem(world: SimulatedCloud) -> None:
    a_worker_beat(key_check="0" * 16)
    assert found("secret-key").state is State.PROBLEM


def test_the_key_itself_is_nowhere(settings: Any) -> None:
    check = processes.key_check()
    settings.SECRET_KEY = "another-" * 8
    assert check != processes.key_check()
    assert len(check) == 16


def test_a_heart_renews_its_row_and_takes_it_along_when_it_stops() -> None:
    heart = Heart(Process.Kind.WORKER)
    heart.beat()
    heart.beat(["sign the audit log"])
    (row,) = Process.objects.all()
    assert row.stuck == "sign the audit log"
    heart.stop()
    assert processes.running() == []


def test_rows_of_processes_that_ended_have_an_end() -> None:
    a_worker_beat(timedelta(days=2))
    assert processes.forget_old()
    assert not Process.objects.exists()


def test_a_disk_that_runs_full_is_told_before_it_is(world: SimulatedCloud, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stores, "FEW_BYTES", 10**18)
    assert found("space").state is State.WARNING
    monkeypatch.setattr(stores, "NO_BYTES", 10**18)
    assert found("space").state is State.PROBLEM


def test_a_machine_without_the_key_that_signed_last_says_so(
    world: SimulatedCloud, settings: Any, tmp_path: Path
) -> None:
    settings.DATA_DIR = str(tmp_path / "one")
    record(action=Action.PAGE_OPEN, state=RowState.SUCCEEDED, actor=SYSTEM)
    checkpoint = checkpoints.sign()
    assert found("signing").state is State.OK
    settings.DATA_DIR = str(tmp_path / "other")
    finding = found("signing")
    assert finding.state is State.PROBLEM
    assert checkpoint.key_id in finding.sentence


def test_what_cannot_be_asked_keeps_nothing_else_from_being_asked() -> None:
    def broken() -> Finding:
        raise RuntimeError("a bug")

    findings = ask([Invariant("one", "One", "", broken), Invariant("two", "Two", "", lambda: good("Fine."))])
    assert [finding.state for finding in findings] == [State.WARNING, State.OK]
    assert worst(findings) is State.WARNING


def test_the_log_tells_a_change_once(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    log, bad, fine = watching.Log(), problem("The disk is full.", "Make room."), good("There is room.")
    for finding in (fine, bad, bad, bad, fine, fine):
        log.note([finding])
    told = [(record.levelname, record.getMessage()) for record in caplog.records]
    assert told == [("ERROR", "status: : The disk is full. Make room."), ("INFO", "status: : There is room.")]


def test_the_page_shows_what_does_not_hold_first_and_who_runs(
    world: SimulatedCloud, signed_in: Callable[[str], Client]
) -> None:
    a_worker_beat(SILENT_AFTER + timedelta(minutes=1))
    Heart(Process.Kind.SERVER).beat()
    page = signed_in("administrator").get("/status/").content.decode()
    assert page.index("No worker runs") < page.index("SQLite" if connection.vendor == "sqlite" else "PostgreSQL")
    assert "Start one with `manage.py worker`." in page
    assert "Serves pages" in page
    assert "Works in the background" not in page


def test_the_navigation_leads_administrators_of_everything_to_it(
    world: SimulatedCloud, signed_in: Callable[[str], Client]
) -> None:
    assert 'href="/status/"' in signed_in("administrator").get("/help/").content.decode()
    assert 'href="/status/"' not in signed_in("auditor").get("/help/").content.decode()
    client = Client()
    person = PersonFactory(role=Role.ADMINISTRATOR, cloud="demo")
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    assert 'href="/status/"' not in client.get("/help/").content.decode()
    assert client.get("/status/").status_code == 403


def test_the_command_ends_as_monitoring_expects(world: SimulatedCloud, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        call_command("status", json=True)
    assert ended.value.code == 2
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {"name": "workers", "cloud": ""}.items() <= next(one for one in lines if one["name"] == "workers").items()
    a_worker_beat()
    with pytest.raises(SystemExit) as ended:
        call_command("status")
    assert ended.value.code in (0, 1)
    assert "PROBLEM" not in capsys.readouterr().out


def test_readyz_ends_traffic_where_a_right_lacks(
    world: SimulatedCloud, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stores.roles, "missing_rights", lambda: iter(["INSERT on changes_batch"]))
    response = client.get("/readyz")
    assert (response.status_code, response.content) == (503, b"unavailable\n")


def test_a_right_that_lacks_keeps_serve_and_worker_from_starting(
    world: SimulatedCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stores.roles, "missing_rights", lambda: iter(["INSERT on changes_batch"]))
    with pytest.raises(CommandError, match="INSERT on changes_batch"):
        call_command("worker")
    assert "console.E006" in {issue.id for issue in run_checks(include_deployment_checks=True)}


def test_what_waits_for_a_worker_says_so_on_its_pages(
    world: SimulatedCloud, signed_in: Callable[[str], Client]
) -> None:
    batch = Batch.objects.create(nonce="1", kind="connection.accept", cloud="demo", gateway_id="g", in_background=True)
    known = {"batch": batch, "kind": batch.kind, "cloud": "demo", "gateway_id": "g", "settle_after": clock.now()}
    Change.objects.create(**known, target="c", stage=Stage.QUEUED)
    unknown = Change.objects.create(**known, target="d", stage=Stage.UNKNOWN)
    client = signed_in("administrator")
    pages = [f"/changes/acts/{batch.pk}/", f"/changes/{unknown.pk}/"]
    for page in pages:
        assert "No worker runs. Until one runs nothing more is sent" in client.get(page).content.decode(), page
    a_worker_beat()
    for page in pages:
        assert "No worker runs" not in client.get(page).content.decode(), page
