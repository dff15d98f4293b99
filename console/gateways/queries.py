"""Reads of this feature. Each cloud answers or fails for itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.utils import timezone

from console.access.reach import Reach
from console.clouds.errors import CloudError
from console.clouds.parallel import gather
from console.clouds.ports import GatewayCatalog
from console.clouds.types import Gateway
from console.observations.parts import Part
from console.observations.store import Where
from console.observations.watch import Observation, Wish, interval, is_due, observe
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
    #: As of when its gateways are known; None where they never were.
    last_known: datetime | None = None
    #: When it is asked again; None where that is happening.
    next_try: datetime | None = None


def load_gateways(clouds: Mapping[str, Cloud], reach: Reach) -> tuple[Sequence[CloudGateway], Sequence[UnreadCloud]]:
    """The gateways that this person may know of, from all clouds at once; of a cloud that is away, the last known."""
    wanted = {name: cloud.catalog for name, cloud in clouds.items() if cloud.catalog and reach.sees_cloud(name)}
    found: list[CloudGateway] = []
    unread: list[UnreadCloud] = []
    for name, shown in _look(wanted).items():
        cloud = clouds[name]
        if shown.error is not None:
            unread.append(UnreadCloud(cloud, shown.error, shown.as_of, shown.next_try))
        found += [CloudGateway(cloud, row) for row in shown.value or () if reach.sees_gateway(name, row.id)]
    return found, unread


def _look(catalogs: Mapping[str, GatewayCatalog]) -> dict[str, Observation[Sequence[Gateway]]]:
    """One read for all viewers, and those of several clouds at once.

    Whoever opens the list also tries a cloud that failed a moment ago.
    """
    places = {name: Where(name, "") for name in catalogs}
    wish = Wish(not_before=timezone.now() - interval())
    due = [name for name, where in places.items() if is_due(where, Part.GATEWAYS, wish)]
    answers = gather(**{name: catalogs[name].list_gateways for name in due})

    def read(name: str) -> list[Gateway]:
        return list(answers[name].unwrap() if name in answers else catalogs[name].list_gateways())

    return {
        name: observe(where, {Part.GATEWAYS: partial(read, name)}, wish)[Part.GATEWAYS]
        for name, where in places.items()
    }
