"""What all kinds of Change share that make something new: what they made is found by its mark, all of it.

The mark is the id of the Change, in a tag (`tags`). Where it stands, this very form made the object and nobody else;
where it stands on two objects, something on the way repeated the call, as a proxy does that lost the answer.
"""

from abc import abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar, Final, Protocol

from console.changes.kinds.kind import WILL_DO, Answer, Kind, Parameters, Place, Sight, Verdict
from console.changes.kinds.tags import marked_by
from console.clouds.errors import CloudError
from console.clouds.paging import Listing
from console.clouds.services import Tag
from console.clouds.types import Receipt
from console.observations.parts import Part

#: So many of what was made are named.
_NAMED: Final = 5


class Marked(Protocol):
    """An object of a cloud that can carry a mark."""

    @property
    def id(self) -> str:
        """The cloud's name for it."""

    @property
    def tags(self) -> Sequence[Tag]:
        """Where the mark is."""


class CreatingKind(Kind):
    """Makes one object for each form. The object of the Change is the id of the Change."""

    address = "create"
    past = "created"
    creates = True
    most = 1

    #: The list that shows what was made.
    part: ClassVar[Part]

    def sight_in(self, values: Mapping[Part, Any], target: str) -> Sight | None:
        """What the list has of its mark."""
        things = values.get(self.part)
        if things is None:
            return None
        sight = self.sight(target, things)
        return sight if sight.exists or things.is_whole else None

    @abstractmethod
    def listed(self, place: Place) -> Sequence[Any]:
        """All objects of this kind. Raises CloudError."""

    @abstractmethod
    def read(self, place: Place, made: str) -> Any:
        """One of them. Raises CloudError."""

    @abstractmethod
    def facts(self, made: Any) -> dict[str, Any]:
        """What is told of it: `id`, and more."""

    def sight(self, target: str, things: Iterable[Marked], quota: str = "", answered: str = "") -> Sight:
        """What this very form made, first the one that the cloud named. Of nothing, whether a quota forbids it."""
        mine = [thing for thing in things if marked_by(thing.tags) == target]
        made = sorted(mine, key=lambda thing: thing.id != answered)
        if not made:
            missing = things.what_is_missing() if isinstance(things, Listing) else ""
            return Sight(exists=False, facts={"quota": quota} | ({"missing": missing} if missing else {}))
        also = [str(thing.id) for thing in made[1:_NAMED]]
        return Sight(exists=True, facts=self.facts(made[0]) | ({"also": also} if also else {}))

    def judge(self, place: Place, target: str, sight: Sight, parameters: Parameters) -> Verdict:
        """One form makes one object, and a quota that is reached lets none be made."""
        if sight.exists:
            return Verdict(Answer.SKIPPED, f"This form has created {self.noun} {sight.facts['id']} already.")
        if sight.facts["quota"]:
            return Verdict(Answer.REFUSED, str(sight.facts["quota"]))
        return WILL_DO

    def shows(self, sight: Sight, parameters: Parameters) -> bool | None:
        """The mark proves it, and so does its absence from a whole list, where one was left."""
        if sight.exists:
            return True
        return False if parameters["tagged"] and not sight.facts.get("missing") else None

    def unmoved(self, before: Sight, now: Sight) -> bool:
        """There is nothing of that mark; a quota may move."""
        return not now.exists

    def read_back(self, place: Place, target: str, receipt: Receipt) -> Sight:
        """What was made, by its mark; without one, what the cloud named; its id alone where nothing can be read."""
        try:
            found = self.sight(target, self.listed(place), answered=receipt.created)
            return found if found.exists else Sight(exists=True, facts=self.facts(self.read(place, receipt.created)))
        except CloudError:
            return Sight(exists=True, facts={"id": receipt.created})

    def remark(self, sight: Sight) -> str:
        """What was made besides, which nobody asked for."""
        also = sight.facts.get("also")
        if not also:
            return ""
        return (
            f"Something on the way sent the call more than once: the cloud also made {', '.join(also)}, "
            "which nobody asked for. Delete what is not needed."
        )
