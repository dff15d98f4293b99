"""What a cloud sends of services, and what people type about them, is text on every page of theirs."""

from typing import Any
from urllib.parse import quote

import pytest

from tests.endpoint_services.estate import LIST, Estate, confirm_url
from tests.journeys.elements import as_text, check
from tests.journeys.hostile import UNBRACKETED, Handful, handfuls, packed

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def every_look_is_a_fresh_one(settings: Any) -> None:
    settings.STATUS_INTERVAL_SECONDS = 0


def plant(stage: Any, service_id: str, handful: Handful) -> None:
    """Put the payloads into every text that the cloud sends of a service, its backend and its VPC."""
    world = stage.cloud.world
    service = world.services[service_id]
    for field in ("name", "description", "server_type", "vpc_id", "port_id"):
        setattr(service, field, handful.named(f"service.{field}"))
    service.tags = [{"key": handful.named("tag.key"), "value": handful.named("tag.value")}]
    error = {"code": handful.named("error.code"), "message": handful.named("error.message")}
    service.status, service.error = "failed", [error]
    connection = world.connections[service_id][0]
    connection.description, connection.domain_id = handful.named("connection.description"), handful.named("owner")
    vpc = next(row for row in world.vpcs.values() if row.name == "vpc-shop")
    vpc.name, vpc.cidr = handful.named("vpc.name"), handful.named("vpc.cidr")


@pytest.mark.parametrize("handful", handfuls(8), ids=range(8))
def test_every_payload_in_every_field_is_text_on_every_page(stage: Any, handful: Handful) -> None:
    admin, service_id = stage.browser("admin"), Estate(stage).service("billing").id
    plant(stage, service_id, handful)
    wrong, service = ("error.code", "error.message"), ("name", "description", "server_type", "vpc_id", "port_id")
    shown = {
        LIST: (*wrong, "service.name", "service.server_type"),
        f"{LIST}create/": ("vpc.name", "vpc.cidr"),
        f"{LIST}{service_id}/": (*wrong, *(f"service.{field}" for field in service)),
        f"{LIST}{service_id}/connections/": ("service.name", "owner", "connection.description"),
        f"{LIST}{service_id}/permissions/": ("service.name",),
        f"{LIST}{service_id}/ports/": ("service.name",),
        f"{LIST}{service_id}/tags/": ("service.name", "tag.key", "tag.value"),
        f"{LIST}{service_id}/delete/": (),
        f"{LIST}{service_id}/name/": ("service.name",),
        f"{LIST}{service_id}/description/": ("service.description",),
        f"{LIST}{service_id}/approval/": (),
    }
    for address, fields in shown.items():
        check(admin.open(address), handful, *fields)


def test_every_payload_that_a_person_can_type_is_text(stage: Any) -> None:
    admin = stage.browser("admin")
    url = Estate(stage).url("shop")
    fields = ("name", "vpc", "backend", "server_type", "ports_client", "description", "tags", "new")
    for handful in handfuls(2):
        text, quoted = str(handful), quote(str(handful))
        for field in fields:
            check(admin.open(confirm_url(**{field: text})), handful)
        check(admin.submit(admin.open(LIST), "Search", property="name", value=text, q=text), handful)
        check(admin.open(f"{LIST}?{quoted}={quoted}&sort={quoted}"), handful)
        for page, field in (("name", "name"), ("description", "description"), ("tags/edit", "tags")):
            check(admin.open(f"{url}{page}/?step=confirm&{field}={quoted}"), handful)


def test_what_the_cloud_takes_as_a_description_is_text_where_it_is_confirmed(stage: Any) -> None:
    admin = stage.browser("admin")
    url = Estate(stage).url("shop")
    for handful in packed(UNBRACKETED, 128):
        quoted = quote(str(handful))
        for address in (confirm_url(description=str(handful)), f"{url}description/?step=confirm&description={quoted}"):
            page = admin.open(address)
            check(page, handful)
            assert as_text(str(handful)) in page.html
            assert "confirm-submit" in page.html, page.text


def test_every_payload_as_the_words_of_a_refusal_is_text(stage: Any) -> None:
    admin = stage.browser("admin")
    for handful in handfuls(8):
        rule = {"match": {"method": "GET", "path": "endpoint-services"}, "fault": "status", "status": 403}
        stage.cloud.faults({**rule, "code": str(handful), "times": 99})
        check(admin.open(LIST), handful)
