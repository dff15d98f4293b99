"""What a cloud sends is text: every payload in every field, read on every page without a browser."""

import re
from typing import Any

import pytest
from bs4 import BeautifulSoup

from console.access.roles import Role
from tests.factories import PersonFactory
from tests.journeys.hostile import PAYLOADS, plant
from tests.pages import Page
from tests.stage import Stage

pytestmark = pytest.mark.django_db

#: Elements and attributes that no page of ours has but those of the frame.
_EVENTS = re.compile(r"^on[a-z]+$|^style$|^hx-on|^srcdoc$")
_STRANGE = ("iframe", "object", "embed", "base", "style", "video", "math", "img")


@pytest.fixture(autouse=True)
def every_look_is_a_fresh_one(settings: Any) -> None:
    settings.STATUS_INTERVAL_SECONDS = 0


def check(page: Page, payload: str) -> None:
    """The page has its own elements and no others."""
    soup: BeautifulSoup = page.soup
    assert page.status in (200, 422)
    assert [tag.name for tag in soup.find_all(_STRANGE)] == [], payload
    assert all(tag.get("src", "").startswith("/static/") for tag in soup.find_all("script")), payload
    assert [name for tag in soup.find_all(True) for name in tag.attrs if _EVENTS.match(name)] == [], payload
    for tag in soup.find_all(["a", "form", "link", "use"]):
        address = str(tag.get("href") or tag.get("action") or "/").strip()
        assert address.startswith(("/", "?", "#")), (payload, address)
        assert not address.startswith("//"), (payload, address)
    ids = [tag["id"] for tag in soup.find_all(id=True)]
    assert len(ids) == len(set(ids)), payload
    assert soup.find(id="main") is not None
    assert soup.find(id="main").name == "main", payload  # type: ignore[union-attr]


@pytest.mark.parametrize("part", range(8))
def test_every_payload_in_every_field_is_text_on_every_page(stage: Stage, part: int) -> None:
    admin = stage.browser("admin")
    for payload in PAYLOADS[part::8]:
        connection = plant(stage.cloud.world, payload)
        for address in (
            "/gateways/",
            f"/demo/gateways/{stage.gateway_id}/",
            stage.tab_url,
            f"/demo/gateways/{stage.gateway('without_service')}/vpc-endpoints/",
            f"{stage.tab_url}connections/reject/?id={connection}",
            f"{stage.tab_url}service-name/?name=payments",
            f"{stage.tab_url}create/",
        ):
            page = admin.open(address)
            check(page, payload)
        if payload.isascii() and payload.isprintable():
            assert " ".join(payload.split()) in admin.open(stage.tab_url).text


def test_every_payload_as_the_words_of_an_error_is_text(stage: Stage) -> None:
    admin = stage.browser("admin")
    for payload in PAYLOADS[::4]:
        stage.cloud.faults(
            {
                "match": {"path": "vpc-endpoint"},
                "fault": "status",
                "status": 400,
                "code": payload,
                "times": 99,
            }
        )
        page = admin.open(stage.tab_url)
        check(page, payload)
        assert "could not be read" in page.text


def test_every_payload_that_a_person_can_type_is_text_on_every_page(stage: Stage) -> None:
    """Reasons, searches, names of people and groups, and addresses that somebody invents."""
    admin = stage.browser("admin")
    connection = stage.connection_ids("pendingAcceptance")[0]
    acts = ("accept", "Accept"), ("reject", "Reject")
    for number, payload in enumerate(PAYLOADS[::6]):
        if "\x00" in payload:
            continue
        path, button = acts[number % 2]
        asked = admin.open(f"{stage.tab_url}connections/{path}/?id={connection}")
        check(admin.submit(asked, button, reason=payload[:200]), payload)
        check(admin.submit(admin.open(stage.tab_url), "Search", q=payload, status=payload), payload)
        check(admin.submit(admin.open("/audit/"), "Apply filters", q=payload[:100], actor=payload[:50]), payload)
        check(admin.submit(admin.open(f"{stage.tab_url}permissions/add/"), "Next", id=payload), payload)
        check(admin.submit(admin.open(f"{stage.tab_url}service-name/"), "Next", name=payload), payload)
        PersonFactory(username=f"person-{number}", display_name=payload[:100], role=Role.VIEWER)
        check(admin.open("/people/?size=50"), payload)
    page = admin.open("/audit/?size=100")
    check(page, "all reasons")
    assert "hacked" in page.text


def test_addresses_that_somebody_invents_are_text(stage: Stage) -> None:
    viewer = stage.browser("viewer")
    for payload in PAYLOADS[::2]:
        from urllib.parse import quote

        page = viewer.open(f"/demo/gateways/{quote(payload, safe='')}/vpc-endpoints/")
        assert page.status == 404
        page.status = 200
        check(page, payload)
    check(stage.browser("admin").open("/audit/?size=100"), "all addresses")
