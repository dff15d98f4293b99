"""A second, very different backend of connections: the same card, the same acts, and what the cloud lacks said so.

It does not tell a connection that waits from one that was rejected; our own records do, and are labelled (4.1, 4.4).
"""

from datetime import timedelta

import pytest

from console import clock
from console.audit.models import Entry
from console.changes import old_acts
from console.changes.models import Change
from tests.clouds.alibaba_party import endpoint_in, service_of
from tests.pages import Browser, Page
from tests.vpc_access.conftest import AlibabaStage

pytestmark = pytest.mark.django_db

CONNECTIONS, PERMISSIONS = "Connections", "Permissions"
NOT_PROVIDED = "not provided by this cloud"


@pytest.fixture
def admin(alibaba_stage: AlibabaStage) -> Browser:
    return alibaba_stage.browser("admin")


def service_url(stage: AlibabaStage, rest: str = "connections/?size=50") -> str:
    return f"/alibaba/endpoint-services/{service_of(stage.cloud)}/{rest}"


def row(page: Page, endpoint: str) -> dict[str, str]:
    return next(cells for cells in page.table(CONNECTIONS) if endpoint in cells["VPC Endpoint ID"])


def found(browser: Browser, stage: AlibabaStage, endpoint: str) -> dict[str, str]:
    """The row of one connection, read anew."""
    return row(browser.open(service_url(stage, f"connections/?q={endpoint}&refresh=1")), endpoint)


def decide(browser: Browser, stage: AlibabaStage, act: str, endpoint: str) -> Page:
    page = browser.open(service_url(stage, f"connections/{act}/?id={endpoint}"))
    return browser.submit(page, act.capitalize())


def test_what_the_cloud_lacks_is_said_so(alibaba_stage: AlibabaStage, admin: Browser) -> None:
    connected = endpoint_in(alibaba_stage.cloud, "Connected")
    cells = found(admin, alibaba_stage, connected)
    assert cells["Packet ID"] == NOT_PROVIDED
    assert cells["Created"].startswith(f"{NOT_PROVIDED} changed ")
    assert cells["Status"] == "Accepted"
    page = admin.open(service_url(alibaba_stage, "permissions/"))
    assert {cells["Created"] for cells in page.table(PERMISSIONS)} == {NOT_PROVIDED}
    asked = admin.open(service_url(alibaba_stage, f"connections/reject/?id={connected}"))
    assert NOT_PROVIDED in asked.text
    assert "created unknown ago" not in asked.text


def test_a_connection_is_never_decided_until_somebody_decides_here(alibaba_stage: AlibabaStage, admin: Browser) -> None:
    waiting = endpoint_in(alibaba_stage.cloud, "Disconnected")
    cells = found(admin, alibaba_stage, waiting)
    assert cells["Status"] == "Pending acceptance never decided, by our records"

    decide(admin, alibaba_stage, "accept", waiting)
    assert found(admin, alibaba_stage, waiting)["Status"] == "Accepted"
    decide(admin, alibaba_stage, "reject", waiting)
    assert found(admin, alibaba_stage, waiting)["Status"] == "Rejected by our records"
    decide(admin, alibaba_stage, "accept", waiting)
    assert found(admin, alibaba_stage, waiting)["Status"] == "Accepted"

    # Cut past this console: that it was accepted once is all that we know.
    connection = alibaba_stage.cloud.world.alibaba.endpoints[waiting]
    connection.connection_status = "Disconnected"
    assert found(admin, alibaba_stage, waiting)["Status"] == "Not connected accepted before, by our records"


def test_a_decision_is_known_by_the_audit_log_when_its_act_is_deleted(
    alibaba_stage: AlibabaStage, admin: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting = endpoint_in(alibaba_stage.cloud, "Disconnected")
    decide(admin, alibaba_stage, "accept", waiting)
    decide(admin, alibaba_stage, "reject", waiting)
    with monkeypatch.context() as patch:
        real = clock.source
        patch.setattr(clock, "source", lambda: real() + timedelta(days=401))
        assert not old_acts.forget_old()
    assert not Change.objects.exists()
    assert found(admin, alibaba_stage, waiting)["Status"] == "Rejected by our records"


def test_what_was_not_done_is_no_decision(alibaba_stage: AlibabaStage, admin: Browser) -> None:
    """Only an act that the cloud took is one."""
    waiting = endpoint_in(alibaba_stage.cloud, "Disconnected")
    fault = {"fault": "status", "status": 400, "code": "EndpointConnectionOperationDenied", "times": 9}
    page = admin.open(service_url(alibaba_stage, f"connections/accept/?id={waiting}"))
    alibaba_stage.cloud.faults({"match": {"action": "^EnableVpcEndpointConnection$"}, **fault})
    admin.submit(page, "Accept")
    alibaba_stage.cloud.faults()
    assert Entry.objects.filter(action="connection.accept").latest("seq").state == "failed"
    assert found(admin, alibaba_stage, waiting)["Status"] == "Pending acceptance never decided, by our records"


def test_a_decision_about_another_service_says_nothing_about_this_one(
    alibaba_stage: AlibabaStage, admin: Browser
) -> None:
    other = service_of(alibaba_stage.cloud, "auto_accept")
    connected = endpoint_in(alibaba_stage.cloud, "Connected", "auto_accept")
    page = admin.open(f"/alibaba/endpoint-services/{other}/connections/reject/?id={connected}")
    admin.submit(page, "Reject")
    assert "by our records" in admin.open(f"/alibaba/endpoint-services/{other}/connections/?q={connected}").text
    statuses = {cells["Status"] for cells in admin.open(service_url(alibaba_stage)).table(CONNECTIONS)}
    assert "Rejected by our records" not in statuses


def test_the_status_of_our_records_can_be_filtered_searched_and_decided_together(
    alibaba_stage: AlibabaStage, admin: Browser
) -> None:
    page = admin.open(service_url(alibaba_stage, "connections/?status=pendingAcceptance&size=50"))
    shown = page.table(CONNECTIONS)
    assert {cells["Status"] for cells in shown} == {"Pending acceptance never decided, by our records"}
    together = admin.open(service_url(alibaba_stage, "connections/accept/?all=1&status=pendingAcceptance"))
    assert together.heading == f"Accept {len(shown)} Connections"
    assert {cells["Status"] for cells in together.table(together.heading)} == {"Not connected"}


def test_what_waits_cannot_be_rejected_since_nobody_knows_what_that_does(
    alibaba_stage: AlibabaStage, admin: Browser
) -> None:
    waiting = endpoint_in(alibaba_stage.cloud, "Disconnected")
    page = admin.open(service_url(alibaba_stage, f"connections/?q={waiting}"))
    grey = page.row(CONNECTIONS, waiting).select_one(".op-off")
    assert grey.get_text() == "Reject"
    assert "take that off the whitelist" in grey["title"]
    asked = admin.open(service_url(alibaba_stage, f"connections/reject/?id={waiting}"))
    assert asked.status == 422
    assert "nothing to cut" in asked.text
    assert alibaba_stage.effects() == []


def test_the_whitelist_takes_account_ids_of_this_vendor(alibaba_stage: AlibabaStage, admin: Browser) -> None:
    form = admin.open(service_url(alibaba_stage, "permissions/add/"))
    assert "Each is 8 to 20 digits." in form.text
    assert "asterisk" not in form.text
    wrong = admin.submit(form, "Next", id="*")
    assert (wrong.status, "An account ID has 8 to 20 digits." in wrong.text) == (422, True)
    page = admin.submit(admin.submit(form, "Next", id="9822199254740993"), "Add")
    assert "9822199254740993" in " ".join(cells["Account ID"] for cells in page.table(PERMISSIONS))
    gone = admin.submit(admin.open(service_url(alibaba_stage, "permissions/remove/?id=9822199254740993")), "Remove")
    assert "9822199254740993" not in " ".join(cells["Account ID"] for cells in gone.table(PERMISSIONS))
