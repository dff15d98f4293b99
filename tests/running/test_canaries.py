"""No secret in logs (DEBUG too), pages, errors, exports or the database of a running console (reliability.md S8)."""

import re
from http.cookiejar import CookieJar
from pathlib import Path

from console.simcloud import SimulatedCloud
from console.simcloud.identity import DEMO
from tests.running.processes import Running, Visitor, free_port, run, until

SECRET_KEY = "canary-of-the-secret-key-0123456789-abcdefghijklmnopqrstuvwxyz"
PASSWORD = "canary-of-the-demo-password"
PEOPLE = ("admin", "operator", "viewer")


def settings(folder: Path, cloud: SimulatedCloud) -> dict[str, str]:
    """Two clouds: one signs in with the password, the other signs with the access key."""
    lines = []
    for name, credentials in {
        "by-password": f'user_name = "{DEMO.user_name}"\npassword = "env:P"\ndomain_name = "{DEMO.domain_name}"',
        "by-key": 'access_key = "env:AK"\nsecret_key = "env:SK"',
    }.items():
        lines += [
            f"[clouds.{name}]",
            'provider = "simulated"',
            credentials,
            f'endpoints = {{ all = "{cloud.base_url}" }}',
        ]
    (folder / "clouds.toml").write_text("\n".join(lines))
    return {
        "CONSOLE_DATA_DIR": str(folder),
        "CONSOLE_CLOUDS_FILE": str(folder / "clouds.toml"),
        "CONSOLE_PLAIN_HTTP": "yes",
        "CONSOLE_LOG_LEVEL": "DEBUG",
        "CONSOLE_DEMO_PASSWORD": PASSWORD,
        "SECRET_KEY": SECRET_KEY,
        "P": DEMO.password,
        "AK": DEMO.access_key,
        "SK": DEMO.secret_key,
    }


def _gateways(cloud: str, page: str) -> list[str]:
    return sorted(set(re.findall(rf'href="(/{cloud}/gateways/[0-9a-f]{{32}}/)"', page)))


def walk(base: str, cloud: SimulatedCloud) -> tuple[str, list[str]]:
    """Everything that a few people were shown, and their cookies."""
    shown = []
    cookies = []
    for person in PEOPLE:
        jar = CookieJar()
        visitor = Visitor(base, jar)
        visitor.sign_in(person, "wrong-canary-of-a-password")
        shown.append(visitor.sign_in(person, PASSWORD))
        for path in (
            "/gateways/",
            "/help/",
            "/audit/",
            "/people/",
            "/nowhere/",
            "/audit/export.jsonl",
            "/audit/export.csv",
        ):
            shown.append(visitor.open(path)[1])
        for link in [*_gateways("by-password", shown[1])[:2], *_gateways("by-key", shown[1])[:2]]:
            tab = visitor.open(f"{link}vpc-endpoints/")[1]
            shown.append(tab)
            for act in re.findall(r'href="(/[^"]+/connections/(?:accept|reject)/\?id=[^"]+)"', tab)[:2]:
                shown.append(visitor.open(act)[1])
        cookies += [cookie.value or "" for cookie in jar]
    cloud.faults({"match": {}, "fault": "status", "status": 500, "code": "APIC.9000", "times": 99})
    shown.append(visitor.open("/gateways/")[1])
    cloud.faults({"match": {}, "fault": "status", "status": 401, "code": "APIGW.0301", "times": 99})
    shown.append(visitor.open("/gateways/")[1])
    return "\n".join(shown), cookies


def test_no_secret_comes_out_anywhere(tmp_path: Path) -> None:
    with SimulatedCloud() as cloud:
        environment = settings(tmp_path, cloud)
        prepared = run("prepare_demo", **environment)
        assert prepared.returncode == 0, prepared.stderr
        port = free_port()
        base = f"http://127.0.0.1:{port}"
        with Running("serve", "--port", str(port), "--workers", "1", **environment) as serving:
            assert until(lambda: Visitor(base).gets("/healthz")), serving.printed
            shown, cookies = walk(base, cloud)
            serving.stop()
        tokens = list(cloud.world.tokens._issued)
    assert "orders-api" in shown
    assert tokens
    assert "urllib3.connectionpool" in serving.printed  # the log did speak at its loudest
    secrets = [SECRET_KEY, PASSWORD, "wrong-canary", DEMO.password, DEMO.secret_key, DEMO.access_key, *tokens]
    database = b"".join(path.read_bytes() for path in tmp_path.glob("console.sqlite3*")).decode("latin-1")
    for place, text in {"log": serving.printed, "pages": shown, "database": database, "start": prepared.stdout}.items():
        assert [secret[:12] for secret in secrets if secret in text] == [], place
    assert [cookie[:6] for cookie in cookies if cookie in serving.printed] == []
