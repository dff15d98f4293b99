"""What our own records add where a cloud does not tell a waiting connection from a rejected one (alibaba-contract 4.1).

Such a cloud says "not connected", whatever came before. Whether somebody decided about it through this console is in
the book of Changes; what was decided elsewhere is not, so whatever comes from here is labelled as ours.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from console.audit.catalog import Action
from console.changes import record
from console.changes.kinds.kind import Place
from console.clouds.paging import Listing
from console.clouds.types import Connection, ConnectionStatus, EndpointId

_DECISIONS: Final = (Action.CONNECTION_ACCEPT, Action.CONNECTION_REJECT)
#: The last that was done to a connection that is not connected now -> what it counts as, and the words for it.
_MEANS: Final = {
    None: (ConnectionStatus.PENDING_ACCEPTANCE, "never decided, by our records"),
    Action.CONNECTION_REJECT: (ConnectionStatus.REJECTED, "by our records"),
    Action.CONNECTION_ACCEPT: (ConnectionStatus.NOT_CONNECTED, "accepted before, by our records"),
}


@dataclass(frozen=True, slots=True)
class Read:
    """Connections in the order that the cloud gave them, with the status that they count as."""

    connections: Listing[Connection]
    #: Where the status is ours: what it rests on. What can be done to such a one follows from "not connected" alone.
    notes: Mapping[EndpointId, str] = field(default_factory=dict)


def read_with_records(place: Place, connections: Listing[Connection]) -> Read:
    """Two queries at most, and none where the cloud tells it by itself."""
    if place.admission.traits.tells_waiting:
        return Read(connections)
    open_ones = [one.id for one in connections if one.status is ConnectionStatus.NOT_CONNECTED]
    last = record.last_done(place, _DECISIONS, open_ones)
    means = {one: _MEANS[last.get(one)] for one in open_ones}
    return Read(
        connections.with_rows(replace(one, status=means[one.id][0]) if one.id in means else one for one in connections),
        {one: words for one, (_status, words) in means.items()},
    )
