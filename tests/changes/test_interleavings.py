"""Two deciders and a world that moves by itself, in any order: nobody's act ever rests on what is not true any more."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from console import wiring
from console.clouds.types import IntentId
from tests.pages import Browser, Page

pytestmark = pytest.mark.django_db(transaction=True)

WHO = ("operator", "admin")
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("open"), st.sampled_from(WHO), st.sampled_from(("accept", "reject"))),
        st.tuples(st.just("press"), st.sampled_from(WHO), st.just("")),
        st.tuples(st.just("outside"), st.just(""), st.sampled_from(("accept", "reject"))),
    ),
    min_size=3,
    max_size=10,
)


class Desk:
    """What one person has in front of them."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.page: Page | None = None
        self.act = ""
        self.shown = ""


@given(steps=STEPS)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_an_act_happens_only_on_what_was_shown(stage: Any, steps: list[tuple[str, str, str]]) -> None:
    stage.cloud.reset()
    wiring.forget_clouds()
    port: Any = wiring.get_cloud("demo").gateway_endpoints
    target = next(c.id for c in port.list_connections(stage.gateway_id) if c.status == "pendingAcceptance")
    desks = {who: Desk(stage.browser(who)) for who in WHO}

    def state() -> str:
        found = port.find_connection(stage.gateway_id, target)
        return f"{found.status} {found.updated_at}"

    for step, who, act in steps:
        if step == "outside":
            _outside(port, stage.gateway_id, target, act)
        elif step == "open":
            desk = desks[who]
            desk.act, desk.shown = act, state()
            desk.page = desk.browser.open(f"{stage.tab_url}connections/{act}/?id={target}")
        elif (desk := desks[who]).page is not None and desk.page.has_button(desk.act.capitalize()):
            before, effects = state(), len(stage.cloud.ledger())
            answer = desk.browser.submit(desk.page, desk.act.capitalize())
            happened = len(stage.cloud.ledger()) - effects
            assert answer.status < 500
            assert happened == (1 if before == desk.shown and "sent before" not in answer.messages else 0)
            desk.page = None if happened else desk.page


def _outside(port: Any, gateway_id: str, target: str, act: str) -> None:
    """Somebody at the vendor's own console."""
    found = port.find_connection(gateway_id, target)
    if found.status.can_accept if act == "accept" else found.status.can_reject:
        getattr(port, act)(gateway_id, target, intent=IntentId("outside"))
