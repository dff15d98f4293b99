"""API Gateway: instances and their client VPC on the wire (alibaba-contract 2.1, 2.2)."""

import json
from typing import Any, Final

from console.simcloud.alibaba import instances
from console.simcloud.alibaba.call import Actions, Call
from console.simcloud.alibaba.idempotency import once
from console.simcloud.alibaba.instances import Binding
from console.simcloud.alibaba.pages import numbered
from console.simcloud.alibaba.records import ApiInstance
from console.simcloud.alibaba.refusals import missing
from console.simcloud.clock import zoneless

#: `DescribeInstances` gives larger pages than other lists.
_MOST: Final = 500
_YEAR_MILLISECONDS: Final = 365 * 24 * 3600 * 1000


def describe_instances(call: Call) -> dict[str, Any]:
    """`DescribeInstances`: shared and dedicated ones; an unknown InstanceId is an empty list, not an error."""
    rows = instances.visible(call.world, call.account, call.region)
    wanted = {"id": call.parameters.text("InstanceId"), "kind": call.parameters.text("InstanceType")}
    for name, value in wanted.items():
        rows = [row for row in rows if value in ("", getattr(row, name))]
    if call.world.switches.alibaba_instance_paging == "ignored":
        return {"Instances": {"InstanceAttribute": [_instance(row) for row in rows]}}
    page, counters = numbered(call, rows, most=_MOST)
    return {**counters, "Instances": {"InstanceAttribute": [_instance(row) for row in page]}}


def _instance(instance: ApiInstance) -> dict[str, Any]:
    row = {
        "InstanceId": instance.id,
        "InstanceName": instance.name,
        "InstanceType": instance.kind,
        "Status": instance.status,
        "RegionId": instance.region_id,
        "VpcIntranetEnable": not instance.is_dedicated or instance.is_bound,
        "HttpsPolicies": instance.https_policy,
        "InstanceRpsLimit": instance.rps_limit,
        "VpcEgressAddress": "100.104.254.0/26",
        "InternetEgressAddress": "47.241.89.244",
        "Tags": {"TagInfo": []},
    }
    return row | _dedicated(instance) if instance.is_dedicated else row


def _dedicated(instance: ApiInstance) -> dict[str, Any]:
    row: dict[str, Any] = {
        "DedicatedInstanceType": instance.dedicated_kind,
        "ZoneId": f"{instance.region_id}-MAZ5(g,h)",
        "ZoneLocalName": "Multi-Availability Zone 5(g,h)",
        "InstanceSpec": "api.s1.small",
        "InstanceChargeType": "PayAsYouGo",
        "CreatedTime": f"{zoneless(instance.created_at).replace('T', ' ')}.0",
        "ExpiredTime": str(int(instance.created_at * 1000) + 10 * _YEAR_MILLISECONDS),
        "VpcSlbIntranetEnable": False,
        "SupportIpv6": True,
        "EgressIpv6Enable": False,
        "IntranetSegments": json.dumps(["172.36.0.0/16", "172.31.16.0/20"]),
        "MaintainStartTime": "22:00Z",
        "MaintainEndTime": "01:00Z",
        "AclStatus": "off",
        "InstanceSpecAttributes": {"SpecAttribute": [{"LocalName": "Max RPS", "Value": str(instance.rps_limit)}]},
        "PrivateDnsList": {"PrivateDns": []},
    }
    if instance.is_bound:
        row |= {
            "UserVpcId": instance.user_vpc_id,
            "UserVswitchId": instance.user_vswitch_id,
            "VpcOwnerId": instance.vpc_owner_id,
        }
    if instance.connect_vpc_id:
        row |= {"ConnectVpcId": instance.connect_vpc_id, "ConnectCidrBlocks": json.dumps(["10.45.0.0/16"])}
    return row


def modify_instance_vpc_attribute(call: Call) -> dict[str, Any]:
    """`ModifyInstanceVpcAttributeForConsole`: bind, bind again, and with `DeleteVpcAccess` let go."""
    parameters = call.parameters
    instance_id, vpc_id = parameters.required("InstanceId"), parameters.required("VpcId")
    is_deletion = parameters.flag("DeleteVpcAccess")
    vswitch_id = parameters.text("VswitchId")
    if not is_deletion and not vswitch_id:
        raise missing("VswitchId")
    owner_id = parameters.number("VpcOwnerId", call.account.id, 1, 10**18)

    def act() -> dict[str, Any]:
        instance = instances.find(call.world, call.account, call.region, instance_id)
        if is_deletion:
            instances.unbind(call.world, call.act, instance, vpc_id)
        else:
            instances.bind(call.world, call.act, instance, Binding(vpc_id, vswitch_id, owner_id))
        return {}

    return once(call, "Token", act)


ACTIONS: Final[Actions] = {
    "DescribeInstances": describe_instances,
    "ModifyInstanceVpcAttributeForConsole": modify_instance_vpc_attribute,
}
