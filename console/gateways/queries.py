"""Reads of this feature: one for all viewers. Each cloud answers or fails for itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from console.access.reach import Reach
from console.clouds.parallel import gather
from console.clouds.ports import GatewayCatalog
from console.clouds.types import Gateway
from console.observations.asking import known_to
from console.observations.parts import Part
from console.observations.store import Where
from console.observations.watch import Observation, Wish, is_due, observe
from console.wiring import Cloud


@dataclass(frozen=True, slots=True)
class SeenCloud:
    """One cloud, and what is known of its gateways, as far as the person may know of them."""

    cloud: Cloud
    shown: Observation[list[Gateway]]


def load_gateways(clouds: Mapping[str, Cloud], reach: Reach, wish: Wish) -> list[SeenCloud]:
    """The gateways of all clouds at once; of a cloud that is away, the last known."""
    wanted = {name: cloud.catalog for name, cloud in clouds.items() if cloud.catalog and reach.sees_cloud(name)}
    return [SeenCloud(clouds[name], _seen_by(reach, name, shown)) for name, shown in _look(wanted, wish).items()]


def _seen_by(reach: Reach, cloud: str, shown: Observation[list[Gateway]]) -> Observation[list[Gateway]]:
    return known_to(shown, lambda row: reach.sees_gateway(cloud, row.id))


def _look(catalogs: Mapping[str, GatewayCatalog], wish: Wish) -> dict[str, Observation[list[Gateway]]]:
    """One read for all viewers, and those of several clouds at once."""
    places = {name: Where(name, "") for name in catalogs}
    due = [name for name, where in places.items() if is_due(where, Part.GATEWAYS, wish)]
    # One alone is read by the look itself, which lets nobody else read meanwhile.
    answers = gather(**{name: catalogs[name].list_gateways for name in due}) if len(due) > 1 else {}

    def read(name: str) -> list[Gateway]:
        return list(answers[name].unwrap() if name in answers else catalogs[name].list_gateways())

    return {
        name: observe(where, {Part.GATEWAYS: partial(read, name)}, wish)[Part.GATEWAYS]
        for name, where in places.items()
    }
