"""Reads of the tab: the gateway, and who is connected and who may connect."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from console.admission import queries
from console.admission.queries import Admitted, where_of
from console.changes.kinds.kind import Place
from console.clouds.types import Availability, GatewayDetail, GatewayId
from console.observations.parts import Part
from console.observations.watch import Observation, Wish, observe

#: What the whole tab is made of.
_ALL: Final = (Part.DETAIL, Part.CONNECTIONS, Part.PERMISSIONS, Part.ACCOUNT)
#: What each card is made of, by the id of its element; the first part is the one that its refresh reads.
CARDS: Final[Mapping[str, tuple[Part, ...]]] = {
    "service-name": (Part.DETAIL,),
    **{card: (parts[0], Part.DETAIL, *parts[1:]) for card, parts in queries.CARDS.items()},
}


@dataclass(frozen=True, slots=True)
class Tab:
    """What is known of the tab."""

    gateway: Observation[GatewayDetail]
    admitted: Admitted


def load_tab(place: Place, person_id: int, card: str | None, wish: Wish) -> Tab:
    """The whole tab, or what one card of it needs. About one round trip to the cloud, or none.

    A card that refreshes itself reads its own part; of the others it takes what is known.
    """
    parts = CARDS[card] if card else _ALL
    others = frozenset(parts[1:]) if card else frozenset()
    seen = _observe(place, parts, replace(wish, whatever_its_age=others))
    gateway = seen[Part.DETAIL]
    offered = gateway.value is None or gateway.value.availability is Availability.ENABLED
    return Tab(gateway, queries.admitted(place, person_id, seen, offered=offered))


def load_gateway(place: Place) -> Observation[GatewayDetail]:
    """The gateway's detail alone."""
    return _observe(place, (Part.DETAIL,), Wish())[Part.DETAIL]


def _observe(place: Place, parts: tuple[Part, ...], wish: Wish) -> dict[Part, Observation[Any]]:
    reads = {Part.DETAIL: lambda: place.catalog.get_gateway(GatewayId(place.host)), **queries.reads_of(place)}
    return observe(where_of(place), {part: reads[part] for part in parts}, wish)
