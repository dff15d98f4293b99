"""`manage.py serve`: refuses what it could not stand up for, and serves over TLS or behind a proxy."""

import shutil
import socket
import ssl
import warnings
from pathlib import Path
from urllib import request

import pytest

from console.running import readiness
from tests.conditions import needs_psycopg
from tests.running.certificates import own_certificate
from tests.running.prepared import copy_prepared
from tests.running.processes import Running, clean_environment, free_port, run, until

KEY = "k3y-for-tests-" * 5
CLOUDS = """
[clouds.main]
provider = "huawei"
label = "Main"
region = "eu-west-101"
project_id = "00000000000000000000000000000001"
access_key = "env:CLOUD_ACCESS_KEY"
secret_key = "env:CLOUD_SECRET_KEY"
endpoints = { iam = "https://iam.cloud.example", apig = "https://apig.cloud.example" }
"""


@pytest.fixture
def production(tmp_path: Path) -> dict[str, str]:
    """Settings that are fit for production, with a database that is ready."""
    copy_prepared(tmp_path)
    shutil.rmtree(tmp_path / "static")  # `serve` collects them itself
    (tmp_path / "clouds.toml").write_text(CLOUDS)
    return {
        "CONSOLE_DATA_DIR": str(tmp_path),
        "SECRET_KEY": KEY,
        "ALLOWED_HOSTS": "console.example,127.0.0.1",
        "CONSOLE_TRUSTED_PROXIES": "1",
        "CONSOLE_CLOUDS_FILE": str(tmp_path / "clouds.toml"),
        "CLOUD_ACCESS_KEY": "example",
        "CLOUD_SECRET_KEY": "canary-cloud-secret",
    }


def refused(settings: dict[str, str], *arguments: str) -> str:
    ended = run("serve", "--port", str(free_port()), *arguments, **settings)
    assert ended.returncode == 1, ended.stdout
    assert "Traceback" not in ended.stderr
    assert KEY not in ended.stderr
    return ended.stderr


def test_check_has_nothing_to_say_about_production_settings(production: dict[str, str]) -> None:
    checked = run("check", "--deploy", "--fail-level", "WARNING", **production)
    assert checked.returncode == 0, checked.stderr
    assert "no issues" in checked.stdout
    assert "0 silenced" in checked.stdout


def test_no_secret_key_no_start(production: dict[str, str]) -> None:
    assert "SECRET_KEY is not set" in refused(production | {"SECRET_KEY": ""})


def test_no_encryption_no_clouds_and_an_empty_database_no_start(production: dict[str, str], tmp_path: Path) -> None:
    """All that is wrong is told at once."""
    (tmp_path / "clouds.toml").write_text(CLOUDS.replace("huawei", "nobody"))
    empty = f"sqlite:///{tmp_path / 'empty.sqlite3'}"
    said = refused(production | {"CONSOLE_TRUSTED_PROXIES": "0", "DATABASE_URL": empty})
    assert "Nothing encrypts the pages" in said
    assert "clouds.main.provider" in said
    assert "manage.py migrate" in said
    assert "manage.py createcachetable" in said
    assert said.count("\n- ") == 4


def test_plain_http_for_other_machines_and_a_database_that_is_away_no_start(production: dict[str, str]) -> None:
    away = {"CONSOLE_PLAIN_HTTP": "yes", "DATABASE_URL": "sqlite:////nowhere/at/all.sqlite3"}
    said = refused(production | away, "--host", "0.0.0.0")
    assert "CONSOLE_PLAIN_HTTP is for this machine only" in said
    assert "The database does not answer" in said
    assert said.count("\n- ") == 2


def test_half_a_certificate_no_start(production: dict[str, str], tmp_path: Path) -> None:
    assert "Give both" in refused(production, "--tls-certificate", str(tmp_path / "chain.pem"))


def test_a_certificate_that_cannot_be_read_is_a_problem(tmp_path: Path) -> None:
    assert "cannot be used" in readiness.certificate_problem(tmp_path / "no.pem", tmp_path / "no.pem")
    assert readiness.certificate_problem(None, None) == ""


def test_a_bad_setting_is_told_in_one_sentence(production: dict[str, str]) -> None:
    assert "CONSOLE_TRUSTED_PROXIES must be a whole number" in refused(production | {"CONSOLE_TRUSTED_PROXIES": "many"})


def answer(url: str, context: ssl.SSLContext | None = None, **headers: str) -> tuple[int, dict[str, str]]:
    class Stay(request.HTTPRedirectHandler):
        def redirect_request(self, *args: object) -> None:
            return None

    handlers = [request.ProxyHandler({}), Stay(), request.HTTPSHandler(context=context)]
    try:
        with request.build_opener(*handlers).open(request.Request(url, headers=headers), timeout=10) as got:
            return got.status, dict(got.headers)
    except request.HTTPError as redirect:
        with redirect:
            return redirect.code, dict(redirect.headers)


def test_behind_a_proxy_it_speaks_https_only(production: dict[str, str]) -> None:
    port = free_port()
    with Running("serve", "--port", str(port), "--workers", "1", **production) as serving:
        assert serving.says(f"Serving http://127.0.0.1:{port}/"), serving.printed
        base = f"http://127.0.0.1:{port}"
        assert until(lambda: _answers(base))
        assert answer(f"{base}/healthz")[0] == 200
        status, headers = answer(f"{base}/sign-in/")
        assert (status, headers["location"]) == (301, f"https://127.0.0.1:{port}/sign-in/")
        status, headers = answer(f"{base}/sign-in/", **{"X-Forwarded-Proto": "https"})
        assert status == 200
        assert "max-age=63072000" in headers["strict-transport-security"]
        assert headers["set-cookie"].strip().startswith("__Host-console_csrf=")
        assert "Secure" in headers["set-cookie"]
        assert serving.stop() == 0
    assert "SIMULATED" not in serving.printed
    assert "canary" not in serving.printed
    assert KEY not in serving.printed


def _answers(base: str, context: ssl.SSLContext | None = None) -> bool:
    try:
        return answer(f"{base}/healthz", context)[0] == 200
    except OSError:
        return False


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path]:
    return own_certificate(tmp_path)


def _handshake(port: int, newest: ssl.TLSVersion) -> str:
    """The version that is spoken with a client that takes anything up to this, or the server's refusal."""
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client.check_hostname, client.verify_mode = False, ssl.CERT_NONE
    client.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        client.minimum_version, client.maximum_version = ssl.TLSVersion.TLSv1, newest
    with socket.create_connection(("127.0.0.1", port), timeout=5) as plain:
        try:
            with client.wrap_socket(plain) as connection:
                return str(connection.version())
        except ssl.SSLError as refused:
            return str(refused.reason)


def test_with_a_certificate_it_serves_tls_itself_and_says_loudly_that_it_only_plays(
    production: dict[str, str], certificate: tuple[Path, Path]
) -> None:
    chain, key = certificate
    port = free_port()
    arguments = ("--workers", "1", "--tls-certificate", str(chain), "--tls-key", str(key))
    settings = production | {"CONSOLE_TRUSTED_PROXIES": "0", "CONSOLE_CLOUDS_FILE": ""}
    with Running("serve", "--port", str(port), *arguments, **settings) as serving:
        base = f"https://127.0.0.1:{port}"
        assert serving.says(f"Serving {base}/"), serving.printed
        trusting = ssl.create_default_context(cafile=str(chain))
        assert until(lambda: _answers(base, trusting))
        status, headers = answer(f"{base}/sign-in/", trusting)
        assert status == 200
        assert "max-age=63072000" in headers["strict-transport-security"]
        old = ssl.create_default_context(cafile=str(chain))
        old.maximum_version = ssl.TLSVersion.TLSv1_2
        assert _answers(base, old)
        assert _handshake(port, ssl.TLSVersion.TLSv1_2) == "TLSv1.2"
        assert "ALERT" in _handshake(port, ssl.TLSVersion.TLSv1_1)
        assert "SIMULATED CLOUD ONLY" in serving.printed


@needs_psycopg
def test_the_settings_are_listed_without_their_secrets(production: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "database").write_text("postgres://console:canary-password@db/console\n")
    (tmp_path / "token").write_text("canary-token" * 4)
    settings = production | {
        "DATABASE_URL_FILE": str(tmp_path / "database"),
        "CONSOLE_HEALTH_TOKEN_FILE": str(tmp_path / "token"),
    }
    listed = run("settings_list", **settings)
    assert listed.returncode == 0, listed.stderr
    lines = {line.split()[0]: line.split()[1:] for line in listed.stdout.splitlines()}
    assert lines["SECRET_KEY"] == ["environment", "***"]
    assert lines["DATABASE_URL"] == ["file", "postgres://console:***@db/console"]
    assert lines["CONSOLE_HEALTH_TOKEN"] == ["file", "***"]
    assert lines["CONSOLE_LOG_LEVEL"] == ["default"]
    assert lines["ALLOWED_HOSTS"] == ["environment", "console.example,127.0.0.1"]
    assert KEY not in listed.stdout
    assert "canary" not in listed.stdout


def test_the_tests_start_commands_without_their_own_settings() -> None:
    assert not [name for name in clean_environment() if name.startswith(("CONSOLE_", "DJANGO_"))]
