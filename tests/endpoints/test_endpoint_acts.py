"""Deleting endpoints, restricting them and tagging them: offered where they are legal, and done once."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.audit.models import Entry
from console.changes.kinds.endpoint import why_no_access_control, why_not_deleted
from console.changes.models import Change
from console.clouds.services import ServiceType
from console.clouds.types import ConnectionStatus
from tests.endpoints.consumers import Parties, Wizard, error_at, own_tag, sent_body, wishes
from tests.endpoints.test_endpoint_pages import LIST, endpoint
from tests.pages import Browser, Page
from tests.simcloud.caller import Caller
from tests.stage import Stage

pytestmark = pytest.mark.django_db

STATUSES = ("pendingAcceptance", "creating", "accepted", "rejected", "failed", "deleting")


@pytest.fixture
def admin(stage: Stage) -> Browser:
    return stage.browser("admin")


def url(one: Any, page: str = "") -> str:
    return f"{LIST}{one.id}/{page}"


def effects(stage: Stage, action: str) -> list[dict[str, Any]]:
    return [row for row in stage.cloud.ledger() if row["action"] == action]


def test_deleting_names_what_stops_and_happens_once(stage: Stage, admin: Browser) -> None:
    one = endpoint(stage, "payments")
    page = admin.click(admin.open(url(one)), "Delete")
    assert page.heading == "Delete This VPC Endpoint"
    assert f"by {one.ip} or a name of this endpoint stops working at once" in page.text
    assert "Whether traffic runs over it is unknown." in page.text
    (row,) = page.table("Delete This VPC Endpoint")
    assert row["ID"] == one.id
    assert row["VPC Endpoint Service Name"].startswith("eu-west-101.payments.")
    assert (row["Service owner"], row["Age"]) == ("unknown", "6 months")
    done = admin.submit(page, "Delete")
    assert f"VPC endpoint {one.id}: deleted." in done.messages
    assert done.heading == "VPC Endpoints"
    again = admin.submit(page, "Delete")
    assert "had been sent before" in again.messages
    assert len(effects(stage, "endpoint.delete")) == 1


def test_an_endpoint_that_the_owner_never_accepted_stops_nothing(stage: Stage, admin: Browser) -> None:
    page = admin.open(url(endpoint(stage, "payments", "pendingAcceptance"), "delete/"))
    assert "stops working" not in page.text
    assert page.has_button("Delete")


def test_an_endpoint_that_is_gone_needs_no_deleting(stage: Stage, admin: Browser) -> None:
    one = endpoint(stage, "search")
    page = admin.open(url(one, "delete/"))
    Caller(stage.cloud).vpcep("DELETE", f"/vpc-endpoints/{one.id}")
    late = admin.submit(page, "Delete")
    assert late.status == 409
    assert "It is gone already." in late.text
    assert "It is gone already." in admin.open(url(one, "delete/")).text


def test_one_that_goes_between_the_look_and_the_call_was_wanted_gone(stage: Stage, admin: Browser) -> None:
    one = endpoint(stage, "search")
    page = admin.open(url(one, "delete/"))
    rule = {"match": {"method": "DELETE"}, "fault": "status", "status": 404, "code": "EndPoint.0005", "times": 1}
    stage.cloud.faults(rule)
    assert f"VPC endpoint {one.id}: deleted." in admin.submit(page, "Delete").messages


def test_a_lost_answer_to_a_deletion_is_settled_by_looking(stage: Stage, admin: Browser) -> None:
    one = endpoint(stage, "search")
    page = admin.open(url(one, "delete/"))
    stage.cloud.faults({"match": {"method": "DELETE"}, "fault": "reset_after", "times": 1})
    lost = admin.submit(page, "Delete")
    assert "unknown whether it was deleted" in lost.messages
    settled = admin.submit(lost, "Check again")
    assert settled.heading == "VPC Endpoints", "the endpoint's own page is gone"
    assert not settled.has_button("Check again")
    assert Change.objects.get().stage == "succeeded"
    assert len(effects(stage, "endpoint.delete")) == 1


def test_every_status_offers_exactly_the_legal_acts(stage: Stage, admin: Browser) -> None:
    """Huawei-contract 6.2: what is offered succeeds, and what is not would be refused by the cloud."""
    one, world, caller = endpoint(stage, "search"), stage.cloud.world, Caller(stage.cloud)

    @given(status=st.sampled_from(STATUSES))
    @settings(max_examples=12, deadline=None)
    def check(status: str) -> None:
        with world.turn():
            one.status, one.next_status, one.due_at = status, None, None
        offered = admin.open(url(one)).soup.find("a", id="delete-endpoint") is not None
        assert offered is admin.open(url(one, "delete/")).has_button("Delete")
        assert offered is (not why_not_deleted(ConnectionStatus(status)))
        edit = f"{url(one, 'access-control/edit/')}?typed=1&access_control=on&whitelist=10.61.0.9"
        restricted = admin.open(edit).has_button("Save")
        why = why_no_access_control(ConnectionStatus(status), ServiceType.INTERFACE, can_change=True)
        assert restricted is (not why)
        body = {"whitelist": list(one.whitelist), "enable_whitelist": one.enable_whitelist}
        assert restricted is (caller.vpcep("PUT", f"/vpc-endpoints/{one.id}", body).status == 200)
        if not offered:
            assert caller.vpcep("DELETE", f"/vpc-endpoints/{one.id}").status == 400

    check()


def edited(admin: Browser, one: Any, **typed: str | list[str]) -> Page:
    form = admin.click(admin.open(url(one, "access-control/")), "Edit")
    return admin.submit(form, "Next", **typed)


def test_access_control_is_replaced_as_a_whole(stage: Stage, admin: Browser) -> None:
    one = endpoint(stage, "payments")
    page = edited(admin, one, whitelist="10.20.1.7\n10.20.2.0/24")
    assert "These cannot use the endpoint any more: 10.20.0.0/24." in page.text
    done = admin.submit(page, "Save")
    assert "10.20.2.0/24" in done.text
    assert sent_body(Change.objects.get()) == {"whitelist": ["10.20.1.7", "10.20.2.0/24"], "enable_whitelist": True}
    assert "It is on" not in done.text


def test_switching_access_control_on_and_off_says_what_follows(stage: Stage, admin: Browser) -> None:
    one = endpoint(stage, "search")
    assert "are not on the list cannot use" in edited(admin, one, access_control="on", whitelist="10.61.0.9").text
    nobody = edited(admin, one, access_control="on", whitelist="")
    assert "The list is empty: no address can use the endpoint." in nobody.text
    restricted = endpoint(stage, "payments")
    off = edited(admin, restricted, access_control=[])
    assert "Every address of the VPC can use the endpoint." in off.text
    assert "Off: every address" in admin.submit(off, "Save").text


def test_a_list_that_somebody_else_changed_stops_the_act(stage: Stage, admin: Browser) -> None:
    one = endpoint(stage, "payments")
    page = edited(admin, one, whitelist="10.20.1.7")
    body = {"whitelist": ["10.20.9.9"], "enable_whitelist": True}
    Caller(stage.cloud).vpcep("PUT", f"/vpc-endpoints/{one.id}", body)
    moved = admin.submit(page, "Save")
    assert moved.status == 409
    assert "10.20.9.9" in moved.text
    assert len(effects(stage, "endpoint.access_control")) == 1
    assert "10.20.1.7" in admin.submit(moved, "Save").text


def test_access_control_that_is_so_already_needs_no_call(stage: Stage, admin: Browser) -> None:
    page = edited(admin, endpoint(stage, "payments"), whitelist="10.20.1.7\n10.20.0.0/24")
    assert "Its access control is like that already." in page.text
    assert not page.has_button("Save")


def test_a_wrong_address_is_told_beside_the_field(stage: Stage, admin: Browser) -> None:
    page = edited(admin, endpoint(stage, "payments"), whitelist="10.20.1.300")
    assert page.status == 422
    assert "10.20.1.300 is no IPv4 address" in error_at(page, "whitelist")
    assert "10.20.1.300" in page.soup.find("textarea").get_text()


def test_a_gateway_endpoint_has_no_access_control(stage: Stage, admin: Browser) -> None:
    page = admin.open(url(endpoint(stage, "obs"), "access-control/"))
    assert "Endpoints of gateway services have no access control." in page.text
    assert not page.soup.find("a", id="edit-access-control")


def test_a_cloud_that_fixes_access_control_offers_no_change(parties: Parties) -> None:
    browser = parties.stage.browser("admin")
    one = endpoint(parties.stage, "payments")
    page = browser.open(f"/northwind/endpoints/{one.id}/access-control/")
    offered = page.soup.find("a", id="edit-access-control") is not None
    assert offered is (parties.profile == "huawei")
    asked = browser.open(f"/northwind/endpoints/{one.id}/access-control/edit/?typed=1")
    assert asked.has_button("Save") is offered


def test_tags_are_added_and_removed(stage: Stage, admin: Browser) -> None:
    one = endpoint(stage, "payments")
    form = admin.click(admin.open(url(one, "tags/")), "Add Tags")
    assert "You can add 8 more." in form.text
    wrong = admin.submit(form, "Next", tags="env prod")
    assert "Only letters" in error_at(wrong, "tags")
    done = admin.submit(admin.submit(form, "Next", tags="cost=4711\nenv=test"), "Add")
    assert {row["Key"]: row["Value"] for row in done.table("Tags")} == {
        "cost": "4711",
        "env": "test",
        "team": "checkout",
    }
    page = admin.click(done, "Remove", done.row("Tags", "4711"))
    assert "Bills, rules and scripts" in page.text
    assert "cost" not in [row["Key"] for row in admin.submit(page, "Remove").table("Tags")]
    assert Entry.objects.filter(state="succeeded", action="tags.update").count() == 2


def test_the_consoles_own_tag_cannot_be_removed(stage: Stage, admin: Browser) -> None:
    wizard = Wizard(admin)
    page = admin.submit(admin.open(wizard.address("confirm", **wishes(stage.cloud))), "Submit")
    tags = admin.click(page, "Tags")
    mark = own_tag(Change.objects.get())
    assert tags.table("Tags") == [{"Key": mark["key"], "Value": mark["value"], "Operation": "Remove"}]
    assert not tags.row("Tags", mark["key"]).find("a")
    refused = admin.open(f"{tags.url.rstrip('/')}/edit/?remove={mark['key']}")
    assert not refused.has_button("Remove")
    assert "the console's own" in refused.text


@pytest.mark.parametrize("role", ["operator", "owner", "auditor", "viewer"])
def test_whose_role_does_not_allow_it_sees_every_act_grey(stage: Stage, role: str) -> None:
    browser, one = stage.browser(role), endpoint(stage, "payments")
    for page in (LIST, url(one), url(one, "access-control/"), url(one, "tags/")):
        grey = {tag.get_text(strip=True) for tag in browser.open(page).soup.select("[aria-disabled=true]")}
        assert grey, page
    for act in ("delete/", "access-control/edit/", "tags/edit/"):
        assert browser.open(url(one, act)).status == 403
