"""Tags of endpoint services and endpoints: what they may look like, changing them, finding by them (5.8, 10 #8)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from console.simcloud.errors import Refusal
from console.simcloud.ledger import Act, Change
from console.simcloud.records import Endpoint, EndpointService
from console.simcloud.world import World

Action = Literal["create", "delete"]
Tagged = Endpoint | EndpointService
Tag = dict[str, str]

KEY_MAXIMUM: Final = 36
VALUE_MAXIMUM: Final = 43
#: Keys that only the cloud itself may use.
_RESERVED: Final = "_sys_"


@dataclass(frozen=True, slots=True)
class Wanted:
    """One key of a tag query with the values that fit; without values every one fits."""

    key: str
    values: tuple[str, ...]

    def fits(self, tags: Sequence[Tag]) -> bool:
        """Whether a resource with these tags has it."""
        return any(tag["key"] == self.key and (not self.values or tag["value"] in self.values) for tag in tags)


@dataclass(frozen=True, slots=True)
class TagQuery:
    """Which resources to find. Each list is met in its own manner: all of it, any of it, not all, not any."""

    all_of: tuple[Wanted, ...] = ()
    any_of: tuple[Wanted, ...] = ()
    not_all_of: tuple[Wanted, ...] = ()
    not_any_of: tuple[Wanted, ...] = ()
    untagged: bool = False

    def meets(self, tags: Sequence[Tag]) -> bool:
        """Whether a resource with these tags is among the wanted ones."""
        if self.untagged:
            return not tags
        return (
            all(one.fits(tags) for one in self.all_of)
            and (not self.any_of or any(one.fits(tags) for one in self.any_of))
            and not (self.not_all_of and all(one.fits(tags) for one in self.not_all_of))
            and not any(one.fits(tags) for one in self.not_any_of)
        )


def check(world: World, tags: Sequence[Tag]) -> None:
    """Raises Refusal for tags that a resource may not have: too many, doubled, too long, of bad characters."""
    if len(tags) > world.switches.tag_maximum:
        raise Refusal(400, "EndPoint.3069")
    for tag in tags:
        _check_one(world, tag)
    if len({tag["key"] for tag in tags}) < len(tags):
        raise Refusal(400, "EndPoint.3067")


def _check_one(world: World, tag: Tag) -> None:
    allowed = world.profile.tag_text
    if not tag["key"]:
        raise Refusal(400, "EndPoint.3066")
    if tag["key"].startswith(_RESERVED) or not (allowed.fullmatch(tag["key"]) and allowed.fullmatch(tag["value"])):
        raise Refusal(400, "EndPoint.3068")
    if len(tag["key"]) > KEY_MAXIMUM:
        raise Refusal(400, "EndPoint.3072")
    if len(tag["value"]) > VALUE_MAXIMUM:
        raise Refusal(400, "EndPoint.3073")


def change(world: World, act: Act, record: Tagged, action: Action, tags: Sequence[Tag]) -> None:
    """Add tags, where a known key gets the new value; or take them away, by key, and by value where one is given.

    Raises Refusal; then nothing changes."""
    if record.status == "deleting":
        raise Refusal(400, "EndPoint.2018" if isinstance(record, Endpoint) else "EndPoint.3045")
    before = record.tags
    if action == "create":
        check(world, tags)
        added = {tag["key"]: tag for tag in tags}
        after = list({**{tag["key"]: tag for tag in before}, **added}.values())
        check(world, after)
    else:
        after = [tag for tag in before if not any(_names(tag, one) for one in tags)]
    if after == before:
        return
    record.tags = after
    record.updated_at = world.clock.now()
    gateway_id = world.gateway_id_of(record) if isinstance(record, Endpoint) else record.gateway_id
    world.commit(act, [Change("tags.update", record.id, gateway_id, spelled(before), spelled(after))], [record])


def _names(tag: Tag, one: Tag) -> bool:
    return tag["key"] == one["key"] and one.get("value", "") in ("", tag["value"])


def spelled(tags: Sequence[Tag]) -> str:
    """Tags on one line, for the ledger."""
    return ", ".join(f"{tag['key']}={tag['value']}" for tag in tags)


def values_by_key(records: Sequence[Tagged]) -> dict[str, list[str]]:
    """Every key in use with every value it has somewhere, in order."""
    found: dict[str, set[str]] = {}
    for record in records:
        for tag in record.tags:
            found.setdefault(tag["key"], set()).add(tag["value"])
    return {key: sorted(values) for key, values in sorted(found.items())}
