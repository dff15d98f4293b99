"""What a cloud sends of endpoints and networks, and what people type in the wizard, is text on every page."""

from urllib.parse import quote

import pytest

from console.simcloud.records import Endpoint
from console.simcloud.seed_wishes import REPORTS_SUBNET, REPORTS_VPC
from tests.endpoints.consumers import SUBMIT, Wizard, wishes
from tests.journeys.elements import as_text, check
from tests.journeys.hostile import UNBRACKETED, Handful, handfuls, packed
from tests.stage import Stage

pytestmark = pytest.mark.django_db

LIST = "/demo/endpoints/"


def plant(stage: Stage, endpoint: Endpoint, handful: Handful) -> None:
    """Put the payloads into every text that the cloud sends of an endpoint, its service and its network."""
    world = stage.cloud.world
    for field in ("description", "vpc_id", "subnet_id", "ip", "active_status"):
        setattr(endpoint, field, handful.named(f"endpoint.{field}"))
    endpoint.tags = [{"key": handful.named("tag.key"), "value": handful.named("tag.value")}]
    endpoint.whitelist, endpoint.enable_whitelist = [handful.named("whitelist")], True
    endpoint.error = [{"error_code": handful.named("error.code"), "error_message": handful.named("error.message")}]
    world.services[endpoint.service_id].name = handful.named("service.name")
    vpc, subnet = world.vpcs[REPORTS_VPC], world.subnets[REPORTS_SUBNET]
    vpc.name, vpc.cidr, subnet.name = (handful.named(name) for name in ("vpc.name", "vpc.cidr", "subnet.name"))


@pytest.mark.parametrize("handful", handfuls(8), ids=range(8))
def test_every_payload_in_every_field_is_text_on_every_page(stage: Stage, handful: Handful) -> None:
    admin, world = stage.browser("admin"), stage.cloud.world
    project = stage.cloud.describe()["project_id"]
    endpoint = next(row for row in world.endpoints.values() if row.ip and row.project_id == project)
    settings = Wizard(admin).address("settings", **wishes(stage.cloud))
    plant(stage, endpoint, handful)
    url, wrong = f"{LIST}{endpoint.id}/", ("error.code", "error.message")
    row = ("endpoint.ip", "endpoint.vpc_id", "endpoint.active_status", "service.name")
    shown = {
        LIST: (*wrong, *row),
        settings: ("vpc.name", "vpc.cidr", "subnet.name"),
        url: (*wrong, *row, "endpoint.subnet_id", "endpoint.description"),
        f"{url}access-control/": ("whitelist",),
        f"{url}access-control/edit/": ("whitelist",),
        f"{url}tags/": ("tag.key", "tag.value"),
        f"{url}tags/edit/": (),
        f"{url}delete/": ("endpoint.ip", "service.name"),
    }
    for address, fields in shown.items():
        check(admin.open(address), handful, *fields)


def test_every_payload_that_a_person_can_type_is_text(stage: Stage) -> None:
    admin = stage.browser("admin")
    wizard = Wizard(admin)
    fields = ("name", "public", "category", "vpc", "subnet", "mode", "address", "whitelist", "tags", "description")
    for handful in handfuls(2):
        text, quoted = str(handful), quote(str(handful))
        for field in (*fields, "new", "anything"):
            typed = wishes(stage.cloud, **{"mode": "manual", "access_control": "on", field: text})
            check(admin.open(wizard.address("confirm", **typed)), handful)
        check(admin.open(f"{wizard.url}?verify=1&step={quoted}&name={quoted}"), handful)
        check(admin.open(f"{LIST}?q={quoted}&sort={quoted}&tag={quoted}"), handful)


def test_what_the_cloud_takes_as_a_description_is_text_where_it_is_confirmed(stage: Stage) -> None:
    wizard = Wizard(stage.browser("admin"))
    for handful in packed(UNBRACKETED, 128):
        page = wizard.browser.open(wizard.address("confirm", **wishes(stage.cloud, description=str(handful))))
        check(page, handful)
        assert as_text(str(handful)) in page.html
        assert page.has_button(SUBMIT), page.text


def test_every_payload_as_the_words_of_a_refusal_is_text(stage: Stage) -> None:
    wizard = Wizard(stage.browser("admin"))
    for handful in handfuls(8):
        page = wizard.browser.open(wizard.renewed("confirm", **wishes(stage.cloud)))
        rule = {"match": {"method": "POST", "path": "/vpc-endpoints$"}, "fault": "status", "status": 400, "times": 1}
        stage.cloud.faults({**rule, "code": "EndPoint.2012", "message": str(handful)})
        check(wizard.browser.submit(page, SUBMIT), handful)
