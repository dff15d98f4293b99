"""Reads of this feature. Each cloud answers or fails for itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from console.access.reach import Reach
from console.clouds.errors import CloudError
from console.clouds.parallel import gather
from console.clouds.types import Gateway
from console.wiring import Cloud


@dataclass(frozen=True, slots=True)
class CloudGateway:
    """A gateway and the cloud it is in."""

    cloud: Cloud
    gateway: Gateway


@dataclass(frozen=True, slots=True)
class UnreadCloud:
    """A cloud that could not be read, and why."""

    cloud: Cloud
    error: CloudError


def load_gateways(clouds: Mapping[str, Cloud], reach: Reach) -> tuple[Sequence[CloudGateway], Sequence[UnreadCloud]]:
    """The gateways that this person may know of, from all clouds at once."""
    wanted = {name: cloud for name, cloud in clouds.items() if cloud.catalog and reach.sees_cloud(name)}
    answers = gather(**{name: cloud.catalog.list_gateways for name, cloud in wanted.items() if cloud.catalog})
    found: list[CloudGateway] = []
    unread: list[UnreadCloud] = []
    for name, cloud in wanted.items():
        answer = answers[name]
        if answer.error is not None:
            unread.append(UnreadCloud(cloud, answer.error))
            continue
        found += [CloudGateway(cloud, row) for row in answer.unwrap() if reach.sees_gateway(name, row.id)]
    return found, unread
