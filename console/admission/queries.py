"""Reads of connections and whitelist: what the cloud says, one read for all viewers, and what of it is news to one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from console.admission import own_acts
from console.admission.records import Read, read_with_records
from console.changes.kinds.kind import Place
from console.clouds.paging import Listing
from console.clouds.types import Connection, EndpointId, Permission, Traits
from console.observations.news import News, news_for
from console.observations.parts import Part
from console.observations.store import Where
from console.observations.watch import Observation, Wish, observe

#: What each card is made of, by the id of its element; the first part is the one that its refresh reads.
CARDS: Final[Mapping[str, tuple[Part, ...]]] = {
    "connections": (Part.CONNECTIONS, Part.ACCOUNT),
    "permissions": (Part.PERMISSIONS, Part.ACCOUNT),
}


@dataclass(frozen=True, slots=True)
class Admitted:
    """What is known of a host's connections and whitelist. A part that was not asked for is None."""

    #: With the status that they count as.
    connections: Observation[Listing[Connection]] | None
    permissions: Observation[Listing[Permission]] | None
    #: "" where it is not known.
    own_account: str
    traits: Traits
    #: Connections whose status rests on our own records, and on what of them.
    by_records: Mapping[EndpointId, str] = field(default_factory=dict)
    #: Whether the host has an endpoint service at all.
    offered: bool = True
    news: Mapping[Part, News] = field(default_factory=dict)


def where_of(place: Place) -> Where:
    """The host, as the observations know it."""
    return Where(place.cloud.name, place.host)


def reads_of(place: Place) -> dict[Part, Callable[[], Any]]:
    """How each part is read."""
    port, host = place.admission, place.host
    return {
        Part.CONNECTIONS: lambda: port.list_connections(host),
        Part.PERMISSIONS: lambda: port.list_permissions(host),
        Part.ACCOUNT: port.own_account,
    }


def load(place: Place, person_id: int, parts: tuple[Part, ...], wish: Wish) -> Admitted:
    """These parts, in about one round trip to the cloud, or none."""
    reads = reads_of(place)
    return admitted(place, person_id, observe(where_of(place), {part: reads[part] for part in parts}, wish))


def admitted(place: Place, person_id: int, seen: Mapping[Part, Observation[Any]], *, offered: bool = True) -> Admitted:
    """What was observed, without what is no news to this person."""
    account = seen.get(Part.ACCOUNT)
    news = news_for(person_id, where_of(place), seen)
    connections = seen.get(Part.CONNECTIONS)
    read = (
        read_with_records(place, connections.value)
        if connections and connections.value is not None
        else Read(Listing())
    )
    return Admitted(
        connections=replace(connections, value=read.connections)
        if connections and connections.value is not None
        else connections,
        by_records=read.notes,
        permissions=seen.get(Part.PERMISSIONS),
        own_account=account.value or "" if account else "",
        traits=place.admission.traits,
        offered=offered,
        news=own_acts.left_out(news, place, person_id, seen),
    )
