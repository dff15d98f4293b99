"""The whole story from the provider's side: create, whitelist, see who asks, decide, clean up."""

from typing import Any

import pytest

from console.audit.models import Entry
from console.simcloud.identity import CONSUMER
from tests.endpoint_services.estate import LIST, Estate, created

pytestmark = pytest.mark.django_db


def test_a_service_lives_from_its_form_to_its_end(stage: Any) -> None:
    estate, browser = Estate(stage), stage.browser("admin")
    page = created(browser, name="ledger")
    service_id = estate.service("ledger").id
    refused = estate.customer.create(service_id)
    assert refused.code == "EndPoint.2012"

    page = browser.click(browser.click(page, "Permission Management"), "Add Account")
    page = browser.submit(browser.submit(page, "Next", id=CONSUMER.domain_id), "Add")
    assert page.row("Permissions", CONSUMER.domain_id)

    endpoint_id = estate.customer.created(service_id)
    page = browser.click(page, "Connection Management")
    row = page.row("Connections", endpoint_id)
    assert "Pending acceptance" in row.get_text()
    page = browser.submit(browser.click(page, "Accept", row), "Accept")
    assert "Accepted" in page.row("Connections", endpoint_id).get_text()

    page = browser.click(page, "Describe", page.row("Connections", endpoint_id))
    page = browser.submit(browser.submit(page, "Next", description="Contoso's ledger"), "Save")
    assert page.table("Connections")[0]["Description"] == "Contoso's ledger"

    page = browser.open(f"{LIST}{service_id}/delete/")
    assert not page.has_button("Delete")
    assert f"1 VPC endpoint is connected to it or being connected: {endpoint_id}. Reject it first." in page.text

    page = browser.open(f"{LIST}{service_id}/connections/reject/?id={endpoint_id}")
    browser.submit(page, "Reject")
    page = browser.open(f"{LIST}{service_id}/delete/")
    assert "1 VPC endpoint that wait or were rejected" in page.text
    assert browser.submit(page, "Delete", word="no").status == 422
    page = browser.submit(browser.open(f"{LIST}{service_id}/delete/"), "Delete", word="delete")

    assert page.url.startswith(LIST)
    assert "deleted" in page.messages
    assert browser.open(f"{LIST}{service_id}/").status == 404
    acts = Entry.objects.filter(state="succeeded", cloud="demo").order_by("seq").values_list("action", flat=True)
    assert list(acts) == [
        *("service.create", "permission.add", "connection.accept", "connection.describe"),
        *("connection.reject", "service.delete"),
    ]


def test_a_service_that_is_being_deleted_says_so_and_then_its_page_leads_to_the_list(stage: Any) -> None:
    estate, browser = Estate(stage), stage.browser("admin")
    url = estate.url("shop")
    stage.cloud.world.delay = 60.0
    browser.submit(browser.open(f"{url}delete/"), "Delete", word="delete")

    page = browser.open(url)
    assert "Deleting" in page.text
    assert "already" in browser.open(f"{url}delete/").text
    stage.cloud.world.advance(60.0)

    poll = page.soup.find(id="summary")["hx-get"]
    gone = browser.client.get(poll, headers={"HX-Request": "true", "HX-Target": "summary"})
    assert (gone.status_code, gone.headers["HX-Redirect"]) == (204, LIST)
    assert browser.open(url).status == 404
