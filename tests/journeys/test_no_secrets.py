"""Canaries: no password, token, key or session turns up in a page, a log (also at DEBUG), the audit or an export."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib import request

import pytest

from console.simcloud.identity import DEMO
from tests.journeys.served import PASSWORD, SECRET_KEY, Served
from tests.running.processes import Visitor

WRONG_PASSWORD = "canary-wrong-password"
#: One cloud by signed requests, one by password and token; both are the same simulated cloud.
CLOUDS = """
[clouds.keys]
provider = "simulated"
label = "By key"
endpoints = { all = "{url}" }
access_key = "env:CANARY_ACCESS_KEY"
secret_key = "env:CANARY_SECRET_KEY"

[clouds.words]
provider = "simulated"
label = "By password"
endpoints = { all = "{url}" }
user_name = "console-bot"
password = "env:CANARY_PASSWORD"
domain_name = "northwind"
"""


@dataclass
class Story:
    """Everything that was said while somebody used the console."""

    served: Served
    pages: list[str] = field(default_factory=list)
    secrets: dict[str, str] = field(default_factory=dict)

    def open(self, visitor: Visitor, path: str, **fields: str) -> str:
        """A page, kept for the search with its headers; what sets the cookie is the only place of the session's id."""
        status, text, headers = visitor.open(path, **fields)
        headers.pop("set-cookie", None)
        self.pages.append(f"{path} {status} {headers} {text}")
        return text

    def found_in(self, text: str) -> list[str]:
        return [name for name, secret in self.secrets.items() if secret in text]


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    """A day at the console with logs at DEBUG: two clouds, acts, faults, mistakes, refusals."""
    settings = {
        "CONSOLE_LOG_LEVEL": "DEBUG",
        "CANARY_ACCESS_KEY": DEMO.access_key,
        "CANARY_SECRET_KEY": DEMO.secret_key,
        "CANARY_PASSWORD": DEMO.password,
    }
    with Served(tmp_path_factory.mktemp("secrets"), CLOUDS, **settings) as served:
        told = Story(served)
        visitor = _sign_in(told)
        for step in (_act, _suffer):
            for cloud in ("keys", "words"):
                step(told, visitor, cloud)
        _be_refused(told, visitor)
        told.secrets |= {
            "password of a person": PASSWORD,
            "wrong password": WRONG_PASSWORD,
            "SECRET_KEY": SECRET_KEY,
            "access key": DEMO.access_key,
            "secret key": DEMO.secret_key,
            "password of the cloud": DEMO.password,
            **{f"token {number}": text for number, text in enumerate(served.cloud.world.tokens._issued)},
        }
        yield told


def _sign_in(told: Story) -> Visitor:
    visitor = Visitor(told.served.url)
    text = told.open(visitor, "/sign-in/")
    told.open(visitor, "/sign-in/", csrfmiddlewaretoken=_csrf(text), login="admin", password=WRONG_PASSWORD)
    told.open(visitor, "/sign-in/", csrfmiddlewaretoken=_csrf(text), login="admin", password=PASSWORD)
    cookies = next(h for h in visitor._opener.handlers if isinstance(h, request.HTTPCookieProcessor)).cookiejar
    told.secrets |= {"session": next(str(each.value) for each in cookies if "session" in each.name)}
    return visitor


def _csrf(text: str) -> str:
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', text)
    assert found, text
    return found[1]


def _hidden(text: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', text)
    assert found, re.sub(r"<[^>]*>|\s+", " ", text)
    return found[1]


def _act(told: Story, visitor: Visitor, cloud: str) -> None:
    """Accept one connection, and have one answer lost."""
    world = told.served.cloud.world
    tab = f"/{cloud}/gateways/{world.gateway_named('main').id}/vpc-endpoints/"
    for fault in ({}, {"match": {"method": "POST", "path": "action"}, "fault": "reset_after", "times": 1}):
        chosen = next(each for each in world.connections_of("main") if each.status == "pendingAcceptance")
        address = f"{tab}connections/accept/"
        asked = told.open(visitor, f"{address}?id={chosen.id}")
        told.served.cloud.faults(*([fault] if fault else []))
        told.open(visitor, address, csrfmiddlewaretoken=_csrf(asked), seen=_hidden(asked, "seen"), reason="canary")
    for path in ("/gateways/", tab, tab.removesuffix("vpc-endpoints/")):
        told.open(visitor, path)


def _suffer(told: Story, visitor: Visitor, cloud: str) -> None:
    """A cloud that refuses, throttles, breaks off, talks nonsense and forgets its tokens."""
    tab = f"/{cloud}/gateways/{told.served.cloud.world.gateway_named('main').id}/vpc-endpoints/"
    faults: tuple[dict[str, Any], ...] = (
        {"fault": "status", "status": 401, "code": "APIC.7102"},
        {"fault": "status", "status": 403, "code": "APIC.7106"},
        {"fault": "html", "status": 502},
        {"fault": "truncate"},
        {"fault": "reset_before"},
        {"fault": "expire_tokens"},
    )
    for fault in faults:
        told.served.cloud.faults({"match": {"path": "apigw"}, "times": 4, **fault})
        told.open(visitor, tab)
    told.served.cloud.faults({"match": {"path": "auth/tokens"}, "fault": "status", "status": 401, "times": 9})
    told.served.cloud.world.tokens.expire_all()
    told.open(visitor, "/gateways/")
    told.served.cloud.faults()


def _be_refused(told: Story, visitor: Visitor) -> None:
    """Pages that are not there, forged forms, nonsense, and everything that can be read afterwards."""
    told.open(visitor, "/nothing/here/")
    told.open(visitor, "/account/extend/", nonsense="yes")
    told.open(visitor, "/gateways/?page=nonsense&sort=nonsense&q=%00")
    told.open(Visitor(told.served.url), "/audit/")
    for path in ("/audit/", "/audit/?size=100", "/audit/1/", "/people/", "/people/1/", "/help/", "/preferences/"):
        told.open(visitor, path)
    for path in ("/audit/export.jsonl", "/audit/export.csv", "/audit/export-cts.jsonl", "/healthz", "/readyz"):
        told.open(visitor, path)


def test_the_canaries_are_alive(story: Story) -> None:
    """Otherwise the search below would prove nothing."""
    assert all(len(secret) >= 12 for secret in story.secrets.values())
    assert any(name.startswith("token") for name in story.secrets)
    assert any("lost" in page or "unknown" in page for page in story.pages)
    assert '"level": "DEBUG"' in story.served.process.printed
    assert len(story.pages) > 40


def test_no_page_error_or_export_holds_a_secret(story: Story) -> None:
    assert {page[:80]: found for page in story.pages if (found := story.found_in(page))} == {}


def test_no_log_holds_a_secret_even_at_debug(story: Story) -> None:
    lines = story.served.process.printed.splitlines()
    assert [line[:300] for line in lines if story.found_in(line)] == []


def test_the_exports_hold_the_acts_and_no_more(story: Story) -> None:
    export = next(page for page in story.pages if page.startswith("/audit/export.jsonl"))
    assert '"connection.accept"' in export
    assert story.found_in(export) == []


def test_no_file_holds_a_secret_of_the_cloud(story: Story) -> None:
    """The database keeps hashes of people's passwords, and sessions; of the clouds' secrets it keeps nothing."""
    clouds = {n: s for n, s in story.secrets.items() if n.startswith("token") or "key" in n or "cloud" in n}
    folder = story.served.folder
    kept = [path for path in folder.rglob("*") if path.is_file()]
    assert kept
    wrong = [
        (path.name, name) for path in kept for name, secret in clouds.items() if secret.encode() in path.read_bytes()
    ]
    assert wrong == []
    assert not any(PASSWORD.encode() in path.read_bytes() for path in kept)
