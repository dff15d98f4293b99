"""Networks, version 2016-04-28, as far as pickers need them (alibaba-contract 2.8)."""

from ipaddress import IPv4Network
from typing import Any, Final

from console.simcloud.alibaba.call import Actions, Call
from console.simcloud.alibaba.pages import numbered
from console.simcloud.alibaba.records import AlibabaVpc, VSwitch
from console.simcloud.alibaba.refusals import invalid, missing
from console.simcloud.clock import zulu

#: In one `VpcId`, comma-separated.
_MOST_IDS: Final = 20


def describe_vpcs(call: Call) -> dict[str, Any]:
    """`DescribeVpcs`: the account's own in one region."""
    region = call.required_region
    ids = [one.strip() for one in call.parameters.text("VpcId").split(",") if one.strip()]
    if len(ids) > _MOST_IDS:
        raise invalid("VpcId")
    name = call.parameters.text("VpcName")
    rows = [
        vpc
        for vpc in call.estate.vpcs.values()
        if vpc.account == call.account.id and vpc.region_id == region
        if (not ids or vpc.id in ids) and name in ("", vpc.name)
    ]
    page, counters = numbered(call, rows)
    return {**counters, "Vpcs": {"Vpc": [_vpc(call, row) for row in page]}}


def _vpc(call: Call, vpc: AlibabaVpc) -> dict[str, Any]:
    inside = [row.id for row in call.estate.vswitches.values() if row.vpc_id == vpc.id]
    return {
        "VpcId": vpc.id,
        "VpcName": vpc.name,
        "CidrBlock": vpc.cidr,
        "Status": "Available",
        "OwnerId": vpc.account,
        "IsDefault": False,
        "RegionId": vpc.region_id,
        "CreationTime": zulu(vpc.created_at),
        "VSwitchIds": {"VSwitchId": inside},
    }


def describe_vswitches(call: Call) -> dict[str, Any]:
    """`DescribeVSwitches`: of a region, of a VPC, or both."""
    vpc_id = call.parameters.text("VpcId")
    if not vpc_id and not call.parameters.text("RegionId"):
        raise missing("RegionId")
    region = call.region if call.parameters.text("RegionId") else ""
    wanted = call.parameters.text("VSwitchId")
    rows = [
        row
        for row in call.estate.vswitches.values()
        if row.account == call.account.id and region in ("", row.region_id)
        if vpc_id in ("", row.vpc_id) and wanted in ("", row.id)
    ]
    page, counters = numbered(call, rows)
    return {**counters, "VSwitches": {"VSwitch": [_vswitch(row) for row in page]}}


def _vswitch(vswitch: VSwitch) -> dict[str, Any]:
    return {
        "VSwitchId": vswitch.id,
        "VSwitchName": vswitch.name,
        "CidrBlock": vswitch.cidr,
        "ZoneId": vswitch.zone_id,
        # The cloud keeps the first address and the last three of every vSwitch.
        "AvailableIpAddressCount": IPv4Network(vswitch.cidr).num_addresses - 4,
        "Status": "Available",
        "VpcId": vswitch.vpc_id,
        "CreationTime": zulu(vswitch.created_at),
    }


ACTIONS: Final[Actions] = {"DescribeVpcs": describe_vpcs, "DescribeVSwitches": describe_vswitches}
