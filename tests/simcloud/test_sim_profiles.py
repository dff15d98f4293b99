"""The flavours `huawei` and `otc`: what differs between them (huawei-contract 9). Tags are in `test_sim_tags`."""

import pytest

from console.simcloud import SimulatedCloud, Switches, World
from tests.simcloud.caller import Caller, Reply
from tests.simcloud.parties import NOTHING, Customer, Provider, public_service

#: Method and the path below the project of every call that only Huawei Cloud has.
NEWER = [
    ("PUT", "/vpc-endpoint-services/{service}/name"),
    ("PUT", "/vpc-endpoint-services/{service}/connections/description"),
    ("POST", "/vpc-endpoint-services/{service}/permissions/batch-create"),
    ("POST", "/vpc-endpoint-services/{service}/permissions/batch-delete"),
    ("PUT", "/vpc-endpoint-services/{service}/permissions/" + NOTHING),
    ("PUT", "/vpc-endpoints/{endpoint}"),
    ("PUT", "/vpc-endpoints/{endpoint}/routetables"),
    ("PUT", "/vpc-endpoints/{endpoint}/policy"),
    ("DELETE", "/vpc-endpoints/{endpoint}/policy"),
]


@pytest.mark.parametrize(("method", "path"), NEWER)
def test_only_huawei_has_the_newer_calls(caller: Caller, method: str, path: str) -> None:
    service = Provider(caller).created()
    endpoint = Customer(caller, "vpc-clients").created(public_service(caller.cloud, "obs"))

    def ask() -> Reply:
        return caller.vpcep(method, path.format(service=service, endpoint=endpoint), {})

    reply = ask()
    assert reply.status == 200 or reply.code != "APIGW.0101"
    caller.cloud.world.switch(profile="otc")
    assert (ask().status, ask().code) == (404, "APIGW.0101")


@pytest.mark.parametrize(
    ("profile", "own", "others"),
    [
        ("huawei", ("create_at", "update_at"), ("created_at", "updated_at")),
        ("otc", ("created_at", "updated_at"), ("create_at", "update_at")),
    ],
)
def test_each_flavour_has_its_sort_keys(
    caller: Caller, profile: str, own: tuple[str, ...], others: tuple[str, ...]
) -> None:
    caller.cloud.world.switch(profile=profile)
    for path in ("/vpc-endpoints", "/vpc-endpoint-services", "/vpc-endpoint-services/public"):
        assert [caller.vpcep("GET", path, sort_key=key).status for key in own] == [200, 200]
        assert {caller.vpcep("GET", path, sort_key=key).code for key in others} == {"EndPoint.0017"}


@pytest.mark.parametrize(("profile", "most"), [("huawei", 512), ("otc", 128)])
def test_descriptions_have_a_longest_length(caller: Caller, profile: str, most: int) -> None:
    caller.cloud.world.switch(profile=profile)
    service, endpoint = Provider(caller), Customer(caller, "vpc-clients")
    dns = public_service(caller.cloud, "dns")
    assert service.create(description="ü" * (most + 1)).code == "EndPoint.0002"
    assert endpoint.create(dns, description="ü" * (most + 1)).code == "EndPoint.0002"
    assert service.create(description="ü" * most).body["description"] == "ü" * most
    assert endpoint.create(dns, description="ü" * most).status == 200


def test_cloud_services_have_the_flavours_names(caller: Caller) -> None:
    def names() -> set[str]:
        rows = caller.vpcep("GET", "/vpc-endpoint-services/public", limit=100).body["endpoint_services"]
        return {row["service_name"].rpartition(".")[0] for row in rows}

    assert names() == {"com.myhuaweicloud.eu-west-101"}
    caller.cloud.world.switch(profile="otc")
    assert names() == {"com.t-systems.otc.eu-west-101"}
    caller.cloud.reset()
    assert names() == {"com.myhuaweicloud.eu-west-101"}


def test_otc_knows_bare_metal_and_its_own_proxy(provider: Provider) -> None:
    assert provider.create(server_type="BMS").code == "EndPoint.3021"
    assert provider.create(tcp_proxy="proxy_vni").code == "EndPoint.0002"
    provider.caller.cloud.world.switch(profile="otc")
    assert provider.create(server_type="BMS", tcp_proxy="proxy_vni").status == 200


def test_otc_knows_no_organizations(provider: Provider) -> None:
    provider.caller.cloud.world.switch(profile="otc")
    body = {"action": "add", "permissions": ["organizations:orgPath::*"], "permission_type": "orgPath"}
    assert provider.ask("POST", provider.created(), "/permissions/action", body).code == "EndPoint.3002"


def test_otc_does_not_count_free_addresses(caller: Caller) -> None:
    assert "available_ip_address_count" in caller.vpcep("GET", "/subnets").body["subnets"][0]
    caller.cloud.world.switch(profile="otc")
    assert "available_ip_address_count" not in caller.vpcep("GET", "/subnets").body["subnets"][0]


def test_otc_wants_a_scope(caller: Caller) -> None:
    caller.cloud.world.switch(profile="otc")
    assert caller.sign_in(scope=None).status == 400
    assert caller.sign_in().status == 201


def test_a_world_may_start_as_otc() -> None:
    with SimulatedCloud(World.seeded(switches=Switches(profile="otc"))) as cloud:
        names = Caller(cloud).vpcep("GET", "/vpc-endpoint-services/public").body["endpoint_services"]
        assert names[0]["service_name"].startswith("com.t-systems.otc.")
