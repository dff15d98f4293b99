"""The same pages over other clouds: what one lacks is not offered, everything else works."""

from pathlib import Path
from typing import Any

import pytest

from console.simcloud import SimulatedCloud
from console.wiring import get_cloud
from tests.endpoint_services.estate import confirm_url
from tests.endpoints.consumers import two_accounts
from tests.stage import Stage, wired

pytestmark = pytest.mark.django_db

LIST = "/northwind/endpoint-services/"


def service_id(name: str) -> str:
    port = get_cloud("northwind").endpoint_services
    assert port is not None
    return next(one.id for one in port.list_services() if one.name.name == name)


def test_a_service_is_published_changed_and_deleted_over_otc(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with two_accounts(monkeypatch, tmp_path, "otc") as parties:
        browser = parties.stage.browser("admin")
        page = browser.open(confirm_url(name="otc", tags="env=prod").replace("/demo/", "/northwind/"))
        page = browser.submit(page, "Create")
        assert "created" in page.messages
        page = browser.submit(browser.submit(browser.click(page, "Rename"), "Next", name="telekom"), "Save")
        assert page.heading.split(".")[1] == "telekom"
        page = browser.submit(browser.open(f"{LIST}{service_id('telekom')}/delete/"), "Delete", word="delete")
        assert "deleted" in page.messages


def test_words_beside_a_connection_are_not_offered_where_there_are_none(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with two_accounts(monkeypatch, tmp_path, "otc") as parties:
        browser = parties.stage.browser("admin")
        url = f"{LIST}{service_id('billing')}/connections/"
        page = browser.open(url)
        rows: list[dict[str, Any]] = page.table("Connections")
        assert rows
        assert "Description" not in rows[0]
        assert "Describe" not in page.text
        endpoint_id = next(row.id for row in parties.stage.cloud.world.connections[service_id("billing")])
        page = browser.open(f"{url}describe/?id={endpoint_id}&description=words")
        assert "keeps no descriptions" in page.text
        assert not page.has_button("Save")


def test_services_that_cannot_be_published_from_here_are_listed_and_decided_about(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with SimulatedCloud(delay=0.0) as cloud, wired(cloud, monkeypatch, CONSOLE_SIMULATED_ALIBABA="yes"):
        browser = Stage(cloud).browser("admin")
        page = browser.open("/alibaba/endpoint-services/")
        rows = page.table("All services")
        assert rows
        assert "Create VPC Endpoint Service" not in page.text
        assert "quota" not in page.text
        assert page.soup.find("span", string="Delete")["title"].startswith("Services of this cloud cannot be changed")
        url = page.link(rows[0]["Name"])
        for below in ("", "connections/", "permissions/", "ports/", "tags/"):
            assert browser.open(url + below).status == 200, below
        for below in ("name/", "approval/", "description/", "delete/", "ports/edit/", "tags/edit/"):
            assert browser.open(url + below).status == 404, below
        assert browser.open("/alibaba/endpoint-services/create/").status == 404
