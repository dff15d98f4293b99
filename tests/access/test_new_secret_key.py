"""SECRET_KEY was lost, or somebody else knows it: what a new one ends, and what goes on."""

from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client, override_settings

from console.access.models import SignInWait
from console.access.names import fit_to_keep
from console.audit import checkpoints
from console.changes import background
from console.changes.models import Change, Stage
from tests.audit.proving import vault as vault
from tests.factories import PASSWORD, PersonFactory
from tests.pages import Browser

pytestmark = pytest.mark.django_db(transaction=True)

new_key = override_settings(SECRET_KEY="a-new-one-" + "k3y" * 20)


def sign_in(client: Client, password: str = PASSWORD) -> int:
    return client.post("/sign-in/", {"login": "olivia", "password": password}).status_code


def test_it_ends_every_session_and_no_password() -> None:
    PersonFactory(username="olivia", role="viewer")
    client = Client()
    assert sign_in(client) == 302
    assert client.get("/gateways/").status_code == 200
    with new_key:
        assert client.get("/gateways/").headers["Location"].startswith("/sign-in/")
        assert sign_in(client) == 302
        assert client.get("/gateways/").status_code == 200


def test_it_makes_open_confirmations_stale_so_that_they_do_nothing(stage: Any) -> None:
    operator: Browser = stage.browser("operator")
    tab = operator.open(stage.tab_url)
    pending = stage.connection_ids("pendingAcceptance")[0]
    confirm = operator.click(tab, "Accept", tab.row("Connections", pending))
    before = len(stage.cloud.ledger())
    with new_key:
        operator.client.force_login(stage.people["operator"], backend="django.contrib.auth.backends.ModelBackend")
        page = operator.submit(confirm, "Accept")
        assert page.status == 422
        assert len(stage.cloud.ledger()) == before
        assert "opened before your password or the console's SECRET_KEY was changed. Nothing was sent." in page.text
        asked = operator.open(f"{stage.tab_url}connections/accept/?id={pending}")
        assert operator.submit(asked, "Accept").status == 200
        assert len(stage.cloud.ledger()) == before + 1


def test_it_forgets_who_typed_wrong_passwords_and_which_browsers_are_known() -> None:
    PersonFactory(username="olivia", role="viewer")
    known = Client()
    assert sign_in(known) == 302
    known.post("/sign-out/")
    for _ in range(5):
        assert sign_in(Client(), "wrong-wrong-wrong") == 422
    assert sign_in(Client()) == 429
    assert SignInWait.objects.exists()
    with new_key:
        assert [sign_in(Client(), "wrong-wrong-wrong") for _ in range(5)] == [422] * 5
        assert sign_in(known) == 429  # it has to wait like any other


def test_it_gives_unknown_names_another_hash_in_the_log() -> None:
    before = fit_to_keep("a-password-in-the-wrong-field")
    assert before == fit_to_keep("a-password-in-the-wrong-field")
    with new_key:
        assert fit_to_keep("a-password-in-the-wrong-field") != before


def test_an_act_that_goes_on_in_the_background_goes_on(stage: Any) -> None:
    operator: Browser = stage.browser("operator")
    many = stage.gateway("many_connections")
    asked = operator.open(f"/demo/gateways/{many}/vpc-endpoints/connections/reject/?all=1")
    operator.submit(asked, "Reject", word="reject")
    total = Change.objects.count()
    with new_key:
        while background.advance("worker", seconds=60):
            pass
    assert total > 10
    assert set(Change.objects.values_list("stage", flat=True)) == {Stage.SUCCEEDED}


def test_the_log_is_whole_and_signed_as_before(vault: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("add_administrator", "grace")
    checkpoints.sign()
    with new_key:
        call_command("add_administrator", "ada")
        checkpoints.sign()
        call_command("verify_audit")
    assert "2 checkpoints agree" in capsys.readouterr().out
