"""Open Telekom Cloud's own client drives the whole life, against the profile `otc`."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from console.simcloud import SimulatedCloud
from console.simcloud.identity import CONSUMER, DEMO, REGION, Account
from tests.conditions import needs_sdk
from tests.simcloud.caller import Caller
from tests.simcloud.parties import NOTHING, Customer, Provider

pytestmark = [
    pytest.mark.sdk,
    needs_sdk("otcextensions"),
    # The client was written for an older openstacksdk, which warns of every old habit.
    pytest.mark.filterwarnings("ignore::PendingDeprecationWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]


@pytest.fixture(params=["E1", "E2"])
def cloud(request: pytest.FixtureRequest) -> Iterator[SimulatedCloud]:
    with SimulatedCloud() as running:
        running.world.switch(profile="otc", vpcep_error_shape=request.param)
        yield running


def connection(cloud: SimulatedCloud, account: Account) -> Any:
    """Signed in with the account's password; finds VPCEP in the token's catalog."""
    import openstack
    from otcextensions import sdk

    auth = {
        "auth_url": f"{cloud.base_url}/v3",
        "username": account.user_name,
        "password": account.password,
        "user_domain_name": account.domain_name,
        "project_id": account.project_id,
    }
    found = openstack.connection.Connection(region_name=REGION, auth=auth)
    sdk.register_otc_extensions(found)
    return found


@pytest.fixture
def owner(cloud: SimulatedCloud) -> Iterator[Any]:
    with connection(cloud, DEMO) as found:
        yield found.vpcep


@pytest.fixture
def guest(cloud: SimulatedCloud) -> Iterator[Any]:
    with connection(cloud, CONSUMER) as found:
        yield found.vpcep


def code_of(act: Callable[[], object]) -> int:
    """The HTTP status of a refusal."""
    from openstack.exceptions import HttpException

    with pytest.raises(HttpException) as caught:
        act()
    return int(caught.value.status_code)


def service_body(cloud: SimulatedCloud, **changes: object) -> dict[str, Any]:
    return Provider(Caller(cloud)).body(service_name="ledger", tags=[{"key": "a@b", "value": "c"}], **changes)


def endpoint_body(cloud: SimulatedCloud, service_id: str, **changes: object) -> dict[str, Any]:
    vpc = Customer(Caller(cloud, CONSUMER)).vpc
    return {"endpoint_service_id": service_id, "vpc_id": vpc["id"], "subnet_id": vpc["subnets"][0]["id"], **changes}


def test_the_whole_life(cloud: SimulatedCloud, owner: Any, guest: Any) -> None:
    cloud.world.delay = 2
    service = owner.create_service(**service_body(cloud))
    assert service.status == "creating"
    cloud.world.advance(2.1)
    assert owner.get_service(service.id).status == "available"
    assert [row.permission for row in owner.manage_service_whitelist(service, "add", [CONSUMER.domain_id])] == [
        f"iam:domain::{CONSUMER.domain_id}"
    ]
    found = guest.get_target_service(service.service_name)
    assert (found.id, found.service_type) == (service.id, "interface")
    endpoint = guest.create_endpoint(**endpoint_body(cloud, found.id, enable_dns=True))
    cloud.world.advance(2.1)

    def seen() -> tuple[str, str]:
        (row,) = owner.service_connections(service)
        return row.status, guest.get_endpoint(endpoint.id).status

    def decide(action: str) -> None:
        owner.manage_service_connections(service, action, [endpoint.id])
        cloud.world.advance(2.1)

    assert seen() == ("pendingAcceptance", "pendingAcceptance")
    decide("accept")
    assert seen() == ("accepted", "accepted")
    connected = guest.get_endpoint(endpoint.id)
    assert connected.ip.startswith("172.16.0.")
    assert (len(connected.dns_names), connected.marker_id) == (1, endpoint.marker_id)
    decide("reject")
    assert seen() == ("rejected", "rejected")
    decide("accept")
    assert seen() == ("accepted", "accepted")
    assert code_of(lambda: owner.delete_service(service)) == 400
    guest.delete_endpoint(endpoint)
    cloud.world.advance(2.1)
    assert code_of(lambda: guest.get_endpoint(endpoint.id)) == 404
    owner.delete_service(service)
    cloud.world.advance(2.1)
    assert code_of(lambda: owner.get_service(service.id)) == 404
    assert [row["action"] for row in cloud.ledger()] == [
        *("service.create", "permission.add", "endpoint.create", "connection.accept", "connection.reject"),
        *("connection.accept", "endpoint.delete", "service.delete"),
    ]


def test_documented_mistakes_are_told(cloud: SimulatedCloud, owner: Any, guest: Any) -> None:
    from openstack.exceptions import BadRequestException

    service = owner.create_service(**service_body(cloud))
    with pytest.raises(BadRequestException, match=r"EndPoint\.2012|You do not have permission to connect"):
        guest.create_endpoint(**endpoint_body(cloud, service.id))
    with pytest.raises(BadRequestException, match=r"EndPoint\.3044|ports conflicted"):
        owner.create_service(**service_body(cloud))
    list(owner.manage_service_whitelist(service, "add", [CONSUMER.domain_id]))
    assert code_of(lambda: guest.create_endpoint(**endpoint_body(cloud, service.id, subnet_id=NOTHING))) == 404
    endpoint = guest.create_endpoint(**endpoint_body(cloud, service.id))
    twice = [endpoint.id, endpoint.id]
    with pytest.raises(BadRequestException, match=r"EndPoint\.2031|Only one endpoint"):
        owner.manage_service_connections(service, "accept", twice)
    assert code_of(lambda: guest.get_service(service.id)) == 404


def test_lists_quotas_and_changes(cloud: SimulatedCloud, owner: Any, guest: Any) -> None:
    service = owner.create_service(**service_body(cloud, approval_enabled=False))
    assert owner.update_service(service, is_approval_enabled=True).is_approval_enabled is True
    assert owner.find_service(service.service_name).id == service.id
    newest = [row.id for row in owner.services(sort_key="created_at", sort_dir="desc")]
    assert newest[0] == service.id
    names = {row.service_name for row in guest.public_services(limit=50)}
    assert "com.t-systems.otc.eu-west-101.dns" in names
    assert [(row.type, row.quota) for row in owner.resource_quota("endpoint")] == [("endpoint", 50)]
    assert len(list(owner.service_whitelist(service))) == 0
    assert all(row.project_id == CONSUMER.project_id for row in guest.endpoints(limit=50))
