"""Gateways of all clouds in one list, and a gateway's information."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from console import wiring
from console.access.roles import Role
from console.observations.models import Snapshot
from tests.factories import PersonFactory
from tests.observations.watching import Clock, reads
from tests.observations.watching import clock as clock
from tests.pages import Browser

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_list_holds_every_gateway_with_its_status(stage: Any) -> None:
    rows = stage.browser("viewer").open("/gateways/").table("All gateways")
    assert {row["ID"] for row in rows} == {gateway["id"] for gateway in stage.cloud.describe()["gateways"]}
    assert "Frozen" in {row["Status"] for row in rows}


def test_it_is_searched_and_filtered_with_the_state_in_the_url(stage: Any) -> None:
    browser = stage.browser("viewer")
    page = browser.submit(browser.open("/gateways/"), "Search", q="orders", status="Running")
    assert [row["Name"] for row in page.table("All gateways")] == ["orders-api"]
    assert "q=orders" in browser.open("/gateways/?q=orders").link("Name")
    assert browser.open("/gateways/?status=Frozen&region=eu-west-101").table("All gateways")[0]["Status"] == "Frozen"
    assert "No gateway matches" in browser.open("/gateways/?q=zzz").text


def test_a_cloud_that_cannot_be_read_is_a_banner_and_not_a_dead_page(stage: Any) -> None:
    stage.cloud.faults({"match": {"path": "instances"}, "fault": "status", "status": 500, "times": 99})
    page = stage.browser("viewer").open("/gateways/")
    assert page.status == 200
    assert "could not be read" in page.text
    assert page.link("Retry") == "/gateways/?refresh=1"


def test_a_cloud_that_went_away_keeps_its_last_known_gateways_with_their_age(stage: Any) -> None:
    browser = stage.browser("viewer")
    known = browser.open("/gateways/").table("All gateways")
    stage.cloud.faults({"match": {"path": "instances"}, "fault": "status", "status": 500, "times": 99})
    Snapshot.objects.update(asked_at=timezone.now() - timedelta(minutes=5))

    page = browser.open("/gateways/")

    assert [row["ID"] for row in page.table("All gateways") if "ID" in row] == [row["ID"] for row in known]
    assert "Simulated cloud could not be read" in page.text
    banner = " ".join(page.soup.find(id="unread-1").get_text().split())
    assert "Its gateways below are as of" in banner
    assert "5 min ago" in banner
    assert "Next try at" in page.text
    head = page.soup.find(id="gateways-as-of").get_text()
    assert head.startswith("Last known, as of")
    assert "5 min ago" in head
    assert len(page.soup.select("tr.row-stale")) == len(known)
    assert page.soup.find(id="gateways")["hx-get"] == "/gateways/?poll=1&polled=0"
    stage.cloud.faults()
    Snapshot.objects.update(failed_at=timezone.now() - timedelta(minutes=1))
    assert "could not be read" not in browser.open("/gateways/").text


def test_of_a_cloud_that_was_never_read_nothing_is_claimed(stage: Any) -> None:
    stage.cloud.faults({"match": {"path": "instances"}, "fault": "status", "status": 500, "times": 99})
    assert "Nothing is known of its gateways from before." in stage.browser("viewer").open("/gateways/").text


def test_several_clouds_stand_in_one_list_and_a_dead_one_costs_its_rows_only(
    stage: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = stage.cloud.describe()
    common = f'region = "{known["region"]}"\nproject_id = "{known["project_id"]}"\n'
    monkeypatch.setenv("SIM_AK", known["access_key"])
    monkeypatch.setenv("SIM_SK", known["secret_key"])
    monkeypatch.setenv("SIM_PASSWORD", known["password"])
    keys = 'access_key = "env:SIM_AK"\nsecret_key = "env:SIM_SK"\n'
    password = (
        f'user_name = "{known["user_name"]}"\ndomain_name = "{known["domain_name"]}"\npassword = "env:SIM_PASSWORD"\n'
    )
    (tmp_path / "clouds.toml").write_text(
        f'[clouds.near]\nprovider = "huawei"\nlabel = "Near"\n{common}{keys}endpoints.all = "{known["base_url"]}"\n'
        f'[clouds.far]\nprovider = "otc"\nlabel = "Far"\n{common}{password}endpoints.all = "{known["base_url"]}"\n'
        f'[clouds.dead]\nprovider = "huawei"\nlabel = "Dead"\n{common}{keys}endpoints.all = "http://127.0.0.1:9"\n'
    )
    monkeypatch.setenv("CONSOLE_CLOUDS_FILE", str(tmp_path / "clouds.toml"))
    wiring.forget_clouds()

    page = stage.browser("viewer").open("/gateways/?size=50")

    clouds = [row["Cloud"] for row in page.table("All gateways") if row.get("Cloud") in ("Near", "Far")]
    assert clouds.count("Near") == clouds.count("Far") == len(known["gateways"])
    assert "Dead could not be read" in page.text
    assert page.soup.find(id="gateways-as-of").get_text().startswith("As of")
    assert not page.soup.select("tr.row-stale")
    assert stage.browser("viewer").open(f"/far/gateways/{stage.gateway_id}/vpc-endpoints/").table("Connections")


def test_information_shows_the_facts_with_copy(stage: Any) -> None:
    page = stage.browser("viewer").open(f"/demo/gateways/{stage.gateway_id}/")
    assert page.heading == "orders-api"
    assert "VPC access address" in page.text
    assert page.soup.find("button", attrs={"data-copy": stage.gateway_id})


def test_information_keeps_the_last_that_is_known_and_reads_once_for_many(stage: Any, clock: Clock) -> None:
    browser, url = stage.browser("viewer"), f"/demo/gateways/{stage.gateway_id}/"
    for _ in range(20):
        fresh = browser.open(url)
    assert reads(stage, stage.gateway_id) == 1
    stage.cloud.faults({"match": {"path": "instances"}, "fault": "status", "status": 503, "times": 999})
    clock.pass_by(240)

    page = browser.open(url)

    assert page.heading == "orders-api"
    assert "card-stale" in page.soup.find(id="information")["class"]
    assert page.soup.find("dl").get_text() == fresh.soup.find("dl").get_text()
    words = page.soup.find(id="information").get_text()
    assert "Last known, as of" in words
    assert "4 min ago" in words
    assert "Next try at" in words
    assert browser.open(f"/demo/gateways/{'x' * 101}/").status == 404
    stage.cloud.faults()
    clock.pass_by(2.1)
    assert "card-stale" not in browser.click(page, "Refresh").html


def test_what_changed_in_the_list_is_marked_until_it_is_seen(stage: Any, clock: Clock) -> None:
    browser = stage.browser("viewer")
    browser.open("/gateways/")
    stage.cloud.world.gateways[stage.gateway_id].status = "Restarting"
    clock.pass_by(10)

    page = browser.open("/gateways/")

    assert "Simulated cloud: 1 with another status" in page.text
    assert "Status changed" in page.row("All gateways", stage.gateway_id).get_text()
    assert "before: Running" in page.row("All gateways", stage.gateway_id).get_text()
    seen = browser.submit(page, "Mark as seen")
    assert seen.url == "/gateways/"
    assert not seen.soup.select("tr.row-news")


def test_a_person_with_one_gateway_sees_that_one_only(stage: Any) -> None:
    person = PersonFactory(username="narrow", role=Role.VIEWER, cloud="demo", gateway_id=stage.gateway_id)
    stage.people["narrow"] = person
    browser: Browser = stage.browser("narrow")
    assert [row["ID"] for row in browser.open("/gateways/").table("All gateways")] == [stage.gateway_id]
    assert browser.open(f"/demo/gateways/{stage.gateway('frozen')}/").status == 404
    assert browser.open(f"/demo/gateways/{stage.gateway('frozen')}/vpc-endpoints/").status == 404


def test_a_person_without_any_role_is_told_whom_to_ask(stage: Any) -> None:
    stage.people["nobody"] = PersonFactory(username="nobody")
    assert "Ask an administrator" in stage.browser("nobody").open("/gateways/").text
