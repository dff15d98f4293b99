"""The vendor's own SDK, driven with an access key over loopback."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from console.simcloud import SimulatedCloud
from console.simcloud.identity import CONSUMER, DEMO, Account
from tests.conditions import needs_sdk
from tests.simcloud.caller import STRANGER

pytestmark = [
    pytest.mark.sdk,
    needs_sdk("huaweicloudsdkapig"),
    needs_sdk("huaweicloudsdkvpcep"),
    # The SDK misses a package that it does not ask for, and then hands the odd time through as text.
    pytest.mark.filterwarnings("ignore:Unable to convert string to datetime:ImportWarning"),
]


@pytest.fixture
def cloud() -> Iterator[SimulatedCloud]:
    with SimulatedCloud() as running:
        yield running


def apig_client(cloud: SimulatedCloud, account: Account = DEMO, secret: str | None = None) -> Any:
    from huaweicloudsdkapig.v2 import ApigClient
    from huaweicloudsdkcore.auth.credentials import BasicCredentials

    credentials = BasicCredentials(account.access_key, secret or account.secret_key, account.project_id)
    return ApigClient.new_builder().with_credentials(credentials).with_endpoints([cloud.base_url]).build()


def vpcep_client(cloud: SimulatedCloud, account: Account) -> Any:
    from huaweicloudsdkcore.auth.credentials import BasicCredentials
    from huaweicloudsdkvpcep.v1 import VpcepClient

    credentials = BasicCredentials(account.access_key, account.secret_key, account.project_id)
    return VpcepClient.new_builder().with_credentials(credentials).with_endpoints([cloud.base_url]).build()


class Owner:
    """The gateway's owner, with the SDK's requests for one gateway."""

    def __init__(self, cloud: SimulatedCloud, role: str = "main") -> None:
        self.client = apig_client(cloud)
        self.gateway_id = cloud.world.gateway_named(role).id

    def connections(self, **query: object) -> Any:
        from huaweicloudsdkapig.v2 import ListEndpointConnectionsRequest

        return self.client.list_endpoint_connections(
            ListEndpointConnectionsRequest(instance_id=self.gateway_id, **query)
        )

    def decide(self, action: str, *ids: str) -> Any:
        from huaweicloudsdkapig.v2 import AcceptOrRejectEndpointConnectionsRequest, ConnectionActionReq

        body = ConnectionActionReq(action=action, endpoints=list(ids))
        return self.client.accept_or_reject_endpoint_connections(
            AcceptOrRejectEndpointConnectionsRequest(instance_id=self.gateway_id, body=body)
        )

    def accounts(self, **query: object) -> list[str]:
        from huaweicloudsdkapig.v2 import ListEndpointPermissionsRequest

        answer = self.client.list_endpoint_permissions(
            ListEndpointPermissionsRequest(instance_id=self.gateway_id, **query)
        )
        return [row.permission for row in answer.permissions]

    def add(self, *accounts: str) -> Any:
        from huaweicloudsdkapig.v2 import AddEndpointPermissionsRequest, EndpointPermissionList

        body = EndpointPermissionList(permissions=[f"iam:domain::{account}" for account in accounts])
        return self.client.add_endpoint_permissions(
            AddEndpointPermissionsRequest(instance_id=self.gateway_id, body=body)
        )

    def remove(self, *accounts: str) -> Any:
        from huaweicloudsdkapig.v2 import DeleteEndpointPermissionsRequest, EndpointPermissionList

        body = EndpointPermissionList(permissions=[f"iam:domain::{account}" for account in accounts])
        return self.client.delete_endpoint_permissions(
            DeleteEndpointPermissionsRequest(instance_id=self.gateway_id, body=body)
        )

    def detail(self) -> Any:
        from huaweicloudsdkapig.v2 import ShowDetailsOfInstanceV2Request

        return self.client.show_details_of_instance_v2(ShowDetailsOfInstanceV2Request(instance_id=self.gateway_id))

    def rename(self, name: str) -> Any:
        from huaweicloudsdkapig.v2 import InstanceModReq, UpdateInstanceV2Request

        body = InstanceModReq(vpcep_service_name=name)
        return self.client.update_instance_v2(UpdateInstanceV2Request(instance_id=self.gateway_id, body=body))


@pytest.fixture
def owner(cloud: SimulatedCloud) -> Owner:
    return Owner(cloud)


def refusal_of(act: Callable[[], object]) -> tuple[int, str]:
    """Status and code of the SDK's exception, which must know the request's id."""
    from huaweicloudsdkcore.exceptions.exceptions import ServiceResponseException

    with pytest.raises(ServiceResponseException) as caught:
        act()
    assert len(caught.value.request_id) == 32
    assert caught.value.error_msg
    return caught.value.status_code, caught.value.error_code


def test_the_sdk_lists_gateways(owner: Owner) -> None:
    from huaweicloudsdkapig.v2 import ListInstancesV2Request

    answer = owner.client.list_instances_v2(ListInstancesV2Request(status="Frozen"))
    assert [(row.instance_name, row.instance_status) for row in answer.instances] == [("legacy-billing", 37)]


def test_the_sdk_lists_filters_and_pages_connections(owner: Owner, cloud: SimulatedCloud) -> None:
    assert owner.connections().total == 13
    assert {row.status for row in owner.connections(status="rejected").connections} == {"rejected"}
    assert owner.connections(offset=10, limit=5).size == 3
    (giant,) = owner.connections(marker_id=422321321312321321).connections
    assert giant.marker_id == 422321321312321321
    assert owner.connections(id=giant.id).total == 1
    assert Owner(cloud, "many_connections").connections().size == 20


def test_the_sdk_accepts_and_rejects(owner: Owner, cloud: SimulatedCloud) -> None:
    waiting = owner.connections(status="pendingAcceptance").connections[0].id
    assert [row.status for row in owner.decide("receive", waiting).connections] == ["creating"]
    assert owner.connections(id=waiting).connections[0].status == "accepted"
    assert [row.status for row in owner.decide("reject", waiting).connections] == ["rejected"]
    assert [row["action"] for row in cloud.ledger()] == ["connection.accept", "connection.reject"]


def test_the_sdk_edits_the_whitelist(owner: Owner) -> None:
    assert owner.add(STRANGER, "*").permissions == [f"iam:domain::{STRANGER}", "iam:domain::*"]
    assert owner.accounts(permission=f"iam:domain::{STRANGER}") == [f"iam:domain::{STRANGER}"]
    owner.remove(STRANGER)
    assert owner.accounts(permission=STRANGER) == []
    assert f"iam:domain::{DEMO.domain_id}" in owner.accounts()


def test_the_sdk_renames_the_endpoint_service(owner: Owner, cloud: SimulatedCloud) -> None:
    before = owner.detail().endpoint_services[0].service_name
    owner.rename("renamed")
    after = owner.detail().endpoint_services[0]
    assert after.service_name == before.replace(".apig.", ".renamed.")
    assert " " in str(after.created_at)
    assert [row["action"] for row in cloud.ledger()] == ["service.rename"]


def test_the_sdk_gets_the_documented_codes(owner: Owner, cloud: SimulatedCloud) -> None:
    accepted = owner.connections(status="accepted").connections[0].id
    waiting = owner.connections(status="pendingAcceptance").connections[0].id
    assert refusal_of(lambda: owner.decide("receive", accepted)) == (500, "APIC.9007")
    assert refusal_of(lambda: owner.decide("receive")) == (400, "APIC.7211")
    assert refusal_of(lambda: owner.decide("accept", waiting)) == (400, "APIC.7211")
    assert refusal_of(lambda: owner.decide("receive", *[waiting] * 51)) == (400, "APIC.7211")
    assert refusal_of(lambda: owner.add("nonsense")) == (400, "APIC.7211")
    assert refusal_of(lambda: owner.rename("a.b")) == (400, "APIC.7211")
    assert refusal_of(lambda: owner.connections(status="creating")) == (400, "APIC.7211")
    assert refusal_of(Owner(cloud, "without_service").connections) == (404, "APIC.7314")
    assert refusal_of(lambda: Owner(cloud, "frozen").add("*")) == (409, "APIC.7701")
    owner.gateway_id = "0" * 32
    assert refusal_of(owner.detail) == (404, "APIC.7302")
    assert cloud.ledger() == []


def test_the_sdk_with_a_wrong_secret_is_refused(cloud: SimulatedCloud) -> None:
    from huaweicloudsdkapig.v2 import ListInstancesV2Request

    client = apig_client(cloud, secret="wrong")
    assert refusal_of(lambda: client.list_instances_v2(ListInstancesV2Request())) == (401, "APIGW.0301")


@pytest.mark.parametrize("shape", ["E1", "E2"])
def test_the_sdk_knocks_from_another_account_and_is_let_in(cloud: SimulatedCloud, owner: Owner, shape: str) -> None:
    from huaweicloudsdkvpcep.v1 import (
        CreateEndpointRequest,
        CreateEndpointRequestBody,
        DeleteEndpointRequest,
        ListEndpointInfoDetailsRequest,
        ListServiceDescribeDetailsRequest,
    )

    cloud.world.switch(vpcep_error_shape=shape)
    client = vpcep_client(cloud, CONSUMER)
    name = owner.detail().endpoint_services[0].service_name
    found = client.list_service_describe_details(ListServiceDescribeDetailsRequest(endpoint_service_name=name))
    assert (found.service_name, found.is_charge) == (name, True)
    vpc = cloud.describe()["consumer"]["vpcs"][0]

    def create() -> Any:
        body = CreateEndpointRequestBody(
            endpoint_service_id=found.id, vpc_id=vpc["id"], subnet_id=vpc["subnets"][0]["id"]
        )
        return client.create_endpoint(CreateEndpointRequest(body=body))

    created = create()
    assert owner.connections(id=created.id).connections[0].marker_id == created.marker_id
    owner.decide("receive", created.id)
    shown = client.list_endpoint_info_details(ListEndpointInfoDetailsRequest(vpc_endpoint_id=created.id))
    assert (shown.status, shown.ip[:9]) == ("accepted", "172.16.0.")
    client.delete_endpoint(DeleteEndpointRequest(vpc_endpoint_id=created.id))
    assert owner.connections(id=created.id).total == 0
    owner.remove(CONSUMER.domain_id)
    assert refusal_of(create) == (400, "EndPoint.2012")


def test_the_sdk_finds_its_project_by_the_region(cloud: SimulatedCloud) -> None:
    """Without a project id the SDK asks IAM with the same key."""
    from huaweicloudsdkapig.v2 import ApigClient, ListInstancesV2Request
    from huaweicloudsdkcore.auth.credentials import BasicCredentials
    from huaweicloudsdkcore.region.region import Region

    credentials = BasicCredentials(DEMO.access_key, DEMO.secret_key).with_iam_endpoint(cloud.base_url)
    region = Region("eu-west-101", cloud.base_url)
    client = ApigClient.new_builder().with_credentials(credentials).with_region(region).build()
    assert client.list_instances_v2(ListInstancesV2Request()).total == 5
