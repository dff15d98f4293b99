"""Tags as a card shows them."""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from console.changes.kinds.tags import CHANGE_KEY
from console.clouds.limits import MOST_TAGS
from console.clouds.services import Tag

#: Why the console's own tag is not for people to remove.
_OURS = "The console's own mark: by it a lost answer is found again."


@dataclass(frozen=True, slots=True)
class TagRow:
    """One tag. `remove_url` is "" where it cannot be removed, and `why` says so."""

    key: str
    value: str
    remove_url: str
    why: str


@dataclass(frozen=True, slots=True)
class TagsCard:
    """All tags of one object. `add_url` is "" where none can be added, and `why_no_add` says so."""

    rows: tuple[TagRow, ...]
    left: int
    add_url: str
    why_no_add: str


def card_of(tags: Iterable[Tag], update_url: str, why_not: str) -> TagsCard:
    """`why_not` says why nothing may be changed at all; "" where it may."""
    rows = tuple(_row(tag, update_url, why_not) for tag in sorted(tags))
    left = max(0, MOST_TAGS - len(rows))
    why = why_not or ("" if left else f"It has {len(rows)} tags; at most {MOST_TAGS} are allowed.")
    return TagsCard(rows, left, "" if why else update_url, why)


def _row(tag: Tag, update_url: str, why_not: str) -> TagRow:
    why = why_not or (_OURS if tag.key == CHANGE_KEY else "")
    return TagRow(tag.key, tag.value, "" if why else f"{update_url}?{urlencode({'remove': tag.key})}", why)
