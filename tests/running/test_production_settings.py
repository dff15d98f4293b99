"""The settings as production reads them, with nothing but a key given: what must hold without anybody's doing."""

import json
import subprocess
import sys
from functools import cache
from typing import Any

from django.contrib.sessions.backends.base import VALID_KEY_CHARS

from tests.running.processes import ROOT, clean_environment

_PRINT = (
    "import json; from console import settings;"
    "print(json.dumps({name: getattr(settings, name) for name in dir(settings) if name.isupper()}, default=str))"
)


@cache
def production() -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-c", _PRINT],
        cwd=ROOT,
        env=clean_environment(SECRET_KEY="k3y" * 20),
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_browsers_are_told_to_use_https_only_for_two_years_and_for_all_names_below() -> None:
    assert production()["SECURE_HSTS_SECONDS"] >= 31_536_000
    assert production()["SECURE_HSTS_INCLUDE_SUBDOMAINS"]
    assert production()["SECURE_SSL_REDIRECT"]


def test_health_is_not_led_from_http_to_https() -> None:
    assert production()["SECURE_REDIRECT_EXEMPT"] == ["^healthz$", "^readyz$"]


def test_cookies_are_bound_to_this_host_hidden_and_not_sent_along_from_other_sites() -> None:
    for cookie in ("SESSION_COOKIE", "CSRF_COOKIE"):
        assert production()[f"{cookie}_NAME"].startswith("__Host-")
        assert production()[f"{cookie}_SECURE"]
        assert production()[f"{cookie}_HTTPONLY"]
        assert production()[f"{cookie}_SAMESITE"] == "Lax"


def test_sessions_are_looked_up_on_the_server_by_a_key_that_cannot_be_guessed() -> None:
    assert production()["SESSION_ENGINE"] == "console.access.session_store"
    assert len(VALID_KEY_CHARS) ** 32 > 2**128


def test_nothing_is_unpickled() -> None:
    assert "SESSION_SERIALIZER" not in production()  # Django's own, which is JSON
    assert "ickle" not in str(production()["SESSION_ENGINE"])


def test_errors_are_not_debugged_and_djangos_own_administration_is_not_there() -> None:
    assert production()["DEBUG"] is False
    assert "django.contrib.admin" not in production()["INSTALLED_APPS"]


def test_no_middleware_keeps_pages_for_others() -> None:
    assert not [name for name in production()["MIDDLEWARE"] if "cache" in name.lower()]


def test_passwords_are_kept_with_scrypt() -> None:
    assert production()["PASSWORD_HASHERS"][0] == "django.contrib.auth.hashers.ScryptPasswordHasher"


def test_passwords_are_judged_by_length_and_lists_and_not_by_kinds_of_characters() -> None:
    validators = {
        one["NAME"].rpartition(".")[2]: one.get("OPTIONS", {}) for one in production()["AUTH_PASSWORD_VALIDATORS"]
    }
    assert validators == {
        "UserAttributeSimilarityValidator": {},
        "MinimumLengthValidator": {"min_length": 12},
        "CommonPasswordValidator": {},
        "ContextWordValidator": {},
    }
