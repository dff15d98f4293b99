"""What the book of Changes says about a host. Reads only."""

import uuid
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from django.db.models import QuerySet

from console import clock
from console.access.reach import Reach
from console.audit.catalog import Action, State
from console.audit.models import Entry
from console.changes import old_acts
from console.changes.kinds.kind import Place, Realm
from console.changes.kinds.registry import RENAME_SERVICE
from console.changes.models import MADE_NOTHING, OPEN, Change, Stage

#: A rename shows in the gateway's detail some time later; clients wait ten minutes (huawei-contract 4.3).
RENAME_TAKES: Final = timedelta(minutes=10)
_MOST: Final = 20


def open_changes(cloud: str, gateway_id: str, realm: Realm = Realm.GATEWAY) -> Sequence[Change]:
    """Changes of this host whose end is not known, oldest first; also those that are in progress this moment."""
    found = _open().filter(cloud=cloud, gateway_id=gateway_id, realm=realm.value)
    return list(found.order_by("claimed_at")[:_MOST])


def open_in(cloud: str, realm: Realm, reach: Reach) -> Sequence[Change]:
    """As `open_changes`, of every host of the realm that the person may know of: also of what may be gone already."""
    found = _open().filter(cloud=cloud, realm=realm.value)
    return [one for one in found.order_by("claimed_at")[:_MOST] if reach.sees_gateway(cloud, one.gateway_id)]


def open_on(place: Place, targets: Sequence[str]) -> Sequence[Change]:
    """Some of the Changes of these objects whose end is not known, newest first."""
    found = _open().filter(cloud=place.cloud.name, gateway_id=place.host, realm=place.realm.value)
    return list(found.filter(target__in=targets[:500]).order_by("-claimed_at")[:3])


def has_acted(place: Place, action: Action, target: str) -> bool:
    """Whether the console did this to the object here, or may have: what certainly did nothing does not count."""
    found = _acts_at(place).filter(kind=action.value, target=target).exclude(stage__in=MADE_NOTHING)
    return found.exists() or _rows_at(place).filter(action=action.value, target=target).exists()


def last_done(place: Place, actions: Sequence[Action], targets: Sequence[str]) -> dict[str, Action]:
    """Object -> the last of these that the console did to it here. Objects that nothing was done to are left out."""
    names = {action.value: action for action in actions}
    acts = _acts_at(place).filter(kind__in=names, target__in=targets, stage=Stage.SUCCEEDED)
    done = dict(acts.order_by("claimed_at").values_list("target", "kind"))
    others = [target for target in targets if target not in done]
    rows = _rows_at(place).filter(action__in=names, target__in=others) if others else Entry.objects.none()
    done |= rows.order_by("seq").values_list("target", "action")
    return {target: names[name] for target, name in done.items()}


def _acts_at(place: Place) -> QuerySet[Change]:
    return Change.objects.filter(cloud=place.cloud.name, gateway_id=place.host, realm=place.realm.value)


def _rows_at(place: Place) -> QuerySet[Entry]:
    """What was done here by the audit log, which outlives the acts (`old_acts`)."""
    if old_acts.forgotten_before() is None:
        return Entry.objects.none()
    return Entry.objects.filter(cloud=place.cloud.name, gateway_id=place.host, state=State.SUCCEEDED.value)


def _open() -> QuerySet[Change]:
    """What is open is looked at again, and by that it is found quickly."""
    return Change.objects.filter(stage__in=OPEN, look_after__isnull=False)


def name_on_its_way(cloud: str, gateway_id: str) -> str | None:
    """The name that the service was given within the last minutes, or None."""
    latest = (
        Change.objects.filter(
            cloud=cloud,
            gateway_id=gateway_id,
            kind=RENAME_SERVICE.action.value,
            stage=Stage.SUCCEEDED,
            settled_at__gt=clock.now() - RENAME_TAKES,
        )
        .order_by("-claimed_at")
        .first()
    )
    return latest.parameters["name"] if latest else None


def made_nothing(change_id: uuid.UUID) -> bool:
    """Whether a Change of this id has ended without doing anything: its form needs another id to be sent anew."""
    return Change.objects.filter(pk=change_id, stage__in=MADE_NOTHING).exists()
