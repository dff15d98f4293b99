"""API Gateway, version 2016-07-14: all its actions, and those that belong to no resource (alibaba-contract 2)."""

from typing import Any, Final

from console.simcloud.alibaba import cloudapi_domains, cloudapi_groups, cloudapi_instances
from console.simcloud.alibaba.call import Actions, Call
from console.simcloud.alibaba.identity import REGIONS


def describe_regions(_call: Call) -> dict[str, Any]:
    """`DescribeRegions`."""
    rows = [
        {"RegionId": region, "LocalName": name, "RegionEndpoint": f"apigateway.{region}.aliyuncs.com"}
        for region, name in REGIONS.items()
    ]
    return {"Regions": {"Region": rows}}


ACTIONS: Final[Actions] = {
    "DescribeRegions": describe_regions,
    **cloudapi_instances.ACTIONS,
    **cloudapi_groups.ACTIONS,
    **cloudapi_domains.ACTIONS,
}
