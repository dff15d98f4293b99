"""Each fault of the cloud at each step of each act: audit, screen and ledger agree, and nothing happens twice."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from django.test import override_settings

from console.audit.models import Entry
from console.changes.models import Change
from tests.changes.acts import ACTS, Act, confirm_page

pytestmark = pytest.mark.django_db(transaction=True)

#: Later than an impatient console waits (0.8 seconds), also where a busy machine lets it look late.
NEVER = "answer never comes"
#: Faults of the write itself: does the effect happen, and can the console know how it ended?
WRITE_FAULTS: dict[str, dict[str, Any]] = {
    NEVER: {"fault": "delay", "seconds": 1.6},
    "500 before the effect": {"fault": "status", "status": 500, "code": "APIC.9000"},
    "500 after the effect": {"fault": "status", "status": 500, "code": "APIC.9007", "after": True},
    "503 before the effect": {"fault": "status", "status": 503},
    "cut before the effect": {"fault": "reset_before"},
    "cut after the effect": {"fault": "reset_after"},
    "answer cut in the middle": {"fault": "truncate"},
    "an error page of a proxy": {"fault": "html", "status": 502},
}
CERTAIN_NO = {
    "400": {"fault": "status", "status": 400, "code": "APIC.7211"},
    "403": {"fault": "status", "status": 403, "code": "APIC.7106"},
    "404": {"fault": "status", "status": 404, "code": "APIC.7314"},
    "409": {"fault": "status", "status": 409, "code": "APIC.7701"},
    "401 for ever": {"fault": "status", "status": 401, "code": "APIC.7102"},
    "429 for ever": {"fault": "status", "status": 429, "code": "APIGW.0308"},
}
READ_FAULTS = {
    NEVER: {"fault": "delay", "seconds": 5},
    "500": {"fault": "status", "status": 500, "code": "APIC.9000"},
    "cut": {"fault": "reset_before"},
    "cut in the middle": {"fault": "truncate"},
    "an error page of a proxy": {"fault": "html", "status": 502},
    "403": {"fault": "status", "status": 403, "code": "APIC.7106"},
    "429 for ever": {"fault": "status", "status": 429, "code": "APIGW.0308"},
}


def on_the_write(act: Act, fault: dict[str, Any], times: int = 99) -> dict[str, Any]:
    return {"match": {"method": act.wire_method, "path": act.wire_path}, "times": times, **fault}


def on_the_reads(act: Act, fault: dict[str, Any]) -> dict[str, Any]:
    return {"match": {"method": "GET", "path": act.read_path}, "times": 99, **fault}


def effects(stage: Any, act: Act) -> int:
    return sum(1 for row in stage.cloud.ledger() if row["action"] == act.name)


def states(act: Act) -> list[str]:
    return list(Entry.objects.filter(action=act.name).order_by("seq").values_list("state", flat=True))


def wait_for(condition: Callable[[], bool], seconds: float = 5.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def agree(stage: Any, act: Act) -> None:
    """What the audit says last is what the ledger says."""
    last, done = states(act)[-1], effects(stage, act)
    assert done <= 1
    if last == "succeeded":
        assert done == 1
    elif last in ("failed", "cancelled", "stale"):
        assert done == 0
    else:
        assert last == "unknown"


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.name)
@pytest.mark.parametrize("name", WRITE_FAULTS)
def test_a_lost_answer_is_unknown_until_the_cloud_is_read_again(
    stage: Any, act: Act, name: str, impatient: Callable[[], None]
) -> None:
    browser = stage.browser(act.role)
    page = confirm_page(browser, stage, act)
    if name == NEVER:
        impatient()
    stage.cloud.faults(on_the_write(act, WRITE_FAULTS[name], times=1))

    answer = browser.submit(page, act.button, reason="a storm")

    assert answer.status == 200
    assert states(act) == ["intended", "unknown"]
    assert "unknown" in answer.messages.lower()
    assert "not done" not in answer.messages.lower()
    assert answer.has_button("Check again")
    agree(stage, act)

    stage.cloud.faults()
    if name == NEVER:
        wait_for(lambda: effects(stage, act) == 1)  # it arrives late: that is why "not seen" proves nothing at first
    with override_settings(SETTLE_SECONDS=0):
        Change.objects.update(settle_after=Change.objects.get().intended_at)
        settled = browser.submit(answer, "Check again")

    assert settled.status == 200
    assert states(act) == ["intended", "unknown", "succeeded" if effects(stage, act) else "failed"]
    agree(stage, act)
    assert not settled.has_button("Check again")


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.name)
@pytest.mark.parametrize("name", CERTAIN_NO)
def test_a_certain_no_is_told_in_the_clouds_words_and_changes_nothing(stage: Any, act: Act, name: str) -> None:
    browser = stage.browser(act.role)
    page = confirm_page(browser, stage, act)
    stage.cloud.faults(on_the_write(act, CERTAIN_NO[name]))

    answer = browser.submit(page, act.button)

    assert answer.status == 200
    assert states(act) == ["intended", "failed"]
    assert effects(stage, act) == 0
    assert str(CERTAIN_NO[name]["code"]) in answer.messages
    assert Entry.objects.get(action=act.name, state="failed").error_code == CERTAIN_NO[name]["code"]


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.name)
def test_a_throttled_write_is_tried_again_since_it_was_not_done(stage: Any, act: Act) -> None:
    browser = stage.browser(act.role)
    page = confirm_page(browser, stage, act)
    stage.cloud.faults(on_the_write(act, CERTAIN_NO["429 for ever"], times=1))

    browser.submit(page, act.button)

    assert states(act) == ["intended", "succeeded"]
    assert effects(stage, act) == 1


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.name)
def test_a_token_that_died_is_renewed_and_the_act_happens_once(stage: Any, act: Act) -> None:
    browser = stage.browser(act.role)
    page = confirm_page(browser, stage, act)
    stage.cloud.faults(on_the_write(act, {"fault": "expire_tokens"}, times=1))

    browser.submit(page, act.button)

    assert states(act) == ["intended", "succeeded"]
    assert effects(stage, act) == 1


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.name)
@pytest.mark.parametrize("name", READ_FAULTS)
def test_nothing_is_sent_when_the_object_cannot_be_looked_at_again(
    stage: Any, act: Act, name: str, impatient: Callable[[], None]
) -> None:
    browser = stage.browser(act.role)
    page = confirm_page(browser, stage, act)
    if name == NEVER:
        impatient()
    stage.cloud.faults(on_the_reads(act, READ_FAULTS[name]))

    answer = browser.submit(page, act.button)

    assert answer.status == 409
    assert "Nothing was sent" in answer.text
    assert states(act) == ["cancelled"]
    assert effects(stage, act) == 0


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.name)
@pytest.mark.parametrize("name", READ_FAULTS)
def test_a_confirmation_that_cannot_be_filled_offers_nothing_to_press(
    stage: Any, act: Act, name: str, impatient: Callable[[], None]
) -> None:
    address = stage.tab_url + act.address(stage)
    if name == NEVER:
        impatient()
    stage.cloud.faults(on_the_reads(act, READ_FAULTS[name]))

    page = stage.browser(act.role).open(address)

    assert page.status == 200
    assert not page.has_button(act.button)
    assert states(act) == []
    assert effects(stage, act) == 0


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.name)
def test_the_same_form_sent_twice_acts_once(stage: Any, act: Act) -> None:
    browser = stage.browser(act.role)
    page = confirm_page(browser, stage, act)

    browser.submit(page, act.button)
    again = browser.submit(page, act.button)

    assert "had been sent before" in again.messages
    assert effects(stage, act) == 1
    assert states(act) == ["intended", "succeeded"]
