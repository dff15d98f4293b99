"""Alibaba Cloud's own clients drive everything, over loopback and unmodified, with both ways of signing."""

from collections.abc import Callable
from typing import Any

import pytest

from console.simcloud import SimulatedCloud
from console.simcloud.alibaba.identity import CONTOSO, NORTHWIND, REGION, AlibabaAccount
from tests.conditions import needs_sdk
from tests.simcloud.alibaba_caller import NETWORKS, AlibabaCaller

pytestmark = [
    pytest.mark.sdk,
    needs_sdk("alibabacloud_cloudapi20160714"),
    needs_sdk("alibabacloud_privatelink20200415"),
]


class Party:
    """An account with the SDK: `party.gateway("DescribeInstances", instance_id=…)` is the body of the answer."""

    def __init__(self, cloud: SimulatedCloud, account: AlibabaAccount, algorithm: str | None) -> None:
        from alibabacloud_cloudapi20160714.client import Client as Gateway
        from alibabacloud_privatelink20200415.client import Client as Link
        from alibabacloud_tea_openapi.utils_models import Config

        def config() -> Config:
            return Config(
                access_key_id=account.access_key_id,
                access_key_secret=account.access_key_secret,
                signature_algorithm=algorithm,
                endpoint=cloud.base_url.removeprefix("http://"),
                protocol="http",
                region_id=REGION,
                no_proxy="127.0.0.1",
            )

        self._gateway, self._link = Gateway(config()), Link(config())
        self.account_id = account.id

    def gateway(self, name: str, **fields: object) -> Any:
        """An action of API Gateway."""
        from alibabacloud_cloudapi20160714 import models

        return _call(self._gateway, models, name, fields)

    def link(self, name: str, **fields: object) -> Any:
        """An action of PrivateLink."""
        from alibabacloud_privatelink20200415 import models

        return _call(self._link, models, name, {"region_id": REGION, **fields})

    def networks(self, name: str, **query: str) -> Any:
        """An action of the networks' product, through the client that both SDKs are made of."""
        from alibabacloud_tea_openapi.utils_models import OpenApiRequest, Params
        from darabonba.runtime import RuntimeOptions

        params = Params(
            action=name,
            version=NETWORKS,
            protocol="HTTP",
            method="POST",
            auth_type="AK",
            style="RPC",
            pathname="/",
            req_body_type="json",
            body_type="json",
        )
        request = OpenApiRequest(query={"RegionId": REGION, **query})
        return self._gateway.call_api(params, request, RuntimeOptions())["body"]


def _call(client: Any, models: Any, name: str, fields: dict[str, object]) -> Any:
    method = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("_")
    response = getattr(client, method)(getattr(models, f"{name}Request")(**fields))
    assert response.status_code == 200
    return response.body


def refusal_of(act: Callable[[], object]) -> tuple[int, str]:
    """Status and code of a refusal, which is one of the client's own mistakes."""
    from alibabacloud_tea_openapi.exceptions import ClientException

    with pytest.raises(ClientException) as caught:
        act()
    assert len(caught.value.request_id) == 36
    return caught.value.status_code, caught.value.code


@pytest.fixture(params=[None, "v2"], ids=["V3", "V1"])
def algorithm(request: pytest.FixtureRequest) -> str | None:
    found: str | None = request.param
    return found


@pytest.fixture
def owner(cloud: SimulatedCloud, algorithm: str | None) -> Party:
    return Party(cloud, NORTHWIND, algorithm)


@pytest.fixture
def guest(cloud: SimulatedCloud, algorithm: str | None) -> Party:
    return Party(cloud, CONTOSO, algorithm)


def domain_of(owner: Party, group_id: str) -> str | None:
    found: str | None = owner.gateway("DescribeApiGroup", group_id=group_id).vpc_domain
    return found


def test_the_story_of_source_003(cloud: SimulatedCloud, owner: Party, alibaba: AlibabaCaller) -> None:
    instance, group = alibaba.seeded("unbound"), alibaba.seeded("unbound_disabled")

    def enable(on: bool = True) -> Any:
        return owner.gateway("ModifyIntranetDomainPolicy", group_id=group, vpc_intranet_enable=on)

    def bind(vpc: str, **more: object) -> Any:
        vpc_id, vswitch_id = alibaba.vpc(vpc)
        fields = {"instance_id": instance, "vpc_id": vpc_id, "vswitch_id": vswitch_id, **more}
        return owner.gateway("ModifyInstanceVpcAttributeForConsole", **fields)

    def shown() -> Any:
        return owner.gateway("DescribeInstances", instance_id=instance).instances.instance_attribute[0]

    assert refusal_of(enable) == (400, "Simulated.InstanceVpcNotBound")
    cloud.world.delay = 30
    bind("vpc-orders", token="one", vpc_owner_id=owner.account_id)
    assert (shown().status, shown().user_vpc_id) == ("WAIT_SWITCH", None)
    assert refusal_of(lambda: bind("vpc-hybrid")) == (400, "Simulated.InstanceNotRunning")
    cloud.world.advance(30)
    assert (shown().status, shown().user_vpc_id) == ("RUNNING", alibaba.vpc("vpc-orders")[0])
    enable()
    assert domain_of(owner, group) == f"{group}-cn-hangzhou-vpc.alicloudapi.com"
    bind("vpc-hybrid")
    cloud.world.advance(30)
    assert alibaba.told("unbound_disabled")["reachable_from"] == [shown().user_vpc_id]
    bind("vpc-hybrid", delete_vpc_access=True)
    cloud.world.advance(30)
    assert shown().user_vpc_id is None
    enable(False)
    assert domain_of(owner, group) is None
    assert [row["action"] for row in cloud.ledger()] == [
        *("vpc.bind", "vpc_domain.enable", "vpc.bind", "vpc.unbind", "vpc_domain.disable"),
    ]


def test_a_group_is_moved(cloud: SimulatedCloud, owner: Party, alibaba: AlibabaCaller) -> None:
    group = alibaba.seeded("shared_enabled")

    def move(role: str) -> Any:
        fields = {"group_id": group, "target_instance_id": alibaba.seeded(role), "remark": "by the SDK"}
        return owner.gateway("ModifyApiGroupInstance", **fields)

    assert refusal_of(lambda: move("unbound")) == (400, "Simulated.TargetInstanceVpcNotBound")
    cloud.world.delay = 30
    move("bound")
    assert owner.gateway("DescribeApiGroup", group_id=group).migration_status == "Running"
    assert refusal_of(lambda: move("shared")) == (400, "Simulated.GroupIsMoving")
    cloud.world.advance(30)
    after = owner.gateway("DescribeApiGroup", group_id=group)
    assert (after.migration_status, after.instance_id) == ("Success", alibaba.seeded("bound"))


def test_lists_are_read_to_their_last_page(owner: Party) -> None:
    pages = [owner.gateway("DescribeApiGroups", page_number=number) for number in (1, 2)]
    rows = [row for page in pages for row in page.api_group_attributes.api_group_attribute]
    assert len({row.group_id for row in rows}) == pages[0].total_count == 13
    instances = owner.gateway("DescribeInstances", page_size=500).instances.instance_attribute
    assert {row.instance_type for row in instances} == {"VPC_SHARED", "VPC_DEDICATED"}
    assert len(owner.gateway("DescribeRegions").regions.region) == 2
    networks = owner.networks("DescribeVpcs", PageSize="50")
    assert (networks["TotalCount"], len(networks["Vpcs"]["Vpc"])) == (13, 13)
    vpc = networks["Vpcs"]["Vpc"][0]
    vswitches = owner.networks("DescribeVSwitches", VpcId=vpc["VpcId"])["VSwitches"]["VSwitch"]
    assert [row["VSwitchId"] for row in vswitches] == vpc["VSwitchIds"]["VSwitchId"]


def test_a_domain_of_ones_own(owner: Party, alibaba: AlibabaCaller) -> None:
    name = "api.northwind.example"

    def bind(role: str, **more: object) -> Any:
        fields = {"group_id": alibaba.seeded(role), "domain_name": name, "custom_domain_type": "INTRANET", **more}
        return owner.gateway("SetDomain", **fields)

    assert refusal_of(lambda: bind("shared_enabled")) == (400, "Simulated.OwnDomainOnSharedInstance")
    assert bind("bound_enabled", bind_stage_name="").domain_binding_status == "BINDING"
    assert refusal_of(lambda: bind("elsewhere_enabled")) == (400, "DomainAlreadyBind")
    where = {"group_id": alibaba.seeded("bound_enabled"), "domain_name": name}
    assert owner.gateway("DescribeDomain", **where).domain_name == name
    shown = owner.gateway("DescribeApiGroup", group_id=where["group_id"])
    assert [row.domain_name for row in shown.custom_domains.domain_item] == [name]
    owner.gateway("DeleteDomain", **where)
    assert refusal_of(lambda: owner.gateway("DeleteDomain", **where)) == (400, "NotFoundDomain")


def test_the_life_of_a_service_and_an_endpoint(
    cloud: SimulatedCloud, owner: Party, guest: Party, alibaba: AlibabaCaller
) -> None:
    from alibabacloud_privatelink20200415 import models

    _, vswitch_id = alibaba.vpc("vpc-contoso", 1)
    resource = models.CreateVpcEndpointServiceRequestResource(
        resource_id="nlb-1", resource_type="nlb", zone_id="cn-hangzhou-h"
    )
    wish = {"resource": [resource], "service_resource_type": "nlb", "service_description": "ledger"}
    created = owner.link("CreateVpcEndpointService", **wish, client_token="c")
    service = {"service_id": created.service_id}
    assert owner.link("GetVpcEndpointServiceAttribute", **service).zones == ["cn-hangzhou-h"]
    assert owner.link("ListVpcEndpointServices", **service).services[0].service_description == "ledger"
    zone = models.CreateVpcEndpointRequestZone(zone_id="cn-hangzhou-h", v_switch_id=vswitch_id)
    endpoint = {"vpc_id": alibaba.vpc("vpc-contoso")[0], "zone": [zone], "security_group_id": ["sg-1"], **service}
    assert refusal_of(lambda: guest.link("CreateVpcEndpoint", **endpoint)) == (400, "EndpointServiceNotFound")
    owner.link("AddUserToVpcEndpointService", user_id=guest.account_id, **service)
    found = guest.link("ListVpcEndpointServicesByEndUser", service_name=created.service_name)
    assert [row.service_id for row in found.services] == [created.service_id]
    connection = {"endpoint_id": guest.link("CreateVpcEndpoint", **endpoint).endpoint_id, **service}

    def shown() -> str:
        rows = owner.link("ListVpcEndpointConnections", **connection).connections
        status: str = rows[0].connection_status
        return status

    assert shown() == "Disconnected"
    cloud.world.delay = 5
    owner.link("EnableVpcEndpointConnection", **connection)
    assert shown() == "Connecting"
    busy = refusal_of(lambda: owner.link("DisableVpcEndpointConnection", **connection))
    assert busy == (400, "EndpointConnectionOperationDenied")
    cloud.world.advance(5)
    deleted = refusal_of(lambda: owner.link("DeleteVpcEndpointService", **service))
    assert (shown(), deleted) == ("Connected", (400, "EndpointServiceConnectionDependence"))
    owner.link("DisableVpcEndpointConnection", **connection)
    cloud.world.advance(5)
    assert shown() == "Disconnected"
    guest.link("DeleteVpcEndpoint", endpoint_id=connection["endpoint_id"])
    owner.link("DeleteVpcEndpointService", **service)


def test_an_update_turns_accepting_by_itself_on(owner: Party, alibaba: AlibabaCaller) -> None:
    service = {"service_id": alibaba.seeded("main")}
    owner.link("UpdateVpcEndpointServiceAttribute", auto_accept_enabled=True, **service)
    assert owner.link("GetVpcEndpointServiceAttribute", **service).auto_accept_enabled is True


def test_the_whitelist(owner: Party, guest: Party, alibaba: AlibabaCaller) -> None:
    service = {"service_id": alibaba.seeded("main")}
    first = owner.link("ListVpcEndpointServiceUsers", max_results=4, **service)
    rest = owner.link("ListVpcEndpointServiceUsers", max_results=4, next_token=first.next_token, **service)
    users = [row.user_id for row in first.users + rest.users]
    assert (len(set(users)), first.total_count) == (6, "12")
    fields = {"user_id": guest.account_id, "user_arn": "acs:ram:*:12345678:*", **service}
    for action in ("AddUserToVpcEndpointService", "RemoveUserFromVpcEndpointService"):
        mismatch = refusal_of(lambda name=action: owner.link(name, **fields))  # type: ignore[misc]
        assert mismatch == (400, "Mismatch.UserIdAndUserArn")
    owner.link("RemoveUserFromVpcEndpointService", user_id=guest.account_id, **service)
    left = owner.link("ListVpcEndpointServiceUsers", **service).users
    assert guest.account_id not in [row.user_id for row in left]


def test_connections_are_read_to_their_last_page(owner: Party) -> None:
    first = owner.link("ListVpcEndpointConnections", max_results=50)
    rest = owner.link("ListVpcEndpointConnections", max_results=50, next_token=first.next_token)
    assert len(first.connections + rest.connections) == int(first.total_count) == 62


def test_a_dry_run_and_a_second_decision_are_refused(
    cloud: SimulatedCloud, owner: Party, alibaba: AlibabaCaller
) -> None:
    service = {"service_id": alibaba.seeded("main")}
    rows = owner.link("ListVpcEndpointConnections", connection_status="Disconnected", **service).connections
    one, other = ({"endpoint_id": row.endpoint_id, **service} for row in rows[:2])
    dry = refusal_of(lambda: owner.link("EnableVpcEndpointConnection", dry_run=True, **one))
    assert dry == (400, "DryRunOperation")
    cloud.world.delay = 5
    owner.link("EnableVpcEndpointConnection", bandwidth=500, traffic_control_mode="BandwidthLimit", **one)
    second = refusal_of(lambda: owner.link("EnableVpcEndpointConnection", **other))
    assert second == (400, "ConcurrentCallNotSupported")


def test_a_wrong_secret_is_refused_with_an_echo(cloud: SimulatedCloud, algorithm: str | None) -> None:
    from alibabacloud_tea_openapi.exceptions import ClientException

    stranger = AlibabaAccount(NORTHWIND.id, "", "", NORTHWIND.access_key_id, "wrong")
    with pytest.raises(ClientException, match="server string to sign is:") as caught:
        Party(cloud, stranger, algorithm).gateway("DescribeInstances")
    assert (caught.value.status_code, caught.value.code) == (400, "SignatureDoesNotMatch")


def test_an_unknown_key_is_refused(cloud: SimulatedCloud, algorithm: str | None) -> None:
    nobody = Party(cloud, AlibabaAccount(1, "", "", "NOBODY", "secret"), algorithm)
    assert refusal_of(lambda: nobody.gateway("DescribeInstances")) == (404, "InvalidAccessKeyId.NotFound")


def test_a_throttle_is_one_to_the_sdk_by_its_header_only(cloud: SimulatedCloud, owner: Party) -> None:
    from alibabacloud_tea_openapi.exceptions import ServerException, ThrottlingException

    throttle = {"fault": "status", "status": 429, "times": 1}
    cloud.faults({**throttle, "headers": {"x-acs-retry-after": "200"}}, throttle, {**throttle, "status": 503})
    with pytest.raises(ThrottlingException) as caught:
        owner.gateway("DescribeInstances")
    assert (caught.value.code, caught.value.retry_after) == ("Throttling.User", 200)
    assert refusal_of(lambda: owner.gateway("DescribeInstances")) == (429, "Throttling.User")
    with pytest.raises(ServerException, match="ServiceUnavailable"):
        owner.gateway("DescribeInstances")


def test_an_error_in_xml_is_understood_under_v3(cloud: SimulatedCloud) -> None:
    cloud.world.switch(alibaba_error_format="xml")
    owner = Party(cloud, NORTHWIND, None)
    assert refusal_of(lambda: owner.gateway("DescribeApiGroup", group_id="0")) == (400, "NotFoundApiGroup")
