"""What a cloud sends of services, and what people type about them, is text on every page of theirs."""

from typing import Any
from urllib.parse import quote

import pytest

from tests.endpoint_services.estate import LIST, Estate, confirm_url
from tests.journeys.hostile import PAYLOADS
from tests.journeys.test_hostile_text import check

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def every_look_is_a_fresh_one(settings: Any) -> None:
    settings.STATUS_INTERVAL_SECONDS = 0


def plant(stage: Any, service_id: str, payload: str) -> None:
    """Put the payload into every text that the cloud sends of a service, its backend and its VPC."""
    world = stage.cloud.world
    service = world.services[service_id]
    for field in ("name", "description", "server_type", "vpc_id", "port_id"):
        setattr(service, field, payload)
    service.tags = [{"key": payload, "value": payload}]
    service.status, service.error = "failed", [{"code": payload, "message": payload}]
    connection = world.connections[service_id][0]
    connection.description = connection.domain_id = payload
    vpc = next(row for row in world.vpcs.values() if row.name == "vpc-shop" or row.id == stage.shop_vpc)
    stage.shop_vpc = vpc.id
    vpc.name = vpc.cidr = payload


def test_every_payload_in_every_field_is_text_on_every_page(stage: Any) -> None:
    stage.shop_vpc = ""
    admin, service_id = stage.browser("admin"), Estate(stage).service("billing").id
    pages = ("", "connections/", "permissions/", "ports/", "tags/", "delete/", "name/", "description/", "approval/")
    for payload in PAYLOADS[::9]:
        plant(stage, service_id, payload)
        for address in (LIST, f"{LIST}create/", *(f"{LIST}{service_id}/{page}" for page in pages)):
            check(admin.open(address), payload)
        if payload.isascii() and payload.isprintable():
            assert " ".join(payload.split()) in admin.open(f"{LIST}{service_id}/").text


def test_every_payload_that_a_person_can_type_is_text(stage: Any) -> None:
    admin = stage.browser("admin")
    url = Estate(stage).url("shop")
    for payload in PAYLOADS[::17]:
        for field in ("name", "vpc", "backend", "server_type", "ports_client", "description", "tags", "new"):
            check(admin.open(confirm_url(**{field: payload})), payload)
        check(admin.submit(admin.open(LIST), "Search", property="name", value=payload, q=payload), payload)
        check(admin.open(f"{LIST}?{quote(payload)}={quote(payload)}&sort={quote(payload)}"), payload)
        for page, field in (("name", "name"), ("description", "description"), ("tags/edit", "tags")):
            check(admin.open(f"{url}{page}/?step=confirm&{field}={quote(payload)}"), payload)


def test_every_payload_as_the_words_of_a_refusal_is_text(stage: Any) -> None:
    admin = stage.browser("admin")
    for payload in PAYLOADS[::9]:
        rule = {"match": {"method": "GET", "path": "endpoint-services"}, "fault": "status", "status": 403}
        stage.cloud.faults({**rule, "code": payload, "times": 99})
        check(admin.open(LIST), payload)
