"""API Gateway and networks as the real cloud spells them: wrapped lists, odd times, quirks (alibaba-contract 2)."""

import json
import re
from typing import Any

from console.simcloud.alibaba.identity import OTHER_REGION
from tests.simcloud.alibaba_caller import AlibabaCaller, code_of, contoso_of


def instances(alibaba: AlibabaCaller, **query: object) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = alibaba.gateway("DescribeInstances", **query).body["Instances"]["InstanceAttribute"]
    return rows


def groups(alibaba: AlibabaCaller, **query: object) -> list[dict[str, Any]]:
    body = alibaba.gateway("DescribeApiGroups", **query).body
    rows: list[dict[str, Any]] = body["ApiGroupAttributes"]["ApiGroupAttribute"]
    return rows


def test_shared_and_dedicated_instances_are_in_one_list(alibaba: AlibabaCaller) -> None:
    kinds = [row["InstanceType"] for row in instances(alibaba)]
    assert (kinds.count("VPC_SHARED"), kinds.count("VPC_DEDICATED")) == (2, 5)
    assert {row["InstanceType"] for row in instances(alibaba, InstanceType="VPC_SHARED")} == {"VPC_SHARED"}


def test_only_a_bound_instance_names_its_vpc(alibaba: AlibabaCaller) -> None:
    bound, unbound, shared = (alibaba.instance(role) for role in ("bound", "unbound", "shared"))
    assert (bound["UserVpcId"], bound["UserVswitchId"]) == alibaba.vpc("vpc-orders")
    assert str(bound["VpcOwnerId"]) == alibaba.described["account_id"]
    assert "UserVpcId" not in unbound
    assert "UserVpcId" not in shared


def test_a_backends_vpc_is_no_binding(alibaba: AlibabaCaller) -> None:
    row = alibaba.instance("integration")
    assert row["DedicatedInstanceType"] == "vpc_connect"
    assert row["ConnectVpcId"] == alibaba.vpc("vpc-backend")[0]
    assert "UserVpcId" not in row


def test_times_and_lists_of_an_instance_are_odd(alibaba: AlibabaCaller) -> None:
    row = alibaba.instance("bound")
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.0", row["CreatedTime"])
    assert re.fullmatch(r"\d{13}", row["ExpiredTime"])
    assert isinstance(json.loads(row["IntranetSegments"]), list)


def test_an_unknown_instance_is_an_empty_list(alibaba: AlibabaCaller) -> None:
    assert instances(alibaba, InstanceId="apigateway-hz-nothing") == []


def test_regions_have_their_own_instances_groups_and_networks(alibaba: AlibabaCaller) -> None:
    assert [row["InstanceId"] for row in instances(alibaba, RegionId=OTHER_REGION)] == ["api-shared-vpc-008"]
    assert groups(alibaba, RegionId=OTHER_REGION) == []
    names = [row["VpcName"] for row in alibaba.networks("DescribeVpcs", RegionId=OTHER_REGION).body["Vpcs"]["Vpc"]]
    assert names == ["vpc-singapore"]
    regions = alibaba.gateway("DescribeRegions").body["Regions"]["Region"]
    assert [row["RegionId"] for row in regions] == ["cn-hangzhou", OTHER_REGION]


def test_the_list_of_groups_does_not_say_whether_a_domain_is_enabled(alibaba: AlibabaCaller) -> None:
    (row,) = groups(alibaba, GroupId=alibaba.seeded("bound_enabled"))
    assert "VpcDomain" not in row
    assert "MigrationStatus" not in row
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", row["CreatedTime"])


def test_groups_come_in_pages_of_ten(alibaba: AlibabaCaller) -> None:
    first = alibaba.gateway("DescribeApiGroups").body
    assert (first["PageNumber"], first["PageSize"], first["TotalCount"]) == (1, 10, 13)
    ids = [row["GroupId"] for page in (1, 2, 3) for row in groups(alibaba, PageNumber=page)]
    assert len(ids) == len(set(ids)) == 13


def test_groups_are_sorted_by_modification(alibaba: AlibabaCaller) -> None:
    alibaba.enable("bound_disabled")
    assert groups(alibaba)[0]["GroupId"] == alibaba.seeded("bound_disabled")
    upwards = groups(alibaba, Sort="asc", PageSize=50)
    assert upwards == groups(alibaba, Sort="desc", PageSize=50)[::-1]
    assert code_of(alibaba.gateway("DescribeApiGroups", Sort="up")) == (400, "InvalidSort")


def test_groups_are_found_by_name_and_instance(alibaba: AlibabaCaller) -> None:
    assert {row["GroupName"] for row in groups(alibaba, GroupName="orders")} == {"orders", "orders staging"}
    bound = groups(alibaba, InstanceId=alibaba.seeded("bound"))
    assert {row["GroupName"] for row in bound} == {"orders", "billing", "reports"}


def test_a_group_tells_its_domains_and_where_it_stands(alibaba: AlibabaCaller) -> None:
    row = alibaba.group("bound_with_domain")
    assert row["VpcDomain"] == f"{row['GroupId']}-cn-hangzhou-vpc.alicloudapi.com"
    assert row["SubDomain"] == f"{row['GroupId']}-cn-hangzhou.alicloudapi.com"
    assert row["DedicatedInstanceType"] == "normal"
    (domain,) = row["CustomDomains"]["DomainItem"]
    assert (domain["DomainName"], domain["CustomDomainType"]) == ("orders.northwind.example", "intranet")
    assert (domain["DomainBindingStatus"], domain["DomainCNAMEStatus"]) == ("BINDING", "RESOLVED")
    assert "VpcDomain" not in alibaba.group("bound_disabled")


def test_an_unknown_group_is_400_and_not_404(alibaba: AlibabaCaller) -> None:
    assert code_of(alibaba.gateway("DescribeApiGroup", GroupId="0" * 32)) == (400, "NotFoundApiGroup")
    assert code_of(alibaba.gateway("DescribeApiGroup")) == (400, "MissingGroupId")


def test_a_failed_move_tells_why(alibaba: AlibabaCaller) -> None:
    row = alibaba.group("move_failed")
    assert row["MigrationStatus"] == "Failed"
    assert "conflicts" in row["MigrationError"]


def test_every_vpc_is_on_some_page(alibaba: AlibabaCaller) -> None:
    pages = [alibaba.networks("DescribeVpcs", PageNumber=page).body for page in (1, 2)]
    names = [row["VpcName"] for page in pages for row in page["Vpcs"]["Vpc"]]
    assert (pages[0]["TotalCount"], len(names), len(set(names))) == (13, 13, 13)


def test_vpcs_are_found_by_id_and_name(alibaba: AlibabaCaller) -> None:
    ids = [alibaba.vpc(name)[0] for name in ("vpc-orders", "vpc-new")]
    found = alibaba.networks("DescribeVpcs", VpcId=",".join(ids)).body["Vpcs"]["Vpc"]
    assert [row["VpcId"] for row in found] == ids
    assert found[0]["VSwitchIds"]["VSwitchId"] == [alibaba.vpc("vpc-orders", number)[1] for number in (0, 1)]
    assert alibaba.networks("DescribeVpcs", VpcName="vpc-hybrid").body["TotalCount"] == 1
    assert code_of(alibaba.networks("DescribeVpcs", VpcId=",".join("v" * 21))) == (400, "InvalidVpcId")
    assert code_of(alibaba.networks("DescribeVpcs", RegionId="")) == (400, "MissingRegionId")


def test_vswitches_are_found_by_their_vpc(alibaba: AlibabaCaller) -> None:
    vpc_id, _ = alibaba.vpc("vpc-orders")
    rows = alibaba.networks("DescribeVSwitches", VpcId=vpc_id, RegionId="").body["VSwitches"]["VSwitch"]
    assert [row["ZoneId"] for row in rows] == ["cn-hangzhou-g", "cn-hangzhou-h"]
    assert {row["AvailableIpAddressCount"] for row in rows} == {252}
    empty = alibaba.networks("DescribeVSwitches", VpcId=alibaba.vpc("vpc-new")[0]).body
    assert (empty["TotalCount"], empty["VSwitches"]["VSwitch"]) == (0, [])
    assert code_of(alibaba.networks("DescribeVSwitches", RegionId="")) == (400, "MissingRegionId")


def test_networks_of_other_accounts_are_not_shown(alibaba: AlibabaCaller) -> None:
    foreign, _ = alibaba.vpc("vpc-contoso")
    assert alibaba.networks("DescribeVpcs", VpcId=foreign).body["TotalCount"] == 0
    assert alibaba.networks("DescribeVSwitches", VpcId=foreign).body["TotalCount"] == 0
    contoso = contoso_of(alibaba.cloud)
    assert contoso.networks("DescribeVpcs").body["TotalCount"] == 1
    assert [row["InstanceType"] for row in instances(contoso)] == ["VPC_SHARED"] * 2
