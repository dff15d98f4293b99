"""Every act in every status, asked of VPCEP itself: the whole table of huawei-contract 6.2, from both sides."""

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.simcloud import Clock, SimulatedCloud, World
from tests.simcloud.caller import Caller, Reply, consumer_of
from tests.simcloud.parties import Customer, Provider

STATUSES = ("pendingAcceptance", "creating", "accepted", "rejected", "failed", "deleting")

#: By status and act: the code of the refusal, or what the endpoint becomes ("" = it disappears).
TABLE = {
    ("pendingAcceptance", "receive"): "accepted",
    ("pendingAcceptance", "reject"): "rejected",
    ("pendingAcceptance", "delete"): "",
    ("pendingAcceptance", "control"): "pendingAcceptance",
    ("creating", "receive"): "EndPoint.2019",
    ("creating", "reject"): "EndPoint.2019",
    ("creating", "delete"): "EndPoint.2019",
    ("creating", "control"): "EndPoint.2019",
    ("accepted", "receive"): "EndPoint.2014",
    ("accepted", "reject"): "rejected",
    ("accepted", "delete"): "",
    ("accepted", "control"): "accepted",
    ("rejected", "receive"): "accepted",
    ("rejected", "reject"): "rejected",
    ("rejected", "delete"): "",
    ("rejected", "control"): "rejected",
    ("failed", "receive"): "EndPoint.2047",
    ("failed", "reject"): "EndPoint.2047",
    ("failed", "delete"): "",
    ("failed", "control"): "EndPoint.2047",
    ("deleting", "receive"): "EndPoint.2018",
    ("deleting", "reject"): "EndPoint.2018",
    ("deleting", "delete"): "EndPoint.2018",
    ("deleting", "control"): "EndPoint.2018",
}
#: What an act shows until the world's delay is over, where that differs from what follows.
TRANSIENT = {"accepted": "creating", "": "deleting"}
OK = {"receive": 200, "reject": 200, "delete": 204, "control": 200}
DELAY = 2.0


class Pair:
    """One endpoint between two accounts, seen and acted on from both sides."""

    def __init__(self, cloud: SimulatedCloud) -> None:
        self.world = cloud.world
        self.provider = Provider(Caller(cloud))
        self.customer = Customer(consumer_of(cloud))
        self.service_id = self.provider.created()
        self.wait()
        self.provider.admit(self.service_id, "*")
        self.endpoint_id = ""

    def wait(self) -> None:
        self.world.advance(DELAY + 0.1)

    def begin(self, status: str, *, was_connected: bool) -> None:
        """A fresh endpoint, put into this status."""
        self.endpoint_id = self.customer.created(self.service_id)
        self.wait()
        with self.world.turn():
            endpoint = self.world.endpoints[self.endpoint_id]
            endpoint.status, endpoint.connected_once = status, was_connected

    def act(self, act: str) -> Reply:
        if act == "delete":
            return self.customer.ask("DELETE", self.endpoint_id)
        if act == "control":
            return self.customer.ask("PUT", self.endpoint_id, "", {"enable_whitelist": True})
        return self.provider.decide(self.service_id, act, self.endpoint_id)

    def status(self) -> str:
        """The status, the same from both sides; "" when it is gone."""
        reply = self.customer.ask("GET", self.endpoint_id)
        connection = self.provider.connection(self.service_id, self.endpoint_id)
        if reply.status == 404:
            assert connection is None
            return ""
        assert connection["status"] == reply.body["status"]
        return str(reply.body["status"])


@pytest.fixture(scope="module")
def pair() -> Iterator[Pair]:
    world = World.seeded(clock=Clock(frozen=True), delay=DELAY)
    world.switch(endpoint_quota=10_000)
    with SimulatedCloud(world) as cloud:
        yield Pair(cloud)


@given(case=st.sampled_from(sorted(TABLE)), was_connected=st.booleans())
@settings(max_examples=80, deadline=None)
def test_every_act_in_every_status_does_what_the_table_says(
    pair: Pair, case: tuple[str, str], was_connected: bool
) -> None:
    status, act = case
    pair.begin(status, was_connected=was_connected or status == "accepted")
    ledger = len(pair.world.ledger)
    before = pair.customer.show(pair.endpoint_id)
    reply = pair.act(act)
    expected = TABLE[case]
    if expected.startswith("EndPoint."):
        assert (reply.status, reply.code) == (400, expected)
        assert len(pair.world.ledger) == ledger
        assert pair.customer.show(pair.endpoint_id) == before
        return
    assert reply.status == OK[act]
    changes = act == "control" or status != expected
    assert len(pair.world.ledger) - ledger == int(changes)
    if changes and act != "control":
        assert pair.status() == TRANSIENT.get(expected, expected)
    pair.wait()
    assert pair.status() == expected
    if expected:
        after = pair.customer.show(pair.endpoint_id)
        assert after["marker_id"] == before["marker_id"]
        assert ("ip" in after) == (was_connected or "accepted" in (status, expected))
        assert after.get("ip") == before.get("ip", after.get("ip"))


@given(acts=st.lists(st.sampled_from(("receive", "reject", "control", "delete")), max_size=10))
@settings(max_examples=25, deadline=None)
def test_no_story_of_acts_leaves_the_table(pair: Pair, acts: list[str]) -> None:
    pair.begin("pendingAcceptance", was_connected=False)
    for act in acts:
        status = pair.status()
        if not status:
            assert pair.act(act).status == 404
            continue
        expected = TABLE[status, act]
        reply = pair.act(act)
        pair.wait()
        refused = expected.startswith("EndPoint.")
        assert (reply.status == 400) == refused
        assert pair.status() == (status if refused else expected)


def test_the_table_is_whole() -> None:
    assert {status for status, _ in TABLE} == set(STATUSES)
    assert len(TABLE) == len(STATUSES) * len(OK)


SERVICE_TABLE = {
    ("creating", "connect"): "EndPoint.2004",
    ("creating", "update"): "EndPoint.3045",
    ("creating", "delete"): "EndPoint.3005",
    ("available", "connect"): "",
    ("available", "update"): "",
    ("available", "delete"): "",
    ("failed", "connect"): "EndPoint.2004",
    ("failed", "update"): "EndPoint.3045",
    ("failed", "delete"): "",
    ("deleting", "connect"): "EndPoint.2004",
    ("deleting", "update"): "EndPoint.3045",
    ("deleting", "delete"): "EndPoint.3005",
}


@pytest.mark.parametrize(("status", "act"), sorted(SERVICE_TABLE))
def test_every_act_on_a_service_in_every_status(provider: Provider, customer: Customer, status: str, act: str) -> None:
    service_id = provider.created()
    provider.admit(service_id, "*")
    provider.caller.cloud.world.set_text(service_id, "status", status)
    if act == "connect":
        reply = customer.create(service_id)
    elif act == "update":
        reply = provider.update(service_id, description="other")
    else:
        reply = provider.ask("DELETE", service_id)
    code = SERVICE_TABLE[status, act]
    assert reply.status in (200, 204) if code == "" else (reply.status, reply.code) == (400, code)
