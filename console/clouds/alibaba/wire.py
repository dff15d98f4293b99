"""Between the wire's words and ours, for API Gateway and networks; `link_wire` has PrivateLink's.

Reading is tolerant: a missing or odd field of a row becomes "", None or False, an unknown status stays visible. Only
what makes a row useless, no id, fails the read.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar

from console.clouds.networks import Subnet, Vpc
from console.clouds.paging import Page, page_of
from console.clouds.reading import JsonObject, UnreadableAnswer, count, moment, text
from console.clouds.types import AccountId
from console.clouds.vpc_access import ApiGroup, ApiGroupId, ApiInstance, ApiInstanceId, Migration, OwnDomain
from console.patterns import Pattern

T = TypeVar("T")
#: By name. Texts only: the wire has no other values.
Parameters = Mapping[str, str]

#: Where lists are: arrays here are wrapped in an object named after the item (alibaba-contract 2.1).
INSTANCES: Final = ("Instances", "InstanceAttribute")
GROUPS: Final = ("ApiGroupAttributes", "ApiGroupAttribute")
VPCS: Final = ("Vpcs", "Vpc")
VSWITCHES: Final = ("VSwitches", "VSwitch")
_OWN_DOMAINS: Final = ("CustomDomains", "DomainItem")

_RUNNING: Final = "RUNNING"
#: The vendor's example says Fail (alibaba-contract 2.3).
_MIGRATIONS: Final = {
    "": Migration.NONE,
    "Running": Migration.RUNNING,
    "Success": Migration.SUCCEEDED,
    "Failed": Migration.FAILED,
    "Fail": Migration.FAILED,
}
_INSTANCE_ID: Final = Pattern(r"[A-Za-z0-9][A-Za-z0-9_-]*", 64)
_GROUP_ID: Final = Pattern(r"[0-9a-f]{32}", 32)


def rows_in(document: JsonObject, path: tuple[str, ...]) -> list[Any]:
    """The rows of a list, wrapped or bare; a list with no row may be absent inside of its wrapper, or null.

    Raises UnreadableAnswer where the list is missing or is none.
    """
    found: Any = document.get(path[0])
    if found is None and path[0] in document and count(document.get("TotalCount")) == 0:
        return []
    for name in path[1:]:
        found = found.get(name, []) if isinstance(found, dict) else None
    if not isinstance(found, list):
        raise UnreadableAnswer(f"the answer has no list of {path[-1]}")
    return found


def page_from_wire(document: JsonObject, path: tuple[str, ...], decode: Callable[[JsonObject], T]) -> Page[T]:
    """One page of a list; its total is a number here and digits there, or absent (alibaba-contract 2.1 and 4.2)."""
    return page_of(rows_in(document, path), decode, count(document.get("TotalCount")))


def id_in(row: JsonObject, name: str) -> str:
    """The field that no row can do without. Raises UnreadableAnswer."""
    found = text(row.get(name))
    if not found:
        raise UnreadableAnswer(f"a row of the answer has no {name}")
    return found


def flag(value: Any) -> bool:
    """True in any of its spellings."""
    return value is True or text(value).lower() == "true"


def instance_from_wire(row: JsonObject) -> ApiInstance:
    """Alibaba-contract 2.1. `UserVpcId` is the binding; `ConnectVpcId` is another thing, of the backends."""
    status, shared = text(row.get("Status")), _is_shared(row)
    return ApiInstance(
        id=ApiInstanceId(id_in(row, "InstanceId")),
        name=text(row.get("InstanceName")),
        shared=shared,
        status=status,
        is_changing=status != _RUNNING,
        vpc_id="" if shared else text(row.get("UserVpcId")),
        vswitch_id="" if shared else text(row.get("UserVswitchId")),
        vpc_owner="" if shared else text(row.get("VpcOwnerId")),
        backend_vpc_id=text(row.get("ConnectVpcId")),
        edition=text(row.get("InstanceSpec")),
        region=text(row.get("RegionId")),
        zone=text(row.get("ZoneLocalName")) or text(row.get("ZoneId")),
        request_limit=count(row.get("InstanceRpsLimit")),
        https_policy=text(row.get("HttpsPolicies")),
        vpc_egress=text(row.get("VpcEgressAddress")),
        internet_egress=text(row.get("InternetEgressAddress")),
        self_calling=flag(row.get("VpcSlbIntranetEnable")),
        ipv6=flag(row.get("SupportIpv6")),
        created_at=moment(row.get("CreatedTime")),
    )


def _is_shared(row: JsonObject) -> bool:
    """VPC_SHARED, or CLASSIC_SHARED of old groups; every other type is held to the stricter rules."""
    return text(row.get("InstanceType")).endswith("_SHARED")


def group_id_from_wire(row: JsonObject) -> ApiGroupId:
    """A row of the list of groups, which says nothing of VPC domains (alibaba-contract 2.3)."""
    return ApiGroupId(id_in(row, "GroupId"))


def group_from_wire(row: JsonObject) -> ApiGroup:
    """A group's own page (alibaba-contract 2.3). An empty `VpcDomain` means disabled."""
    raw_migration = text(row.get("MigrationStatus"))
    return ApiGroup(
        id=group_id_from_wire(row),
        name=text(row.get("GroupName")),
        description=text(row.get("Description")),
        instance_id=ApiInstanceId(text(row.get("InstanceId"))),
        shared=_is_shared(row),
        region=text(row.get("RegionId")),
        base_path=text(row.get("BasePath")),
        public_domain=text(row.get("SubDomain")),
        vpc_domain=text(row.get("VpcDomain")),
        self_calling_domain=text(row.get("VpcSlbIntranetDomain")),
        own_domains=_own_domains(row),
        migration=_MIGRATIONS.get(raw_migration, Migration.OTHER),
        raw_migration=raw_migration,
        migration_error=text(row.get("MigrationError")),
        request_limit=count(row.get("TrafficLimit")),
        https_policy=text(row.get("HttpsPolicy")),
        created_at=moment(row.get("CreatedTime")),
        modified_at=moment(row.get("ModifiedTime")),
    )


def _own_domains(row: JsonObject) -> tuple[OwnDomain, ...]:
    try:
        rows = rows_in(row, _OWN_DOMAINS)
    except UnreadableAnswer:
        return ()
    return tuple(page_of(rows, _own_domain).rows)


def _own_domain(row: JsonObject) -> OwnDomain:
    return OwnDomain(
        name=id_in(row, "DomainName"),
        vpc_only=text(row.get("CustomDomainType")).lower() == "intranet",
        cname_resolved=_one_of(row.get("DomainCNAMEStatus"), {"RESOLVED": True, "UNRESOLVED": False}),
        # The cloud's words: BINDING is in effect, BOUND is not.
        in_effect=_one_of(row.get("DomainBindingStatus"), {"BINDING": True, "BOUND": False}),
        remark=text(row.get("DomainRemark")),
    )


def _one_of(value: Any, meanings: Mapping[str, bool]) -> bool | None:
    return meanings.get(text(value).upper())


def vpc_from_wire(row: JsonObject) -> Vpc:
    """Alibaba-contract 2.8."""
    return Vpc(id_in(row, "VpcId"), text(row.get("VpcName")), text(row.get("CidrBlock")))


def owner_of_vpc(row: JsonObject) -> tuple[str, AccountId]:
    """A VPC and the account that has it; "" where the cloud does not say."""
    return id_in(row, "VpcId"), AccountId(text(row.get("OwnerId")))


def vswitch_from_wire(row: JsonObject) -> Subnet:
    """Alibaba-contract 2.8."""
    return Subnet(
        id=id_in(row, "VSwitchId"),
        name=text(row.get("VSwitchName")),
        vpc_id=text(row.get("VpcId")),
        cidr=text(row.get("CidrBlock")),
        gateway_address="",
        free=count(row.get("AvailableIpAddressCount")),
        zone=text(row.get("ZoneId")),
    )


def page_to_wire(number: int, size: int) -> Parameters:
    """Which page of a list, from 1."""
    return {"PageNumber": str(number), "PageSize": str(size)}


def instance_to_wire(instance_id: ApiInstanceId) -> Parameters:
    """Names an instance."""
    return {"InstanceId": instance_id}


def group_to_wire(group_id: ApiGroupId) -> Parameters:
    """Names a group."""
    return {"GroupId": group_id}


def vpc_to_wire(vpc_id: str) -> Parameters:
    """Names a VPC."""
    return {"VpcId": vpc_id}


def vpc_domain_to_wire(group_id: ApiGroupId, *, enabled: bool) -> Parameters:
    """Alibaba-contract 2.4. Lower case, unlike the vendor's SDK for Python; the cloud takes either (1.2)."""
    return {"GroupId": group_id, "VpcIntranetEnable": "true" if enabled else "false"}


def binding_to_wire(instance_id: ApiInstanceId, vpc_id: str, vswitch_id: str) -> Parameters:
    """Alibaba-contract 2.2: the "s" of the vSwitch is lower case here, and only here."""
    return {"InstanceId": instance_id, "VpcId": vpc_id, "VswitchId": vswitch_id, "DeleteVpcAccess": "false"}


def unbinding_to_wire(instance_id: ApiInstanceId, vpc_id: str) -> Parameters:
    """Alibaba-contract 2.2: the VPC must be named here too."""
    return {"InstanceId": instance_id, "VpcId": vpc_id, "DeleteVpcAccess": "true"}


def move_to_wire(group_id: ApiGroupId, target: ApiInstanceId) -> Parameters:
    """Alibaba-contract 2.5."""
    return {"GroupId": group_id, "TargetInstanceId": target}


def own_domain_to_wire(group_id: ApiGroupId, domain: str) -> Parameters:
    """For callers in the VPC, in all stages, without the force that takes a name from other groups (2.7)."""
    return {"GroupId": group_id, "DomainName": domain, "CustomDomainType": "INTRANET"}


def read_instance_id(typed: str) -> ApiInstanceId:
    """An instance's id: `apigateway-hz-b3c5dadd5abc`, or `api-shared-vpc-001` of a shared one."""
    found = typed.strip()
    if _INSTANCE_ID.fullmatch(found):
        return ApiInstanceId(found)
    raise ValueError("An instance ID looks like apigateway-hz-b3c5dadd5abc.")


def read_group_id(typed: str) -> ApiGroupId:
    """A group's id, in the lower case that the cloud uses."""
    found = typed.strip().lower()
    if _GROUP_ID.fullmatch(found):
        return ApiGroupId(found)
    raise ValueError("An API group ID has 32 characters, 0-9 and a-f.")
