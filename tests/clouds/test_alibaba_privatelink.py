"""What is PrivateLink's own behind the port: one write at a time, pages by token, no word for waiting (contract 4)."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from console.clouds.advice import TryAgain
from console.clouds.alibaba.pacing import Queue
from console.clouds.budget import time_budget
from console.clouds.errors import CloudBusy, CloudNotFound, CloudOutcomeUnknown, CloudRefused
from console.clouds.services import ServiceStatus
from console.clouds.types import AccountId, ConnectionStatus, EndpointId, IntentId, ServiceId
from console.simcloud import SimulatedCloud
from console.simcloud.alibaba.identity import NORTHWIND
from tests.clouds.alibaba_party import INTENT, AlibabaParty, acts, alibaba_party, endpoint_in, service_of

ACCEPT, REJECT = "EnableVpcEndpointConnection", "DisableVpcEndpointConnection"


@pytest.fixture
def party(cloud: SimulatedCloud) -> AlibabaParty:
    return alibaba_party(cloud)


def endpoints_in(cloud: SimulatedCloud, status: str) -> list[EndpointId]:
    service = next(row for row in cloud.describe()["alibaba"]["services"] if row["seeded_as"] == "main")
    return [EndpointId(row["id"]) for row in service["endpoints"] if row["status"] == status]


# Services


def test_services_are_listed_newest_first_and_only_the_own(party: AlibabaParty, cloud: SimulatedCloud) -> None:
    rows = party.services.list_services()
    assert [row.id for row in rows] == [service_of(cloud, "auto_accept"), service_of(cloud, "main")]
    assert [row.approval_required for row in rows] == [False, True]
    assert {row.status for row in rows} == {ServiceStatus.AVAILABLE}
    assert party.services.get_service(rows[0].id).description == "catalogue search"


def test_a_service_that_is_not_there_is_not_found(party: AlibabaParty) -> None:
    with pytest.raises(CloudNotFound) as caught:
        party.services.get_service(ServiceId("epsrv-bp1000000000000000000"))
    assert caught.value.vendor_code == "EndpointServiceNotFound"


@pytest.mark.parametrize("bad", ["", ".", "a/b", "ep-1", "epsrv-", "EPSRV-X", "x" * 65, "ü"])
def test_what_cannot_be_an_id_never_reaches_the_cloud(party: AlibabaParty, cloud: SimulatedCloud, bad: str) -> None:
    """An empty service would even mean all of them (contract 4.2)."""
    service, endpoint = ServiceId(bad), EndpointId("ep-bp1000000000000000000")
    for act in (
        lambda: party.services.get_service(service),
        lambda: party.services.list_connections(service),
        lambda: party.services.list_permissions(service),
        lambda: party.services.accept(service, endpoint, intent=INTENT),
        lambda: party.services.accept(service_of(cloud), EndpointId("x"), intent=INTENT),
        lambda: party.services.add_permission(service, AccountId("12345678"), intent=INTENT),
    ):
        with pytest.raises(CloudNotFound):
            act()
    assert cloud.calls() == []


# Lists


def test_connections_are_read_page_by_page_to_their_end(party: AlibabaParty, cloud: SimulatedCloud) -> None:
    rows = party.services.list_connections(service_of(cloud))
    described = next(row for row in cloud.describe()["alibaba"]["services"] if row["seeded_as"] == "main")
    assert sorted(row.id for row in rows) == sorted(row["id"] for row in described["endpoints"])
    assert len(acts(cloud, "ListVpcEndpointConnections")) == 1 + (len(rows) - 1) // 50
    ages = [row.updated_at for row in rows if row.updated_at]
    assert ages == sorted(ages, reverse=True)


@pytest.mark.parametrize("total", ["users", "users_and_arns"])
def test_a_whitelist_names_each_account_once_whatever_its_total_says(
    party: AlibabaParty, cloud: SimulatedCloud, total: str
) -> None:
    cloud.world.switch(alibaba_user_total=total)
    rows = party.services.list_permissions(service_of(cloud))
    described = next(row for row in cloud.describe()["alibaba"]["services"] if row["seeded_as"] == "main")
    assert sorted(row.account for row in rows) == sorted(described["users"])
    assert "9507199254740993" in [row.account for row in rows]


@pytest.mark.parametrize("ending", ["", ',"NextToken":""', ',"NextToken":null'])
def test_a_service_without_connections_has_an_empty_list(
    party: AlibabaParty, cloud: SimulatedCloud, ending: str
) -> None:
    rows = {"fault": "status", "status": 200, "body": '{"Connections":[]' + ending + "}"}
    cloud.faults({"match": {"action": "ListVpcEndpointConnections"}, **rows})
    assert list(party.services.list_connections(service_of(cloud))) == []


# Who the own account is


def test_the_own_account_is_who_has_the_networks(party: AlibabaParty, cloud: SimulatedCloud) -> None:
    assert [party.services.own_account() for _ in range(3)] == [str(NORTHWIND.id)] * 3
    assert len(acts(cloud, "DescribeVpcs")) == 1


def test_the_own_account_is_not_asked_for_where_it_was_configured(cloud: SimulatedCloud) -> None:
    assert alibaba_party(cloud, account="12345678").services.own_account() == "12345678"
    assert cloud.calls() == []


@pytest.mark.parametrize(
    "rows", ["", '{"VpcId":"vpc-1","OwnerId":11111111},{"VpcId":"vpc-2","OwnerId":22222222}'], ids=["none", "two"]
)
def test_no_account_is_guessed(party: AlibabaParty, cloud: SimulatedCloud, rows: str) -> None:
    body = '{"Vpcs":{"Vpc":[' + rows + "]}}"
    cloud.faults({"match": {"action": "DescribeVpcs"}, "fault": "status", "status": 200, "body": body})
    assert party.services.own_account() == ""


# One write at a time


def test_a_never_accepted_connection_is_not_rejected(party: AlibabaParty, cloud: SimulatedCloud) -> None:
    with pytest.raises(CloudRefused) as caught:
        party.services.reject(service_of(cloud), endpoint_in(cloud, "Disconnected"), intent=INTENT)
    assert "nothing was sent" in caught.value.reason
    assert acts(cloud, REJECT) == []


def test_a_connection_that_is_being_changed_is_refused_for_now_and_not_asked_again(
    party: AlibabaParty, cloud: SimulatedCloud
) -> None:
    """Waiting would decide on something else than what was seen."""
    with pytest.raises(CloudRefused) as caught:
        party.services.accept(service_of(cloud), endpoint_in(cloud, "Connecting"), intent=INTENT)
    assert caught.value.vendor_code == "EndpointConnectionOperationDenied"
    assert caught.value.advice.try_again is TryAgain.LATER
    assert len(acts(cloud, ACCEPT)) == 1


def test_a_second_accept_waits_until_the_first_has_settled(cloud: SimulatedCloud) -> None:
    cloud.world.delay = 2.0
    party = alibaba_party(cloud, sleep=cloud.world.advance)
    first, second = endpoints_in(cloud, "Disconnected")[:2]
    party.services.accept(service_of(cloud), first, intent=INTENT)
    receipt = party.services.accept(service_of(cloud), second, intent=IntentId("change-2"))
    statuses = [exchange.answer.status for exchange in receipt.exchange if exchange.answer]
    assert statuses == [400, 400, 200]
    assert "ConcurrentCallNotSupported" in repr([e.answer and e.answer.body for e in receipt.exchange])
    assert [row["object"] for row in cloud.ledger()] == [first, second]


def test_accepts_of_many_threads_reach_the_cloud_one_by_one(party: AlibabaParty, cloud: SimulatedCloud) -> None:
    cloud.latency = 0.02
    waiting = endpoints_in(cloud, "Disconnected")[:6]

    def accept(endpoint: EndpointId) -> None:
        party.services.accept(service_of(cloud), endpoint, intent=IntentId(f"change-{endpoint}"))

    with ThreadPoolExecutor(len(waiting)) as threads:
        list(threads.map(accept, waiting))
    rows = sorted(acts(cloud, ACCEPT), key=lambda row: row["at"])
    assert [row["status"] for row in rows] == [200] * len(waiting)
    assert sorted(row["object"] for row in cloud.ledger()) == sorted(waiting)


def test_whoever_does_not_get_a_turn_in_time_is_told_that_nothing_was_sent() -> None:
    queue, inside, leave = Queue(), threading.Event(), threading.Event()

    def hold() -> None:
        with queue.turn():
            inside.set()
            leave.wait(10)

    holder = threading.Thread(target=hold)
    holder.start()
    try:
        assert inside.wait(10)
        with time_budget(0.05), pytest.raises(CloudBusy), queue.turn():
            raise AssertionError("two at once")
    finally:
        leave.set()
        holder.join(10)
    with queue.turn():
        pass


def test_a_write_that_failed_gives_its_turn_back(party: AlibabaParty, cloud: SimulatedCloud) -> None:
    endpoint = endpoint_in(cloud, "Disconnected")
    cloud.faults({"match": {"action": ACCEPT}, "fault": "reset_before", "times": 1})
    with pytest.raises(CloudOutcomeUnknown):
        party.services.accept(service_of(cloud), endpoint, intent=INTENT)
    party.services.accept(service_of(cloud), endpoint, intent=IntentId("change-2"))
    found = party.services.find_connection(service_of(cloud), endpoint)
    assert found is not None
    assert found.status is ConnectionStatus.ACCEPTED


def test_an_act_that_reaches_the_cloud_twice_counts_once(party: AlibabaParty, cloud: SimulatedCloud) -> None:
    endpoint = endpoint_in(cloud, "Disconnected")
    first, second = (party.services.accept(service_of(cloud), endpoint, intent=INTENT) for _ in range(2))
    assert first.request_id != second.request_id
    assert len(cloud.ledger()) == 1
