"""Reads of this feature: one for all viewers. Each cloud answers or fails for itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from console.access.reach import Reach
from console.clouds.paging import Listing
from console.clouds.ports import GatewayCatalog
from console.clouds.types import Gateway
from console.observations.asking import known_to
from console.observations.parts import Part
from console.observations.store import Where
from console.observations.watch import Observation, Wish, observe_all
from console.wiring import Cloud


@dataclass(frozen=True, slots=True)
class SeenCloud:
    """One cloud, and what is known of its gateways, as far as the person may know of them."""

    cloud: Cloud
    shown: Observation[Listing[Gateway]]


def load_gateways(clouds: Mapping[str, Cloud], reach: Reach, wish: Wish) -> list[SeenCloud]:
    """The gateways of all clouds at once, one read for all viewers; of a cloud that is away, the last known."""
    wanted = {name: cloud.catalog for name, cloud in clouds.items() if cloud.catalog and reach.sees_cloud(name)}
    places = {name: (Where(name, ""), Part.GATEWAYS) for name in wanted}
    seen = observe_all({places[name]: partial(_read, catalog) for name, catalog in wanted.items()}, wish)
    return [SeenCloud(clouds[name], _seen_by(reach, name, seen[place])) for name, place in places.items()]


def _seen_by(reach: Reach, cloud: str, shown: Observation[Listing[Gateway]]) -> Observation[Listing[Gateway]]:
    return known_to(shown, lambda row: reach.sees_gateway(cloud, row.id))


def _read(catalog: GatewayCatalog) -> list[Gateway]:
    return catalog.list_gateways()
