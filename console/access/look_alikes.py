"""Names that can be told apart: each person and group takes the skeleton of its name, and no two take the same.

The skeleton is what is left of a name when capitals, invisible characters and look-alike letters are no difference.
"""

import unicodedata
from functools import cache
from typing import Any, Final

from confusable_homoglyphs import confusables  # type: ignore[import-untyped] # it has none
from django.contrib.auth.models import Group
from django.core.checks import CheckMessage, Warning, register
from django.core.exceptions import ValidationError
from django.db.models.signals import post_save
from django.db.utils import DatabaseError

from console.access.actor import ANONYMOUS_NAME, SYSTEM
from console.access.models import Person, TakenName
from console.web.visible import BLANK

#: What the log and the pages call something that is no person.
RESERVED: Final = (SYSTEM.name, ANONYMOUS_NAME, "console", "worker", "somebody", "nobody", "unknown")


def skeleton(name: str) -> str:
    """What a name looks like: names with the same skeleton are taken for each other."""
    # Invisible characters may keep others apart that belong together.
    seen = "".join(one for one in unicodedata.normalize("NFKC", name) if one.isprintable() and one not in BLANK)
    marked = unicodedata.normalize("NFKC", seen)
    text = "".join(one for one in marked if unicodedata.category(one) not in _MARKS)
    looks = _look()
    # Folded before and after small letters are made: some letters look alike in one size only.
    large = "".join(looks.get(character, character) for character in text)
    folded = "".join(looks.get(character, character) for character in large.casefold())
    for several, one in (("rn", "m"), ("vv", "w"), ("cl", "d")):
        folded = folded.replace(several, one)
    return "".join(folded.split())


def check_name(name: str, holder: Person | Group) -> None:
    """Refuse reserved names and look-alikes of others, without telling whose name it is like.

    Raises ValidationError.
    """
    look = skeleton(name)
    if not look:
        raise ValidationError("This name has no character that can be seen.", code="invisible")
    if look in {skeleton(reserved) for reserved in RESERVED}:
        raise ValidationError("This name, or one that looks like it, stands for the console itself.", code="reserved")
    taken = TakenName.objects.filter(kind=_kind(holder), skeleton=look)
    if taken.exclude(**_owner(holder)).exists() if holder.pk else taken.exists():
        raise ValidationError("A name that looks like this one is taken already.", code="look_alike")


def connect() -> None:
    """Take the names of everybody who is saved, in the transaction that saves them."""
    post_save.connect(_take, sender=Person, dispatch_uid="names of people")
    post_save.connect(_take, sender=Group, dispatch_uid="names of groups")
    register(look_alikes_of_before)


def look_alikes_of_before(**_: Any) -> list[CheckMessage]:
    """Warn of names that looked alike before the rule: they are kept."""
    try:
        twins = list(TakenName.objects.filter(twin__gt=0).select_related("person", "group"))
    except DatabaseError:
        return []  # Before the first migration.
    names = [f"{twin.kind} {(names_of(twin.group or twin.person)[0])!a}" for twin in twins]
    hint = "Rename them, so that nobody takes one for another."
    return [Warning(f"{name} looks like another one.", hint=hint, id="access.W001") for name in names]


def _take(instance: Person | Group, update_fields: frozenset[str] | None, **_: Any) -> None:
    """Raises IntegrityError where somebody else took the name a moment ago."""
    if update_fields is not None and not update_fields & {"username", "display_name", "name"}:
        return
    looks = {skeleton(name) for name in names_of(instance) if name}
    mine = TakenName.objects.filter(**_owner(instance))
    mine.exclude(skeleton__in=looks).delete()
    for look in sorted(looks - set(mine.values_list("skeleton", flat=True))):
        TakenName.objects.create(kind=_kind(instance), skeleton=look, **_owner(instance))


def names_of(holder: Person | Group | None) -> tuple[str, ...]:
    """Every name that pages show for them."""
    if isinstance(holder, Person):
        return (holder.username, holder.display_name)
    return (holder.name,) if holder else ("",)


def _kind(holder: Person | Group) -> str:
    return "person" if isinstance(holder, Person) else "group"


def _owner(holder: Person | Group) -> dict[str, Any]:
    return {_kind(holder): holder}


#: Signs on or around letters that make no letter of their own.
_MARKS: Final = ("Mn", "Me")
#: The few that look alike within ASCII, casefolded.
_ASCII: Final = {"0": "o", "1": "l", "i": "l", "|": "l"}


@cache
def _look() -> dict[str, str]:
    """Each character that looks like others, and the one that stands for it: an ASCII one where there is one."""
    looks = dict(_ASCII)
    for character, others in confusables.confusables_data.items():
        alike = [other["c"] for other in others]
        if not character.isascii() and alike:
            ascii_ones = sorted((one.casefold() for one in alike if one.isascii()), key=lambda one: (len(one), one))
            stands = ascii_ones[0] if ascii_ones else min([character, *(one for one in alike if len(one) == 1)])
            looks[character] = "".join(_ASCII.get(one, one) for one in stands)
    return looks
