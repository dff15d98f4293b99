"""What a person has done is no news to that person, as long as it is what they did that shows."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from console.audit.catalog import Action
from console.changes.kinds.kind import Place
from console.changes.models import Change, Stage
from console.clouds.types import ConnectionStatus
from console.observations.news import News
from console.observations.parts import Part
from console.observations.watch import Observation

_MOST: Final = 1_000
_MADE: Final = (Action.SERVICE_CREATE.value, Action.ENDPOINT_CREATE.value)
_UNMADE: Final = (Action.SERVICE_DELETE.value, Action.ENDPOINT_DELETE.value)
#: What the state of a row in a list (`parts.LISTS`) holds after an act.
_STATE_AFTER: Final = {
    **dict.fromkeys(_UNMADE, "deleting"),
    Action.VPC_BIND.value: "bound to",
    Action.VPC_UNBIND.value: "not bound",
    Action.VPC_DOMAIN_ENABLE.value: "enabled",
    Action.VPC_DOMAIN_DISABLE.value: "disabled",
    Action.GROUP_MOVE.value: "moving",
}
#: What a connection becomes by an act.
_LEADS_TO: Final = {
    Action.CONNECTION_ACCEPT.value: (ConnectionStatus.CREATING, ConnectionStatus.ACCEPTED),
    Action.CONNECTION_REJECT.value: (ConnectionStatus.REJECTED, ConnectionStatus.NOT_CONNECTED),
}


def left_out(
    news: Mapping[Part, News], place: Place, person_id: int, seen: Mapping[Part, Observation[Any]]
) -> dict[Part, News]:
    """The news without the traces of the person's own successful acts."""
    told = {part: one for part, one in news.items() if one}
    acts = _acts_since(place, person_id, min(one.since for one in told.values())) if told else {}
    if not acts:
        return dict(news)
    statuses = {row.id: row.status for row in seen[Part.CONNECTIONS].value or ()} if Part.CONNECTIONS in seen else {}
    return {part: _without(one, acts, statuses) for part, one in news.items()}


def left_out_of_list(news: News, place: Place, person_id: int, states: Mapping[str, str]) -> News:
    """The news of a cloud's list without the traces of the person's own successful acts; `states` of the rows now."""
    if not news:
        return news
    mine = Change.objects.filter(
        cloud=place.cloud.name,
        realm=place.realm.value,
        actor_id=person_id,
        stage=Stage.SUCCEEDED,
        claimed_at__gt=news.since,
    )
    latest = mine.order_by("-claimed_at").values_list("gateway_id", "target", "after", "kind")[:_MOST]
    acts: dict[str, str] = {}
    for host, target, after, kind in reversed(latest):
        acts |= dict.fromkeys((host, target, str((after or {}).get("id", ""))), kind)
    return replace(
        news,
        appeared={row: at for row, at in news.appeared.items() if acts.get(row) not in _MADE},
        changed={row: what for row, what in news.changed.items() if not _shows(acts.get(row), states.get(row, ""))},
        gone={row: at for row, at in news.gone.items() if acts.get(row) not in _UNMADE},
    )


def _shows(kind: str | None, state: str) -> bool:
    return kind in _STATE_AFTER and _STATE_AFTER[kind] in state


def _acts_since(place: Place, person_id: int, since: datetime) -> dict[str, str]:
    """Object -> the last that the person did to it."""
    mine = Change.objects.filter(
        cloud=place.cloud.name,
        gateway_id=place.host,
        actor_id=person_id,
        stage=Stage.SUCCEEDED,
        claimed_at__gt=since,
    )
    latest = mine.order_by("-claimed_at").values_list("target", "kind")[:_MOST]
    return dict(reversed(latest))


def _without(news: News, acts: Mapping[str, str], statuses: Mapping[str, ConnectionStatus]) -> News:
    def mine(row: str, kind: Action) -> bool:
        return acts.get(row) == kind.value

    return replace(
        news,
        appeared={row: at for row, at in news.appeared.items() if not mine(row, Action.PERMISSION_ADD)},
        changed={
            row: what
            for row, what in news.changed.items()
            if statuses.get(row) not in _LEADS_TO.get(acts.get(row, ""), ())
        },
        gone={row: at for row, at in news.gone.items() if not mine(row, Action.PERMISSION_REMOVE)},
    )
