"""The states of a PrivateLink connection: every state against every act, and stories of acts (contract 4.1)."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.simcloud import Clock, SimulatedCloud, World
from console.simcloud.alibaba.records import LinkEndpoint
from tests.simcloud.alibaba_caller import AlibabaCaller, code_of

DENIED = "EndpointConnectionOperationDenied"

#: (state, act): what the connection becomes at once and in the end, or the code of the refusal.
TABLE = {
    ("Disconnected", "Enable"): ("Connecting", "Connected"),
    ("Disconnected", "Disable"): DENIED,
    ("Connected", "Enable"): DENIED,
    ("Connected", "Disable"): ("Disconnecting", "Disconnected"),
    **{
        (state, act): DENIED
        for state in ("Connecting", "Disconnecting", "Pending", "Deleting", "ServiceDeleted")
        for act in ("Enable", "Disable")
    },
}
DELAY = 4


@pytest.fixture
def waiting(alibaba: AlibabaCaller) -> LinkEndpoint:
    """A connection of the main service that nothing is going on with."""
    alibaba.cloud.world.delay = DELAY
    main = alibaba.seeded("main")
    rows = alibaba.cloud.world.alibaba.endpoints.values()
    return next(row for row in rows if row.service_id == main and row.connection_status == "Disconnected")


def act(alibaba: AlibabaCaller, verb: str, endpoint: LinkEndpoint) -> tuple[int, str]:
    parameters = {"ServiceId": endpoint.service_id, "EndpointId": endpoint.id}
    return code_of(alibaba.link(f"{verb}VpcEndpointConnection", **parameters))


def shown(alibaba: AlibabaCaller, endpoint: LinkEndpoint) -> str:
    rows = alibaba.link("ListVpcEndpointConnections", EndpointId=endpoint.id).body["Connections"]
    return str(rows[0]["ConnectionStatus"])


@pytest.mark.parametrize(("state", "verb"), sorted(TABLE))
def test_every_state_answers_every_act_as_documented(
    alibaba: AlibabaCaller, waiting: LinkEndpoint, state: str, verb: str
) -> None:
    alibaba.cloud.world.set_text(waiting.id, "connection_status", state)
    expected = TABLE[state, verb]
    answer = act(alibaba, verb, waiting)
    if isinstance(expected, str):
        assert (answer, shown(alibaba, waiting)) == ((400, expected), state)
        alibaba.cloud.world.advance(DELAY)
        assert (shown(alibaba, waiting), alibaba.effects()) == (state, [])
        return
    between, end = expected
    assert (answer, shown(alibaba, waiting)) == ((200, ""), between)
    alibaba.cloud.world.advance(DELAY)
    assert shown(alibaba, waiting) == end
    assert [effect[2:] for effect in alibaba.effects()] == [(state, end)]


def test_a_story_of_acts_never_leaves_the_table(alibaba: AlibabaCaller, waiting: LinkEndpoint) -> None:
    world = alibaba.cloud.world
    started = waiting.id

    @given(story=st.lists(st.sampled_from(["Enable", "Disable", "wait"]), max_size=8))
    @settings(max_examples=30, deadline=None)
    def check(story: list[str]) -> None:
        world.reset()
        endpoint = world.alibaba.endpoints[started]
        state, effects = "Disconnected", 0
        for verb in story:
            if verb == "wait":
                world.advance(DELAY)
                state = {"Connecting": "Connected", "Disconnecting": "Disconnected"}.get(state, state)
            elif (expected := TABLE[state, verb]) == DENIED:
                assert act(alibaba, verb, endpoint) == (400, DENIED)
            else:
                assert act(alibaba, verb, endpoint) == (200, "")
                state, effects = expected[0], effects + 1
            assert shown(alibaba, endpoint) == state
        assert len(alibaba.effects()) == effects

    check()


def test_with_a_frozen_clock_only_the_test_moves_time() -> None:
    with SimulatedCloud(World.seeded(clock=Clock(frozen=True), delay=0.001)) as cloud:
        alibaba = AlibabaCaller(cloud)
        assert alibaba.bind("unbound", "vpc-orders").status == 200
        assert [alibaba.instance("unbound")["Status"] for _ in range(3)] == ["WAIT_SWITCH"] * 3
        cloud.world.advance(0.001)
        assert alibaba.instance("unbound")["Status"] == "RUNNING"
