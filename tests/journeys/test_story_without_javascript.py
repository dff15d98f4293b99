"""A person without scripts does the whole story of the tab: plain links, plain forms, plain pages."""

import json
from typing import Any

import pytest

from console.audit.models import Entry
from tests.factories import PASSWORD, PersonFactory
from tests.pages import Browser, Page
from tests.stage import Stage

pytestmark = pytest.mark.django_db

CONNECTIONS, PERMISSIONS, AUDIT = "Connections", "Permissions", "Audit log"
#: The vendor's sentence (source 000).
NOTICE = "Services that run using the connection may be affected once it is rejected. Exercise caution."
ACCOUNT = "7cc2018e40394f7c9692f1713e76234d"


@pytest.fixture
def admin(stage: Stage) -> Browser:
    """Somebody who may do everything, signed in through the form."""
    from console.access.roles import Role

    PersonFactory(username="ada", role=Role.ADMINISTRATOR)
    browser = Browser()
    page = browser.sign_in("ada", PASSWORD)
    assert page.heading == "Gateways", page.text
    return browser


def open_tab(browser: Browser) -> Page:
    """From the list to the gateway to its tab, by links only."""
    page = browser.open("/gateways/")
    page = browser.click(page, "orders-api")
    assert page.heading == "orders-api"
    return browser.click(page, "VPC Endpoints")


def status_of(page: Page, connection: str) -> str:
    return next(row["Status"] for row in page.table(CONNECTIONS) if connection in row["VPC Endpoint ID"])


def accounts(page: Page) -> str:
    return " ".join(row["Account ID"] for row in page.table(PERMISSIONS))


def states_in_audit(action: str, target: str) -> list[str]:
    return list(Entry.objects.filter(action=action, target=target).order_by("seq").values_list("state", flat=True))


def test_a_stranger_is_asked_to_sign_in_and_then_gets_where_they_wanted(stage: Stage) -> None:
    PersonFactory(username="vera", role="viewer")
    browser = Browser()
    asked = browser.open(stage.tab_url)
    assert asked.heading == "Sign in"
    answer = browser.submit(asked, "Sign in", login="vera", password=PASSWORD)
    assert answer.heading == "orders-api"
    assert answer.table(CONNECTIONS)


def test_the_tab_shows_who_wants_to_connect(stage: Stage, admin: Browser) -> None:
    page = open_tab(admin)
    waiting = stage.connection_ids("pendingAcceptance")
    shown = {row["VPC Endpoint ID"]: row for row in page.table(CONNECTIONS)}
    for connection in stage.connections():
        row = next(row for head, row in shown.items() if connection.id in head)
        assert connection.packet_id in row["Packet ID"]
        assert connection.owner in row["Owner"]
    assert [status_of(page, connection) for connection in waiting] == ["Pending acceptance"] * len(waiting)
    assert "GMT+00:00" in next(iter(shown.values()))["Created"]


def test_one_is_accepted(stage: Stage, admin: Browser) -> None:
    connection = stage.connection_ids("pendingAcceptance")[0]
    page = open_tab(admin)

    asked = admin.click(page, "Accept", page.row(CONNECTIONS, connection))
    assert asked.heading == "Accept This Connection"
    assert connection in asked.text
    assert "can then reach every API that this gateway exposes" in asked.text
    done = admin.submit(asked, "Accept", reason="asked for in TICKET-1")

    assert done.heading == "orders-api"
    assert connection in done.messages
    assert "accepted" in done.messages.lower()
    assert status_of(done, connection) == "Accepted"
    assert states_in_audit("connection.accept", connection) == ["intended", "succeeded"]
    assert [row["action"] for row in stage.cloud.ledger()] == ["connection.accept"]


def test_one_is_rejected_after_the_vendors_warning(stage: Stage, admin: Browser) -> None:
    connection = stage.connection_ids("accepted")[0]
    page = open_tab(admin)

    asked = admin.click(page, "Reject", page.row(CONNECTIONS, connection))
    assert asked.heading == "Reject This Connection"
    assert NOTICE in asked.text
    assert "This connection is accepted now" in asked.text
    assert stage.cloud.ledger() == []
    done = admin.submit(asked, "Reject", reason="contract ended")

    assert status_of(done, connection) == "Rejected"
    assert states_in_audit("connection.reject", connection) == ["intended", "succeeded"]
    assert [row["action"] for row in stage.cloud.ledger()] == ["connection.reject"]


def test_cancel_leads_back_and_nothing_happens(stage: Stage, admin: Browser) -> None:
    page = open_tab(admin)
    asked = admin.click(page, "Reject", page.row(CONNECTIONS, stage.connection_ids("accepted")[0]))
    back = admin.click(asked, "Cancel")
    assert back.heading == "orders-api"
    assert stage.cloud.ledger() == []


def test_the_whitelist_is_edited(stage: Stage, admin: Browser) -> None:
    form = admin.click(open_tab(admin), "Add Account")
    assert form.heading == "Add Account"
    asked = admin.submit(form, "Next", id=f"iam:domain::{ACCOUNT}")
    assert ACCOUNT in asked.text
    assert stage.cloud.ledger() == []
    added = admin.submit(asked, "Add", reason="new partner")
    assert ACCOUNT in accounts(added)

    asked = admin.click(added, "Remove", added.row(PERMISSIONS, ACCOUNT))
    assert "may stay up" in asked.text
    removed = admin.submit(asked, "Remove")
    assert ACCOUNT not in accounts(removed)
    assert states_in_audit("permission.add", ACCOUNT) == ["intended", "succeeded"]
    assert states_in_audit("permission.remove", ACCOUNT) == ["intended", "succeeded"]


def test_a_wrong_account_is_told_at_its_field_and_kept(stage: Stage, admin: Browser) -> None:
    form = admin.click(open_tab(admin), "Add Account")
    answer = admin.submit(form, "Next", id="nonsense")
    assert answer.status == 422
    assert answer.soup.title is not None
    assert answer.soup.title.get_text().startswith("Error:")
    field = answer.soup.find("textarea", attrs={"name": "id"})
    assert field is not None
    assert field["aria-invalid"] == "true"
    assert field.get_text().strip() == "nonsense"
    assert answer.soup.find(class_="error-summary") is not None


def test_the_service_is_renamed(stage: Stage, admin: Browser) -> None:
    form = admin.click(open_tab(admin), "Edit name")
    asked = admin.submit(form, "Next", name="payments")
    assert asked.heading == "Rename VPC Endpoint Service"
    assert "eu-west-101.payments." in asked.text
    done = admin.submit(asked, "Save")
    assert "eu-west-101.payments." in done.text
    assert states_in_audit("service.rename", stage.gateway_id) == ["intended", "succeeded"]


def test_every_act_is_found_in_the_audit_log_and_its_exports(stage: Stage, admin: Browser) -> None:
    connection = stage.connection_ids("pendingAcceptance")[1]
    page = open_tab(admin)
    asked = admin.click(page, "Reject", page.row(CONNECTIONS, connection))
    admin.submit(asked, "Reject", reason="unknown account")

    log = admin.click(admin.open("/gateways/"), "Audit log")
    assert log.heading == "Audit log"
    found = admin.submit(log, "Apply filters", target=connection)
    rows = found.table(AUDIT)
    assert [row["State"] for row in rows] == ["Succeeded", "Intended"]
    assert all("ada" in row["Actor"] for row in rows)
    assert all("unknown account" in row["Reason"] for row in rows)

    detail = admin.open(found.link(rows[0]["Time"]))
    assert connection in detail.text
    assert "unknown account" in detail.text

    lines = _download(admin, log.link("Export JSON lines")).splitlines()
    exported = [json.loads(line) for line in lines]
    mine = [row["state"] for row in exported if row["target"] == connection]
    assert mine == ["intended", "succeeded"]
    assert connection in _download(admin, log.link("Export CSV"))


def test_refused_acts_of_a_viewer_change_nothing_and_are_in_the_audit(stage: Stage, admin: Browser) -> None:
    viewer = stage.browser("viewer")
    connection = stage.connection_ids("pendingAcceptance")[0]
    tab = viewer.open(stage.tab_url)
    row = tab.row(CONNECTIONS, connection)
    assert row.find("a", string="Accept") is None
    assert "Your role does not allow" in str(row)

    for address in (
        f"connections/accept/?id={connection}",
        f"connections/reject/?id={connection}",
        f"permissions/add/?id={ACCOUNT}",
        f"permissions/remove/?id={stage.listed_account()}",
        "service-name/?name=mine",
    ):
        assert viewer.open(stage.tab_url + address).status == 403
    assert stage.cloud.ledger() == []

    refused = admin.submit(admin.open("/audit/"), "Apply filters", actor="viewer", state="refused")
    assert len(refused.table(AUDIT)) == 5
    assert Entry.objects.filter(actor="viewer", state="refused", gateway_id=stage.gateway_id).count() == 5


def test_a_gateway_that_a_person_may_not_know_of_is_not_there(stage: Stage) -> None:
    elsewhere = PersonFactory(username="else", role="operator", cloud="demo", gateway_id=stage.gateway("frozen"))
    browser = Browser()
    browser.client.force_login(elsewhere, backend="django.contrib.auth.backends.ModelBackend")
    assert browser.open(stage.tab_url).status == 404
    assert [row["Name"] for row in browser.open("/gateways/").table("All gateways")] == ["legacy-billing"]


def test_signing_out_ends_it(stage: Stage, admin: Browser) -> None:
    page = open_tab(admin)
    out = admin.submit(page, "Sign out")
    assert out.heading == "Sign in"
    assert admin.open(stage.tab_url).heading == "Sign in"


def _download(browser: Browser, url: str) -> str:
    answer: Any = browser.client.get(url)
    assert answer.status_code == 200
    assert "attachment" in answer.headers["Content-Disposition"]
    return b"".join(answer.streaming_content).decode() if answer.streaming else answer.content.decode()
