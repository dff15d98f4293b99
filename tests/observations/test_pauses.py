"""What the cloud itself asked for holds for every page, for Refresh, and for every process (R13)."""

from typing import Any

import pytest

from console import wiring
from tests.changes.acts import ACCEPT, confirm_page
from tests.observations.watching import reads

pytestmark = pytest.mark.django_db(transaction=True)

CONNECTIONS = "/vpc-endpoint/connections"
IN_A_MINUTE = {"fault": "status", "status": 429, "headers": {"Retry-After": "60"}, "times": 1}


def test_no_page_and_no_refresh_asks_before_the_moment(stage: Any) -> None:
    browser = stage.browser("admin")
    stage.cloud.faults({"match": {"path": f"{CONNECTIONS}$"}, **IN_A_MINUTE})
    assert "Next try at" in browser.open(stage.tab_url).text
    sent = len(stage.cloud.calls())
    for path in (stage.tab_url, f"{stage.tab_url}?refresh=1", "/gateways/", f"/demo/gateways/{stage.gateway_id}/"):
        assert browser.open(path).status == 200
    for path in ("/demo/endpoint-services/", "/demo/endpoints/"):
        assert "asked not to be called again before" in browser.open(path).text
    assert len(stage.cloud.calls()) == sent

    wiring.forget_clouds()  # as another process, which heard of it from the database only
    for path in (stage.tab_url, f"{stage.tab_url}?refresh=1"):
        assert "Next try at" in browser.open(path).text
    assert reads(stage, CONNECTIONS) == 1


def test_an_act_is_not_sent_before_the_moment(stage: Any) -> None:
    browser = stage.browser("operator")
    page = confirm_page(browser, stage, ACCEPT)
    stage.cloud.faults({"match": {"method": "POST", "path": "connections/action$"}, **IN_A_MINUTE})
    browser.submit(page, "Accept")
    sent = len(stage.cloud.calls())
    page = browser.open(stage.tab_url + ACCEPT.address(stage))
    assert "asked not to be called again before" in page.text
    assert len(stage.cloud.calls()) == sent
    assert stage.cloud.ledger() == []
