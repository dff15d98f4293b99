"""Acts that take minutes: what is on its way is not called done, and a world that moved in between stops an act."""

from datetime import timedelta

import pytest
from django.utils import timezone

from console.audit.models import Entry
from console.changes.models import Change, Stage
from tests.pages import Browser, Page
from tests.vpc_access.conftest import AlibabaStage, operation

pytestmark = pytest.mark.django_db

TEN_MINUTES = 600.0
CUT = {"fault": "reset_after", "times": 1}


@pytest.fixture
def slow(alibaba_stage: AlibabaStage) -> AlibabaStage:
    """A world in which a binding and a move take ten minutes."""
    alibaba_stage.cloud.world.delay = TEN_MINUTES
    return alibaba_stage


def rebind_page(stage: AlibabaStage, browser: Browser, to: str = "vpc-partners") -> Page:
    vpc, vswitch = stage.vpc(to)
    return browser.open(f"{stage.instance_url('bound')}bind/?vpc={vpc}&vswitch={vswitch}&step=confirm")


def move_page(stage: AlibabaStage, browser: Browser) -> Page:
    return browser.open(f"{stage.act_url('shared_enabled', 'move')}&instance={stage.instance_id('bound')}")


def check(browser: Browser) -> Change:
    """Press Check again, long after it was sent."""
    change = Change.objects.get()
    change.settle_after = timezone.now() - timedelta(hours=1)
    change.save(update_fields=["settle_after"])
    browser.submit(browser.open(f"/changes/{change.pk}/"), "Check again")
    change.refresh_from_db()
    return change


def test_while_an_instance_is_being_bound_nothing_else_can_be_done_to_it(slow: AlibabaStage) -> None:
    browser = slow.browser("admin")
    browser.submit(rebind_page(slow, browser), "Rebind", word="rebind")
    page = browser.open(slow.instance_url("bound"))
    assert "The cloud is at work on the instance" in page.text
    assert page.soup.find(id="instance").get("hx-get")
    for label in ("Disable", "Move"):
        assert "WAIT_SWITCH" in operation(page, "API groups", "billing", label)["title"]
    slow.cloud.world.clock.advance(TEN_MINUTES)
    page = browser.open(slow.instance_url("bound"))
    assert slow.vpc("vpc-partners")[0] in page.text
    assert page.soup.find(id="instance").get("hx-get") is None


@pytest.mark.parametrize("shows", ["at_end", "at_once"])
def test_a_lost_answer_to_a_binding_is_settled_by_what_is_bound_in_the_end(slow: AlibabaStage, shows: str) -> None:
    slow.switch(alibaba_binding_shows=shows)
    browser = slow.browser("admin")
    page = rebind_page(slow, browser)
    slow.cloud.faults({"match": {"action": "ModifyInstanceVpcAttributeForConsole"}, **CUT})
    browser.submit(page, "Rebind", word="rebind")
    # A cloud that shows the new binding at once proves it; one that shows the old one proves nothing yet.
    assert check(browser).stage == (Stage.UNKNOWN if shows == "at_end" else Stage.SUCCEEDED)
    slow.cloud.world.clock.advance(TEN_MINUTES)
    browser.open(slow.instance_url("bound"))
    if shows == "at_end":
        assert check(browser).stage == Stage.SUCCEEDED


def test_a_lost_answer_to_a_move_waits_for_the_end_of_the_move(slow: AlibabaStage) -> None:
    browser = slow.browser("admin")
    page = move_page(slow, browser)
    slow.cloud.faults({"match": {"action": "ModifyApiGroupInstance"}, **CUT})
    browser.submit(page, "Move", word="move")
    assert check(browser).stage == Stage.UNKNOWN
    slow.cloud.world.clock.advance(TEN_MINUTES)
    assert check(browser).stage == Stage.SUCCEEDED


def test_a_move_that_fails_in_the_end_is_told_on_the_group(slow: AlibabaStage) -> None:
    slow.switch(alibaba_migration="fails", alibaba_migration_failed="Fail")
    browser = slow.browser("admin")
    page = browser.submit(move_page(slow, browser), "Move", word="move")
    assert "set to move" in page.messages
    group = slow.group_url("shared_enabled")
    assert "Moving" in browser.open(group).text
    slow.cloud.world.clock.advance(TEN_MINUTES)
    page = browser.open(group)
    assert "The last move failed: The configuration of the API group conflicts" in page.text
    assert page.url == group


def test_a_lost_answer_to_a_move_that_failed_is_not_done(slow: AlibabaStage) -> None:
    slow.switch(alibaba_migration="fails")
    browser = slow.browser("admin")
    page = move_page(slow, browser)
    slow.cloud.faults({"match": {"action": "ModifyApiGroupInstance"}, **CUT})
    browser.submit(page, "Move", word="move")
    slow.cloud.world.clock.advance(TEN_MINUTES)
    assert check(browser).stage == Stage.FAILED


def test_an_instance_that_was_bound_elsewhere_meanwhile_proves_nothing(alibaba_stage: AlibabaStage) -> None:
    stage, browser = alibaba_stage, alibaba_stage.browser("admin")
    page = rebind_page(stage, browser)
    stage.cloud.faults({"match": {"action": "ModifyInstanceVpcAttributeForConsole"}, **CUT})
    browser.submit(page, "Rebind", word="rebind")
    world = stage.cloud.world.alibaba.instances[stage.instance_id("bound")]
    world.user_vpc_id, world.user_vswitch_id = stage.vpc("vpc-hybrid")
    world.due_at, world.next_binding, world.status = None, [], "RUNNING"
    assert check(browser).stage == Stage.UNKNOWABLE


def test_an_instance_that_was_rebound_after_the_confirmation_stops_the_act(alibaba_stage: AlibabaStage) -> None:
    stage, browser = alibaba_stage, alibaba_stage.browser("admin")
    mine, theirs = rebind_page(stage, browser), rebind_page(stage, browser, "vpc-hybrid")
    browser.submit(theirs, "Rebind", word="rebind")
    browser.open(stage.instance_url("bound"))
    answer = browser.submit(mine, "Rebind", word="rebind")
    assert (answer.status, "This changed meanwhile" in answer.text) == (409, True)
    assert stage.vpc("vpc-hybrid")[0] in answer.text
    assert [action for action, _ in stage.effects()] == ["vpc.bind"]


def test_a_group_that_was_enabled_after_the_confirmation_stops_a_rebind(alibaba_stage: AlibabaStage) -> None:
    """One more group would lose its domain than was told."""
    stage, browser = alibaba_stage, alibaba_stage.browser("admin")
    page = rebind_page(stage, browser)
    browser.submit(browser.open(stage.act_url("bound_disabled", "enable")), "Enable")
    answer = browser.submit(page, "Rebind", word="rebind")
    assert answer.status == 409
    assert f"reports: {stage.group('bound_disabled')['vpc_domain']}" in answer.text
    assert "VPC domains" in answer.text


def test_a_destination_that_was_rebound_after_the_confirmation_stops_a_move(alibaba_stage: AlibabaStage) -> None:
    stage, browser = alibaba_stage, alibaba_stage.browser("admin")
    page = move_page(stage, browser)
    browser.submit(rebind_page(stage, browser), "Rebind", word="rebind")
    browser.open(stage.instance_url("bound"))
    answer = browser.submit(page, "Move", word="move")
    assert (answer.status, "This changed meanwhile" in answer.text) == (409, True)
    assert f"Only callers in VPC {stage.vpc('vpc-partners')[0]} will reach its VPC domain." in answer.text


def test_an_unbound_instance_stops_an_enable_that_was_confirmed_before(alibaba_stage: AlibabaStage) -> None:
    stage, browser = alibaba_stage, alibaba_stage.browser("admin")
    page = browser.open(stage.act_url("bound_disabled", "enable"))
    browser.submit(browser.open(f"{stage.instance_url('bound')}unbind/"), "Unbind", word="unbind")
    browser.open(stage.instance_url("bound"))
    answer = browser.submit(page, "Enable")
    assert answer.status == 409
    assert "Bind the instance to a VPC first" in answer.text
    assert [action for action, _ in stage.effects()] == ["vpc.unbind"]
    assert Entry.objects.filter(action="vpc_domain.enable", state="stale").count() == 1


def test_a_group_that_was_moved_after_the_confirmation_is_not_acted_on(alibaba_stage: AlibabaStage) -> None:
    stage, browser = alibaba_stage, alibaba_stage.browser("admin")
    page = browser.open(stage.act_url("shared_enabled", "disable"))
    browser.submit(move_page(stage, browser), "Move", word="move")
    browser.open(stage.group_url("shared_enabled"))
    answer = browser.submit(page, "Disable", word="disable")
    assert answer.status == 409
    assert "It is on another instance by now" in answer.text
    assert [action for action, _ in stage.effects()] == ["group.move"]
