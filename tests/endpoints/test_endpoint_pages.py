"""The list of VPC endpoints and the pages of one: what they show, filter, sort, export and say."""

import csv
from dataclasses import replace
from typing import Any

import pytest

from console import wiring
from console.access.roles import Role
from console.simcloud.seed_wishes import REPORTS_VPC
from tests.endpoints.consumers import Parties
from tests.factories import PersonFactory
from tests.pages import Browser, Page
from tests.stage import Stage

pytestmark = pytest.mark.django_db

LIST = "/demo/endpoints/"
TABLE = "All VPC endpoints"


def endpoint(stage: Stage, service: str, status: str = "accepted") -> Any:
    """A seeded endpoint of the demo account to the service of that name."""
    world = stage.cloud.world
    rows = [row for row in world.endpoints.values() if row.project_id == stage.cloud.describe()["project_id"]]
    return next(row for row in rows if world.services[row.service_id].name == service and row.status == status)


def ids(page: Page) -> list[str]:
    return [row["ID"] for row in page.table(TABLE)]


@pytest.fixture
def viewer(stage: Stage) -> Browser:
    return stage.browser("viewer")


def test_the_list_shows_every_endpoint_with_its_service(stage: Stage) -> None:
    page = stage.browser("admin").open(LIST)
    assert len(page.table(TABLE)) == 9
    one = endpoint(stage, "payments")
    (row,) = [row for row in page.table(TABLE) if row["ID"] == one.id]
    assert row["Status"] == "Accepted"
    assert row["VPC Endpoint Service"] == "payments Interface"
    assert (row["VPC"], row["Private IP Address"]) == (one.vpc_id, one.ip)
    assert "9 of 50 VPC endpoints used" in page.text


FILTERS = {
    "status=Accepted": 5,
    "status=accepted": 5,
    "status=Pending+acceptance": 2,
    "type=Gateway": 1,
    f"vpc={REPORTS_VPC}": 1,
    "name=payments": 2,
    "tag=env%3Dprod": 2,
    "tag=team%3D": 1,
    "description=card": 1,
    "ip=10.20.": 3,
    "status=Accepted&name=payments": 1,
    "q=checkout": 1,
    "status=Nonsense": 0,
}


@pytest.mark.parametrize("query", FILTERS)
def test_filters_narrow_the_list_and_can_be_taken_away(viewer: Browser, query: str) -> None:
    page = viewer.open(f"{LIST}?{query}")
    found = len(page.table(TABLE)) if page.soup.find("table") else 0
    assert found == FILTERS[query]
    assert len(viewer.click(page, "Clear filters").table(TABLE)) == 9
    for chip in page.soup.select(".chip a"):
        assert len(viewer.open(str(chip["href"])).table(TABLE)) >= found


def test_a_filter_is_added_by_property_and_value(viewer: Browser) -> None:
    page = viewer.submit(viewer.open(f"{LIST}?name=payments"), "Search", property="status", value="accepted")
    chips = [str(chip["aria-label"]) for chip in page.soup.select(".chip a")]
    assert chips == ["Remove the filter Service name: payments", "Remove the filter Status: accepted"]
    assert len(page.table(TABLE)) == 1


def test_the_list_is_sorted_by_each_column(viewer: Browser) -> None:
    for column in ("endpoint", "state", "service", "kind", "network", "address", "created"):
        up, down = (ids(viewer.open(f"{LIST}?sort={sign}{column}")) for sign in ("", "-"))
        assert sorted(up) == sorted(down)
        assert len(up) == 9
    addresses = [row["Private IP Address"] for row in viewer.open(f"{LIST}?sort=address").table(TABLE)]
    known = [address for address in addresses if address != "--"]
    assert known == sorted(known, key=lambda text: [int(part) for part in text.split(".")])


def test_the_export_holds_what_the_filters_leave(viewer: Browser) -> None:
    response = viewer.client.get(f"{LIST}export.csv?name=payments")
    assert response.headers["Content-Disposition"] == 'attachment; filename="vpc-endpoints-demo.csv"'
    rows = list(csv.DictReader(response.getvalue().decode().splitlines()))
    assert [row["status"] for row in rows] == ["Pending acceptance", "Accepted"]
    assert rows[1]["access_control"] == "10.20.0.0/24, 10.20.1.7"
    assert rows[1]["tags"] == "env=prod, team=checkout"


def test_a_list_that_cannot_be_read_says_so_and_a_quota_that_cannot_be_read_takes_nothing_away(
    stage: Stage, viewer: Browser
) -> None:
    stage.cloud.faults({"match": {"path": "/quotas$"}, "fault": "status", "status": 500, "times": 99})
    page = stage.browser("admin").open(LIST)
    assert len(page.table(TABLE)) == 9
    assert "The quota could not be read." in page.text
    stage.cloud.faults({"match": {"path": "/vpc-endpoints$"}, "fault": "status", "status": 500, "times": 99})
    broken = viewer.open(LIST)
    assert "The VPC endpoints could not be read" in broken.text
    page = viewer.open(f"{LIST}export.csv")
    assert page.heading == "VPC Endpoints"
    assert "Nothing was exported" in page.messages
    stage.cloud.faults()
    assert ids(broken) == ids(page), "the last that is known"
    assert ids(viewer.click(broken, "Refresh")) == ids(page)


def test_the_list_holds_only_what_a_person_may_know_of(stage: Stage) -> None:
    one = endpoint(stage, "payments")
    stage.people["partner"] = PersonFactory(role=Role.VIEWER, cloud="demo", gateway_id=one.id)
    partner = stage.browser("partner")
    assert ids(partner.open(LIST)) == [one.id]
    assert partner.open(f"{LIST}{one.id}/").status == 200
    assert partner.open(f"{LIST}{endpoint(stage, 'dns').id}/").status == 404
    exported = partner.client.get(f"{LIST}export.csv").getvalue().decode()
    assert len(exported.splitlines()) == 2


def test_an_accepted_endpoint_says_how_it_is_reached(stage: Stage, viewer: Browser) -> None:
    one = endpoint(stage, "payments")
    page = viewer.open(f"{LIST}{one.id}/")
    name = f"vpcep-{one.id}.eu-west-101.example-internal"
    assert one.ip in page.text
    assert f"curl --verbose http://{name}/" in page.text
    assert {str(button["data-copy"]) for button in page.soup.select("#reach button")} == {
        one.ip,
        name,
        f"curl --verbose http://{name}/",
    }
    assert str(one.marker_id) in page.text


MEANINGS = {
    "pendingAcceptance": "The owner of the service must accept it first.",
    "creating": "The cloud is connecting it.",
    "accepted": "It is connected.",
    "rejected": "nothing gets through",
    "failed": "Delete it and create another one.",
    "deleting": "The cloud is deleting it.",
    "upgrading": "does not know the cloud's word",
}


@pytest.mark.parametrize("status", MEANINGS)
def test_each_status_says_what_it_means(stage: Stage, viewer: Browser, status: str) -> None:
    one = endpoint(stage, "search")
    stage.cloud.world.set_text(one.id, "status", status)
    page = viewer.open(f"{LIST}{one.id}/")
    assert MEANINGS[status] in page.text
    looks_again = page.soup.find(id="summary").has_attr("data-poll")
    assert looks_again is (status in ("creating", "deleting", "upgrading"))
    assert viewer.open(LIST).soup.find(id="endpoints").has_attr("data-poll") is looks_again


def test_frozen_disabled_and_failed_endpoints_say_so(stage: Stage, viewer: Browser) -> None:
    one = endpoint(stage, "search")
    stage.cloud.world.set_text(one.id, "active_status", "arrear_frozen")
    stage.cloud.world.set_text(one.id, "enable_status", "disable")
    for address in (LIST, f"{LIST}{one.id}/"):
        assert "Frozen (arrear_frozen); Disabled" in viewer.open(address).text
    failed = viewer.open(f"{LIST}{endpoint(stage, 'reports', 'failed').id}/")
    assert "Failed to create the VPC endpoint." in failed.text


def test_a_page_refreshes_by_itself_in_a_fragment(stage: Stage, viewer: Browser) -> None:
    one = endpoint(stage, "search")
    stage.cloud.world.set_text(one.id, "status", "creating")
    page = viewer.open(f"{LIST}{one.id}/")
    again = str(page.soup.find(id="summary")["hx-get"])
    fragment = viewer.open(again, **{"HX-Request": "true", "HX-Target": "summary"})
    assert fragment.soup.find("html") is None
    assert fragment.soup.find(id="summary")
    gave_up = viewer.open(f"{LIST}{one.id}/?polled=999")
    assert "Still in progress after ten minutes." in gave_up.text
    assert not gave_up.soup.find(id="summary").has_attr("data-poll")


def test_an_endpoint_that_is_gone_is_not_found_and_one_that_cannot_be_read_says_so(
    stage: Stage, viewer: Browser
) -> None:
    assert viewer.open(f"{LIST}00000000-0000-4000-8000-000000000000/").status == 404
    assert viewer.open(f"{LIST}nonsense/").status == 404
    one = endpoint(stage, "search")
    assert viewer.open(f"{LIST}{one.id.upper()}/").status == 404, "one endpoint, one address"
    stage.cloud.faults({"match": {"path": "/vpc-endpoints/"}, "fault": "status", "status": 500, "times": 99})
    for tab in ("", "access-control/", "tags/"):
        assert "The VPC endpoint could not be read" in viewer.open(f"{LIST}{one.id}/{tab}").text


def test_the_tab_strip_leads_to_access_control_and_tags(stage: Stage, viewer: Browser) -> None:
    page = viewer.open(f"{LIST}{endpoint(stage, 'payments').id}/")
    control = viewer.click(page, "Access Control")
    assert "10.20.0.0/24" in control.text
    tags = viewer.click(control, "Tags")
    assert [(row["Key"], row["Value"]) for row in tags.table("Tags")] == [("env", "prod"), ("team", "checkout")]


def test_a_cloud_whose_networks_are_not_known_lists_endpoints_and_creates_none(stage: Stage) -> None:
    demo, admin = wiring.get_cloud("demo"), stage.browser("admin")
    with wiring.use_clouds({"demo": replace(demo, networks=None)}):
        page = admin.open(LIST)
        assert len(page.table(TABLE)) == 9
        assert not page.soup.find("a", id="create-endpoint")
        assert admin.open(f"{LIST}create/").status == 404
        assert "does not offer creating VPC endpoints" in admin.open(f"{stage.tab_url}create/").text
    with wiring.use_clouds({"demo": replace(demo, endpoints=None)}):
        assert admin.open(LIST).status == 404


def test_lists_of_several_clouds_lead_to_each_other(parties: Parties) -> None:
    browser = parties.stage.browser("viewer")
    page = browser.open("/northwind/endpoints/")
    assert len(page.table(TABLE)) == 9
    assert len(browser.click(page, "contoso").table(TABLE)) == 8
