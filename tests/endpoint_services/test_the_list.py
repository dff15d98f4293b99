"""The list of services: filters as chips, order, total, quota, export, and what a person may know of."""

import csv
import io
from pathlib import Path
from typing import Any

import pytest

from console import wiring
from console.access.roles import Role
from console.simcloud.identity import DEMO, REGION
from tests.endpoint_services.estate import LIST, Estate
from tests.factories import PersonFactory

pytestmark = pytest.mark.django_db
TABLE = "All services"


def names(page: Any) -> list[str]:
    return [row["Name"] for row in page.table(TABLE)]


def test_it_shows_every_service_with_its_status_and_the_quota(stage: Any) -> None:
    page = stage.browser("admin").open(LIST)
    assert {row["ID"] for row in page.table(TABLE)} == {one.id for one in Estate(stage).services()}
    assert {row["Status"] for row in page.table(TABLE)} == {"Available", "Failed"}
    assert "6 of 20 VPC endpoint services used" in page.text
    assert page.soup.find("meter")["value"] == "6"


@pytest.mark.parametrize("address", [LIST, "/demo/endpoints/"])
def test_the_quota_of_the_cloud_is_for_those_who_may_use_more_of_it(stage: Any, address: str) -> None:
    service, gateway = Estate(stage).services()[0].id, stage.gateway_id
    for name, role, scope in (
        ("whole cloud", Role.ADMINISTRATOR, {"cloud": "demo"}),
        ("one service", Role.ADMINISTRATOR, {"cloud": "demo", "gateway_id": service}),
        ("one gateway", Role.ADMINISTRATOR, {"cloud": "demo", "gateway_id": gateway}),
        ("reader", Role.AUDITOR, {}),
    ):
        stage.people[name] = PersonFactory(username=name, role=role, **scope)
        page = stage.browser(name).open(address)
        assert page.status == 200
        assert (page.soup.find("meter") is not None) == (name == "whole cloud"), name
        assert (page.soup.find(id="quota") is not None) == (name == "whole cloud"), name


@pytest.mark.parametrize(
    ("property_name", "value", "chip", "expected"),
    [
        ("status", "failed", "Status: failed", {"metrics"}),
        ("name", "HOP", "Name: HOP", {"shop"}),
        ("approval", "off", "Connection Approval: off", {"search"}),
        ("tag", "env=prod", "Tag: env=prod", {"billing", "search"}),
        ("description", "invoices", "Description: invoices", {"billing"}),
    ],
)
def test_a_filter_becomes_a_chip_that_can_be_taken_away(
    stage: Any, property_name: str, value: str, chip: str, expected: set[str]
) -> None:
    browser = stage.browser("viewer")
    page = browser.submit(browser.open(LIST), "Search", property=property_name, value=value)

    assert set(names(page)) == expected
    assert chip in page.text
    assert f"{property_name}=" in page.url
    assert len(browser.open(str(page.soup.find(class_="chip").a["href"])).table(TABLE)) == 6


def test_two_filters_hold_together_and_a_search_besides(stage: Any) -> None:
    browser = stage.browser("viewer")
    page = browser.submit(browser.open(f"{LIST}?tag=env"), "Search", property="status", value="Available")
    assert set(names(page)) == {"billing", "search", "shop"}
    page = browser.submit(page, "Search", q="invoices")
    assert names(page) == ["billing"]
    assert "No service matches" in browser.open(f"{LIST}?name=zzz").text


@pytest.mark.parametrize("column", ["name", "id", "status", "server_type", "approval", "connections", "created"])
def test_every_column_sorts_both_ways(stage: Any, column: str) -> None:
    browser = stage.browser("viewer")
    up = [row["ID"] for row in browser.open(f"{LIST}?sort={column}").table(TABLE)]
    down = [row["ID"] for row in browser.open(f"{LIST}?sort=-{column}").table(TABLE)]
    assert sorted(up) == sorted(down)
    assert up != down


def test_the_export_has_what_the_filters_leave(stage: Any) -> None:
    browser = stage.browser("viewer")
    page = browser.open(f"{LIST}?tag=env&q=catalogue")
    answer = browser.client.get(page.link("Export CSV"))
    (row,) = csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode()))
    assert row["name"].startswith("eu-west-101.search.")
    assert (row["status"], row["approval"], row["ports"]) == ("Available", "Off", "TCP 9200 → 9200")


def test_an_export_that_cannot_be_read_leads_back_to_the_list(stage: Any) -> None:
    stage.cloud.faults({"match": {"path": "endpoint-services"}, "fault": "status", "status": 403, "times": 99})
    page = stage.browser("viewer").open(f"{LIST}export.csv")
    assert "Nothing was exported: the cloud could not be read" in page.messages


def test_a_cloud_that_cannot_be_read_costs_the_table_only(stage: Any) -> None:
    stage.cloud.faults({"match": {"path": "endpoint-services$"}, "fault": "status", "status": 403, "times": 99})
    page = stage.browser("admin").open(LIST)
    assert page.status == 200
    assert "The services could not be read" in page.text
    assert "The quota could not be read" not in page.text
    assert page.link("Retry") == f"{LIST}?refresh=1"
    stage.cloud.faults({"match": {"path": "/quotas"}, "fault": "status", "status": 403, "times": 99})
    page = stage.browser("admin").open(LIST)
    assert "The quota could not be read" in page.text
    assert len(page.table(TABLE)) == 6


def test_a_person_with_one_service_sees_that_one_only(stage: Any) -> None:
    shop, billing = Estate(stage).service("shop").id, Estate(stage).service("billing").id
    stage.people["narrow"] = PersonFactory(username="narrow", role=Role.ADMINISTRATOR, cloud="demo", gateway_id=shop)
    browser = stage.browser("narrow")

    assert [row["ID"] for row in browser.open(LIST).table(TABLE)] == [shop]
    assert browser.open(f"{LIST}{shop}/").status == 200
    assert browser.open(f"{LIST}{billing}/").status == 404
    assert browser.open(f"{LIST}{billing}/delete/").status == 404
    assert browser.open(f"{LIST}create/").status == 403
    page = browser.submit(browser.open(f"{LIST}{shop}/name/"), "Next", name="kiosk")
    assert "changed" in browser.submit(page, "Save").messages


def test_what_is_no_service_has_no_page(stage: Any) -> None:
    browser = stage.browser("admin")
    for wrong in ("nonsense", "00000000-0000-4000-8000-000000000000", Estate(stage).service("shop").id.upper()):
        assert browser.open(f"{LIST}{wrong}/").status == 404
    assert browser.open("/elsewhere/endpoint-services/").status == 404


def test_a_cloud_without_such_services_has_no_such_page_and_several_clouds_are_tabs(
    stage: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SIM_AK", DEMO.access_key)
    monkeypatch.setenv("SIM_SK", DEMO.secret_key)
    url = stage.cloud.base_url
    common = (
        f'provider = "huawei"\nregion = "{REGION}"\nproject_id = "{DEMO.project_id}"\n'
        'access_key = "env:SIM_AK"\nsecret_key = "env:SIM_SK"\n'
    )
    gateways_only = f'endpoints = {{ iam = "{url}", apig = "{url}" }}\n'
    (tmp_path / "clouds.toml").write_text(
        f'[clouds.bare]\nlabel = "Bare"\n{common}{gateways_only}'
        f'[clouds.one]\nlabel = "One"\n{common}endpoints.all = "{url}"\n'
        f'[clouds.two]\nlabel = "Two"\n{common}endpoints.all = "{url}"\n'
    )
    monkeypatch.setenv("CONSOLE_CLOUDS_FILE", str(tmp_path / "clouds.toml"))
    wiring.forget_clouds()
    browser = stage.browser("admin")

    assert browser.open("/bare/endpoint-services/").status == 404
    page = browser.click(browser.open("/gateways/"), "Endpoint services")
    assert page.url == "/one/endpoint-services/"
    page = browser.click(page, "Two")
    assert page.url == "/two/endpoint-services/"
    assert page.link("Endpoint services") == "/two/endpoint-services/"
