"""Whatever happens to one connection, in any order: no end that is written down contradicts the cloud's ledger."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from console import wiring
from console.changes import settling
from console.changes.models import MADE_NOTHING, OPEN, Change, Stage
from console.clouds.types import IntentId
from tests.changes.passing_time import pass_time

pytestmark = pytest.mark.django_db(transaction=True)

ACTS = ("accept", "reject")
#: What becomes of an act: its answer comes, or is lost after or before it was done; or it is done later.
FATES = ("answered", "lost after", "lost before", "late")
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("act"), st.sampled_from(ACTS), st.sampled_from(FATES)),
        st.tuples(st.just("look"), st.just(""), st.just("")),
        st.tuples(st.just("page"), st.just(""), st.just("")),
        st.tuples(st.just("late"), st.just(""), st.just("")),
        st.tuples(st.just("wait"), st.just(""), st.just("")),
        st.tuples(st.just("long wait"), st.just(""), st.just("")),
    ),
    min_size=3,
    max_size=12,
)
#: Seconds; an effect may come so long after a lost answer (CONSOLE_SETTLE_SECONDS).
A_WHILE, SETTLED = 10, 35


class Story:
    """One connection, and what was really done to it by whom."""

    def __init__(self, stage: Any) -> None:
        self.stage = stage
        self.port: Any = wiring.get_cloud("demo").gateway_endpoints
        self.target = stage.connection_ids("accepted")[0]
        self.people = [stage.browser("operator"), stage.browser("admin")]
        self.done: set[Any] = set()
        #: Calls that are still on their way: the act and its Change.
        self.on_the_way: list[tuple[str, Any]] = []

    def act(self, act: str, fate: str) -> None:
        person = self.people[0]
        self.people.reverse()
        page = person.open(f"{self.stage.tab_url}connections/{act}/?id={self.target}")
        if not page.has_button(act.capitalize()):
            return
        lost = {"answered": None, "lost after": "reset_after"}.get(fate, "reset_before")
        rules = [{"match": {"method": "POST"}, "fault": lost, "times": 1}] if lost else []
        effects = len(self.stage.cloud.ledger())
        self.stage.cloud.faults(*rules)
        person.submit(page, act.capitalize())
        self.stage.cloud.faults()
        change = Change.objects.order_by("-claimed_at")[0]
        if len(self.stage.cloud.ledger()) > effects:
            self.done.add(change.pk)
        elif fate == "late" and change.stage == Stage.UNKNOWN:
            self.on_the_way.append((act, change.pk))

    def arrive(self) -> None:
        """What was on its way for long is done now."""
        for act, change in self.on_the_way:
            effects = len(self.stage.cloud.ledger())
            found = self.port.find_connection(self.stage.gateway_id, self.target)
            if found.status.can_accept if act == "accept" else found.status.can_reject:
                getattr(self.port, act)(self.stage.gateway_id, self.target, intent=IntentId("late"))
            if len(self.stage.cloud.ledger()) > effects:
                self.done.add(change)
        self.on_the_way = []

    def check(self) -> None:
        """Everything that has an end has the right one."""
        for change in Change.objects.all():
            if change.stage == Stage.SUCCEEDED:
                assert change.pk in self.done, f"{change.kind} is told to be done: {change.explanation}"
            if change.stage in MADE_NOTHING:
                assert change.pk not in self.done, f"{change.kind} is told to be undone: {change.explanation}"


@given(steps=STEPS)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_end_contradicts_the_ledger(stage: Any, steps: list[tuple[str, str, str]]) -> None:
    stage.cloud.reset()
    wiring.forget_clouds()
    Change.objects.all().delete()
    story = Story(stage)
    for step, act, fate in steps:
        if step == "act":
            story.act(act, fate)
        elif step == "page":
            story.people[0].open(f"{stage.tab_url}?refresh=1")
        elif step == "late":
            story.arrive()
        elif step == "wait":
            pass_time(A_WHILE)
        elif step == "long wait":
            story.arrive()  # later than this nothing comes any more
            pass_time(SETTLED)
        else:
            settling.settle_open()
        story.check()
    story.arrive()
    for _look in range(3):
        pass_time(2 * SETTLED)
        settling.settle_open()
        story.check()
    assert not Change.objects.filter(stage__in=OPEN).exists()
