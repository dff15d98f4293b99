"""The vendor's own VPCEP client drives the whole life of a service and an endpoint, with two accounts."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from console.simcloud import SimulatedCloud
from console.simcloud.identity import CONSUMER, DEMO, Account
from tests.conditions import needs_sdk
from tests.simcloud.caller import Caller
from tests.simcloud.parties import NOTHING, Customer, Provider, public_service

pytestmark = [
    pytest.mark.sdk,
    needs_sdk("huaweicloudsdkvpcep"),
    # The SDK misses a package that it does not ask for, and then hands times through as text.
    pytest.mark.filterwarnings("ignore:Unable to convert string to datetime:ImportWarning"),
]


@pytest.fixture(params=["E1", "E2"])
def cloud(request: pytest.FixtureRequest) -> Iterator[SimulatedCloud]:
    with SimulatedCloud() as running:
        running.world.switch(vpcep_error_shape=request.param)
        yield running


class Party:
    """An account with the SDK: `party.call("ListEndpoints", limit=1)` sends a request of that name."""

    def __init__(self, cloud: SimulatedCloud, account: Account) -> None:
        from huaweicloudsdkcore.auth.credentials import BasicCredentials
        from huaweicloudsdkvpcep.v1 import VpcepClient

        credentials = BasicCredentials(account.access_key, account.secret_key, account.project_id)
        builder = VpcepClient.new_builder().with_credentials(credentials)
        self.client = builder.with_endpoints([cloud.base_url]).build()

    def call(self, name: str, body: dict[str, Any] | None = None, **fields: object) -> Any:
        from huaweicloudsdkvpcep import v1

        request = getattr(v1, f"{name}Request")(**fields)
        if body is not None:
            request.body = getattr(v1, f"{name}RequestBody")(**body)
        method = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("_")
        return getattr(self.client, method)(request)

    def code(self, name: str, body: dict[str, Any] | None = None, **fields: object) -> tuple[int, str]:
        """Status and code of a refusal."""
        return refusal_of(lambda: self.call(name, body, **fields))


def refusal_of(act: Callable[[], object]) -> tuple[int, str]:
    from huaweicloudsdkcore.exceptions.exceptions import ServiceResponseException

    with pytest.raises(ServiceResponseException) as caught:
        act()
    assert len(caught.value.request_id) == 32
    return caught.value.status_code, caught.value.error_code


@pytest.fixture
def owner(cloud: SimulatedCloud) -> Party:
    return Party(cloud, DEMO)


@pytest.fixture
def guest(cloud: SimulatedCloud) -> Party:
    return Party(cloud, CONSUMER)


def service_body(cloud: SimulatedCloud, **changes: object) -> dict[str, Any]:
    body = Provider(Caller(cloud)).body(service_name="ledger", description="books", **changes)
    return {**body, "tags": [{"key": "env", "value": "test"}]}


def endpoint_body(cloud: SimulatedCloud, service_id: str, **changes: object) -> dict[str, Any]:
    vpc = Customer(Caller(cloud, CONSUMER)).vpc
    return {"endpoint_service_id": service_id, "vpc_id": vpc["id"], "subnet_id": vpc["subnets"][0]["id"], **changes}


def test_the_whole_life(cloud: SimulatedCloud, owner: Party, guest: Party) -> None:
    cloud.world.delay = 2
    service = owner.call("CreateEndpointService", service_body(cloud))
    assert service.status == "creating"
    cloud.world.advance(2.1)
    assert owner.call("ListServiceDetails", vpc_endpoint_service_id=service.id).status == "available"
    whitelist = {"action": "add", "permissions": [f"iam:domain::{CONSUMER.domain_id}"]}
    owner.call("AddOrRemoveServicePermissions", whitelist, vpc_endpoint_service_id=service.id)
    found = guest.call("ListServiceDescribeDetails", endpoint_service_name=service.service_name)
    assert (found.id, found.service_type) == (service.id, "interface")
    endpoint = guest.call("CreateEndpoint", endpoint_body(cloud, found.id, enable_dns=True))
    assert (endpoint.status, endpoint.ip) == ("creating", None)
    cloud.world.advance(2.1)

    def seen() -> tuple[str, str]:
        connection = owner.call("ListServiceConnections", vpc_endpoint_service_id=service.id).connections[0]
        assert connection.marker_id == endpoint.marker_id
        return connection.status, guest.call("ListEndpointInfoDetails", vpc_endpoint_id=endpoint.id).status

    def decide(action: str) -> None:
        body = {"action": action, "endpoints": [endpoint.id]}
        owner.call("AcceptOrRejectEndpoint", body, vpc_endpoint_service_id=service.id)

    assert seen() == ("pendingAcceptance", "pendingAcceptance")
    decide("receive")
    assert seen() == ("creating", "creating")
    cloud.world.advance(2.1)
    assert seen() == ("accepted", "accepted")
    connected = guest.call("ListEndpointInfoDetails", vpc_endpoint_id=endpoint.id)
    assert connected.ip.startswith("172.16.0.")
    assert len(connected.dns_names) == 1
    decide("reject")
    assert seen() == ("rejected", "rejected")
    decide("receive")
    cloud.world.advance(2.1)
    assert seen() == ("accepted", "accepted")
    assert owner.code("DeleteEndpointService", vpc_endpoint_service_id=service.id) == (400, "EndPoint.3006")
    guest.call("DeleteEndpoint", vpc_endpoint_id=endpoint.id)
    assert seen() == ("deleting", "deleting")
    cloud.world.advance(2.1)
    assert guest.code("ListEndpointInfoDetails", vpc_endpoint_id=endpoint.id) == (404, "EndPoint.0005")
    owner.call("DeleteEndpointService", vpc_endpoint_service_id=service.id)
    cloud.world.advance(2.1)
    assert owner.code("ListServiceDetails", vpc_endpoint_service_id=service.id) == (404, "EndPoint.0005")
    assert [row["action"] for row in cloud.ledger()] == [
        *("service.create", "permission.add", "endpoint.create", "connection.accept", "connection.reject"),
        *("connection.accept", "endpoint.delete", "service.delete"),
    ]


def test_documented_mistakes_have_their_codes(cloud: SimulatedCloud, owner: Party, guest: Party) -> None:
    body = service_body(cloud)
    service = owner.call("CreateEndpointService", body)
    assert owner.code("CreateEndpointService", body) == (400, "EndPoint.3044")
    assert owner.code("CreateEndpointService", {**body, "vpc_id": NOTHING}) == (400, "EndPoint.2001")
    assert owner.code("CreateEndpointService", {**body, "server_type": "X"}) == (400, "EndPoint.3021")
    create = endpoint_body(cloud, service.id)
    assert guest.code("CreateEndpoint", create) == (400, "EndPoint.2012")
    assert guest.code("CreateEndpoint", {**create, "endpoint_service_id": NOTHING}) == (400, "EndPoint.2003")
    whitelist = {"action": "add", "permissions": ["*"]}
    owner.call("AddOrRemoveServicePermissions", whitelist, vpc_endpoint_service_id=service.id)
    assert guest.code("CreateEndpoint", {**create, "subnet_id": NOTHING}) == (404, "EndPoint.4004")
    assert guest.code("CreateEndpoint", {**create, "port_ip": "10.0.0.1"}) == (400, "EndPoint.2043")
    endpoint = guest.call("CreateEndpoint", create)
    place = {"vpc_endpoint_service_id": service.id}
    twice = {"action": "receive", "endpoints": [endpoint.id, endpoint.id]}
    assert owner.code("AcceptOrRejectEndpoint", twice, **place) == (400, "EndPoint.2031")
    accept = {"action": "receive", "endpoints": [endpoint.id]}
    owner.call("AcceptOrRejectEndpoint", accept, **place)
    assert owner.code("AcceptOrRejectEndpoint", accept, **place) == (400, "EndPoint.2014")
    assert guest.code("ListServiceDetails", **place) == (404, "EndPoint.0005")
    assert owner.code("ListServiceConnections", limit=1001, **place) == (400, "EndPoint.0006")


def test_whitelists_with_descriptions_and_organizations(owner: Party, cloud: SimulatedCloud) -> None:
    service = owner.call("CreateEndpointService", service_body(cloud))
    place = {"vpc_endpoint_service_id": service.id}
    body = {"permissions": [{"permission": "iam:domain::abc", "description": "one"}]}
    (record,) = owner.call("BatchAddEndpointServicePermissions", body, **place).permissions
    assert (record.permission, record.description, record.permission_type) == ("iam:domain::abc", "one", "domainId")
    body = {"permissions": [{"permission": "organizations:orgPath::*"}], "permission_type": "orgPath"}
    owner.call("BatchAddEndpointServicePermissions", body, **place)
    described = owner.call(
        "UpdateEndpointServicePermissionDesc", {"permission": {"description": "two"}}, permission_id=record.id, **place
    )
    assert described.permissions[0].description == "two"
    assert owner.call("ListServicePermissionsDetails", **place).total_count == 2
    owner.call("BatchRemoveEndpointServicePermissions", {"permissions": [{"id": record.id}]}, **place)
    rows = owner.call("ListServicePermissionsDetails", **place).permissions
    assert [row.permission_type for row in rows] == ["orgPath"]


def test_everything_else_the_client_can_do(owner: Party, guest: Party, cloud: SimulatedCloud) -> None:
    service = owner.call("CreateEndpointService", service_body(cloud))
    place = {"vpc_endpoint_service_id": service.id}
    assert owner.call("UpdateEndpointService", {"approval_enabled": False}, **place).approval_enabled is False
    renamed = owner.call("UpdateEndpointServiceName", {"endpoint_service_name": "other"}, **place)
    assert renamed.endpoint_service_name == "other"
    owner.call("AddOrRemoveServicePermissions", {"action": "add", "permissions": ["*"]}, **place)
    endpoint = guest.call("CreateEndpoint", endpoint_body(cloud, service.id))
    words = {"connections": [{"id": endpoint.id, "description": "our best customer"}]}
    described = owner.call("UpdateEndpointConnectionsDesc", words, **place).connections
    assert [(row.status, row.description) for row in described] == [("accepted", "our best customer")]
    control = {"whitelist": ["10.0.0.0/8"], "enable_whitelist": True}
    assert guest.call("UpdateEndpointWhite", control, vpc_endpoint_id=endpoint.id).whitelist == ["10.0.0.0/8"]
    tag = {"tags": [{"key": "team", "value": "a"}], "action": "create"}
    resource = {"resource_type": "endpoint", "resource_id": endpoint.id}
    guest.call("BatchAddOrRemoveResourceInstance", tag, **resource)
    used = guest.call("ListQueryProjectResourceTags", resource_type="endpoint").tags
    assert [(row.key, row.values) for row in used if row.key == "team"] == [("team", ["a"])]
    assert owner.call("ListServicePublicDetails", limit=100).total_count == 6
    quotas = guest.call("ListQuotaDetails").quotas.resources
    assert [(row.type, row.quota) for row in quotas] == [("endpoint", 50), ("endpoint_service", 20)]
    assert [version.id for version in owner.call("ListVersionDetails").versions] == ["v1", "v2"]
    assert owner.call("ListEndpointService", endpoint_service_name="OTHER").total_count == 1
    assert guest.call("ListEndpoints", vpc_id=endpoint.vpc_id, limit=100).total_count >= 1


def test_a_gateway_endpoint_has_route_tables_and_a_policy(guest: Party, cloud: SimulatedCloud) -> None:
    body = endpoint_body(cloud, public_service(cloud, "obs"))
    del body["subnet_id"]
    endpoint = guest.call("CreateEndpoint", body)
    assert (endpoint.service_type, len(endpoint.routetables)) == ("gateway", 1)
    place = {"vpc_endpoint_id": endpoint.id}
    rebound = guest.call("UpdateEndpointRoutetable", {"routetables": [*endpoint.routetables, NOTHING]}, **place)
    assert rebound.routetables == endpoint.routetables
    assert rebound.error[0].bind_failed[0].id == NOTHING
    statement = {"Effect": "Deny", "Action": ["obs:*"], "Resource": ["*"]}
    changed = guest.call("UpdateEndpointPolicy", {"policy_statement": [statement]}, **place)
    assert changed.policy_statement[0].effect == "Deny"
    assert guest.call("DeleteEndpointPolicy", **place).policy_statement[0].effect == "Allow"


def test_resources_are_found_by_their_tags(owner: Party, cloud: SimulatedCloud) -> None:
    from huaweicloudsdkvpcep.v1 import ListResourceInstancesRequest, QueryResourceInstanceTagsBody, TagValuesList

    def found(**query: object) -> int:
        body = QueryResourceInstanceTagsBody(action="filter", limit="10", offset="0", **query)
        request = ListResourceInstancesRequest(resource_type="endpoint_service", body=body)
        return int(owner.client.list_resource_instances(request).total_count)

    production = TagValuesList(key="env", values=["prod"])
    assert found(tags=[production]) == 2
    assert found(not_tags=[production]) == found() - 2
    assert found(tags=[production, TagValuesList(key="team", values=[])]) == 1
