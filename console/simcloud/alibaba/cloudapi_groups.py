"""API Gateway: groups, their VPC domain and their moves on the wire (alibaba-contract 2.3 to 2.5)."""

from typing import Any, Final

from console.simcloud.alibaba import groups, instances, own_domains
from console.simcloud.alibaba.call import Actions, Call
from console.simcloud.alibaba.pages import numbered
from console.simcloud.alibaba.records import ApiGroup, OwnDomain
from console.simcloud.clock import zulu


def describe_api_groups(call: Call) -> dict[str, Any]:
    """`DescribeApiGroups`: by modification time; the list does not say whether a VPC domain is enabled."""
    parameters = call.parameters
    rows = groups.of_account(call.world, call.account, call.region)
    wanted = {"GroupId": "id", "InstanceId": "instance_id", "BasePath": "base_path"}
    for name, attribute in wanted.items():
        value = parameters.text(name)
        rows = [row for row in rows if value in ("", getattr(row, attribute))]
    rows = [row for row in rows if parameters.text("GroupName") in row.name]
    newest_first = parameters.choice("Sort", ("asc", "desc"), "desc") == "desc"
    rows.sort(key=lambda row: (row.modified_at, row.id), reverse=newest_first)
    page, counters = numbered(call, rows)
    return {**counters, "ApiGroupAttributes": {"ApiGroupAttribute": [_listed(call, row) for row in page]}}


def _listed(call: Call, group: ApiGroup) -> dict[str, Any]:
    return {
        "GroupId": group.id,
        "GroupName": group.name,
        "Description": group.description,
        "BasePath": group.base_path,
        "RegionId": group.region_id,
        "InstanceId": group.instance_id,
        "InstanceType": call.estate.instances[group.instance_id].kind,
        "HttpsPolicy": group.https_policy,
        "TrafficLimit": group.rps_limit,
        "SubDomain": f"{group.stem}.alicloudapi.com",
        "BillingStatus": "NORMAL",
        "IllegalStatus": "NORMAL",
        "CreatedTime": zulu(group.created_at),
        "ModifiedTime": zulu(group.modified_at),
        "Tags": {"TagInfo": []},
    }


def describe_api_group(call: Call) -> dict[str, Any]:
    """`DescribeApiGroup`: all of one group. `VpcDomain` is there while it is enabled."""
    group = _wanted(call)
    instance = call.estate.instances[group.instance_id]
    row = _listed(call, group) | {
        "Status": "NORMAL",
        "CustomDomains": {"DomainItem": [_domain(row) for row in own_domains.of_group(call.world, group)]},
        "StageItems": {"StageInfo": [{"StageName": "RELEASE", "StageId": f"{group.id[:28]}0001"}]},
    }
    if instance.is_dedicated:
        row["DedicatedInstanceType"] = instance.dedicated_kind
    if group.has_vpc_domain:
        row["VpcDomain"] = group.vpc_domain
    if group.migration_status:
        row["MigrationStatus"] = group.migration_status
    if group.migration_error and group.migration_status != groups.MOVING:
        row["MigrationError"] = group.migration_error
    return row


def _domain(domain: OwnDomain) -> dict[str, Any]:
    row: dict[str, Any] = {
        "DomainName": domain.id,
        "CustomDomainType": domain.kind.lower(),
        "DomainCNAMEStatus": "RESOLVED" if domain.is_resolved else "UNRESOLVED",
        "DomainBindingStatus": "BINDING" if domain.is_resolved else "BOUND",
        "DomainLegalStatus": "NORMAL",
        "DomainRemark": "",
        "BindStageName": domain.stage or "",
        "IsHttpRedirectToHttps": domain.redirects_to_https,
    }
    return row | {"CertificateId": "10001", "CertificateName": domain.id} if domain.has_certificate else row


def modify_intranet_domain_policy(call: Call) -> dict[str, Any]:
    """`ModifyIntranetDomainPolicy`: the VPC domain on or off, and nothing else."""
    group, on = _wanted(call), call.parameters.required_flag("VpcIntranetEnable")
    (groups.enable if on else groups.disable)(call.world, call.act, group)
    return {}


def modify_api_group_instance(call: Call) -> dict[str, Any]:
    """`ModifyApiGroupInstance`: begins to move a group."""
    group = _wanted(call)
    target = instances.find(call.world, call.account, call.region, call.parameters.required("TargetInstanceId"))
    groups.move(call.world, call.act, group, target)
    return {}


def _wanted(call: Call) -> ApiGroup:
    return groups.find(call.world, call.account, call.region, call.parameters.required("GroupId"))


ACTIONS: Final[Actions] = {
    "DescribeApiGroups": describe_api_groups,
    "DescribeApiGroup": describe_api_group,
    "ModifyIntranetDomainPolicy": modify_intranet_domain_policy,
    "ModifyApiGroupInstance": modify_api_group_instance,
}
