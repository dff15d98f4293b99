"""Several rows at once: those that were picked, or all that match, with a plan that leaves nobody out of sight."""

from typing import Any

import pytest

from console import wiring
from console.changes import background
from console.changes.models import Batch, Change
from console.clouds.types import AccountId, GatewayId, IntentId
from tests.pages import Browser, Page

pytestmark = pytest.mark.django_db(transaction=True)

PARTNERS = [f"aa{number:030x}" for number in range(60)]


def work() -> None:
    while background.advance("worker", seconds=60):
        pass


def partners_listed(stage: Any) -> list[str]:
    """Which of the sixty accounts are on the whitelist now."""
    port = wiring.get_cloud("demo").gateway_endpoints
    assert port is not None
    return sorted(
        entry.account for entry in port.list_permissions(GatewayId(stage.gateway_id)) if entry.account in PARTNERS
    )


@pytest.fixture
def owner(stage: Any) -> Browser:
    """Of a gateway that sixty partners are on the whitelist of."""
    port = wiring.get_cloud("demo").gateway_endpoints
    assert port is not None
    for half in (PARTNERS[:30], PARTNERS[30:]):
        port.add_permission(GatewayId(stage.gateway_id), *map(AccountId, half), intent=IntentId("seed"))
    browser: Browser = stage.browser("owner")
    return browser


def test_accounts_that_were_picked_are_removed_together(stage: Any, owner: Browser) -> None:
    tab = owner.open(f"{stage.tab_url}?pq=aa")
    picked = [str(box["value"]) for box in tab.soup.find_all("input", form="pick-accounts")][3:6]

    page = owner.submit(tab, "Remove selected", id=picked)

    assert page.heading == "Remove 3 Accounts"
    assert [row["Account ID"] for row in page.table(page.heading)] == picked
    owner.submit(page, "Remove")
    assert partners_listed(stage) == sorted(set(PARTNERS) - set(picked))


def test_all_accounts_that_match_are_removed_and_no_others(stage: Any, owner: Browser) -> None:
    page = owner.click(owner.open(f"{stage.tab_url}?pq=AA00"), "Remove all matching")
    assert page.heading == "Remove 60 Accounts"
    owner.submit(page, "Remove")
    work()
    assert partners_listed(stage) == []
    assert stage.listed_account()  # the others are still there


def test_one_s_own_account_cannot_be_picked_and_the_plan_of_all_says_why(stage: Any, owner: Browser) -> None:
    own = stage.cloud.describe()["domain_id"]
    picks = owner.open(f"{stage.tab_url}?pq={own}").soup.find_all("input", form="pick-accounts")
    assert picks == []
    page = owner.open(f"{stage.tab_url}permissions/remove/?all=1")
    assert "refused It is this account, which is always allowed." in left_out(page)[own]


def test_whoever_may_not_edit_the_whitelist_has_nothing_to_pick(stage: Any, owner: Browser) -> None:
    tab = stage.browser("viewer").open(stage.tab_url)
    assert not tab.has_button("Remove selected")
    assert "Remove all matching" not in tab.text
    assert tab.soup.find("input", form="pick-accounts") is None


def left_out(page: Page) -> dict[str, str]:
    """Object -> what the plan says about it."""
    rows = page.soup.select("#left-out li")
    return {row.find("code").get_text(): " ".join(row.get_text(" ").split()) for row in rows}


def test_a_plan_of_all_that_match_names_every_one_that_nothing_is_done_to(stage: Any) -> None:
    operator = stage.browser("operator")
    gateway = stage.gateway("many_connections")
    tab = operator.open(f"/demo/gateways/{gateway}/vpc-endpoints/")
    page = operator.click(tab, "Reject all matching")

    port = wiring.get_cloud("demo").gateway_endpoints
    assert port is not None
    listed = {row.id: row for row in port.list_connections(GatewayId(gateway))}
    planned = {row["VPC Endpoint ID"] for row in page.table(page.heading)}
    rest = left_out(page)
    assert page.heading == f"Reject {len(planned)} Connections"
    assert f"Nothing will be done to {len(rest)} of them" in page.text
    assert planned | set(rest) == set(listed)
    assert not planned & set(rest)
    assert all(listed[one].status.can_reject for one in planned)
    for one, words in rest.items():
        assert ("skipped It is already rejected." in words) is (listed[one].status == "rejected"), words
        assert len(words.split()) > 4
    assert not page.soup.find(id="left-out").has_attr("open"), "many are folded away"

    operator.submit(page, "Reject", word="reject")
    work()
    assert Change.objects.count() == len(planned)
    assert len(Batch.objects.get().left_out) == len(rest)


def test_one_left_of_two_takes_no_typed_word(stage: Any) -> None:
    operator = stage.browser("operator")
    ids = stage.connection_ids("accepted")[:1] + stage.connection_ids("rejected")[:1]
    page = operator.open(f"{stage.tab_url}connections/reject/?id={ids[0]}&id={ids[1]}")
    assert page.heading == "Reject This Connection"
    assert list(left_out(page)) == ids[1:]
    assert page.soup.find(id="left-out").has_attr("open")
    operator.submit(page, "Reject")
    assert [row["object"] for row in stage.cloud.ledger()] == ids[:1]
