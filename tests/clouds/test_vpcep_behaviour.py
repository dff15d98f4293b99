"""What every adapter of services, endpoints and networks does, whoever signs in and whichever cloud it is."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from console.clouds.errors import CloudNotFound, CloudRefused
from console.clouds.services import PortMapping, QuotaKind, ServiceStatus, ServiceType, ServiceUpdate, Tag
from console.clouds.types import EVERYONE, AccountId, ConnectionStatus, EndpointId, ServiceId
from console.simcloud import SimulatedCloud, World
from console.simcloud.identity import CONSUMER, DEMO, REGION
from tests.clouds.adapters import calls
from tests.clouds.vpcep_parties import FLAVOURS, INTENT, NOTHING, Flavour, Party, party

BILLING = AccountId("7cc2018e40394f7c9692f1713e76234d")
BAD_IDS = ["", ".", "..", "a/b", "%2e%2e", "a b", "x" * 65, "a\n", "?x=1", "ü"]


@pytest.fixture(params=FLAVOURS, autouse=True)
def flavour(request: pytest.FixtureRequest, cloud: SimulatedCloud) -> Flavour:
    chosen = FLAVOURS[request.param]
    cloud.world.switch(**chosen.switches)
    return chosen


@pytest.fixture
def provider(cloud: SimulatedCloud, flavour: Flavour) -> Party:
    return party(cloud, flavour)


@pytest.fixture
def consumer(cloud: SimulatedCloud, flavour: Flavour) -> Party:
    return party(cloud, flavour, CONSUMER)


def effects(cloud: SimulatedCloud) -> list[str]:
    return [row["action"] for row in cloud.ledger()]


def is_newest_first(rows: Sequence[Any]) -> bool:
    ages = [row.created_at or datetime.min.replace(tzinfo=UTC) for row in rows]
    return ages == sorted(ages, reverse=True)


# The whole story


def test_service_is_published_found_and_connected_to_by_the_invited(
    cloud: SimulatedCloud, provider: Party, consumer: Party
) -> None:
    cloud.world.delay = 2.0
    service_id = provider.service(name="orders2", tags=(Tag("env", "test"),))
    assert provider.services.get_service(service_id).status is ServiceStatus.CREATING
    cloud.world.advance(2)
    service = provider.services.get_service(service_id)
    assert (service.status, service.name.name) == (ServiceStatus.AVAILABLE, "orders2")
    found = consumer.endpoints.find_service(service.name.full)
    assert found is not None
    assert (found.id, found.service_type) == (service_id, ServiceType.INTERFACE)
    with pytest.raises(CloudRefused) as uninvited:
        consumer.endpoint(found.id)
    assert uninvited.value.field == "service"
    provider.services.add_permission(service_id, AccountId(CONSUMER.domain_id), intent=INTENT)
    endpoint_id = consumer.endpoint(found.id, address="172.16.0.230", dns_enabled=True)
    assert provider.services.find_connection(service_id, endpoint_id) is not None
    assert effects(cloud) == ["service.create", "permission.add", "endpoint.create"]


def test_connection_is_accepted_cut_and_accepted_again(cloud: SimulatedCloud, provider: Party, consumer: Party) -> None:
    service_id = provider.service()
    provider.services.add_permission(service_id, EVERYONE, intent=INTENT)
    cloud.world.delay = 2.0
    endpoint_id = consumer.endpoint(service_id, address="172.16.0.230", dns_enabled=True)
    cloud.world.advance(2)
    waiting = consumer.endpoints.get_endpoint(endpoint_id)
    assert (waiting.status, waiting.address, waiting.domain_names) == (ConnectionStatus.PENDING_ACCEPTANCE, "", ())
    provider.services.accept(service_id, endpoint_id, intent=INTENT)
    assert consumer.endpoints.get_endpoint(endpoint_id).status is ConnectionStatus.CREATING
    cloud.world.advance(2)
    connected = consumer.endpoints.get_endpoint(endpoint_id)
    assert (connected.status, connected.address) == (ConnectionStatus.ACCEPTED, "172.16.0.230")
    assert (connected.dns_enabled, len(connected.domain_names)) == (True, 1)
    assert provider.services.get_service(service_id).connection_count == 1
    provider.services.reject(service_id, endpoint_id, intent=INTENT)
    cut = consumer.endpoints.get_endpoint(endpoint_id)
    assert (cut.status, cut.address) == (ConnectionStatus.REJECTED, "172.16.0.230")
    provider.services.accept(service_id, endpoint_id, intent=INTENT)
    cloud.world.advance(2)
    again = consumer.endpoints.get_endpoint(endpoint_id)
    assert (again.status, again.packet_id) == (ConnectionStatus.ACCEPTED, connected.packet_id)


def test_service_is_deleted_when_nobody_uses_it_any_more(
    cloud: SimulatedCloud, provider: Party, consumer: Party
) -> None:
    service_id = provider.service(approval_required=False)
    provider.services.add_permission(service_id, EVERYONE, intent=INTENT)
    endpoint_id = consumer.endpoint(service_id)
    assert consumer.endpoints.get_endpoint(endpoint_id).status is ConnectionStatus.ACCEPTED
    with pytest.raises(CloudRefused) as used:
        provider.publishing.delete_service(service_id, intent=INTENT)
    assert used.value.vendor_code == "EndPoint.3006"
    cloud.world.delay = 2.0
    consumer.endpoints.delete_endpoint(endpoint_id, intent=INTENT)
    assert consumer.endpoints.get_endpoint(endpoint_id).status is ConnectionStatus.DELETING
    cloud.world.advance(2)
    with pytest.raises(CloudNotFound):
        consumer.endpoints.get_endpoint(endpoint_id)
    provider.publishing.delete_service(service_id, intent=INTENT)
    assert provider.services.get_service(service_id).status is ServiceStatus.DELETING
    cloud.world.advance(2)
    with pytest.raises(CloudNotFound):
        provider.services.get_service(service_id)
    assert effects(cloud)[-2:] == ["endpoint.delete", "service.delete"]


# Services


def test_services_are_listed_newest_first_with_what_they_are(provider: Party) -> None:
    rows = provider.services.list_services()
    assert is_newest_first(rows)
    assert {row.name.name for row in rows} >= {"billing", "search", "shop", "metrics", ""}
    named = {row.name.name: row for row in rows}
    assert (named["search"].approval_required, named["billing"].approval_required) == (False, True)
    assert named["billing"].ports == (PortMapping(443, 8443), PortMapping(8080, 8080))
    assert (named["billing"].server_type, named["billing"].description) == ("LB", "Invoices and credit notes")
    assert (named["metrics"].status, named["metrics"].failure[:13]) == (ServiceStatus.FAILED, "EndPoint.4011")
    assert named["shop"].name.region == REGION
    assert all(row.updated_at for row in rows)


def test_service_changes_only_where_it_was_asked_to(provider: Party) -> None:
    service_id = provider.service(name="before", description="words")
    update = ServiceUpdate(name="after", approval_required=False)
    provider.publishing.update_service(service_id, update, intent=INTENT)
    found = provider.services.get_service(service_id)
    assert (found.name.name, found.approval_required) == ("after", False)
    assert (found.description, found.ports) == ("words", (PortMapping(8080, 80),))
    ports = (PortMapping(1, 2), PortMapping(3, 2))
    provider.publishing.update_service(service_id, ServiceUpdate(ports=ports, name="", description=""), intent=INTENT)
    found = provider.services.get_service(service_id)
    assert (found.name.name, found.description, found.ports) == ("", "", ports)


def test_tags_are_added_and_removed(provider: Party, consumer: Party) -> None:
    service_id = provider.service(tags=(Tag("env", "test"),))
    set_tags = provider.publishing.set_service_tags
    set_tags(service_id, add=[Tag("team", "shop"), Tag("empty")], remove=[], intent=INTENT)
    set_tags(service_id, add=[], remove=[Tag("env", "test"), Tag("empty")], intent=INTENT)
    assert provider.services.get_service(service_id).tags == (Tag("team", "shop"),)
    provider.services.add_permission(service_id, EVERYONE, intent=INTENT)
    endpoint_id = consumer.endpoint(service_id, tags=(Tag("a", "b"),))
    consumer.endpoints.set_endpoint_tags(endpoint_id, add=[Tag("c", "d")], remove=[], intent=INTENT)
    consumer.endpoints.set_endpoint_tags(endpoint_id, add=[], remove=[Tag("a")], intent=INTENT)
    assert consumer.endpoints.get_endpoint(endpoint_id).tags == (Tag("c", "d"),)


def test_quotas_are_told_by_kind(provider: Party) -> None:
    services, endpoints = provider.publishing.quota(), provider.endpoints.quota()
    assert (services.kind, services.used, services.total) == (
        QuotaKind.SERVICES,
        len(provider.services.list_services()),
        20,
    )
    assert (endpoints.kind, endpoints.used, endpoints.total) == (
        QuotaKind.ENDPOINTS,
        len(provider.endpoints.list_endpoints()),
        50,
    )


def test_used_up_quota_is_refused_without_a_field(cloud: SimulatedCloud, provider: Party) -> None:
    cloud.world.switch(service_quota=0)
    with pytest.raises(CloudRefused) as full:
        provider.service()
    assert (full.value.vendor_code, full.value.field) == ("Endpoint.1018", "")
    assert "quota" in full.value.advice.meaning
    assert provider.publishing.quota().is_reached


# Who may connect


@pytest.mark.parametrize("account", [BILLING, EVERYONE])
def test_whitelist_is_edited_by_account(provider: Party, account: AccountId) -> None:
    service_id = provider.service()
    provider.services.add_permission(service_id, account, intent=INTENT)
    (row,) = provider.services.list_permissions(service_id)
    assert (row.account, bool(row.record_id), bool(row.created_at)) == (account, True, True)
    provider.services.remove_permission(service_id, account, intent=INTENT)
    assert provider.services.list_permissions(service_id) == []


def test_own_account_is_allowed_without_an_entry(provider: Party) -> None:
    service_id = provider.service()
    assert provider.services.own_account() == DEMO.domain_id
    assert provider.services.list_permissions(service_id) == []
    provider.endpoint(service_id, "vpc-clients")


def test_connections_are_listed_newest_first_and_found_by_id(provider: Party, consumer: Party) -> None:
    service_id = provider.service()
    provider.services.add_permission(service_id, EVERYONE, intent=INTENT)
    ids = {consumer.endpoint(service_id, description=f"number {number}") for number in range(3)}
    rows = provider.services.list_connections(service_id)
    assert {row.id for row in rows} == ids
    assert is_newest_first(rows)
    assert {row.owner for row in rows} == {CONSUMER.domain_id}
    assert {row.description for row in rows} == {"number 0", "number 1", "number 2"}
    assert provider.services.find_connection(service_id, rows[0].id) == rows[0]
    assert provider.services.find_connection(service_id, EndpointId(NOTHING)) is None


def test_connection_gets_the_owners_words_where_the_cloud_has_them(
    cloud: SimulatedCloud, provider: Party, consumer: Party
) -> None:
    service_id = provider.service()
    provider.services.add_permission(service_id, EVERYONE, intent=INTENT)
    endpoint_id = consumer.endpoint(service_id)
    before = len(calls(cloud))
    if provider.services.traits.descriptions:
        provider.publishing.describe_connection(service_id, endpoint_id, "Contoso", intent=INTENT)
        found = provider.services.find_connection(service_id, endpoint_id)
        assert found is not None
        assert found.description == "Contoso"
        return
    with pytest.raises(CloudRefused) as none:
        provider.publishing.describe_connection(service_id, endpoint_id, "Contoso", intent=INTENT)
    assert "no words" in none.value.advice.meaning
    assert len(calls(cloud)) == before


# Endpoints


def test_endpoints_are_listed_newest_first_with_what_they_are(provider: Party) -> None:
    rows = provider.endpoints.list_endpoints()
    assert is_newest_first(rows)
    named = {row.service_name.name: row for row in rows}
    payments = next(row for row in rows if row.access_control)
    assert payments.whitelist == ("10.20.0.0/24", "10.20.1.7")
    assert payments.address
    assert (named["obs"].service_type, len(named["obs"].route_tables)) == (ServiceType.GATEWAY, 1)
    assert {row.status for row in rows} >= {ConnectionStatus.ACCEPTED, ConnectionStatus.FAILED}
    assert all(row.packet_id.isdigit() and not row.frozen and not row.disabled for row in rows)


def test_verify_is_one_call(cloud: SimulatedCloud, provider: Party, consumer: Party) -> None:
    name = provider.services.get_service(provider.service()).name.full
    consumer.endpoints.quota()  # signed in
    before = len(calls(cloud))
    assert consumer.endpoints.find_service(name) is not None
    assert len(calls(cloud)) == before + 1


def test_service_of_a_gateway_is_found_and_connected_to(cloud: SimulatedCloud, consumer: Party) -> None:
    gateway = cloud.world.gateway_named("main")
    found = consumer.endpoints.find_service(cloud.world.service_of(gateway).full_name)
    assert found is not None
    endpoint_id = consumer.endpoint(found.id)
    assert endpoint_id in {row.id for row in cloud.world.connections_of("main")}


def test_clouds_own_services_are_listed_by_name(provider: Party) -> None:
    rows = provider.endpoints.public_services()
    names = [row.name.full for row in rows]
    assert names == sorted(names)
    assert {row.name.name: row.service_type for row in rows}["obs"] is ServiceType.GATEWAY
    assert all(row.owner and row.charged is False for row in rows)


def test_endpoint_of_a_gateway_service_is_bound_to_route_tables(provider: Party) -> None:
    obs = next(row for row in provider.endpoints.public_services() if row.name.name == "obs")
    tables = provider.networks.list_route_tables(provider.vpc_id("vpc-orders"))
    assert [table.is_default for table in tables] == [True, False]
    other = provider.vpc_id("vpc-clients")
    default = provider.networks.list_route_tables(other)[0].id
    endpoint_id = provider.endpoint(obs.id, "vpc-clients", service_type=ServiceType.GATEWAY)
    assert provider.endpoints.get_endpoint(endpoint_id).route_tables == (default,)
    chosen = provider.endpoint(obs.id, "vpc-orders", service_type=ServiceType.GATEWAY, route_tables=(tables[1].id,))
    found = provider.endpoints.get_endpoint(chosen)
    assert (found.route_tables, found.subnet_id, found.address) == ((tables[1].id,), "", "")


def test_access_control_is_set_at_the_creation_and_changed_where_the_cloud_can(
    cloud: SimulatedCloud, provider: Party, consumer: Party
) -> None:
    service_id = provider.service(approval_required=False)
    provider.services.add_permission(service_id, EVERYONE, intent=INTENT)
    endpoint_id = consumer.endpoint(service_id, access_control=True, whitelist=("10.0.0.5",))
    found = consumer.endpoints.get_endpoint(endpoint_id)
    assert (found.access_control, found.whitelist) == (True, ("10.0.0.5",))
    before, change = len(calls(cloud)), consumer.endpoints.set_access_control
    if not consumer.endpoints.traits.access_control_changes:
        with pytest.raises(CloudRefused) as fixed:
            change(endpoint_id, enabled=False, whitelist=(), intent=INTENT)
        assert "cannot change it" in fixed.value.advice.meaning
        assert len(calls(cloud)) == before
        return
    change(endpoint_id, enabled=True, whitelist=("10.0.0.0/24", "10.0.1.7"), intent=INTENT)
    assert consumer.endpoints.get_endpoint(endpoint_id).whitelist == ("10.0.0.0/24", "10.0.1.7")
    change(endpoint_id, enabled=False, whitelist=(), intent=INTENT)
    found = consumer.endpoints.get_endpoint(endpoint_id)
    assert (found.access_control, found.whitelist) == (False, ())


# Ids and long lists


@pytest.mark.parametrize("bad", BAD_IDS)
def test_what_cannot_be_an_id_never_reaches_the_cloud(cloud: SimulatedCloud, provider: Party, bad: str) -> None:
    service, endpoint = ServiceId(bad), EndpointId(bad)
    for act in (
        lambda: provider.services.get_service(service),
        lambda: provider.services.list_connections(service),
        lambda: provider.services.accept(service, EndpointId(NOTHING), intent=INTENT),
        lambda: provider.publishing.delete_service(service, intent=INTENT),
        lambda: provider.publishing.set_service_tags(service, add=[Tag("a")], remove=[], intent=INTENT),
        lambda: provider.endpoints.get_endpoint(endpoint),
        lambda: provider.endpoints.delete_endpoint(endpoint, intent=INTENT),
        lambda: provider.endpoints.set_endpoint_tags(endpoint, add=[Tag("a")], remove=[], intent=INTENT),
        lambda: provider.networks.used_addresses(bad),
    ):
        with pytest.raises(CloudNotFound):
            act()
    assert calls(cloud) == []


def test_what_another_account_has_is_not_found(provider: Party, consumer: Party) -> None:
    service_id = provider.service()
    endpoint_id = provider.endpoint(service_id, "vpc-clients")
    with pytest.raises(CloudNotFound):
        consumer.services.get_service(service_id)
    with pytest.raises(CloudNotFound):
        consumer.services.list_permissions(service_id)
    with pytest.raises(CloudNotFound):
        consumer.endpoints.delete_endpoint(endpoint_id, intent=INTENT)


def test_long_lists_are_read_to_their_end(flavour: Flavour) -> None:
    with SimulatedCloud(World.seeded(endpoints=1203)) as cloud:
        cloud.world.switch(**flavour.switches)
        rows = party(cloud, flavour).endpoints.list_endpoints()
        pages = calls(cloud, "/vpc-endpoints")
    assert len({row.id for row in rows}) == len(rows) >= 1203
    assert [str(page["query"]) for page in pages] == ["offset=0&limit=1000", "offset=1000&limit=1000"]
