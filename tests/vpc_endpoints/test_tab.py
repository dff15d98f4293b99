"""The tab: what a user of the vendor's console expects to find, from the simulated cloud over HTTP."""

from collections.abc import Callable
from typing import Any

import pytest

from console.audit.models import Entry
from tests.changes.acts import STRANGER, connection_in

pytestmark = pytest.mark.django_db(transaction=True)

COLUMNS = ["VPC Endpoint ID", "Packet ID", "Status", "Owner", "Created", "Operation"]


def test_the_columns_and_their_order_are_the_vendors(stage: Any) -> None:
    page = stage.browser("viewer").open(stage.tab_url)

    assert list(page.table("Connections")[0]) == COLUMNS
    assert list(page.table("Permissions")[0]) == ["Account ID", "Created", "Operation"]


def test_the_service_name_is_shown_whole_and_can_be_copied(stage: Any) -> None:
    page = stage.browser("viewer").open(stage.tab_url)

    name = page.soup.find(id="service-name-text").get_text()
    assert name.startswith("eu-west-101.")
    assert page.soup.find("button", attrs={"data-copy": name})


def test_a_packet_id_above_two_to_the_53_is_shown_to_the_last_digit(stage: Any) -> None:
    page = stage.browser("viewer").open(stage.tab_url)

    large = [row["Packet ID"] for row in page.table("Connections") if int(row["Packet ID"]) > 2**53]
    assert large == ["422321321312321321"]


def test_what_does_not_apply_is_grey_and_not_hidden(stage: Any) -> None:
    page = stage.browser("operator").open(stage.tab_url)

    accepted = page.row("Connections", connection_in(stage, "accepted"))
    assert accepted.find("span", string="Accept")["aria-disabled"] == "true"
    assert accepted.find("a", string="Reject")
    failed = page.row("Connections", connection_in(stage, "failed"))
    assert failed.find("span", string="Accept")
    assert failed.find("span", string="Reject")


def test_who_may_not_decide_sees_why(stage: Any) -> None:
    page = stage.browser("viewer").open(stage.tab_url)
    row = page.row("Connections", connection_in(stage, "pendingAcceptance"))
    assert row.find("span", string="Accept")["title"] == "Your role does not allow deciding about connections."
    assert not row.find("a", string="Reject")


def test_all_six_statuses_and_unknown_words_are_shown(stage: Any) -> None:
    many = f"/demo/gateways/{stage.gateway('many_connections')}/vpc-endpoints/"
    page = stage.browser("viewer").open(f"{many}?size=50")
    shown = {row["Status"] for row in page.table("Connections")}
    shown |= {row["Status"] for row in stage.browser("viewer").open(f"{many}?size=50&page=2").table("Connections")}
    assert {"Pending acceptance", "Creating", "Accepted", "Rejected", "Failed", "Deleting"} <= shown


@pytest.mark.parametrize("status", ["pendingAcceptance", "creating", "accepted", "rejected", "failed", "deleting"])
def test_every_status_can_be_filtered_by(stage: Any, status: str) -> None:
    many = f"/demo/gateways/{stage.gateway('many_connections')}/vpc-endpoints/"
    rows = stage.browser("viewer").open(f"{many}?size=50&status={status}").table("Connections")
    assert len({row["Status"] for row in rows}) == 1


def test_an_unknown_status_in_the_address_is_told_next_to_the_filter(stage: Any) -> None:
    page = stage.browser("viewer").open(f"{stage.tab_url}?status=%3Cb%3Enonsense")
    assert page.status == 200
    assert "There is no status '<b>nonsense'" in page.text
    assert page.table("Connections")


def test_search_looks_through_the_whole_set(stage: Any) -> None:
    many = f"/demo/gateways/{stage.gateway('many_connections')}/vpc-endpoints/"
    browser = stage.browser("viewer")
    last = browser.open(f"{many}?size=10&page=7").table("Connections")[-1]["VPC Endpoint ID"]
    assert [row["VPC Endpoint ID"] for row in browser.open(f"{many}?size=10&q={last}").table("Connections")] == [last]


@pytest.mark.parametrize("column", ["id", "packet", "status", "owner", "created"])
def test_every_column_sorts_the_whole_set_both_ways(stage: Any, column: str) -> None:
    many = f"/demo/gateways/{stage.gateway('many_connections')}/vpc-endpoints/"
    browser = stage.browser("viewer")

    def ids(order: str) -> list[str]:
        pages = (browser.open(f"{many}?size=50&sort={order}&page={page}") for page in (1, 2))
        return [row["VPC Endpoint ID"] for page in pages for row in page.table("Connections")]

    up, down = ids(column), ids(f"-{column}")
    assert len(set(up)) == len(up) == 63
    assert set(up) == set(down)
    assert up != down


def test_an_empty_search_says_so_and_offers_the_way_back(stage: Any) -> None:
    page = stage.browser("viewer").open(f"{stage.tab_url}?q=nothing-like-it")
    assert "No connection matches" in page.text
    assert page.link("Clear filters") == stage.tab_url


def test_an_act_leads_back_to_the_same_view_of_the_table(stage: Any) -> None:
    browser = stage.browser("operator")
    page = browser.open(f"{stage.tab_url}?status=accepted&sort=owner")
    confirm = browser.click(page, "Reject", page.row("Connections", connection_in(stage, "accepted")))
    answer = browser.submit(confirm, "Reject")
    assert answer.url.endswith("?status=accepted&sort=owner")


def test_the_way_back_never_leaves_the_tab(stage: Any) -> None:
    for evil in ("//evil.example", "https://evil.example/", "/../../", "\\\\evil", "javascript:alert(1)"):
        page = stage.browser("operator").open(
            f"{stage.tab_url}connections/reject/?id={connection_in(stage, 'accepted')}&back={evil}"
        )
        assert page.link("Cancel").startswith(stage.tab_url)


def test_the_own_account_is_marked_and_cannot_be_removed(stage: Any) -> None:
    own = stage.cloud.describe()["domain_id"]
    browser = stage.browser("owner")
    row = browser.open(stage.tab_url).row("Permissions", own)
    assert "This account" in row.get_text()
    assert row.find("span", string="Remove")["aria-disabled"] == "true"

    page = browser.open(f"{stage.tab_url}permissions/remove/?id={own}")
    assert not page.has_button("Remove")
    assert "always allowed" in page.text


def test_an_account_can_be_pasted_with_the_vendors_prefix(stage: Any) -> None:
    browser = stage.browser("owner")
    form = browser.open(f"{stage.tab_url}permissions/add/")
    confirm = browser.submit(form, "Next", id=f" iam:domain::{STRANGER.upper()},\n{STRANGER} ;")
    assert [row["Account ID"] for row in confirm.table("Add Account")] == [STRANGER]
    answer = browser.submit(confirm, "Add")
    assert answer.row("Permissions", STRANGER)


def test_fifty_one_accounts_are_refused_before_any_call(stage: Any) -> None:
    browser = stage.browser("owner")
    form = browser.open(f"{stage.tab_url}permissions/add/")
    before = len(stage.cloud.calls())
    answer = browser.submit(form, "Next", id="\n".join(f"{number:032x}" for number in range(51)))
    assert answer.status == 422
    assert "At most 50 accounts" in answer.text
    assert len(stage.cloud.calls()) == before


@pytest.mark.parametrize("wrong", ["x", "7cc2018e", STRANGER + "0", STRANGER[:-1] + "g", "<script>", "a b c", "**"])
def test_what_is_no_account_id_is_told_next_to_the_field(stage: Any, wrong: str) -> None:
    browser = stage.browser("owner")
    answer = browser.submit(browser.open(f"{stage.tab_url}permissions/add/"), "Next", id=wrong)
    assert answer.status == 422
    assert answer.soup.find("textarea")["aria-invalid"] == "true"
    assert answer.soup.find("textarea").get_text().strip() == wrong
    assert stage.cloud.ledger() == []


def test_our_own_project_id_is_not_taken_for_an_account(stage: Any) -> None:
    project = stage.cloud.describe()["project_id"]
    page = stage.browser("owner").open(f"{stage.tab_url}permissions/add/?id={project}")
    assert page.status == 422
    assert "own project" in page.text


def test_an_account_that_is_listed_already_is_skipped(stage: Any) -> None:
    page = stage.browser("owner").open(f"{stage.tab_url}permissions/add/?id={stage.listed_account()}")
    assert "already on the whitelist" in page.text
    assert not page.has_button("Add")


def test_letting_everybody_in_takes_a_typed_word(stage: Any) -> None:
    browser = stage.browser("owner")
    page = browser.open(f"{stage.tab_url}permissions/add/?id=*")
    assert "Open to every account" in page.text

    assert browser.submit(page, "Add", word="").status == 422
    assert stage.cloud.ledger() == []
    answer = browser.submit(page, "Add", word="every account")
    assert "Open to every account" in answer.text
    assert answer.row("Permissions", "*")


@pytest.mark.parametrize("wrong", ["a.b", "a b", "x" * 17, "ä", "<b>", "a/b"])
def test_a_wrong_service_name_is_told_next_to_the_field(stage: Any, wrong: str) -> None:
    browser = stage.browser("admin")
    answer = browser.submit(browser.open(f"{stage.tab_url}service-name/"), "Next", name=wrong)
    assert answer.status == 422
    assert answer.soup.find("input", attrs={"name": "name"})["aria-invalid"] == "true"
    assert stage.cloud.ledger() == []


def test_an_empty_service_name_says_what_it_becomes(stage: Any) -> None:
    browser = stage.browser("admin")
    page = browser.submit(browser.open(f"{stage.tab_url}service-name/"), "Next", name="")
    assert "no middle part" in page.text
    row = page.table("Rename VPC Endpoint Service")[0]
    region, _name, service_id = row["Service name now"].split(".")
    assert row["Service name after"] == f"{region}.{service_id}"
    answer = browser.submit(page, "Save")
    assert answer.soup.find(id="service-name-text").get_text() == f"{region}.{service_id}"


def test_a_gateway_without_a_service_says_so_and_can_be_enabled(stage: Any) -> None:
    url = f"/demo/gateways/{stage.gateway('without_service')}/vpc-endpoints/"
    browser = stage.browser("admin")
    page = browser.open(url)
    assert "has no VPC endpoint service yet" in page.text
    assert page.soup.find(id="connections") is None

    confirm = browser.submit(browser.click(page, "Enable"), "Next", name="orders")
    assert "cannot be undone" in confirm.text
    answer = browser.submit(confirm, "Save")
    assert ".orders." in answer.soup.find(id="service-name-text").get_text()


def test_a_gateway_that_cannot_have_the_feature_says_so(stage: Any) -> None:
    page = stage.browser("admin").open(f"/demo/gateways/{stage.gateway('not_offered')}/vpc-endpoints/")
    assert "not offered" in page.text
    assert page.soup.find(id="edit-service-name") is None


def test_a_frozen_gateway_shows_its_state_and_cannot_be_renamed(stage: Any) -> None:
    page = stage.browser("admin").open(f"/demo/gateways/{stage.gateway('frozen')}/vpc-endpoints/")
    assert "The gateway is Frozen" in page.text
    assert page.soup.find(id="edit-service-name") is None


@pytest.mark.parametrize("gateway", ["x", "0" * 32, "ABCDEF" * 5 + "AB", "a" * 500, "%00", "..%2f.."])
def test_a_gateway_that_does_not_exist_is_not_found(stage: Any, gateway: str) -> None:
    assert stage.browser("admin").open(f"/demo/gateways/{gateway}/vpc-endpoints/").status == 404


def test_a_cloud_that_does_not_exist_is_not_found(stage: Any) -> None:
    assert stage.browser("admin").open(stage.tab_url.replace("/demo/", "/elsewhere/")).status == 404


@pytest.mark.parametrize(
    ("path", "card"),
    [("vpc-endpoint/connections$", "Connections could not be read"), ("permissions$", "Permissions could not be read")],
)
@pytest.mark.parametrize(
    "fault",
    [
        {"fault": "status", "status": 500, "code": "APIC.9000"},
        {"fault": "html", "status": 502},
        {"fault": "truncate"},
        {"fault": "reset_before"},
        {"fault": "delay", "seconds": 5},
    ],
    ids=lambda fault: fault["fault"],
)
def test_one_failing_call_costs_one_card(
    stage: Any, path: str, card: str, fault: dict[str, Any], impatient: Callable[[], None]
) -> None:
    if fault["fault"] == "delay":
        impatient()
    stage.cloud.faults({"match": {"method": "GET", "path": path}, "times": 99, **fault})
    page = stage.browser("viewer").open(stage.tab_url)
    assert page.status == 200
    assert card in page.text
    assert page.link("Retry")
    assert page.soup.find(id="service-name-text")
    assert page.table("Permissions" if "connections" in path else "Connections")


def test_a_cloud_that_is_away_leaves_a_page_that_says_so(stage: Any) -> None:
    browser = stage.browser("operator")
    stage.cloud.stop()
    page = browser.open(stage.tab_url)
    assert page.status == 200
    assert "could not be read" in page.text
    assert browser.open("/gateways/").status == 200


def test_rows_in_a_changing_state_are_looked_at_again_until_they_settle(stage: Any) -> None:
    many = f"/demo/gateways/{stage.gateway('many_connections')}/vpc-endpoints/"
    browser = stage.browser("viewer")
    changing = browser.open(f"{many}?status=creating").soup.find(id="connections")
    assert changing["hx-trigger"] == "every 3s"
    assert "polled=1" in changing["hx-get"]
    assert "hx-get" not in browser.open(f"{many}?status=accepted").soup.find(id="connections").attrs
    tired = browser.open(f"{many}?status=creating&poll=1&polled=200")
    assert "no longer refreshes by itself" in tired.text


def test_htmx_gets_one_card_and_only_its_calls_are_made(stage: Any) -> None:
    browser = stage.browser("viewer")
    browser.open(stage.tab_url)
    before = len(stage.cloud.calls())
    headers = {"HX-Request": "true", "HX-Target": "permissions"}
    page = browser.open(stage.tab_url, **headers)
    assert page.soup.find("html") is None
    assert page.soup.find(id="permissions")
    assert not [c for c in stage.cloud.calls()[before:] if c["path"].endswith("connections")]
    assert "HX-Request" in page.headers["Vary"]


def test_a_target_that_is_not_ours_gets_the_page(stage: Any) -> None:
    headers = {"HX-Request": "true", "HX-Target": "../../secret"}
    assert stage.browser("viewer").open(stage.tab_url, **headers).soup.find("html")


@pytest.mark.parametrize("act", ["connections/accept/", "connections/reject/", "permissions/add/", "service-name/"])
def test_a_refused_act_is_audited(stage: Any, act: str) -> None:
    viewer = stage.browser("viewer")
    assert viewer.open(stage.tab_url + act).status == 403
    assert Entry.objects.filter(state="refused", actor="viewer").exists()


def test_whoever_may_not_create_endpoints_is_told_who_may(stage: Any) -> None:
    browser = stage.browser("viewer")
    page = browser.click(browser.open(stage.tab_url), "Create VPC Endpoint")
    assert page.status == 200
    assert "It takes the role Administrator on the whole cloud." in page.text
    assert "eu-west-101." in page.text


def test_create_vpc_endpoint_leads_to_the_wizard_with_the_service_verified(stage: Any) -> None:
    browser = stage.browser("admin")
    page = browser.click(browser.open(stage.tab_url), "Create VPC Endpoint")
    assert page.url.startswith("/demo/endpoints/create/?name=eu-west-101.")
    assert "Service name found." in page.text
    assert "Service Type: Interface" in page.text


def test_a_gateway_without_a_service_has_nothing_to_connect_to(stage: Any) -> None:
    gateway_id = stage.gateway("without_service")
    page = stage.browser("admin").open(f"/demo/gateways/{gateway_id}/vpc-endpoints/create/")
    assert "there is nothing to connect to" in page.text
