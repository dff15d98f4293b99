"""The issue's whole story by links and forms alone: publish, admit, connect after Verify, accept, read the address."""

import pytest

from console.audit.models import Entry
from tests.endpoints.consumers import NEXT, SHOW, SUBMIT, VERIFY, Parties
from tests.pages import Browser, Page, words

pytestmark = pytest.mark.django_db


def published(browser: Browser, parties: Parties) -> Page:
    """The page of a new service for a server of Northwind, with approval."""
    vpc = parties.provider.vpc
    page = browser.click(browser.open("/gateways/"), "Endpoint services")
    if page.url != "/northwind/endpoint-services/":
        page = browser.click(page, "northwind")
    page = browser.click(page, "Create VPC Endpoint Service")
    page = browser.submit(page, "Show the backends of this VPC", name="ledger", vpc=vpc["id"])
    typed = {"backend": vpc["ports"][0]["id"], "ports_server": "8443", "ports_client": "443"}
    page = browser.submit(browser.submit(page, NEXT, **typed), "Create")
    assert "eu-west-101.ledger." in page.text
    return page


def test_a_service_is_published_and_reached_from_another_account(parties: Parties) -> None:
    browser = parties.stage.browser("admin")
    service = published(browser, parties)
    name = next(text for text in map(words, service.soup.find_all("code")) if text.startswith("eu-west-101.ledger."))

    permissions = browser.click(service, "Permission Management")
    asked = browser.submit(
        browser.click(permissions, "Add Account"), NEXT, id=parties.customer.caller.account.domain_id
    )
    browser.submit(asked, "Add")

    vpc = parties.customer.vpc
    wizard = browser.click(browser.open("/contoso/endpoints/"), "Create VPC Endpoint")
    found = browser.submit(wizard, VERIFY, name=name)
    assert "Service name found." in found.text
    settings = browser.submit(browser.submit(found, NEXT), SHOW, vpc=vpc["id"], dns="on")
    confirm = browser.submit(settings, NEXT, subnet=vpc["subnets"][0]["id"])
    endpoint = browser.submit(confirm, SUBMIT)
    assert "Pending acceptance" in endpoint.text
    assert "How to reach it" not in endpoint.text
    endpoint_id = endpoint.url.rstrip("/").rpartition("/")[2]

    connections = browser.click(browser.open(service.url), "Connection Management")
    accepted = browser.submit(
        browser.click(connections, "Accept", connections.row("Connections", endpoint_id)), "Accept"
    )
    assert "Accepted" in words(accepted.row("Connections", endpoint_id))

    reached = browser.open(endpoint.url)
    shown = parties.customer.show(endpoint_id)
    assert shown["ip"] in reached.text
    assert shown["dns_names"][0] in reached.text

    acts = Entry.objects.filter(state="succeeded").exclude(action="person.sign_in").order_by("seq")
    assert [entry.action for entry in acts] == [
        *("service.create", "permission.add", "endpoint.create", "connection.accept"),
    ]
