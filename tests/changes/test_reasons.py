"""Rules for reasons: no way of writing gets round them."""

import time
from collections.abc import Iterator
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.audit.models import Entry
from console.changes import reasons
from console.changes.kinds.registry import KINDS
from console.changes.models import ReasonRule
from console.simcloud import SimulatedCloud
from tests.changes.acts import REJECT, confirm_page
from tests.changes.deeds import DEEDS, effects_in, many_things
from tests.stage import Stage as Scene
from tests.stage import wired

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def everything(monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    """A world in which there is something to do for every kind of Change."""
    with SimulatedCloud(many_things()) as cloud, wired(cloud, monkeypatch, CONSOLE_SIMULATED_ALIBABA="1"):
        yield Scene(cloud)


@pytest.mark.parametrize("name", sorted(KINDS))
def test_no_way_of_writing_gets_round_a_required_reason(everything: Scene, name: str) -> None:
    ReasonRule.objects.create(required=True, pattern=r"CHG-\d+")
    deed, browser = DEEDS[name], everything.browser("admin")
    page = browser.open(deed.place(browser, everything.gateway("main"), Random(1)))
    assert "CHG-" in page.text

    for reason in ("", "because", "CHG-"):
        answer = deed.confirmed(browser, page, reason)
        assert answer.status == 422
        assert everything.cloud.ledger() == []

    deed.confirmed(browser, page, "see CHG-42")
    assert sum(effects_in(everything.cloud.ledger()).values()) == 1
    assert {row.reason for row in Entry.objects.filter(action=name)} == {"see CHG-42"}


def test_a_rule_that_changed_after_the_page_was_shown_stops_the_act(stage: Any) -> None:
    browser = stage.browser("operator")
    page = confirm_page(browser, stage, REJECT)
    ReasonRule.objects.create(kind="connection.reject", cloud="demo", gateway_id=stage.gateway_id, required=True)

    answer = browser.submit(page, "Reject", reason="any")

    assert answer.status == 409
    assert "rule for reasons changed" in answer.text
    assert stage.cloud.ledger() == []
    browser.submit(answer, "Reject", reason="any")
    assert len(stage.cloud.ledger()) == 1


def test_the_narrowest_rule_holds() -> None:
    ReasonRule.objects.create(required=True, pattern="a")
    ReasonRule.objects.create(kind="connection.reject", required=True, pattern="b")
    ReasonRule.objects.create(cloud="demo", required=True, pattern="c")
    ReasonRule.objects.create(kind="connection.reject", cloud="demo", gateway_id="g", required=False)

    assert reasons.rule_for("connection.accept", "other", "x").pattern == "a"
    assert reasons.rule_for("connection.reject", "other", "x").pattern == "b"
    assert reasons.rule_for("connection.reject", "demo", "x").pattern == "c"
    assert reasons.rule_for("connection.reject", "demo", "g") == reasons.OPTIONAL


def test_an_administrator_sets_and_removes_rules_and_both_are_audited(stage: Any) -> None:
    browser = stage.browser("admin")
    page = browser.submit(
        browser.open("/changes/reasons/"), "Set rule", kind="connection.reject", required="on", pattern=r"CHG-\d+"
    )
    assert page.table("Rules") == [
        {
            "Act": "Reject a connection",
            "Where": "Everywhere",
            "Reason": r"Required. It must hold something that looks like CHG-\d+.",
            "Operation": "Remove",
        }
    ]
    page = browser.submit(browser.click(page, "Remove"), "Remove")
    assert "No rules" in page.text
    assert list(Entry.objects.filter(action__startswith="rule.").order_by("seq").values_list("action", "actor")) == [
        ("rule.set", "admin"),
        ("rule.remove", "admin"),
    ]


@pytest.mark.parametrize("wrong", ["(a+)+", "a|b", "(", "[", "a{1000}", r"\1", "x" * 81, "a+b+c+d+e+", "^a$", ".*"])
def test_a_pattern_that_could_hold_the_console_up_is_refused(stage: Any, wrong: str) -> None:
    browser = stage.browser("admin")
    page = browser.submit(browser.open("/changes/reasons/"), "Set rule", pattern=wrong)
    assert page.status == 422
    assert not ReasonRule.objects.exists()


@given(st.text(alphabet=r"aA1\dw[]+*?{,}-9 ", max_size=30))
def test_a_pattern_that_is_taken_is_quick_on_any_text(pattern: str) -> None:
    if not pattern or reasons.complaint_about_pattern(pattern):
        return
    started = time.perf_counter()
    reasons.Rule(required=True, pattern=pattern).complaint("a1A" * 66 + "!")
    assert time.perf_counter() - started < 2.0
