"""Secrets are renewed as the README says: files are read again on SIGHUP, and lost passwords have a way back in."""

import re
import shutil
import signal
import ssl
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client

from console.access.models import Person
from console.access.roles import Role
from console.audit.models import Entry
from tests.factories import PersonFactory
from tests.pages import Browser
from tests.running.certificates import own_certificate
from tests.running.prepared import copy_prepared
from tests.running.processes import Running, Visitor, free_port, until

_OLD, _NEW = "old-health-token-" + "1" * 30, "new-health-token-" + "2" * 30
_OWN = "seven-green-bottles-fall"


def _details(base: str, trusted: Path, token: str) -> bool:
    """Whether a client that trusts only this certificate gets the details of /readyz for the token."""
    try:
        context = ssl.create_default_context(cafile=str(trusted))
        return '"database"' in Visitor(base, token=token, context=context).open("/readyz")[1]
    except OSError:
        return False


def test_serve_takes_a_new_certificate_and_new_files_of_settings_on_sighup(tmp_path: Path) -> None:
    copy_prepared(tmp_path / "data")
    for folder in ("old", "new"):
        (tmp_path / folder).mkdir()
    old, new = (own_certificate(tmp_path / folder) for folder in ("old", "new"))
    chain, key, token = tmp_path / "chain.pem", tmp_path / "key.pem", tmp_path / "token"
    for ours, theirs in zip((chain, key), old, strict=True):
        shutil.copy(theirs, ours)
    token.write_text(_OLD)
    settings = {"SECRET_KEY": "k3y" * 20, "CONSOLE_DATA_DIR": str(tmp_path / "data")}
    settings["CONSOLE_HEALTH_TOKEN_FILE"] = str(token)
    port = free_port()
    arguments = ("--workers", "1", "--tls-certificate", str(chain), "--tls-key", str(key))
    with Running("serve", "--port", str(port), *arguments, **settings) as serving:
        base = f"https://127.0.0.1:{port}"
        assert until(lambda: _details(base, old[0], _OLD)), serving.printed
        for ours, theirs in zip((chain, key), new, strict=True):
            shutil.copy(theirs, ours)
        token.write_text(_NEW)
        serving.process.send_signal(signal.SIGHUP)
        assert until(lambda: _details(base, new[0], _NEW)), serving.printed
        assert not _details(base, new[0], _OLD)
        assert not _details(base, old[0], _NEW)


@pytest.mark.django_db
def test_when_no_administrator_knows_a_password_a_new_one_gives_the_others_theirs() -> None:
    ada = PersonFactory(username="ada", role=Role.ADMINISTRATOR)
    forgotten = Client()
    forgotten.force_login(ada, backend="django.contrib.auth.backends.ModelBackend")
    out = StringIO()
    call_command("add_administrator", "grace", stdout=out)
    grace = Browser(Client())
    page = grace.submit(grace.open("/sign-in/"), "Sign in", login="grace", password=out.getvalue().split()[-1])
    grace.submit(page, "Change password", oldpassword=out.getvalue().split()[-1], password1=_OWN, password2=_OWN)

    page = grace.submit(grace.open(f"/people/{ada.pk}/password/"), "Set new password")

    initial = re.search(r"[a-z2-9]{5}(-[a-z2-9]{5}){3}", page.text)
    assert initial is not None, page.text
    assert Person.objects.get(pk=ada.pk).check_password(initial.group(0))
    assert forgotten.get("/gateways/").headers["Location"].startswith("/sign-in/")
    assert Entry.objects.filter(action="person.set_password", actor="grace", target="ada").exists()
