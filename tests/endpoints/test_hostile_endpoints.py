"""What a cloud sends of endpoints and networks, and what people type in the wizard, is text on every page."""

from urllib.parse import quote

import pytest

from console.simcloud.records import Endpoint
from console.simcloud.seed_wishes import REPORTS_SUBNET, REPORTS_VPC
from tests.endpoints.consumers import SUBMIT, Wizard, wishes
from tests.journeys.hostile import PAYLOADS
from tests.journeys.test_hostile_text import check
from tests.stage import Stage

pytestmark = pytest.mark.django_db

LIST = "/demo/endpoints/"


def plant(stage: Stage, endpoint: Endpoint, payload: str) -> None:
    """Put the payload into every text that the cloud sends of an endpoint, its service and its network."""
    world = stage.cloud.world
    for field in ("description", "vpc_id", "subnet_id", "ip", "active_status"):
        setattr(endpoint, field, payload)
    endpoint.tags = [{"key": payload, "value": payload}]
    endpoint.whitelist, endpoint.enable_whitelist = [payload], True
    endpoint.error = [{"error_code": payload, "error_message": payload}]
    world.services[endpoint.service_id].name = payload
    world.vpcs[REPORTS_VPC].name = world.vpcs[REPORTS_VPC].cidr = payload
    world.subnets[REPORTS_SUBNET].name = payload


def test_every_payload_in_every_field_is_text_on_every_page(stage: Stage) -> None:
    admin, world = stage.browser("admin"), stage.cloud.world
    project = stage.cloud.describe()["project_id"]
    endpoint = next(row for row in world.endpoints.values() if row.ip and row.project_id == project)
    settings = Wizard(admin).address("settings", **wishes(stage.cloud))
    pages = ("", "access-control/", "access-control/edit/", "tags/", "tags/edit/", "delete/")
    for payload in PAYLOADS[::9]:
        plant(stage, endpoint, payload)
        for address in (LIST, settings, *(f"{LIST}{endpoint.id}/{page}" for page in pages)):
            check(admin.open(address), payload)
        if payload.isascii() and payload.isprintable():
            assert " ".join(payload.split()) in admin.open(f"{LIST}{endpoint.id}/").text


def test_every_payload_that_a_person_can_type_is_text(stage: Stage) -> None:
    admin = stage.browser("admin")
    wizard = Wizard(admin)
    fields = ("name", "public", "category", "vpc", "subnet", "mode", "address", "whitelist", "tags", "description")
    for payload in PAYLOADS[::17]:
        for field in (*fields, "new", "anything"):
            typed = wishes(stage.cloud, **{"mode": "manual", "access_control": "on", field: payload})
            check(admin.open(wizard.address("confirm", **typed)), payload)
        check(admin.open(f"{wizard.url}?verify=1&step={quote(payload)}&name={quote(payload)}"), payload)
        check(admin.open(f"{LIST}?q={quote(payload)}&sort={quote(payload)}&tag={quote(payload)}"), payload)


def test_every_payload_as_the_words_of_a_refusal_is_text(stage: Stage) -> None:
    wizard = Wizard(stage.browser("admin"))
    for payload in PAYLOADS[::17]:
        page = wizard.browser.open(wizard.renewed("confirm", **wishes(stage.cloud)))
        rule = {"match": {"method": "POST", "path": "/vpc-endpoints$"}, "fault": "status", "status": 400, "times": 1}
        stage.cloud.faults({**rule, "code": "EndPoint.2012", "message": payload})
        check(wizard.browser.submit(page, SUBMIT), payload)
