"""Which acts need a reason, and what it must look like (P-05). The engine asks, so no way of writing gets round it."""

import re
from dataclasses import dataclass
from typing import Final

from django.db import transaction
from django.db.models import Q

from console.access.actor import Actor
from console.audit import journal
from console.audit.catalog import Action, State
from console.changes.models import ReasonRule

#: A pattern is a row of pieces: a character, a class such as \d or [A-Z], each repeated or not. There are no groups
#: and no alternatives, so that no pattern can make the console think for minutes.
_PIECE: Final = r"(?:[A-Za-z0-9 _:/#@,-]|\\[dw.()+*?\[\]-]|\[[A-Za-z0-9_-]+\])"
_PATTERN: Final = re.compile(rf"(?:{_PIECE}(?:[+*?]|\{{\d{{1,2}}(?:,\d{{0,2}})?\}})?)+")
_REPEATS: Final = re.compile(r"(?<!\\)[+*{]")
MOST_REPEATS: Final = 4
LONGEST_PATTERN: Final = 80


@dataclass(frozen=True, slots=True)
class Rule:
    """What holds for a kind of act at a gateway. `pattern` is "" where any words will do."""

    required: bool
    pattern: str = ""

    def complaint(self, reason: str) -> str:
        """What is wrong with a reason, in words; "" where nothing is."""
        if self.required and not reason:
            return "A reason is required for this." + (f" It must look like {self.pattern}." if self.pattern else "")
        if reason and self.pattern and not re.search(self.pattern, reason):
            return f"The reason must hold something that looks like {self.pattern}."
        return ""

    def in_words(self) -> str:
        """For the help text of the field."""
        needed = "Required." if self.required else "Not required."
        return f"{needed} It must hold something that looks like {self.pattern}." if self.pattern else needed

    def as_json(self) -> list[object]:
        """For the signed confirmation: a rule that changed meanwhile is a world that moved."""
        return [self.required, self.pattern]


OPTIONAL: Final = Rule(required=False)


def rule_for(kind: str, cloud: str, gateway_id: str) -> Rule:
    """The rule for this act here: that of the gateway, else of the cloud, else of everything, else none."""
    at = Q(cloud="", gateway_id="") | Q(cloud=cloud, gateway_id="") | Q(cloud=cloud, gateway_id=gateway_id)
    rules = ReasonRule.objects.filter(at, kind__in=(kind, ""))
    # The narrowest place wins; at the same place, a rule for this very act wins over one for all acts.
    closest = max(rules, key=lambda rule: (bool(rule.gateway_id), bool(rule.cloud), bool(rule.kind)), default=None)
    return Rule(closest.required, closest.pattern) if closest else OPTIONAL


def set_rule(actor: Actor, *, kind: str, cloud: str, gateway_id: str, rule: Rule) -> None:
    """Make this rule hold, in place of one for the same act at the same place."""
    with transaction.atomic():
        found = ReasonRule.objects.select_for_update().filter(kind=kind, cloud=cloud, gateway_id=gateway_id)
        before = found.first()
        ReasonRule.objects.update_or_create(
            kind=kind,
            cloud=cloud,
            gateway_id=gateway_id,
            defaults={"required": rule.required, "pattern": rule.pattern},
        )
        journal.record(
            action=Action.RULE_SET,
            state=State.SUCCEEDED,
            actor=actor,
            cloud=cloud,
            gateway_id=gateway_id,
            target=kind or "every act",
            before=_facts(before),
            after={"required": rule.required, "pattern": rule.pattern},
        )


def remove_rule(actor: Actor, found: ReasonRule) -> None:
    """Let the next wider rule hold again."""
    with transaction.atomic():
        journal.record(
            action=Action.RULE_REMOVE,
            state=State.SUCCEEDED,
            actor=actor,
            cloud=found.cloud,
            gateway_id=found.gateway_id,
            target=found.kind or "every act",
            before=_facts(found),
        )
        found.delete()


def _facts(rule: ReasonRule | None) -> dict[str, object] | None:
    return {"required": rule.required, "pattern": rule.pattern} if rule else None


def complaint_about_pattern(pattern: str) -> str:
    """Why a pattern cannot be used, in words; "" where it can."""
    if len(pattern) > LONGEST_PATTERN:
        return f"At most {LONGEST_PATTERN} characters."
    if not _PATTERN.fullmatch(pattern) or len(_REPEATS.findall(pattern)) > MOST_REPEATS:
        return (
            "Use letters, digits, blanks, \\d for a digit, \\w for a letter or digit, classes such as [A-Z], "
            f"and + * ? {{2,5}} for repetition, at most {MOST_REPEATS} times. Example: CHG-\\d+"
        )
    try:
        re.compile(pattern)
    except re.error:
        return "This pattern cannot be used."
    return ""
