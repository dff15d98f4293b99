"""Tags: changing them, and the one that a creating Change leaves on what it made (huawei-contract 5.8 and 11)."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from django.conf import settings

from console.access.roles import Permission
from console.audit.catalog import Action
from console.changes.kinds.kind import WILL_DO, Answer, Kind, Parameters, Place, Realm, Sight, Verdict
from console.clouds.errors import CloudNotFound
from console.clouds.limits import MOST_TAGS
from console.clouds.services import Tag
from console.clouds.types import EndpointId, IntentId, Receipt, ServiceId

#: Key of the tag whose value is the id of the Change that made the object. The API knows no idempotency, so this is how
#: an object whose answer was lost is found again instead of being made twice (huawei-contract 1.8).
CHANGE_KEY: Final = "console-change"


def tags_left() -> int:
    """How many tags a person may give to a new object: one of the ten may be ours."""
    return MOST_TAGS - 1 if settings.TAG_CHANGES else MOST_TAGS


def as_parameters(tags: Iterable[Tag]) -> dict[str, Any]:
    """The parameters of a creating Change that are about tags: those that were asked for, and whether ours is added.

    The answer of the setting is kept with the Change: later looks must know whether there is a tag to look for.
    """
    return {"tags": [[tag.key, tag.value] for tag in tags], "tagged": settings.TAG_CHANGES}


def with_mark(parameters: Parameters, target: str) -> tuple[Tag, ...]:
    """The tags that a new object is created with."""
    mark = (Tag(CHANGE_KEY, target),) if parameters["tagged"] else ()
    return tags_of(parameters["tags"]) + mark


def marked_by(tags: Iterable[Tag]) -> str:
    """The id of the Change that made the object with these tags; "" where none says so."""
    return next((tag.value for tag in tags if tag.key == CHANGE_KEY), "")


def tags_of(pairs: Iterable[Sequence[str]]) -> tuple[Tag, ...]:
    """Tags from plain JSON."""
    return tuple(Tag(key, value) for key, value in pairs)


class UpdateTags(Kind):
    """Add tags, or remove some. The object is the service or the endpoint that the Change happens at.

    Parameters: `add` or `remove`, a list of pairs of key and value; one of the two, since each is a call of its own.
    """

    action = Action.TAGS_UPDATE
    address = "tags_update"
    permission = Permission.PUBLISH_SERVICES
    noun = "tags of"
    past = "changed"
    most = 1

    def permission_in(self, realm: Realm) -> Permission:
        """Whoever may change the object may change its tags."""
        return Permission.MANAGE_ENDPOINTS if realm is Realm.ENDPOINT else self.permission

    def look(self, place: Place, targets: Sequence[str]) -> dict[str, Sight]:
        """The object's own page: its status and tags."""
        try:
            tags, status = _tags_and_status(place)
        except CloudNotFound:
            return dict.fromkeys(targets, Sight(exists=False))
        facts = {"status": status, "tags": {tag.key: tag.value for tag in sorted(tags)}}
        return {target: Sight(exists=True, facts=facts) for target in targets}

    def judge(self, place: Place, target: str, sight: Sight, parameters: Parameters) -> Verdict:
        """Ten at most; what is so already needs no call. The mark of a creating Change stays."""
        if not sight.exists:
            return Verdict(Answer.REFUSED, "It is gone.")
        if sight.facts["status"] == "deleting":
            return Verdict(Answer.REFUSED, "It is being deleted.")
        if self.shows(sight, parameters):
            return Verdict(Answer.SKIPPED, "Its tags are like that already.")
        if any(key == CHANGE_KEY for key, _value in _pairs(parameters)):
            return Verdict(Answer.REFUSED, f"The tag {CHANGE_KEY} is the console's own.")
        after = {**sight.facts["tags"], **dict(parameters.get("add", ()))}
        if len(after) > MOST_TAGS:
            return Verdict(Answer.REFUSED, f"It would have {len(after)} tags; at most {MOST_TAGS} are allowed.")
        return WILL_DO

    def call(self, place: Place, target: str, parameters: Parameters, intent: IntentId) -> Receipt:
        """One call: adding or removing. A key that is there gets the new value."""
        add, remove = tags_of(parameters.get("add", ())), tags_of(parameters.get("remove", ()))
        if place.realm is Realm.ENDPOINT:
            return place.endpoints.set_endpoint_tags(EndpointId(place.host), add=add, remove=remove, intent=intent)
        return place.publishing.set_service_tags(ServiceId(place.host), add=add, remove=remove, intent=intent)

    def shows(self, sight: Sight, parameters: Parameters) -> bool | None:
        """Every added tag is there with its value, every removed one is gone."""
        if not sight.exists:
            return None
        tags: Mapping[str, str] = sight.facts["tags"]
        added = all(tags.get(key) == value for key, value in parameters.get("add", ()))
        return added and not any(key in tags for key, _value in parameters.get("remove", ()))


def _tags_and_status(place: Place) -> tuple[tuple[Tag, ...], str]:
    if place.realm is Realm.ENDPOINT:
        endpoint = place.endpoints.get_endpoint(EndpointId(place.host))
        return endpoint.tags, endpoint.raw_status
    service = place.services.get_service(ServiceId(place.host))
    return service.tags, service.raw_status


def _pairs(parameters: Parameters) -> list[Sequence[str]]:
    return [*parameters.get("add", ()), *parameters.get("remove", ())]
