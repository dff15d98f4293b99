"""Networks of the simulated Alibaba Cloud: finding a VPC and a vSwitch for something that wants to stand there."""

from collections.abc import Callable
from ipaddress import IPv4Network

from console.simcloud.alibaba.estate import Estate
from console.simcloud.alibaba.records import AlibabaVpc, VSwitch
from console.simcloud.errors import Refusal


def find_vpc(estate: Estate, region: str, owner: int, vpc_id: str, refusal: Refusal) -> AlibabaVpc:
    """The owner's VPC in a region. Raises the given refusal for any other id."""
    vpc = estate.vpcs.get(vpc_id)
    if vpc is None or vpc.account != owner or vpc.region_id != region:
        raise refusal
    return vpc


def find_vswitch(estate: Estate, vpc: AlibabaVpc, vswitch_id: str, refused: Callable[[], Refusal]) -> VSwitch:
    """The vSwitch of a VPC. Raises what `refused` makes for any other id."""
    vswitch = estate.vswitches.get(vswitch_id)
    if vswitch is None or vswitch.vpc_id != vpc.id:
        raise refused()
    return vswitch


def entry_address(vswitch: VSwitch) -> str:
    """The address inside a vSwitch under which a bound instance is reached."""
    return str(IPv4Network(vswitch.cidr)[10])
