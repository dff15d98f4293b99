"""Whatever another host owns answers under this host's address as if it did not exist."""

from typing import Any

import pytest

from console import wiring
from console.access.roles import Role
from tests.endpoint_services.estate import Estate
from tests.factories import PersonFactory
from tests.pages import Browser
from tests.stage import Stage

pytestmark = pytest.mark.django_db


@pytest.fixture
def narrow(stage: Stage) -> Browser:
    """Somebody who administers one gateway."""
    scope = {"cloud": "demo", "gateway_id": stage.gateway_id}
    stage.people["narrow"] = PersonFactory(username="narrow", role=Role.ADMINISTRATOR, **scope)
    return stage.browser("narrow")


def connection_of_a_service(stage: Stage) -> str:
    """A connection of an endpoint service, which is another host than any gateway."""
    port = wiring.get_cloud("demo").endpoint_services
    assert port is not None
    found = (one.id for service in Estate(stage).services() for one in port.list_connections(service.id))
    return str(next(found))


def told(page: Any, *without: str) -> str:
    text = page.text
    for each in without:
        text = text.replace(each, "ID")
    return " ".join(word for word in text.split() if len(word) != 32)  # the request's own ID


@pytest.mark.parametrize("act", ["accept", "reject"])
def test_a_connection_of_another_host_is_as_unknown_as_one_that_does_not_exist(
    stage: Stage, narrow: Browser, act: str
) -> None:
    other = connection_of_a_service(stage)
    absent = "00000000-0000-4000-8000-000000000000"
    address = f"{stage.tab_url}connections/{act}/?id="
    shown, nothing = narrow.open(address + other), narrow.open(address + absent)
    assert shown.status == nothing.status
    assert told(shown, other) == told(nothing, absent)


def test_pages_of_other_hosts_do_not_exist(stage: Stage, narrow: Browser) -> None:
    service, gateway = Estate(stage).services()[0].id, stage.gateway("without_service")
    for path in (
        f"/demo/gateways/{gateway}/",
        f"/demo/gateways/{gateway}/vpc-endpoints/",
        f"/demo/gateways/{service}/vpc-endpoints/",
        f"/demo/endpoint-services/{service}/",
        f"/demo/endpoint-services/{stage.gateway_id}/connections/",
        f"/demo/endpoint-services/{service}/tags/edit/",
    ):
        assert narrow.open(path).status == 404, path
