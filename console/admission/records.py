"""What our own records add where a cloud does not tell a waiting connection from a rejected one (alibaba-contract 4.1).

Such a cloud says "not connected", whatever came before. Whether somebody decided about it through this console is in
the book of Changes; what was decided elsewhere is not, so whatever comes from here is labelled as ours.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from console.audit.catalog import Action
from console.changes.kinds.kind import Place
from console.changes.models import Change, Stage
from console.clouds.types import Connection, ConnectionStatus, EndpointId

_DECISIONS: Final = (Action.CONNECTION_ACCEPT.value, Action.CONNECTION_REJECT.value)
#: The last that was done to a connection that is not connected now -> what it counts as, and the words for it.
_MEANS: Final = {
    "": (ConnectionStatus.PENDING_ACCEPTANCE, "never decided, by our records"),
    Action.CONNECTION_REJECT.value: (ConnectionStatus.REJECTED, "by our records"),
    Action.CONNECTION_ACCEPT.value: (ConnectionStatus.NOT_CONNECTED, "accepted before, by our records"),
}


@dataclass(frozen=True, slots=True)
class Read:
    """Connections in the order that the cloud gave them, with the status that they count as."""

    connections: list[Connection]
    #: Where the status is ours: what it rests on. What can be done to such a one follows from "not connected" alone.
    notes: Mapping[EndpointId, str] = field(default_factory=dict)


def read_with_records(place: Place, connections: Sequence[Connection]) -> Read:
    """One query, and none where the cloud tells it by itself."""
    if place.admission.traits.tells_waiting:
        return Read(list(connections))
    open_ones = [one.id for one in connections if one.status is ConnectionStatus.NOT_CONNECTED]
    last = _last_decisions(place, open_ones)
    means = {one: _MEANS[last.get(one, "")] for one in open_ones}
    return Read(
        [replace(one, status=means[one.id][0]) if one.id in means else one for one in connections],
        {one: words for one, (_status, words) in means.items()},
    )


def _last_decisions(place: Place, ids: Sequence[EndpointId]) -> dict[str, str]:
    """Connection -> the last kind of decision about it that was carried out here."""
    ours = Change.objects.filter(
        cloud=place.cloud.name,
        gateway_id=place.host,
        realm=place.realm.value,
        kind__in=_DECISIONS,
        stage=Stage.SUCCEEDED,
        target__in=ids,
    )
    return dict(ours.order_by("claimed_at").values_list("target", "kind"))
