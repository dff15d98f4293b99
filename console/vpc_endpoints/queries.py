"""Reads of the tab: what the cloud says, one read for all viewers, and what of it is news to this one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from console.changes.kinds.kind import Place
from console.clouds.types import Availability, Connection, GatewayDetail, GatewayId, Permission
from console.observations.news import News, news_for
from console.observations.parts import Part
from console.observations.store import Where
from console.observations.watch import Observation, Wish, observe
from console.vpc_endpoints import own_acts

#: What each card is made of, by the id of its element; the first part is the one that its refresh reads.
CARDS: Final[Mapping[str, tuple[Part, ...]]] = {
    "service-name": (Part.DETAIL,),
    "connections": (Part.CONNECTIONS, Part.DETAIL, Part.ACCOUNT),
    "permissions": (Part.PERMISSIONS, Part.DETAIL, Part.ACCOUNT),
}


@dataclass(frozen=True, slots=True)
class Tab:
    """What is known of the tab. A part that was not asked for is None."""

    gateway: Observation[GatewayDetail]
    connections: Observation[list[Connection]] | None
    permissions: Observation[list[Permission]] | None
    #: "" where it is not known.
    own_account: str
    news: Mapping[Part, News] = field(default_factory=dict)

    @property
    def availability(self) -> Availability | None:
        """Whether the gateway has the feature; None when its detail could not be read."""
        return self.gateway.value.availability if self.gateway.value else None


def where_of(place: Place) -> Where:
    """The gateway, as the observations know it."""
    return Where(place.cloud.name, place.host)


def load_tab(place: Place, person_id: int, card: str | None, not_before: datetime | None = None) -> Tab:
    """The whole tab, or what one card of it needs. About one round trip to the cloud, or none.

    A card that refreshes itself reads its own part; of the others it takes what is known.
    """
    parts = CARDS[card] if card else tuple(Part)
    others = frozenset(parts[1:]) if card else frozenset()
    seen = _observe(place, parts, Wish(others, not_before))
    account = seen.get(Part.ACCOUNT)
    news = news_for(person_id, where_of(place), seen)
    return Tab(
        gateway=seen[Part.DETAIL],
        connections=seen.get(Part.CONNECTIONS),
        permissions=seen.get(Part.PERMISSIONS),
        own_account=account.value or "" if account else "",
        news=own_acts.left_out(news, place, person_id, seen),
    )


def load_gateway(place: Place) -> Observation[GatewayDetail]:
    """The gateway's detail alone."""
    return _observe(place, (Part.DETAIL,), Wish())[Part.DETAIL]


def _observe(place: Place, parts: tuple[Part, ...], wish: Wish) -> dict[Part, Observation[Any]]:
    reads: dict[Part, Callable[[], Any]] = {
        Part.DETAIL: lambda: place.catalog.get_gateway(GatewayId(place.host)),
        Part.CONNECTIONS: lambda: list(place.admission.list_connections(place.host)),
        Part.PERMISSIONS: lambda: list(place.admission.list_permissions(place.host)),
        Part.ACCOUNT: place.admission.own_account,
    }
    return observe(where_of(place), {part: reads[part] for part in parts}, wish)
