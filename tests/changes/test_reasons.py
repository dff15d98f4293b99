"""Rules for reasons: no way of writing gets round them, and no pattern holds the console up."""

import re
import time
from collections.abc import Iterator
from random import Random
from typing import Any

import pytest
from django.core.management import call_command
from hypothesis import assume, given
from hypothesis import strategies as st

from console.audit.models import Entry
from console.changes import reason_patterns, reasons
from console.changes.kinds.registry import KINDS
from console.changes.models import ReasonRule
from console.simcloud import SimulatedCloud
from tests.changes.acts import REJECT, confirm_page
from tests.changes.deeds import DEEDS, effects_in, many_things
from tests.pages import Page, words
from tests.stage import Stage as Scene
from tests.stage import wired

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def everything(monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    """A world in which there is something to do for every kind of Change."""
    with SimulatedCloud(many_things()) as cloud, wired(cloud, monkeypatch, CONSOLE_SIMULATED_ALIBABA="1"):
        yield Scene(cloud)


def error_beside(page: Page, field: str) -> str:
    """What is said beside a field of the form."""
    return words(page.soup.find(id=f"id_{field}_error"))


@pytest.mark.parametrize("name", sorted(KINDS))
def test_no_way_of_writing_gets_round_a_required_reason(everything: Scene, name: str) -> None:
    ReasonRule.objects.create(required=True, pattern=r"CHG-\d+", example="CHG-1234")
    deed, browser = DEEDS[name], everything.browser("admin")
    page = browser.open(deed.place(browser, everything.gateway("main"), Random(1)))
    assert "Required, for example CHG-1234" in page.text

    for reason in ("", "because", "CHG-"):
        answer = deed.confirmed(browser, page, reason)
        assert answer.status == 422
        assert "for example CHG-1234" in error_beside(answer, "reason")
        assert r"CHG-\d" not in page.html + answer.html
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
            "Reason": r"Required. It must hold something that looks like CHG-\d+, for example CHG-1234",
            "Operation": "Remove",
        }
    ]
    page = browser.submit(browser.click(page, "Remove"), "Remove")
    assert "No rules" in page.text
    assert list(Entry.objects.filter(action__startswith="rule.").order_by("seq").values_list("action", "actor")) == [
        ("rule.set", "admin"),
        ("rule.remove", "admin"),
    ]


def set_rule(stage: Any, pattern: str, example: str, **more: str) -> Page:
    """As an administrator does it."""
    browser = stage.browser("admin")
    typed = {"required": "on", "pattern": pattern, "example": example, **more}
    return browser.submit(browser.open("/changes/reasons/"), "Set rule", **typed)


@pytest.mark.timeout(30)
@pytest.mark.parametrize(
    ("pattern", "example"),
    [
        ("[a-z]*[a-z]*[a-z]*[a-z]*#", "done#"),
        ("(a+)+#", "a#"),
        ("(a|aa)+#", "a#"),
        ("^(([a-z])+.)+[A-Z]([a-z])+$", "a.Ab"),
        ("(?:(?:a?){50}){20}b", "b"),
        (r"((\w*){30}){30}#", "#"),
        ("(.*){900}#", "#"),
        ("(?i)[a-z]*[a-z]*[a-z]*[a-z]*[a-z]*[a-z]*[a-z]*#", "#"),
    ],
)
def test_no_pattern_holds_the_console_up(stage: Any, pattern: str, example: str) -> None:
    assert set_rule(stage, pattern, example, cloud="demo", gateway_id=stage.gateway_id).status == 200
    browser = stage.browser("operator")
    page = confirm_page(browser, stage, REJECT)

    for reason in ("a" * 200, "ä" * 200):
        started = time.perf_counter()
        answer = browser.submit(page, "Reject", reason=reason)
        assert time.perf_counter() - started < 3.0
        assert answer.status == 422
        assert f"for example {example}" in error_beside(answer, "reason")
    assert stage.cloud.ledger() == []


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ("(?=CHG)", "Lookarounds such as (?=…)"),
        ("(?!CHG)", "Lookarounds"),
        ("(?<=CHG)-", "Lookarounds"),
        ("(?<!CHG)-", "Lookarounds"),
        (r"(a)\1", "Backreferences such as \\1"),
        ("(?P<n>a)(?P=n)", "Backreferences"),
        ("(?>a)", "Groups that begin with (?"),
        (r"\Z", r"Unknown escape: \Z"),
        ("(", "needs a )"),
        ("a)", "without its ("),
        ("[a", "needs a ]"),
        ("[z-a]", "range z-a"),
        ("a{1001}", "At most 1000"),
        ("a++", "side by side: ++"),
        ("*a", "nothing to repeat before *"),
        (r"\pL{1000}", "too much memory"),
        ("x" * 81, "At most 80 characters."),
    ],
)
def test_what_a_pattern_cannot_be_is_told_beside_its_field(stage: Any, wrong: str, told: str) -> None:
    page = set_rule(stage, wrong, "any")
    assert page.status == 422
    assert told in error_beside(page, "pattern")
    assert not ReasonRule.objects.exists()


@pytest.mark.parametrize(
    ("example", "told"),
    [("", "Give an example"), ("CHG-", "does not match"), ("CHG-1" + "0" * 80, "at most 80 characters")],
)
def test_a_pattern_needs_an_example_that_keeps_it(stage: Any, example: str, told: str) -> None:
    page = set_rule(stage, r"CHG-\d+", example)
    assert page.status == 422
    assert told in error_beside(page, "example")
    assert not ReasonRule.objects.exists()


def test_an_example_is_text_and_never_markup(stage: Any) -> None:
    page = set_rule(stage, "<.*>", "<b id=bold>")
    assert page.status == 200
    assert page.soup.find(id="bold") is None
    browser = stage.browser("operator")
    page = confirm_page(browser, stage, REJECT)
    for shown in (page, browser.submit(page, "Reject", reason="none")):
        assert "for example <b id=bold>" in shown.text
        assert shown.soup.find(id="bold") is None


def test_a_reason_that_is_not_required_keeps_the_form_where_it_is_given(stage: Any) -> None:
    set_rule(stage, r"CHG-\d+", "CHG-1234", required=[])
    browser = stage.browser("operator")
    page = confirm_page(browser, stage, REJECT)
    assert "Not required. One that is given must have a certain form, for example CHG-1234" in page.text

    assert browser.submit(page, "Reject", reason="because").status == 422
    assert stage.cloud.ledger() == []
    browser.submit(page, "Reject", reason="")
    assert len(stage.cloud.ledger()) == 1


def test_a_reason_has_a_longest_length_before_it_meets_a_pattern(stage: Any) -> None:
    set_rule(stage, "a", "a")
    browser = stage.browser("operator")
    answer = browser.submit(confirm_page(browser, stage, REJECT), "Reject", reason="a" * 201)
    assert answer.status == 422
    assert "at most 200 characters" in error_beside(answer, "reason")
    assert "at most 200 characters" in reasons.Rule(required=True, pattern="a").complaint("a" * 201)


def test_a_rule_from_before_there_were_examples_keeps_working(stage: Any) -> None:
    ReasonRule.objects.create(required=True, pattern=r"CHG-\d+")
    browser = stage.browser("operator")
    page = confirm_page(browser, stage, REJECT)
    answer = browser.submit(page, "Reject", reason="because")
    assert answer.status == 422
    assert "An administrator knows the form" in error_beside(answer, "reason")
    assert r"CHG-\d" not in page.html + answer.html

    browser.submit(page, "Reject", reason="CHG-1")
    assert len(stage.cloud.ledger()) == 1


@pytest.mark.parametrize("required", [True, False])
def test_nothing_can_be_done_under_a_rule_that_cannot_be_read_any_more(stage: Any, *, required: bool) -> None:
    browser = stage.browser("operator")
    opened_before = confirm_page(browser, stage, REJECT)
    ReasonRule.objects.create(required=required, pattern=r"(a)\1")

    for page in (
        browser.open(stage.tab_url + REJECT.address(stage)),
        browser.submit(opened_before, "Reject", reason="aa"),
        browser.submit(opened_before, "Reject", reason=""),
    ):
        assert page.status in (409, 422)
        assert "It must be mended: an administrator of gateway" in page.text
        assert stage.gateway_id in page.text
        assert not page.has_button("Reject")
    assert stage.cloud.ledger() == []
    assert all(reasons.Rule(required, r"(a)\1").complaint(reason) for reason in ("", "aa"))

    set_rule(stage, "a+", "aa", cloud="demo", gateway_id=stage.gateway_id)
    browser.submit(confirm_page(browser, stage, REJECT), "Reject", reason="aa")
    assert len(stage.cloud.ledger()) == 1


def test_an_upgrade_names_the_rules_that_it_changed(stage: Any, capsys: pytest.CaptureFixture[str]) -> None:
    ReasonRule.objects.create(cloud="demo", required=True, pattern=r"CHG-\d+", example="CHG-1")
    ReasonRule.objects.create(kind="connection.accept", required=True)
    call_command("check")
    assert "W007" not in capsys.readouterr().err

    ReasonRule.objects.create(kind="connection.reject", cloud="demo", gateway_id="broken", pattern="(?=CHG)")
    ReasonRule.objects.create(cloud="demo", gateway_id="letters", pattern=r"\w{9}")
    call_command("check")
    told = [line for line in capsys.readouterr().err.splitlines() if "console.W007" in line]
    assert len(told) == 2
    assert "connection.reject at broken" in told[0]
    assert "nothing can be done under it. Lookarounds" in told[0]
    assert "every act at letters" in told[1]
    assert "no example" in told[1]
    assert r"\w now stands for A to Z" in told[1]

    rows = stage.browser("admin").open("/changes/reasons/").table("Rules")
    named = {row["Where"] for row in rows if "Set this rule again." in row["Reason"]}
    assert named == {"broken", "letters"}


@given(st.text(alphabet=r"aA1\dwpL[]()|^$.+*?{,}-9 ", max_size=40))
def test_a_pattern_that_is_taken_is_quick_on_any_text(pattern: str) -> None:
    assume(pattern and not reason_patterns.complaint_about(pattern))
    started = time.perf_counter()
    reasons.Rule(required=True, pattern=pattern).complaint("a1A" * 66 + "!")
    assert time.perf_counter() - started < 2.0


#: What a pattern could be before patterns ran in RE2: a row of pieces, at most four of them repeated.
PIECE = st.from_regex(r"[A-Za-z0-9 _:/#@,-]|\\[dw.()+*?\[\]-]|\[[A-Za-z0-9_-]{1,5}\]", fullmatch=True)
REPEATED = st.builds(str.__add__, PIECE, st.from_regex(r"[+*?]|\{[0-9]{1,2}(,[0-9]{0,2})?\}", fullmatch=True))


@pytest.mark.filterwarnings("ignore:Possible (nested set|set difference):FutureWarning")
@given(
    st.lists(PIECE, min_size=1, max_size=6),
    st.lists(REPEATED, max_size=4),
    st.text("abzABZ019_-.()+*?[] :/#@,", max_size=12),
)
def test_patterns_of_earlier_versions_mean_the_same(pieces: list[str], repeated: list[str], text: str) -> None:
    pattern = "".join(one + other for one, other in zip(pieces, [*repeated, *[""] * 6], strict=False))
    try:
        before = re.search(pattern, text) is not None
    except re.error:  # was refused then too
        assume(False)
    assert not reason_patterns.complaint_about(pattern)
    assert reason_patterns.finds(pattern, text) == before
