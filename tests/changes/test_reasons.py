"""Rules for reasons: no way of writing gets round them."""

import subprocess
import sys
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
from console.changes.reason_patterns import complaint_about
from console.running import checks
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
    ReasonRule.objects.create(required=True, pattern=r"CHG-\d+", example="CHG-1234")
    deed, browser = DEEDS[name], everything.browser("admin")
    page = browser.open(deed.place(browser, everything.gateway("main"), Random(1)))
    assert "for example CHG-1234" in page.text
    assert r"CHG-\d+" not in page.html

    for reason in ("", "because", "CHG-"):
        answer = deed.confirmed(browser, page, reason)
        assert answer.status == 422
        assert ", for example CHG-1234." in answer.text
        assert r"CHG-\d+" not in answer.html
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
        browser.open("/changes/reasons/"),
        "Set rule",
        kind="connection.reject",
        required="on",
        pattern=r"CHG-\d+",
        example="CHG-1234",
    )
    assert page.table("Rules") == [
        {
            "Act": "Reject a connection",
            "Where": "Everywhere",
            "Reason": "Required, for example CHG-1234.",
            "Pattern": r"CHG-\d+",
            "Operation": "Remove",
        }
    ]
    page = browser.submit(browser.click(page, "Remove"), "Remove")
    assert "No rules" in page.text
    assert list(Entry.objects.filter(action__startswith="rule.").order_by("seq").values_list("action", "actor")) == [
        ("rule.set", "admin"),
        ("rule.remove", "admin"),
    ]


@pytest.mark.parametrize(
    ("pattern", "example", "said"),
    [
        ("(?=a)a", "a", "Lookaheads, lookbehinds"),
        ("(?<!a)b", "b", "Lookaheads, lookbehinds"),
        (r"(a)\1", "aa", r"Back references such as \1"),
        ("(", "a", "This is no pattern"),
        ("[", "a", "This is no pattern"),
        ("a{1001}", "a", "repeats too much"),
        ("((a{30}){30}){30}", "a", "repeats too much"),
        ("x" * 81, "x", "At most 80 characters"),
        (r"CHG-\d+", "", "Give an example"),
        (r"CHG-\d+", "CHG", "This example does not fit the pattern"),
    ],
)
def test_a_pattern_that_cannot_be_used_is_refused_beside_its_field(
    stage: Any, pattern: str, example: str, said: str
) -> None:
    browser = stage.browser("admin")
    page = browser.submit(browser.open("/changes/reasons/"), "Set rule", pattern=pattern, example=example)
    assert page.status == 422
    field = "example" if "example" in said else "pattern"
    assert said in page.soup.find(id=f"id_{field}_error").get_text()
    assert not ReasonRule.objects.exists()


@pytest.mark.parametrize("weapon", ["[a-z]*[a-z]*[a-z]*[a-z]*#", "(a+)+#", "(a|a)*#", "(.*)(.*)(.*)(.*)(.*)#"])
def test_no_rule_holds_the_console_up(stage: Any, weapon: str) -> None:
    """In a process of its own, which is ended, since a search of the old engine cannot be interrupted."""
    admin, operator = stage.browser("admin"), stage.browser("operator")
    page = admin.submit(admin.open("/changes/reasons/"), "Set rule", required="on", pattern=weapon, example="aaa#")
    assert page.status == 200
    code = f"from console.changes.reason_patterns import holds; print(holds({weapon!r}, 'a' * 200))"
    tried = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=20, check=True)
    assert tried.stdout == "False\n"

    answer = operator.submit(confirm_page(operator, stage, REJECT), "Reject", reason="a" * 200)
    assert answer.status == 422
    assert ", for example aaa#." in answer.text


def test_a_rule_from_before_that_can_no_longer_be_used_refuses_and_is_named(stage: Any) -> None:
    ReasonRule.objects.create(required=True, pattern=r"(a)\1")
    operator = stage.browser("operator")
    page = confirm_page(operator, stage, REJECT)
    assert "cannot be used any more" in page.text

    assert operator.submit(page, "Reject", reason="aa").status == 422
    assert stage.cloud.ledger() == []
    (named,) = checks.rules_for_reasons_can_be_used(None)
    assert named.id == "console.W007"
    assert "cannot be used any more" in stage.browser("admin").open("/changes/reasons/").text


def test_a_rule_without_an_example_goes_on_working_and_shows_no_pattern(stage: Any) -> None:
    ReasonRule.objects.create(required=True, pattern=r"CHG-\d+")
    operator = stage.browser("operator")
    page = confirm_page(operator, stage, REJECT)
    assert operator.submit(page, "Reject", reason="because").status == 422
    answer = operator.submit(page, "Reject", reason="CHG-7")
    assert r"CHG-\d+" not in page.html + answer.html
    assert len(stage.cloud.ledger()) == 1


@given(st.text(alphabet=r"aA1\dw[]+*?{,}-9 ()|.^$", max_size=30))
def test_a_pattern_that_is_taken_is_quick_on_any_text(pattern: str) -> None:
    if complaint_about(pattern):
        return
    started = time.perf_counter()
    reasons.Rule(required=True, pattern=pattern).complaint("a1A" * 66 + "!")
    assert time.perf_counter() - started < 2.0
