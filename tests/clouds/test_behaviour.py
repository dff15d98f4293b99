"""What every adapter of these ports does, whoever signs in and whichever profile it has."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from console.clouds.credentials import Credentials
from console.clouds.errors import CloudNotFound, CloudOutcomeUnknown, CloudRefused
from console.clouds.huawei.profiles import HUAWEI, OTC, Profile
from console.clouds.types import EVERYONE, AccountId, Availability, ConnectionStatus, EndpointId, GatewayId, IntentId
from console.simcloud import SimulatedCloud, World
from console.simcloud.identity import CONSUMER, DEMO, REGION
from tests.clouds.adapters import INTENT, KEY, PASSWORD, Adapters, adapters_to, calls, gateway

KINDS: dict[str, tuple[Credentials, Profile, dict[str, Any]]] = {
    "huawei with a password": (PASSWORD, HUAWEI, {}),
    "huawei with an access key": (KEY, HUAWEI, {"apig_connection_order": "by_id"}),
    "otc with a password": (PASSWORD, OTC, {"sign_in_scope": "required", "vpcep_error_shape": "E2"}),
}


@pytest.fixture(params=KINDS, autouse=True)
def adapters(request: pytest.FixtureRequest, cloud: SimulatedCloud) -> Adapters:
    credentials, profile, switches = KINDS[request.param]
    cloud.world.switch(**switches)
    return adapters_to(cloud.base_url, credentials, profile=profile)


def waiting(cloud: SimulatedCloud, role: str = "main") -> EndpointId:
    return EndpointId(next(row.id for row in cloud.world.connections_of(role) if row.status == "pendingAcceptance"))


def effects(cloud: SimulatedCloud) -> list[tuple[str, str, str, str]]:
    return [(row["action"], row["object"], row["before"], row["after"]) for row in cloud.ledger()]


# Reads


def test_gateways_are_listed_newest_first(adapters: Adapters) -> None:
    rows = adapters.catalog.list_gateways()
    assert {row.name for row in rows} == {"orders-api", "partner-hub", "internal-tools", "legacy-billing", "edge-nlb"}
    assert rows[0].name == "edge-nlb"
    ages = [row.created_at or datetime.max.replace(tzinfo=UTC) for row in rows]
    assert ages == sorted(ages, reverse=True)
    assert {row.project_id for row in rows} == {DEMO.project_id}
    assert [row.name for row in rows if not row.is_running] == ["legacy-billing"]


@pytest.mark.parametrize(
    ("role", "availability"),
    [
        ("main", Availability.ENABLED),
        ("without_service", Availability.NOT_ENABLED),
        ("not_offered", Availability.NOT_ON_EDITION),
        ("frozen", Availability.ENABLED),
    ],
)
def test_gateway_says_whether_it_has_the_feature(
    adapters: Adapters, cloud: SimulatedCloud, role: str, availability: Availability
) -> None:
    assert adapters.catalog.get_gateway(gateway(cloud, role)).availability is availability


def test_gateway_detail_is_complete(adapters: Adapters, cloud: SimulatedCloud) -> None:
    found = adapters.catalog.get_gateway(gateway(cloud, "main"))
    service = next(row for row in cloud.describe()["gateways"] if row["seeded_as"] == "main")
    assert found.service_name is not None
    assert found.service_name.full == service["service_name"]
    assert (found.service_name.region, found.service_name.name) == (REGION, "apig")
    assert found.service_name.service_id == service["service_id"]
    assert found.vpc_id
    assert found.private_address
    assert len(found.zones) >= 1


@pytest.mark.parametrize("gateway_id", ["0" * 32, "not-an-id"])
def test_unknown_gateway_is_not_found(adapters: Adapters, gateway_id: str) -> None:
    with pytest.raises(CloudNotFound):
        adapters.catalog.get_gateway(GatewayId(gateway_id))
    with pytest.raises(CloudNotFound):
        adapters.endpoints.list_connections(GatewayId(gateway_id))


@pytest.mark.parametrize("gateway_id", ["", ".", "..", "a/b", "%2e%2e", "a b", "x" * 65, "a\n", "?x=1", "ü"])
def test_what_cannot_be_an_id_never_reaches_the_cloud(
    adapters: Adapters, cloud: SimulatedCloud, gateway_id: str
) -> None:
    bad, endpoint = GatewayId(gateway_id), EndpointId("e")
    for act in (
        lambda: adapters.catalog.get_gateway(bad),
        lambda: adapters.endpoints.list_permissions(bad),
        lambda: adapters.endpoints.find_connection(bad, endpoint),
        lambda: adapters.endpoints.accept(bad, endpoint, intent=INTENT),
        lambda: adapters.endpoints.rename_service(bad, "x", intent=INTENT),
    ):
        with pytest.raises(CloudNotFound):
            act()
    assert calls(cloud) == []


def test_connections_are_listed_newest_first(adapters: Adapters, cloud: SimulatedCloud) -> None:
    rows = adapters.endpoints.list_connections(gateway(cloud, "main"))
    assert [row.id for row in rows] == [row.id for row in cloud.world.connections_of("main")]
    assert "422321321312321321" in [row.packet_id for row in rows]
    assert {row.status for row in rows} == {
        ConnectionStatus.PENDING_ACCEPTANCE,
        ConnectionStatus.ACCEPTED,
        ConnectionStatus.REJECTED,
        ConnectionStatus.FAILED,
    }
    assert CONSUMER.domain_id in [row.owner for row in rows]


def test_unknown_status_and_hostile_text_are_passed_on_as_text(adapters: Adapters, cloud: SimulatedCloud) -> None:
    endpoint = waiting(cloud)
    cloud.world.set_text(endpoint, "status", "<b>frozen</b>")
    found = adapters.endpoints.find_connection(gateway(cloud, "main"), endpoint)
    assert found is not None
    assert (found.status, found.raw_status) == (ConnectionStatus.OTHER, "<b>frozen</b>")


def test_long_lists_are_read_to_their_end_at_once(request: pytest.FixtureRequest) -> None:
    credentials, profile, _ = KINDS[request.node.callspec.params["adapters"]]
    with SimulatedCloud(World.seeded(connections=1203)) as cloud:
        adapters = adapters_to(cloud.base_url, credentials, profile=profile)
        rows = adapters.endpoints.list_connections(gateway(cloud, "many_connections"))
        assert len({row.id for row in rows}) == len(rows) == 1203
        pages = calls(cloud, "/vpc-endpoint/connections")
    assert sorted(str(page["query"]) for page in pages) == [
        "offset=0&limit=500",
        "offset=1000&limit=500",
        "offset=500&limit=500",
    ]


def test_long_list_that_was_read_before_takes_one_round_trip(request: pytest.FixtureRequest) -> None:
    credentials, profile, _ = KINDS[request.node.callspec.params["adapters"]]
    with SimulatedCloud(World.seeded(connections=1203)) as cloud:
        adapters, place = adapters_to(cloud.base_url, credentials, profile=profile), gateway(cloud, "many_connections")
        first = adapters.endpoints.list_connections(place)
        cloud.latency = 0.7
        assert adapters.endpoints.list_connections(place) == first
        pages = [(datetime.fromisoformat(call["at"]), call["milliseconds"]) for call in cloud.calls()[-3:]]
        answered = [at for at, _ in pages]
        begun = [at - timedelta(milliseconds=took) for at, took in pages]
        assert max(begun) < min(answered)  # all three pages were under way at once


def test_one_connection_is_found_or_is_not_there(adapters: Adapters, cloud: SimulatedCloud) -> None:
    found = adapters.endpoints.find_connection(gateway(cloud, "main"), waiting(cloud))
    assert found is not None
    assert found.status is ConnectionStatus.PENDING_ACCEPTANCE
    nobody = EndpointId("00000000-0000-4000-8000-000000000000")
    assert adapters.endpoints.find_connection(gateway(cloud, "main"), nobody) is None


def test_gateway_without_the_service_has_no_lists(adapters: Adapters, cloud: SimulatedCloud) -> None:
    for read in (adapters.endpoints.list_connections, adapters.endpoints.list_permissions):
        with pytest.raises(CloudNotFound) as caught:
            read(gateway(cloud, "without_service"))
        assert caught.value.vendor_code == "APIC.7314"
        assert caught.value.request_id


def test_whitelist_holds_the_own_account(adapters: Adapters, cloud: SimulatedCloud) -> None:
    own = adapters.endpoints.own_account()
    assert own == DEMO.domain_id
    rows = adapters.endpoints.list_permissions(gateway(cloud, "main"))
    assert own in [row.account for row in rows]
    assert CONSUMER.domain_id in [row.account for row in rows]
    assert all(row.created_at and row.record_id for row in rows)


def test_own_account_is_asked_for_once(adapters: Adapters, cloud: SimulatedCloud) -> None:
    for _ in range(3):
        assert adapters.endpoints.own_account() == DEMO.domain_id
    assert len(calls(cloud)) == 1


# Writes


def test_accept_lets_the_endpoint_connect(adapters: Adapters, cloud: SimulatedCloud) -> None:
    endpoint, place = waiting(cloud), gateway(cloud, "main")
    receipt = adapters.endpoints.accept(place, endpoint, intent=INTENT)
    found = adapters.endpoints.find_connection(place, endpoint)
    assert found is not None
    assert found.status is ConnectionStatus.ACCEPTED
    assert effects(cloud) == [("connection.accept", endpoint, "pendingAcceptance", "accepted")]
    assert receipt.request_id == cloud.ledger()[0]["request_id"]


def test_reject_refuses_the_endpoint(adapters: Adapters, cloud: SimulatedCloud) -> None:
    endpoint, place = waiting(cloud), gateway(cloud, "main")
    adapters.endpoints.reject(place, endpoint, intent=INTENT)
    assert effects(cloud) == [("connection.reject", endpoint, "pendingAcceptance", "rejected")]


@pytest.mark.parametrize("account", [AccountId("7cc2018e40394f7c9692f1713e76234d"), EVERYONE])
def test_whitelist_is_edited_by_account(adapters: Adapters, cloud: SimulatedCloud, account: AccountId) -> None:
    place = gateway(cloud, "main")
    before = {row.account for row in adapters.endpoints.list_permissions(place)}
    assert adapters.endpoints.add_permission(place, account, intent=INTENT).request_id
    assert {row.account for row in adapters.endpoints.list_permissions(place)} == before | {account}
    assert adapters.endpoints.remove_permission(place, account, intent=INTENT).request_id
    assert {row.account for row in adapters.endpoints.list_permissions(place)} == before
    assert [row["action"] for row in cloud.ledger()] == ["permission.add", "permission.remove"]


@pytest.mark.parametrize(("typed", "full"), [("orders", "{region}.orders.{id}"), ("", "{region}.{id}")])
def test_service_is_renamed(adapters: Adapters, cloud: SimulatedCloud, typed: str, full: str) -> None:
    place = gateway(cloud, "main")
    before = adapters.catalog.get_gateway(place)
    adapters.endpoints.rename_service(place, typed, intent=INTENT)
    after = adapters.catalog.get_gateway(place)
    assert before.service_name is not None
    assert after.service_name is not None
    assert after.service_name.full == full.format(region=REGION, id=before.service_name.service_id)
    assert (after.name, after.description) == (before.name, before.description)


def test_naming_the_service_enables_it(adapters: Adapters, cloud: SimulatedCloud) -> None:
    place = gateway(cloud, "without_service")
    adapters.endpoints.rename_service(place, "tools", intent=INTENT)
    found = adapters.catalog.get_gateway(place)
    assert found.availability is Availability.ENABLED
    assert found.service_name is not None
    assert found.service_name.name == "tools"


def test_refused_writes_change_nothing(adapters: Adapters, cloud: SimulatedCloud) -> None:
    with pytest.raises(CloudRefused) as frozen:
        adapters.endpoints.reject(gateway(cloud, "frozen"), waiting(cloud, "frozen"), intent=INTENT)
    assert frozen.value.vendor_code == "APIC.7701"
    with pytest.raises(CloudRefused) as malformed:
        adapters.endpoints.add_permission(gateway(cloud, "main"), AccountId("no-account"), intent=INTENT)
    assert malformed.value.status == 400
    assert effects(cloud) == []


def test_illegal_transition_is_a_server_error_and_so_unknown(adapters: Adapters, cloud: SimulatedCloud) -> None:
    """API Gateway says so with a 500 only (contract 4.5): reading the connection tells the rest."""
    accepted = EndpointId(next(row.id for row in cloud.world.connections_of("main") if row.status == "accepted"))
    with pytest.raises(CloudOutcomeUnknown) as caught:
        adapters.endpoints.accept(gateway(cloud, "main"), accepted, intent=INTENT)
    assert caught.value.vendor_code == "APIC.9007"
    assert len(calls(cloud, "/connections/action")) == 1
    assert effects(cloud) == []


def test_no_write_goes_without_an_intent(adapters: Adapters, cloud: SimulatedCloud) -> None:
    with pytest.raises(ValueError, match="intent"):
        adapters.endpoints.accept(gateway(cloud, "main"), waiting(cloud), intent=IntentId(""))
    assert calls(cloud) == []
