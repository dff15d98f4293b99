"""What a cloud sends is text: every payload in every field, read on every page without a browser."""

from typing import Any
from urllib.parse import quote

import pytest
from django.utils.html import escape

from console.access.roles import Role
from tests.factories import PersonFactory
from tests.journeys.elements import as_text, check, spelled_out
from tests.journeys.hostile import PAYLOADS, SOME, Handful, handfuls, packed, plant
from tests.stage import Stage

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def every_look_is_a_fresh_one(settings: Any) -> None:
    settings.STATUS_INTERVAL_SECONDS = 0


def test_every_payload_is_in_one_handful() -> None:
    assert sorted(payload for handful in handfuls(16) for payload in handful.payloads) == sorted(PAYLOADS)
    assert len(PAYLOADS) > 150


@pytest.mark.parametrize("handful", handfuls(16), ids=range(16))
def test_every_payload_in_every_field_is_text_on_every_page(stage: Stage, handful: Handful) -> None:
    admin = stage.browser("admin")
    connection = plant(stage.cloud.world, handful)
    gateway = ("name", "description", "vpc_id", "subnet_id", "security_group_id", "ingress_ip")
    strange = ("id", "marker_id", "domain_id", "status")
    shown = {
        "/gateways/": ("gateway.name", "other.name", "other.status", "other.spec"),
        f"/demo/gateways/{stage.gateway_id}/": ("service.name", *(f"gateway.{field}" for field in gateway)),
        stage.tab_url: (
            *("gateway.name", "service.name", "whole.domain_id", "permission.account"),
            *(f"connection.{field}" for field in strange),
        ),
        f"/demo/gateways/{stage.gateway('without_service')}/vpc-endpoints/": ("other.name", "other.status"),
        f"{stage.tab_url}connections/reject/?id={connection}": ("whole.domain_id",),
        f"{stage.tab_url}service-name/?name=payments": ("gateway.name", "service.name"),
        f"{stage.tab_url}create/": ("service.name",),
    }
    for address, fields in shown.items():
        check(admin.open(address), handful, *fields)


def test_every_payload_as_the_words_of_an_error_is_text(stage: Stage) -> None:
    admin = stage.browser("admin")
    for handful in handfuls(16):
        stage.cloud.faults(
            {
                "match": {"path": "vpc-endpoint"},
                "fault": "status",
                "status": 400,
                "code": str(handful),
                "times": 99,
            }
        )
        page = admin.open(stage.tab_url)
        check(page, handful)
        assert "could not be read" in page.html


def test_every_kind_of_payload_as_a_reason_is_text_on_every_page(stage: Stage) -> None:
    admin = stage.browser("admin")
    connection = stage.connection_ids("pendingAcceptance")[0]
    acts = ("accept", "Accept"), ("reject", "Reject")
    for number, handful in enumerate(packed(SOME, 200)):
        path, button = acts[number % 2]
        asked = admin.open(f"{stage.tab_url}connections/{path}/?id={connection}")
        check(admin.submit(asked, button, reason=str(handful)), handful)
    page = admin.open("/audit/?size=100")
    check(page, Handful(SOME))
    assert "hacked" in page.html


def test_every_payload_that_a_person_searches_and_types_is_text(stage: Stage) -> None:
    admin = stage.browser("admin")
    tab, audit = admin.open(stage.tab_url), admin.open("/audit/")
    adding, renaming = admin.open(f"{stage.tab_url}permissions/add/"), admin.open(f"{stage.tab_url}service-name/")
    for handful in handfuls(8):
        text = str(handful)
        found = admin.submit(tab, "Search", q=text, status=text)
        check(found, handful)
        assert as_text(text) in found.html or not text.isprintable()
        check(admin.submit(audit, "Apply filters", q=text[:100], actor=text[:50]), handful)
        check(admin.submit(adding, "Next", id=text), handful)
        check(admin.submit(renaming, "Next", name=text), handful)


def test_every_payload_as_a_persons_name_is_text(stage: Stage) -> None:
    names = [payload.replace("\x00", "")[:100] for payload in PAYLOADS]
    for number, name in enumerate(names):
        PersonFactory(username=f"person-{number}", display_name=name, role=Role.VIEWER)
    admin = stage.browser("admin")
    pages = [admin.open(f"/people/?size=50&page={number}") for number in range(1, 5)]
    for page in pages:
        check(page, Handful(PAYLOADS))
    shown = "".join(page.html for page in pages)
    assert [name for name in names if spelled_out(escape(name)) not in shown] == []


def test_addresses_that_somebody_invents_are_text(stage: Stage) -> None:
    viewer = stage.browser("viewer")
    for handful in handfuls(16):
        check(viewer.open(f"/demo/gateways/{quote(str(handful), safe='')}/vpc-endpoints/"), handful, status=(404,))
    check(stage.browser("admin").open("/audit/?size=100"), Handful(PAYLOADS))
