"""What every adapter of the port `Admission` does, whichever vendor and whatever people connect to."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from console.clouds.errors import CloudBusy, CloudNotFound, CloudOutcomeUnknown, CloudRefused
from console.clouds.ports import Admission
from console.clouds.types import DRY_RUN, EVERYONE, AccountId, ConnectionStatus, EndpointId, IntentId, Receipt
from console.simcloud import SimulatedCloud
from console.simcloud.identity import CONSUMER
from tests.clouds.adapters import adapters_to, gateway
from tests.clouds.alibaba_party import alibaba_party, endpoint_in, service_of
from tests.clouds.vpcep_parties import FLAVOURS, party

INTENT = IntentId("change-1")


@dataclass
class Door:
    """Something that people connect to, with one connection that waits and one that is up."""

    port: Admission[Any]
    host: Any
    waiting: EndpointId
    connected: EndpointId
    #: A well-formed account that is not on the whitelist, a host and an endpoint that do not exist.
    stranger: AccountId
    no_host: Any
    no_endpoint: EndpointId
    #: What a fault rule matches: accepting and rejecting, and listing the connections.
    deciding: dict[str, str]
    listing: dict[str, str]
    #: Seconds that retries would have slept.
    waits: list[float]


def gateway_of_huawei(cloud: SimulatedCloud) -> Door:
    adapters = adapters_to(cloud.base_url)
    rows = cloud.world.connections_of("main")
    return Door(
        adapters.endpoints,
        gateway(cloud, "main"),
        EndpointId(next(row.id for row in rows if row.status == "pendingAcceptance")),
        EndpointId(next(row.id for row in rows if row.status == "accepted")),
        AccountId("7cc2018e40394f7c9692f1713e76234d"),
        "0" * 32,
        EndpointId("00000000-0000-4000-8000-000000000000"),
        {"path": "/connections/action"},
        {"path": "/vpc-endpoint/connections$"},
        adapters.waits,
    )


def service_in(flavour: str) -> Callable[[SimulatedCloud], Door]:
    def door(cloud: SimulatedCloud) -> Door:
        cloud.world.switch(**FLAVOURS[flavour].switches)
        provider, consumer = party(cloud, FLAVOURS[flavour]), party(cloud, FLAVOURS[flavour], CONSUMER)
        host = provider.service()
        provider.services.add_permission(host, AccountId(CONSUMER.domain_id), intent=INTENT)
        waiting, connected = (consumer.endpoint(host, address=f"172.16.0.23{n}") for n in range(2))
        provider.services.accept(host, connected, intent=INTENT)
        return Door(
            provider.services,
            host,
            waiting,
            connected,
            AccountId("7cc2018e40394f7c9692f1713e76234d"),
            "00000000-0000-4000-8000-000000000000",
            EndpointId("00000000-0000-4000-8000-000000000000"),
            {"path": "/connections/action"},
            {"path": "/connections$"},
            provider.waits,
        )

    return door


def service_of_alibaba(cloud: SimulatedCloud) -> Door:
    alibaba = alibaba_party(cloud)
    return Door(
        alibaba.services,
        service_of(cloud),
        endpoint_in(cloud, "Disconnected"),
        endpoint_in(cloud, "Connected"),
        AccountId("1645093827164509"),
        "epsrv-bp1000000000000000000",
        EndpointId("ep-bp1000000000000000000"),
        {"action": "(Enable|Disable)VpcEndpointConnection"},
        {"action": "ListVpcEndpointConnections"},
        alibaba.waits,
    )


DOORS = {
    "gateway of Huawei Cloud": gateway_of_huawei,
    "service of Huawei Cloud": service_in("huawei with a password"),
    "service of Open Telekom Cloud": service_in("otc with an access key"),
    "service of Alibaba Cloud": service_of_alibaba,
}


@pytest.fixture(params=DOORS)
def door(request: pytest.FixtureRequest, cloud: SimulatedCloud) -> Door:
    return DOORS[request.param](cloud)


@pytest.fixture
def effects(door: Door, cloud: SimulatedCloud) -> Callable[[], list[str]]:
    """The actions that had an effect since the door was there."""
    before = len(cloud.ledger())
    return lambda: [row["action"] for row in cloud.ledger()[before:]]


def status_of(door: Door, endpoint: EndpointId) -> ConnectionStatus:
    found = door.port.find_connection(door.host, endpoint)
    assert found is not None
    return found.status


def accounts(door: Door) -> list[AccountId]:
    return [row.account for row in door.port.list_permissions(door.host)]


# Reads


def test_connections_are_listed_and_each_is_found(door: Door) -> None:
    rows = {row.id: row for row in door.port.list_connections(door.host)}
    for endpoint in (door.waiting, door.connected):
        assert rows[endpoint] == door.port.find_connection(door.host, endpoint)
    assert rows[door.waiting].status.can_accept
    assert rows[door.connected].status is ConnectionStatus.ACCEPTED
    assert door.port.find_connection(door.host, door.no_endpoint) is None


def test_what_the_cloud_carries_is_what_its_traits_say(door: Door) -> None:
    traits = door.port.traits
    connected = door.port.find_connection(door.host, door.connected)
    assert connected is not None
    assert bool(connected.packet_id) == traits.packet_id
    assert bool(connected.created_at) == traits.created_at
    assert connected.updated_at
    assert connected.owner
    for entry in door.port.list_permissions(door.host):
        assert bool(entry.created_at) == traits.permission_created_at
    assert (status_of(door, door.waiting) is ConnectionStatus.PENDING_ACCEPTANCE) == traits.tells_waiting


def test_what_people_type_is_read_in_the_clouds_own_spelling(door: Door) -> None:
    assert door.port.read_account(f" {door.stranger} ") == door.stranger
    assert door.port.read_endpoint_id(f" {door.waiting} ") == door.waiting
    for read in (door.port.read_account, door.port.read_endpoint_id):
        with pytest.raises(ValueError, match="ID"):
            read("certainly not one")


def test_the_own_account_is_known_and_allowed(door: Door) -> None:
    own = door.port.own_account()
    assert door.port.read_account(own) == own
    assert own not in (door.stranger, EVERYONE)


def test_what_is_not_there_is_not_found(door: Door) -> None:
    for read in (door.port.list_connections, door.port.list_permissions):
        with pytest.raises(CloudNotFound):
            read(door.no_host)


# Accept and reject


def test_accept_lets_a_waiting_endpoint_connect(
    door: Door, cloud: SimulatedCloud, effects: Callable[[], list[str]]
) -> None:
    receipt = door.port.accept(door.host, door.waiting, intent=INTENT)
    assert status_of(door, door.waiting) is ConnectionStatus.ACCEPTED
    assert effects() == ["connection.accept"]
    assert receipt.request_id == cloud.ledger()[-1]["request_id"]
    assert [exchange.sent for exchange in receipt.exchange] == [True]


def test_accept_takes_its_time_and_shows_it(door: Door, cloud: SimulatedCloud) -> None:
    cloud.world.delay = 2.0
    door.port.accept(door.host, door.waiting, intent=INTENT)
    assert status_of(door, door.waiting) is ConnectionStatus.CREATING
    cloud.world.advance(2)
    assert status_of(door, door.waiting) is ConnectionStatus.ACCEPTED


def test_reject_cuts_a_connected_endpoint_which_may_be_accepted_again(
    door: Door, effects: Callable[[], list[str]]
) -> None:
    door.port.reject(door.host, door.connected, intent=INTENT)
    cut = status_of(door, door.connected)
    assert cut in (ConnectionStatus.REJECTED, ConnectionStatus.NOT_CONNECTED)
    assert (cut.can_accept, cut.can_reject) == (True, False)
    door.port.accept(door.host, door.connected, intent=IntentId("change-2"))
    assert status_of(door, door.connected) is ConnectionStatus.ACCEPTED
    assert effects() == ["connection.reject", "connection.accept"]


def test_only_what_can_be_rejected_is_rejected(door: Door, effects: Callable[[], list[str]]) -> None:
    if status_of(door, door.waiting).can_reject:
        door.port.reject(door.host, door.waiting, intent=INTENT)
        assert effects() == ["connection.reject"]
    else:
        with pytest.raises(CloudRefused):
            door.port.reject(door.host, door.waiting, intent=INTENT)
        assert effects() == []


# The whitelist


def test_an_account_is_put_on_the_whitelist_and_taken_off(door: Door, effects: Callable[[], list[str]]) -> None:
    before = accounts(door)
    assert door.stranger not in before
    assert door.port.add_permission(door.host, door.stranger, intent=INTENT).request_id
    assert sorted(accounts(door)) == sorted([*before, door.stranger])
    assert door.port.remove_permission(door.host, door.stranger, intent=INTENT).request_id
    assert sorted(accounts(door)) == sorted(before)
    assert effects() == ["permission.add", "permission.remove"]


def test_everyone_is_let_in_only_where_the_cloud_knows_everyone(door: Door, effects: Callable[[], list[str]]) -> None:
    if door.port.traits.everyone:
        door.port.add_permission(door.host, EVERYONE, intent=INTENT)
        assert EVERYONE in accounts(door)
    else:
        with pytest.raises(CloudRefused) as caught:
            door.port.add_permission(door.host, EVERYONE, intent=INTENT)
        assert caught.value.field == "account"
        assert effects() == []


# Mistakes


def mistakes(door: Door) -> list[Callable[[], Receipt]]:
    return [
        lambda: door.port.accept(door.no_host, door.waiting, intent=INTENT),
        lambda: door.port.add_permission(door.no_host, door.stranger, intent=INTENT),
        lambda: door.port.add_permission(door.host, AccountId("no-account"), intent=INTENT),
        lambda: door.port.remove_permission(door.host, AccountId("no-account"), intent=INTENT),
    ]


def test_refused_mistakes_change_nothing(door: Door, effects: Callable[[], list[str]]) -> None:
    for mistake in mistakes(door):
        with pytest.raises(CloudRefused):
            mistake()
    assert effects() == []


def test_accepting_what_nobody_asked_for_does_nothing(door: Door, effects: Callable[[], list[str]]) -> None:
    with pytest.raises((CloudRefused, CloudOutcomeUnknown)):
        door.port.accept(door.host, door.no_endpoint, intent=INTENT)
    assert effects() == []


# Lost answers


def writes(door: Door) -> dict[str, Callable[[IntentId], Receipt]]:
    return {
        "accept": lambda intent: door.port.accept(door.host, door.waiting, intent=intent),
        "reject": lambda intent: door.port.reject(door.host, door.connected, intent=intent),
        "add": lambda intent: door.port.add_permission(door.host, door.stranger, intent=intent),
        "remove": lambda intent: door.port.remove_permission(door.host, door.stranger, intent=intent),
    }


@pytest.mark.parametrize("act", ["accept", "reject"])
@pytest.mark.parametrize(("fault", "done"), [("reset_before", 0), ("reset_after", 1), ("truncate", 1), ("html", 0)])
def test_a_lost_answer_is_unknown_and_nothing_is_sent_again(
    door: Door, cloud: SimulatedCloud, effects: Callable[[], list[str]], act: str, fault: str, done: int
) -> None:
    cloud.faults({"match": door.deciding, "fault": fault})
    with pytest.raises(CloudOutcomeUnknown) as caught:
        writes(door)[act](INTENT)
    assert [exchange.sent for exchange in caught.value.exchange] == [True]
    assert effects() == [f"connection.{act}"] * done


def test_a_lost_read_is_asked_for_again(door: Door, cloud: SimulatedCloud) -> None:
    cloud.faults({"match": door.listing, "fault": "reset_before", "times": 1})
    assert door.port.list_connections(door.host)


def test_a_throttled_write_waits_and_is_done_once(
    door: Door, cloud: SimulatedCloud, effects: Callable[[], list[str]]
) -> None:
    cloud.faults({"match": door.deciding, "fault": "status", "status": 429, "times": 2})
    receipt = writes(door)["accept"](INTENT)
    assert effects() == ["connection.accept"]
    assert len(receipt.exchange) == 3
    assert door.waits == [1.0, 2.0]


def test_a_write_that_stays_throttled_was_not_done(
    door: Door, cloud: SimulatedCloud, effects: Callable[[], list[str]]
) -> None:
    cloud.faults({"match": door.deciding, "fault": "status", "status": 429})
    with pytest.raises(CloudBusy):
        writes(door)["accept"](INTENT)
    assert effects() == []


# Rehearsals


def test_a_dry_run_shows_the_call_and_sends_nothing(door: Door, cloud: SimulatedCloud) -> None:
    door.port.list_connections(door.host)  # signed in by now, where one signs in
    before = len(cloud.calls())
    for write in writes(door).values():
        (rehearsed,) = write(DRY_RUN).exchange
        assert (rehearsed.sent, rehearsed.answer) == (False, None)
        assert rehearsed.call.url.startswith(cloud.base_url)
    assert len(cloud.calls()) == before


def test_a_write_without_an_intent_is_our_own_mistake(door: Door, effects: Callable[[], list[str]]) -> None:
    for write in writes(door).values():
        with pytest.raises(ValueError, match="intent"):
            write(IntentId(""))
    assert effects() == []


def test_one_call_names_as_many_as_the_cloud_says_and_not_one_more(
    door: Door, effects: Callable[[], list[str]]
) -> None:
    most = door.port.traits.in_one_call
    several = [EndpointId(f"00000000-0000-4000-8000-{number:012}") for number in range(most + 1)]
    for named in ([], several):
        with pytest.raises(ValueError, match=f"one call names 1 to {most}, not {len(named)}"):
            door.port.accept(door.host, *named, intent=INTENT)
        with pytest.raises(ValueError, match=f"one call names 1 to {most}, not {len(named)}"):
            door.port.add_permission(door.host, *map(AccountId, named), intent=INTENT)
    assert effects() == []


def test_several_are_decided_in_one_call_at_a_gateway(cloud: SimulatedCloud) -> None:
    door = gateway_of_huawei(cloud)
    door.port.list_permissions(door.host)  # signed in
    calls, done = len(cloud.calls()), len(cloud.ledger())

    door.port.reject(door.host, door.waiting, door.connected, intent=INTENT)

    assert len(cloud.calls()) == calls + 1
    assert [row["object"] for row in cloud.ledger()[done:]] == [door.waiting, door.connected]
