"""PrivateLink, version 2020-04-15: all its actions, and those that belong to no resource (alibaba-contract 4)."""

from typing import Any, Final

from console.simcloud.alibaba import (
    privatelink_connections,
    privatelink_endpoints,
    privatelink_services,
    privatelink_users,
)
from console.simcloud.alibaba.call import Actions, Call
from console.simcloud.alibaba.identity import REGIONS


def describe_regions(_call: Call) -> dict[str, Any]:
    """`DescribeRegions`."""
    rows = [
        {"RegionId": region, "LocalName": name, "RegionEndpoint": f"privatelink.{region}.aliyuncs.com"}
        for region, name in REGIONS.items()
    ]
    return {"Regions": {"Region": rows}}


def check_product_open(_call: Call) -> dict[str, Any]:
    """`CheckProductOpen`: it is."""
    return {"Success": True}


ACTIONS: Final[Actions] = {
    "DescribeRegions": describe_regions,
    "CheckProductOpen": check_product_open,
    **privatelink_services.ACTIONS,
    **privatelink_connections.ACTIONS,
    **privatelink_users.ACTIONS,
    **privatelink_endpoints.ACTIONS,
}
