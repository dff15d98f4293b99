"""'Retry the N not done', for every kind of act that takes several objects."""

from typing import Any

import pytest

from console.changes import background
from console.changes.models import Batch
from tests.pages import Page

pytestmark = pytest.mark.django_db(transaction=True)

ACCOUNTS = [f"{number:032x}" for number in range(0xACC0, 0xACC0 + 12)]


def whitelist_act(stage: Any, address: str, button: str, path: str, refused: int) -> Page:
    """All twelve accounts in one act, of which the cloud refuses so many; the page of the act."""
    browser = stage.browser("owner")
    ids = "&".join(f"id={account}" for account in ACCOUNTS)
    if refused:  # together first, then one by one
        stage.cloud.faults(
            {"match": {"method": "POST", "path": path}, "fault": "status", "status": 400, "times": 1 + refused}
        )
    browser.submit(browser.open(f"{stage.tab_url}permissions/{address}/?{ids}"), button)
    while background.advance("worker", seconds=60):
        pass
    return browser.open(f"/changes/acts/{Batch.objects.latest('created_at').pk}/")


def done(stage: Any, effect: str) -> list[str]:
    return [row["object"] for row in stage.cloud.ledger() if row["action"] == effect]


def test_a_retry_of_whitelist_acts_asks_for_the_accounts_that_were_refused_and_no_others(stage: Any) -> None:
    owner = stage.browser("owner")
    for address, button, path, effect in (
        ("add", "Add", "batch-add", "permission.add"),
        ("remove", "Remove", "batch-delete", "permission.remove"),
    ):
        act = whitelist_act(stage, address, button, path, refused=4)
        page = owner.click(act, "Retry the 4 not done")

        assert page.heading == f"{button} 4 Accounts"
        assert [row["Account ID"] for row in page.table(page.heading)] == ACCOUNTS[:4]
        owner.submit(page, button)
        assert sorted(done(stage, effect)) == ACCOUNTS, address


def test_an_act_of_one_object_has_no_retry_that_would_lead_nowhere(stage: Any) -> None:
    admin = stage.browser("admin")
    stage.cloud.faults({"match": {"method": "PUT"}, "fault": "status", "status": 400, "times": 1})
    admin.submit(admin.open(f"{stage.tab_url}service-name/?name=other"), "Save")

    page = admin.open(f"/changes/acts/{Batch.objects.get().pk}/")
    assert "Not done" in page.text
    assert "Retry" not in page.text
