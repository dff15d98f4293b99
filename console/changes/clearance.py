"""The check right before every single time that a call is sent: the person's rights, and the objects as confirmed.

Nothing else makes an intent that a port takes. The transport asks it before the first try, before each retry and after
each pause, however the call got there, and a check is used up by one send.
"""

import time
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Final

from console.access.models import Person
from console.access.reach import reach_now
from console.changes import book
from console.changes.evidence import LONGEST_ACT
from console.changes.kinds.kind import Kind, Parameters, Place, Realm, Sight
from console.changes.models import Change
from console.clouds.errors import CheckExpired, CloudError, Withheld
from console.clouds.types import IntentId

#: How old the reading of the objects may be when the first byte of their call leaves. Seconds.
GOOD_FOR: Final = 3.0
#: So often the check is made for one send, where a slow database or a frozen process lets it become too old.
_MOST_CHECKS: Final = 3
#: Only moves forward, also while the process is stopped; the transport goes by the same one.
_clock = time.monotonic


class NotCleared(Withheld):
    """The check said no, and why: one of the three is set."""

    def __init__(
        self,
        reason: str,
        *,
        refusal: str = "",
        moved: Mapping[str, Sight] | None = None,
        unread: CloudError | None = None,
    ) -> None:
        super().__init__(reason)
        #: Who lost what right, as a sentence.
        self.refusal = refusal
        #: The objects that are not as they were confirmed, as they are now.
        self.moved = moved or {}
        #: Why the objects could not be read.
        self.unread = unread


class Clearance:
    """Checks the calls of one act at one place. Not to be shared between threads."""

    def __init__(self, kind: Kind, place: Place) -> None:
        self.kind = kind
        self.place = place
        self._sights: Mapping[str, Sight] = {}
        self._read_at = 0.0

    def look(self, targets: Sequence[str], parameters: Parameters) -> dict[str, Sight]:
        """Read the objects for the next send, which then needs no reading of its own. Raises CloudError."""
        sights = self.kind.look_for(self.place, targets, parameters)
        self._sights, self._read_at = sights, _clock()
        return sights

    def intent_for(self, changes: Sequence[Change]) -> IntentId:
        """What a port takes for the call of these Changes, whose intents are written down."""
        return IntentId(str(changes[0].pk), partial(self._check, changes))

    def _check(self, changes: Sequence[Change]) -> float:
        """Until when the call may be sent. Raises NotCleared and CheckExpired, and book.NotMineAnyMore."""
        for _attempt in range(_MOST_CHECKS):
            sights, good_until = self._use_up(changes) or self._read(changes)
            self._check_objects(changes, sights)
            _check_rights(self.kind, changes)
            if _clock() < good_until:
                return good_until
        raise CheckExpired("not sent: it took too long to check rights and objects right before it")

    def _use_up(self, changes: Sequence[Change]) -> tuple[Mapping[str, Sight], float] | None:
        """What was read for this send, and until when it holds; None where it was not, or is too old."""
        sights, self._sights = self._sights, {}
        good_until = self._read_at + GOOD_FOR
        if _clock() >= good_until or any(change.target not in sights for change in changes):
            return None
        return sights, good_until

    def _read(self, changes: Sequence[Change]) -> tuple[Mapping[str, Sight], float]:
        """Rights first, which costs no call; and the intents must still be ours, since time has passed."""
        _check_rights(self.kind, changes)
        book.hold(changes, LONGEST_ACT)
        try:
            sights = self.look([change.target for change in changes], changes[0].parameters)
        except CloudError as error:
            raise NotCleared(f"the objects could not be read right before the call: {error}", unread=error) from error
        self._sights = {}
        return sights, self._read_at + GOOD_FOR

    def _check_objects(self, changes: Sequence[Change], sights: Mapping[str, Sight]) -> None:
        moved = {
            one.target: sights[one.target] for one in changes if not self._is_as_confirmed(one, sights[one.target])
        }
        if moved:
            raise NotCleared("the object had changed right before the call", moved=moved)

    def _is_as_confirmed(self, change: Change, sight: Sight) -> bool:
        is_same: bool = sight.as_json() == change.before
        return is_same and self.kind.judge(self.place, change.target, sight, change.parameters).will_do


def _check_rights(kind: Kind, changes: Sequence[Change]) -> None:
    if why := why_not_allowed(kind, changes[0]):
        raise NotCleared("the right to do this was gone right before the call", refusal=why)


def why_not_allowed(kind: Kind, confirmed: Change) -> str:
    """Who has lost what right since the act was confirmed, as a sentence; "" where they still hold it.

    One query where they do. Sessions do not matter: who has signed out is still somebody who may.
    """
    permission = kind.permission_in(Realm(confirmed.realm))
    reach = reach_now(confirmed.actor_id, confirmed.actor_generation)
    places = kind.acts_at(confirmed.gateway_id, confirmed.parameters)
    if all(reach.may(permission, confirmed.cloud, place) for place in places):
        return ""
    who = confirmed.actor_name
    person = Person.objects.filter(pk=confirmed.actor_id).first() if confirmed.actor_id else None
    if person is None:
        return f"{who}, who confirmed it, is no longer a person of this console."
    if not person.is_active:
        return f"{who}, who confirmed it, is disabled."
    if confirmed.actor_generation not in (None, person.session_generation):
        return f"{who}, who confirmed it, was disabled or signed out everywhere since."
    return f"{who}, who confirmed it, no longer holds the permission “{permission.label}” here."


def outcome_of_refusal(why: str, *, again: bool = False) -> dict[str, Any]:
    """What is written down of a Change that was not sent (`again`: not again) because of lost rights."""
    nothing = "Nothing was sent again; the cloud had turned the earlier tries away." if again else "Nothing was sent."
    return {"error_code": "not_allowed", "explanation": f"{why} {nothing}"}
