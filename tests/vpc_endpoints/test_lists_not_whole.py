"""A list that lacks rows says so on its card, and "all matching" is not offered for it (issue 11, points 3 and 7)."""

import json
from typing import Any

import pytest

pytestmark = pytest.mark.django_db(transaction=True)


def answered(stage: Any, path: str, **body: Any) -> None:
    rule = {"match": {"method": "GET", "path": path}, "fault": "status", "status": 200, "body": json.dumps(body)}
    stage.cloud.faults({**rule, "times": 100_000})


def rows(stage: Any) -> list[dict[str, str]]:
    ids = stage.connection_ids("pendingAcceptance")
    return [{"id": found, "status": "pendingAcceptance", "created_at": "2026-05-07T14:20:14Z"} for found in ids]


def test_an_odd_row_costs_that_row_and_no_other(stage: Any) -> None:
    shown = rows(stage)
    answered(stage, "vpc-endpoint/connections$", connections=[None, *shown], total=len(shown) + 1)
    page = stage.browser("operator").open(stage.tab_url)
    assert "This list is not whole." in page.text
    assert "1 row could not be read" in page.text
    assert len(page.table("Connections")) == len(shown)
    assert "Accept" in page.row("Connections", shown[0]["id"]).get_text()


def test_rows_that_are_counted_and_do_not_come_are_told_and_all_matching_is_refused(stage: Any) -> None:
    shown = rows(stage)
    answered(stage, "vpc-endpoint/connections$", connections=shown, total=len(shown) + 1)
    browser = stage.browser("operator")
    page = browser.open(stage.tab_url)
    assert "it may lack 1 row" in page.text
    assert page.soup.find(id="accept-all") is None
    refusal = browser.open(f"{stage.tab_url}connections/accept/?all=1")
    assert "Choose the rows one by one." in refusal.text
    assert stage.cloud.ledger() == []


def test_null_rows_of_an_empty_whitelist_leave_the_acts_on(stage: Any) -> None:
    answered(stage, "vpc-endpoint/permissions$", permissions=None, total=0)
    page = stage.browser("admin").open(stage.tab_url)
    assert "This list is not whole." not in page.text
    assert page.soup.find(id="accept-selected") is not None
