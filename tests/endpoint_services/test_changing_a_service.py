"""Rename, approval, port mapping, descriptions, tags, deletion: what is asked, what is told, what is done."""

from typing import Any

import pytest

from console.simcloud.identity import CONSUMER
from tests.endpoint_services.estate import CALLS, Estate

pytestmark = pytest.mark.django_db


def test_a_service_is_renamed_and_whoever_connects_must_be_told(stage: Any) -> None:
    estate, browser = Estate(stage), stage.browser("admin")
    page = browser.click(browser.open(estate.url("shop")), "Rename")
    assert page.form("Next").fields["name"] == ["shop"]
    page = browser.submit(page, "Next", name="kiosk")
    assert "must be told the new one" in page.text
    page = browser.submit(page, "Save")
    assert page.heading.startswith("eu-west-101.kiosk.")


def test_a_name_that_is_there_already_is_nothing_to_do(stage: Any) -> None:
    page = stage.browser("admin").open(Estate(stage).url("shop", "name/?step=confirm&name=shop"))
    assert not page.has_button("Save")
    assert "like that already" in page.text


def test_a_mistake_in_a_change_is_told_beside_its_field(stage: Any) -> None:
    estate, browser = Estate(stage), stage.browser("admin")
    for path in ("name/?step=confirm&name=a+b", "description/?step=confirm&description=%3Cb%3E", "ports/edit/?step=x"):
        page = browser.open(estate.url("shop", path))
        assert page.status == 422
        assert len(page.soup.select(".field-wrong")) == 1
    assert estate.sent("PUT", "") == []


def test_turning_approval_off_takes_a_word_and_says_what_follows(stage: Any) -> None:
    estate, browser = Estate(stage), stage.browser("admin")
    page = browser.click(browser.open(estate.url("billing")), "Turn approval off")
    assert "1 connection waits for acceptance now" in page.text
    assert "The whitelist admits 2 accounts besides our own" in page.text
    assert browser.submit(page, "Save").status == 422
    assert estate.service("billing").approval_required is True

    page = browser.submit(page, "Save", word="off")

    assert estate.service("billing").approval_required is False
    page = browser.submit(browser.click(page, "Turn approval on"), "Save")
    assert estate.service("billing").approval_required is True


def test_an_open_whitelist_is_named_before_approval_goes_off(stage: Any) -> None:
    estate, browser = Estate(stage), stage.browser("admin")
    browser.submit(browser.open(estate.url("search", "approval/?to=on")), "Save")
    page = browser.open(estate.url("search", "approval/?to=off"))
    assert "admits every account" in page.text
    assert "No connection waits" in page.text


def test_what_follows_is_unknown_where_it_cannot_be_read(stage: Any) -> None:
    stage.cloud.faults(
        {"match": {"path": "/connections$|/permissions$"}, "fault": "status", "status": 403, "times": 99}
    )
    page = stage.browser("admin").open(Estate(stage).url("shop", "approval/?to=off"))
    assert "How many connections wait now could not be read" in page.text
    assert "Whom the whitelist admits could not be read" in page.text
    assert page.has_button("Save")


def test_port_mappings_are_replaced_together(stage: Any) -> None:
    estate, browser = Estate(stage), stage.browser("admin")
    page = browser.click(browser.open(estate.url("shop", "ports/")), "Edit port mapping")
    page = browser.submit(page, "Add port mapping", add_ports="1")
    page = browser.submit(page, "Next", ports_server=["443", "8089"], ports_client=["443", "80"])
    assert "TCP 443 → 443, TCP 8089 → 80" in page.text
    page = browser.submit(page, "Save")
    assert page.table("Port Mapping")[1] == {"Protocol": "TCP", "Service Port": "8089", "Terminal Port": "80"}


def test_a_service_is_described(stage: Any) -> None:
    estate, browser = Estate(stage), stage.browser("admin")
    page = browser.click(browser.open(estate.url("shop")), "Describe")
    browser.submit(browser.submit(page, "Next", description="The shop's front"), "Save")
    assert estate.service("shop").description == "The shop's front"


def test_tags_come_and_go_one_call_each(stage: Any) -> None:
    estate, browser = Estate(stage), stage.browser("admin")
    page = browser.click(browser.open(estate.url("shop", "tags/")), "Add Tags")
    page = browser.submit(browser.submit(page, "Next", tags="team=shop\nowner="), "Add")
    assert [row["Key"] for row in page.table("Tags")] == ["env", "owner", "team"]
    page = browser.submit(browser.click(page, "Remove", page.row("Tags", "env")), "Remove")
    assert [row["Key"] for row in page.table("Tags")] == ["owner", "team"]
    assert len(estate.done("tags.update")) == 2


def test_a_change_of_somebody_else_in_between_stops_the_act(stage: Any) -> None:
    estate, browser = Estate(stage), stage.browser("admin")
    page = browser.open(estate.url("shop", "name/?step=confirm&name=kiosk"))
    browser.submit(browser.open(estate.url("shop", "description/?step=confirm&description=moved")), "Save")
    answer = browser.submit(page, "Save")
    assert answer.status == 409
    assert "moved" in answer.text
    assert estate.service("shop").name.name == "shop"


def test_what_is_not_available_cannot_be_changed_but_deleted(stage: Any) -> None:
    estate, browser = Estate(stage), stage.browser("admin")
    page = browser.open(estate.url("metrics"))
    assert "Failed to create the port" in page.text
    assert page.soup.find("span", string="Rename")["title"].startswith("It failed.")
    assert "It failed." in browser.open(estate.url("metrics", "name/?step=confirm&name=again")).text
    page = browser.submit(browser.click(page, "Delete"), "Delete", word="delete")
    assert "deleted" in page.messages


def test_a_deletion_names_everybody_who_is_connected(stage: Any) -> None:
    estate = Estate(stage)
    page = stage.browser("admin").open(estate.url("search", "delete/"))
    port = stage.cloud.world.connections[estate.service("search").id]
    connected = [row.id for row in port if row.status == "accepted"]
    assert len(connected) == 2
    assert all(one in page.text for one in connected)
    assert not page.has_button("Delete")
    assert estate.sent("DELETE", "") == []


def test_an_endpoint_that_connects_between_the_page_and_the_click_stops_the_deletion(stage: Any) -> None:
    estate, browser = Estate(stage), stage.browser("admin")
    service_id = estate.service("shop").id
    page = browser.open(estate.url("shop", "delete/"))
    waiting = estate.customer.created(service_id)
    browser.submit(browser.open(estate.url("shop", f"connections/accept/?id={waiting}")), "Accept")

    answer = browser.submit(page, "Delete", word="delete")

    assert answer.status == 409
    assert waiting in answer.text
    assert estate.service("shop")


def test_a_service_that_is_gone_meanwhile_is_what_was_wanted(stage: Any) -> None:
    estate, browser = Estate(stage), stage.browser("admin")
    page = browser.open(estate.url("shop", "delete/"))
    match = {"method": "DELETE", "path": f"{CALLS}/[0-9a-f-]+$"}
    stage.cloud.faults({"match": match, "fault": "status", "status": 404, "code": "EndPoint.0005", "times": 1})
    assert "deleted" in browser.submit(page, "Delete", word="delete").messages


def test_each_page_fails_for_itself(stage: Any) -> None:
    estate, browser = Estate(stage), stage.browser("admin")
    url = estate.url("billing")
    stage.cloud.faults({"match": {"path": f"{CALLS}/[0-9a-f-]+$"}, "fault": "status", "status": 403, "times": 99})
    for page_name in ("", "ports/", "tags/", "connections/", "permissions/"):
        page = browser.open(url + page_name)
        assert page.status == 200
        if page_name in ("connections/", "permissions/"):
            assert page.table(page_name.strip("/").capitalize())
        else:
            assert "The service could not be read" in page.text
    stage.cloud.faults({"match": {"path": "/connections$"}, "fault": "status", "status": 403, "times": 99})
    page = browser.open(f"{url}connections/?refresh=1")
    assert "could not be read" in page.text
    assert page.link("Summary") == url


def test_who_may_only_look_sees_everything_and_changes_nothing(stage: Any) -> None:
    estate, browser = Estate(stage), stage.browser("viewer")
    for page_name, table in (("ports/", "Port Mapping"), ("tags/", "Tags"), ("permissions/", "Permissions")):
        assert browser.open(estate.url("billing", page_name)).table(table)
    page = browser.open(estate.url("billing"))
    assert page.soup.find("span", string="Rename")["title"].startswith("Your role")
    assert not page.soup.find("a", string="Delete")


def test_the_operator_decides_and_the_account_owner_edits_the_whitelist(stage: Any) -> None:
    estate = Estate(stage)
    waiting = next(
        row.id for row in stage.cloud.world.connections[estate.service("billing").id] if row.status != "accepted"
    )
    operator, owner = stage.browser("operator"), stage.browser("owner")
    page = operator.open(estate.url("billing", f"connections/accept/?id={waiting}"))
    assert "Accepted" in operator.submit(page, "Accept").row("Connections", waiting).get_text()
    page = owner.open(estate.url("billing", f"permissions/remove/?id={CONSUMER.domain_id}"))
    page = owner.submit(page, "Remove")
    assert CONSUMER.domain_id not in {row["Account ID"] for row in page.table("Permissions")}
    assert owner.open(estate.url("billing", f"connections/reject/?id={waiting}")).status == 403
    assert operator.open(estate.url("billing", "permissions/add/")).status == 403
