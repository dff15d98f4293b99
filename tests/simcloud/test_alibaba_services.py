"""PrivateLink's services, their whitelists and the endpoints to them (alibaba-contract 4.1 to 4.3)."""

from typing import Any

import pytest

from console.simcloud import SimulatedCloud
from tests.simcloud.alibaba_caller import AlibabaCaller, code_of, contoso_of
from tests.simcloud.caller import Reply

STRANGER = 1122334455667788


def service(alibaba: AlibabaCaller, role: str = "main") -> Any:
    return alibaba.link("GetVpcEndpointServiceAttribute", ServiceId=alibaba.seeded(role)).body


def user(alibaba: AlibabaCaller, action: str, role: str = "main", **who: object) -> Reply:
    names = {"add": "AddUserToVpcEndpointService", "remove": "RemoveUserFromVpcEndpointService"}
    return alibaba.link(names[action], ServiceId=alibaba.seeded(role), **who)


def users(alibaba: AlibabaCaller, role: str = "main") -> set[int]:
    body = alibaba.link("ListVpcEndpointServiceUsers", ServiceId=alibaba.seeded(role)).body
    return {row["UserId"] for row in body["Users"]}


def connect(cloud: SimulatedCloud, role: str = "main", **more: object) -> Reply:
    """Contoso creates an endpoint to a service of ours."""
    contoso = contoso_of(cloud)
    parameters = {"ServiceId": contoso.seeded(role), "VpcId": contoso.vpc("vpc-contoso")[0], **more}
    return contoso.link("CreateVpcEndpoint", **parameters)


def test_the_accounts_own_services_are_listed_bare_with_a_number(alibaba: AlibabaCaller) -> None:
    body = alibaba.link("ListVpcEndpointServices").body
    assert (body["TotalCount"], body["NextToken"]) == (2, "")
    assert [row["AutoAcceptEnabled"] for row in body["Services"]] == [True, False]
    row = body["Services"][1]
    assert row["ServiceName"] == f"com.aliyuncs.privatelink.cn-hangzhou.{row['ServiceId']}"
    assert row["ServiceDomain"] == f"{row['ServiceId']}.cn-hangzhou.privatelink.aliyuncs.com"


def test_services_are_found_by_what_they_are(alibaba: AlibabaCaller) -> None:
    def count(**query: object) -> int:
        return int(alibaba.link("ListVpcEndpointServices", **query).body["TotalCount"])

    assert count(ServiceId=alibaba.seeded("main")) == 1
    assert count(AutoAcceptEnabled=True) == 1
    assert count(AutoAcceptEnabled=False) == 1
    assert count(ServiceResourceType="gwlb") == 0
    first = alibaba.link("ListVpcEndpointServices", MaxResults=1).body
    second = alibaba.link("ListVpcEndpointServices", MaxResults=1, NextToken=first["NextToken"]).body
    assert first["Services"] != second["Services"]


def test_one_service_is_flat_with_its_zones(alibaba: AlibabaCaller) -> None:
    assert service(alibaba)["Zones"] == ["cn-hangzhou-g", "cn-hangzhou-h"]
    unknown = alibaba.link("GetVpcEndpointServiceAttribute", ServiceId=alibaba.seeded("foreign"))
    assert code_of(unknown) == (400, "EndpointServiceNotFound")


def test_an_update_changes_what_it_names_and_takes_its_time(alibaba: AlibabaCaller, cloud: SimulatedCloud) -> None:
    cloud.world.delay = 3
    parameters = {"ServiceId": alibaba.seeded("main"), "AutoAcceptEnabled": True}
    assert alibaba.link("UpdateVpcEndpointServiceAttribute", **parameters).status == 200
    shown = service(alibaba)
    assert (shown["AutoAcceptEnabled"], shown["ServiceStatus"]) == (True, "Pending")
    denied = (400, "EndpointServiceOperationDenied")
    assert code_of(user(alibaba, "add", UserId=STRANGER)) == denied
    assert code_of(alibaba.link("UpdateVpcEndpointServiceAttribute", **parameters)) == denied
    cloud.world.advance(3)
    shown = service(alibaba)
    assert (shown["ServiceStatus"], shown["ServiceDescription"]) == ("Active", "orders api")
    effect = ("service.update", alibaba.seeded("main"), "auto_accept: False", "auto_accept: True")
    assert alibaba.effects() == [effect]


def test_an_update_to_the_same_changes_nothing(alibaba: AlibabaCaller) -> None:
    parameters = {"ServiceId": alibaba.seeded("main"), "AutoAcceptEnabled": False, "ServiceDescription": "orders api"}
    assert alibaba.link("UpdateVpcEndpointServiceAttribute", **parameters).status == 200
    dry = alibaba.link("UpdateVpcEndpointServiceAttribute", **parameters, DryRun=True)
    assert code_of(dry) == (400, "DryRunOperation")
    assert alibaba.effects() == []


@pytest.mark.parametrize("text", ["x", "https://example", "y" * 257])
def test_a_bad_description_is_refused(alibaba: AlibabaCaller, text: str) -> None:
    reply = alibaba.link("CreateVpcEndpointService", ServiceDescription=text)
    assert code_of(reply) == (400, "InvalidServiceDescription")


def test_the_life_of_a_service(alibaba: AlibabaCaller, cloud: SimulatedCloud) -> None:
    cloud.world.delay = 3
    wish = {"ServiceDescription": "metrics", "Resource__1__ResourceId": "nlb-1", "Resource__1__ResourceType": "nlb"}
    wish |= {"Resource__1__ZoneId": "cn-hangzhou-h", "Tag__1__Key": "env", "Tag__1__Value": "test"}
    created = alibaba.link("CreateVpcEndpointService", **wish, ClientToken="c").body
    service_id = created["ServiceId"]
    assert (created["ServiceStatus"], created["AutoAcceptEnabled"]) == ("Creating", False)
    again = alibaba.link("CreateVpcEndpointService", **wish, ClientToken="c").body
    assert again["ServiceId"] == service_id
    cloud.world.advance(3)
    shown = alibaba.link("GetVpcEndpointServiceAttribute", ServiceId=service_id).body
    assert (shown["ServiceStatus"], shown["Zones"]) == ("Active", ["cn-hangzhou-h"])
    listed = alibaba.link("ListVpcEndpointServiceUsers", ServiceId=service_id).body["Users"]
    assert listed == [{"UserId": alibaba.account.id}]
    assert alibaba.link("DeleteVpcEndpointService", ServiceId=service_id).status == 200
    cloud.world.advance(3)
    gone = alibaba.link("GetVpcEndpointServiceAttribute", ServiceId=service_id)
    assert code_of(gone) == (400, "EndpointServiceNotFound")
    assert [effect[0] for effect in alibaba.effects()] == ["service.create", "service.delete"]


def test_a_service_with_connections_is_not_deleted(alibaba: AlibabaCaller, cloud: SimulatedCloud) -> None:
    main = alibaba.link("DeleteVpcEndpointService", ServiceId=alibaba.seeded("main"))
    assert code_of(main) == (400, "EndpointServiceConnectionDependence")
    contoso, foreign = contoso_of(cloud), alibaba.seeded("foreign")
    (row,) = contoso.link("ListVpcEndpointConnections").body["Connections"]
    contoso.link("DisableVpcEndpointConnection", ServiceId=foreign, EndpointId=row["EndpointId"])
    assert contoso.link("DeleteVpcEndpointService", ServiceId=foreign).status == 200
    (left,) = contoso.link("ListVpcEndpointConnections").body["Connections"]
    assert left["ConnectionStatus"] == "ServiceDeleted"
    mine = alibaba.link("GetVpcEndpointAttribute", EndpointId=row["EndpointId"]).body
    assert (mine["ConnectionStatus"], mine["ServiceName"]) == ("ServiceDeleted", "")


def test_the_whitelist_has_its_total_as_a_text_that_counts_more_than_users(alibaba: AlibabaCaller) -> None:
    body = alibaba.link("ListVpcEndpointServiceUsers", ServiceId=alibaba.seeded("main")).body
    assert (len(body["Users"]), len(body["UserARNs"]), body["TotalCount"]) == (6, 6, "12")
    assert body["UserARNs"][0] == {"UserARN": f"acs:ram:*:{body['Users'][0]['UserId']}:*"}
    one = {"ServiceId": alibaba.seeded("main"), "UserListType": "Users", "UserId": alibaba.account.id}
    body = alibaba.link("ListVpcEndpointServiceUsers", **one).body
    assert (body["Users"], body["TotalCount"], "UserARNs" in body) == ([{"UserId": alibaba.account.id}], "1", False)


def test_an_account_is_added_and_removed(alibaba: AlibabaCaller) -> None:
    assert user(alibaba, "add", UserId=STRANGER).status == 200
    assert user(alibaba, "add", UserARN=f"acs:ram:*:{STRANGER}:*").status == 200
    assert STRANGER in users(alibaba)
    assert user(alibaba, "remove", UserId=STRANGER, UserARN=f"acs:ram:*:{STRANGER}:*").status == 200
    assert user(alibaba, "remove", UserId=STRANGER).status == 200
    assert STRANGER not in users(alibaba)
    assert alibaba.effects() == [
        ("permission.add", str(STRANGER), None, str(STRANGER)),
        ("permission.remove", str(STRANGER), str(STRANGER), None),
    ]
    assert {row["gateway_id"] for row in alibaba.cloud.ledger()} == {alibaba.seeded("main")}


@pytest.mark.parametrize(
    ("who", "code"),
    [
        ({}, "MissingParam.UserArn"),
        ({"UserId": "nobody"}, "InvalidUserId"),
        ({"UserId": 1234567}, "InvalidUserId"),
        ({"UserARN": "acs:ram:*::*"}, "InvalidUserARN"),
        ({"UserId": STRANGER, "UserARN": "acs:ram:*:12345678:*"}, "Mismatch.UserIdAndUserArn"),
    ],
)
@pytest.mark.parametrize("action", ["add", "remove"])
def test_a_user_is_named_well_or_refused(alibaba: AlibabaCaller, action: str, who: dict[str, Any], code: str) -> None:
    assert code_of(user(alibaba, action, **who)) == (400, code)


def test_a_dry_run_touches_no_whitelist(alibaba: AlibabaCaller) -> None:
    for action in ("add", "remove"):
        assert code_of(user(alibaba, action, UserId=STRANGER, DryRun=True)) == (400, "DryRunOperation")
    assert alibaba.effects() == []


def test_only_whitelisted_accounts_find_a_service(alibaba: AlibabaCaller, cloud: SimulatedCloud) -> None:
    contoso, name = contoso_of(cloud), service(alibaba)["ServiceName"]

    def found() -> int:
        return int(contoso.link("ListVpcEndpointServicesByEndUser", ServiceName=name).body["TotalCount"])

    assert found() == 1
    user(alibaba, "remove", UserId=contoso.account.id)
    assert found() == 0
    assert code_of(connect(cloud)) == (400, "EndpointServiceNotFound")


def test_a_removed_accounts_connections_stay(alibaba: AlibabaCaller) -> None:
    contoso = contoso_of(alibaba.cloud).account.id
    query = {"ServiceId": alibaba.seeded("main"), "EndpointOwnerId": contoso}
    before = alibaba.link("ListVpcEndpointConnections", **query).body["Connections"]
    user(alibaba, "remove", UserId=contoso)
    assert alibaba.link("ListVpcEndpointConnections", **query).body["Connections"] == before


@pytest.mark.parametrize(
    ("role", "at_first", "zones", "end", "zones_in_the_end"),
    [
        ("main", "Disconnected", "Creating", "Disconnected", "Wait"),
        ("auto_accept", "Connecting", "Creating", "Connected", "Connected"),
    ],
)
def test_a_new_endpoint_waits_unless_the_service_accepts_by_itself(
    alibaba: AlibabaCaller, role: str, at_first: str, zones: str, end: str, zones_in_the_end: str
) -> None:
    alibaba.cloud.world.delay = 3
    created = connect(alibaba.cloud, role, EndpointName="orders").body
    assert (created["EndpointStatus"], created["ConnectionStatus"]) == ("Creating", at_first)

    def shown() -> tuple[str, set[str]]:
        (row,) = alibaba.link("ListVpcEndpointConnections", EndpointId=created["EndpointId"]).body["Connections"]
        return row["ConnectionStatus"], {zone["ZoneStatus"] for zone in row["Zones"]}

    assert shown() == (at_first, {zones})
    alibaba.cloud.world.advance(3)
    assert shown() == (end, {zones_in_the_end})
    assert alibaba.effects() == [("endpoint.create", created["EndpointId"], None, end)]


def test_an_endpoint_stands_in_the_zones_it_names(cloud: SimulatedCloud) -> None:
    contoso = contoso_of(cloud)
    _, vswitch_id = contoso.vpc("vpc-contoso", 1)
    zone = {"Zone__1__ZoneId": "cn-hangzhou-h", "Zone__1__VSwitchId": vswitch_id, "SecurityGroupId__1": "sg-1"}
    created = connect(cloud, **zone).body["EndpointId"]
    endpoint = cloud.world.alibaba.endpoints[created]
    assert [row["VSwitchId"] for row in endpoint.zones] == [vswitch_id]
    assert endpoint.security_groups == ["sg-1"]
    assert code_of(connect(cloud, **zone | {"Zone__1__ZoneId": "cn-hangzhou-g"})) == (400, "EndpointZoneNotFound")
    assert code_of(connect(cloud, **zone | {"Zone__1__VSwitchId": "vsw-0"})) == (400, "InvalidVSwitchId")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"VpcId": ""}, "MissingVpcId"),
        ({"VpcId": "vpc-0"}, "InvalidVpcId"),
        ({"ServiceId": ""}, "MissingServiceId"),
        ({"ServiceId": "epsrv-0"}, "EndpointServiceNotFound"),
        ({"EndpointName": "1st"}, "InvalidEndpointName"),
        ({"EndpointDescription": "http://x"}, "InvalidEndpointDescription"),
        ({"DryRun": True}, "DryRunOperation"),
    ],
)
def test_an_endpoint_is_described_well_or_refused(cloud: SimulatedCloud, changes: dict[str, Any], code: str) -> None:
    assert code_of(connect(cloud, **changes)) == (400, code)
    assert cloud.ledger() == []


def test_an_endpoint_is_deleted(alibaba: AlibabaCaller, cloud: SimulatedCloud) -> None:
    cloud.world.delay = 3
    contoso = contoso_of(cloud)
    endpoint_id = connect(cloud).body["EndpointId"]
    assert code_of(contoso.link("DeleteVpcEndpoint", EndpointId=endpoint_id)) == (400, "EndpointOperationDenied")
    assert code_of(alibaba.link("DeleteVpcEndpoint", EndpointId=endpoint_id)) == (400, "EndpointNotFound")
    cloud.world.advance(3)
    assert contoso.link("DeleteVpcEndpoint", EndpointId=endpoint_id).status == 200
    (row,) = alibaba.link("ListVpcEndpointConnections", EndpointId=endpoint_id).body["Connections"]
    assert row["ConnectionStatus"] == "Deleting"
    cloud.world.advance(3)
    assert alibaba.link("ListVpcEndpointConnections", EndpointId=endpoint_id).body["TotalCount"] == "0"
    assert code_of(contoso.link("GetVpcEndpointAttribute", EndpointId=endpoint_id)) == (400, "EndpointNotFound")


def test_the_product_is_open_in_every_region(alibaba: AlibabaCaller) -> None:
    assert alibaba.link("CheckProductOpen").body["Success"] is True
    regions = alibaba.link("DescribeRegions").body["Regions"]["Region"]
    assert regions[0]["RegionEndpoint"] == "privatelink.cn-hangzhou.aliyuncs.com"
