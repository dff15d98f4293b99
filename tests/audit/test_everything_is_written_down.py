"""Taking data out leaves a row, and so does every command of ours that changes something. Nobody can forget it."""

import ast
from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command, get_commands, load_command_class
from django.db import DatabaseError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from console.access.models import Person
from console.access.roles import Role
from console.audit import checkpoints, journal
from console.audit.breaks import Whole
from console.audit.models import Checkpoint, Entry
from tests.access.addresses import all_patterns
from tests.access.matrix import MATRIX
from tests.access.test_matrix import Hosts, Visits, address_of
from tests.access.test_matrix import hosts as hosts
from tests.audit.factories import entries, entry, reader
from tests.audit.proving import sign, verified
from tests.factories import PersonFactory
from tests.house.sources import modules, named, tree

pytestmark = pytest.mark.usefixtures("vault")

#: Addresses that answer with a file, and the act that its row names; None, with the reason, for a file without a row.
FILES: dict[str, tuple[str | None, str]] = {
    "audit/export.csv": ("audit.export", ""),
    "audit/export.jsonl": ("audit.export", ""),
    "audit/export-cts.jsonl": ("audit.export", ""),
    "audit/checkpoints.jsonl": ("audit.export_checkpoints", ""),
    "audit/public-keys.pem": (None, "public keys are there to be given away, and stand on the page too"),
    "changes/acts/<uuid:batch_id>/export.csv": ("act.export", ""),
    "changes/acts/<uuid:batch_id>/export.jsonl": ("act.export", ""),
    "<slug:cloud>/endpoint-services/export.csv": ("services.export", ""),
    "<slug:cloud>/endpoints/export.csv": ("endpoints.export", ""),
}

#: Commands that change nothing of the console's own data, or whose changes write their rows themselves.
NO_ROW = {
    "audit_grants": "prints SQL and runs none of it",
    "audit_public_key": "prints public keys",
    "demo": "starts prepare_demo, serve and worker; changes nothing itself",
    "serve": "never changes the database; collects static files",
    "settings_list": "prints the settings with secrets masked",
    "status": "reads only: how each invariant stands",
    "verify_audit": "reads only, and works without a database",
    "worker": "each act that it carries out or settles has its own rows",
}


def new_rows(do: Callable[[], Any]) -> list[tuple[str, str, str]]:
    last = Entry.objects.count()
    do()
    return list(Entry.objects.filter(seq__gt=last).order_by("seq").values_list("action", "state", "target"))


def is_file(response: Any) -> bool:
    return "attachment" in response.headers.get("Content-Disposition", "")


def test_every_file_that_an_address_answers_with_has_a_row(hosts: Hosts) -> None:
    entries(1)
    sign()
    visits = Visits(PersonFactory(username="taker", role=Role.ADMINISTRATOR))
    found: dict[str, list[str]] = {}
    for route in all_patterns():
        if "GET" not in MATRIX[route].methods:
            continue
        address = address_of(route, hosts.of(route)[0])
        last = Entry.objects.count()
        response = visits.client.get(address)
        if is_file(response):
            assert b"".join(response) if response.streaming else response.content
            rows = Entry.objects.filter(seq__gt=last, actor="taker", state="succeeded")
            found[route] = list(rows.values_list("action", flat=True))
    assert found == {route: [act] if act else [] for route, (act, _) in FILES.items()}
    assert all(act or len(why) > 20 for act, why in FILES.values())


def test_files_are_made_in_one_place() -> None:
    """Where each of them gets its row; a file made elsewhere is named here with its reason."""
    makers = {
        named(path)
        for path in modules()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Constant) and "attachment;" in str(node.value)
    }
    assert makers == {"console/audit/downloads.py", "console/audit/proof_views.py"}  # the second for public keys


def test_the_row_says_what_was_taken_and_which_part(stage: Any) -> None:
    admin = stage.browser("admin")
    admin.client.get("/demo/endpoint-services/export.csv?q=shop&sort=name")
    row = Entry.objects.get(action="services.export")
    assert (row.actor, row.cloud, row.gateway_id, row.target) == ("admin", "demo", "", "endpoint-services-demo.csv")
    assert "q=shop" in row.after
    assert '"rows":"1"' in row.after or '"rows":1' in row.after


@pytest.mark.parametrize("name", ["checkpoint_lines", "export_csv", "export_jsonl", "export_cts"])
def test_without_its_row_nothing_is_taken_out(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    entries(2)
    sign()
    client = reader("taker", Role.AUDITOR)
    client.raise_request_exception = False

    def full(*_: object, **__: object) -> None:
        raise DatabaseError("the disk is full")

    monkeypatch.setattr("console.audit.downloads.record", full)
    response = client.get(reverse(f"audit:{name}"))
    assert response.status_code >= 500
    assert not is_file(response)


def _add_administrator() -> None:
    call_command("add_administrator", "grace", stdout=StringIO())


def _prepare_demo(monkeypatch: pytest.MonkeyPatch, password: str) -> None:
    """Without what Django's own commands do."""
    from console.running.management.commands import prepare_demo

    monkeypatch.setattr(prepare_demo, "call_command", lambda *_, **__: None)
    monkeypatch.setenv("CONSOLE_DEMO_PASSWORD", password)
    call_command("prepare_demo", stdout=StringIO())


def _rotate() -> None:
    entries(1)
    call_command("audit_rotate_key", stdout=StringIO())


def _checkpoint() -> None:
    entries(1)
    call_command("audit_checkpoint", stdout=StringIO())


def _retain(monkeypatch: pytest.MonkeyPatch) -> None:
    entries(3)
    sign()
    long_after = timezone.now() + timezone.timedelta(days=30)
    with monkeypatch.context() as patch:
        patch.setattr("console.clock.source", lambda: long_after)
        patch.setattr("console.audit.retention.roles.may_delete", lambda: True)
        call_command("audit_retain", "--days", "10", stdout=StringIO())


#: What each command that changes something writes: acts of its rows.
WRITES = {
    "add_administrator": {"person.add", "grant.add"},
    "prepare_demo": {"person.add", "grant.add"},
    "audit_checkpoint": {"audit.checkpoint"},
    "audit_rotate_key": {"audit.rotate_key"},
    "audit_retain": {"audit.retain"},
}


def own_commands() -> set[str]:
    return {name for name, app in get_commands().items() if str(app).startswith("console.")}


def test_every_command_is_on_one_of_the_lists() -> None:
    assert own_commands() == set(WRITES) | set(NO_ROW)
    assert not set(WRITES) & set(NO_ROW)
    assert all(len(why) > 15 for why in NO_ROW.values())
    assert all(load_command_class(get_commands()[name], name).help for name in own_commands())


@pytest.mark.parametrize("command", sorted(WRITES))
def test_a_command_that_changes_something_leaves_its_row(command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    run: dict[str, Callable[[], None]] = {
        "add_administrator": _add_administrator,
        "prepare_demo": lambda: _prepare_demo(monkeypatch, "tall-trees-in-autumn"),
        "audit_checkpoint": _checkpoint,
        "audit_rotate_key": _rotate,
        "audit_retain": lambda: _retain(monkeypatch),
    }
    run[command]()
    rows = Entry.objects.filter(actor="system", state="succeeded")
    assert set(rows.values_list("action", flat=True)) == WRITES[command]
    assert isinstance(verified(), Whole)


def test_a_command_names_itself_and_no_password() -> None:
    out = StringIO()
    call_command("add_administrator", "grace", stdout=out)
    password = out.getvalue().split()[-1]
    added, given = Entry.objects.order_by("seq")
    assert (added.target, added.reason) == ("grace", "manage.py add_administrator")
    assert given.after == '{"role":"administrator"}'
    assert password not in str(list(Entry.objects.values_list()))


def test_the_demo_writes_down_whom_it_adds_and_whose_password_it_replaces(monkeypatch: pytest.MonkeyPatch) -> None:
    first = new_rows(lambda: _prepare_demo(monkeypatch, "tall-trees-in-autumn"))
    assert [target for action, _, target in first if action == "person.add"] == [
        *("admin", "operator", "owner", "auditor", "viewer")
    ]
    assert new_rows(lambda: _prepare_demo(monkeypatch, "tall-trees-in-autumn")) == []
    Person.objects.filter(username="owner").delete()
    renewed = new_rows(lambda: _prepare_demo(monkeypatch, "short-days-in-winter"))
    replaced = [target for action, _, target in renewed if action == "person.set_password"]
    assert sorted(replaced) == ["admin", "auditor", "operator", "viewer"]
    assert [target for action, _, target in renewed if action == "person.add"] == ["owner"]


def test_nobody_is_added_whose_row_cannot_be_written(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise journal.LogBroken("the disk is full")

    monkeypatch.setattr("console.audit.command_rows.record", full)
    with pytest.raises(journal.LogBroken):
        call_command("add_administrator", "grace", stdout=StringIO())
    assert not Person.objects.exists()


def test_a_download_of_checkpoints_is_something_new_to_sign() -> None:
    entry()
    sign()
    client: Client = reader("taker", Role.AUDITOR)
    client.get("/audit/checkpoints.jsonl")
    checkpoints.sign_when_due()
    assert Entry.objects.latest("seq").action == "audit.export_checkpoints"
    assert Checkpoint.objects.exists()
