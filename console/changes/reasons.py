"""Which acts need a reason, and what it must look like (P-05). The engine asks, so no way of writing gets round it."""

from dataclasses import dataclass
from typing import Final

from django.db import transaction
from django.db.models import Q

from console.access.actor import Actor
from console.audit import journal
from console.audit.catalog import Action, State
from console.changes import reason_patterns
from console.changes.models import LONGEST_REASON, ReasonRule

_UNUSABLE: Final = "The rule for reasons that holds here cannot be used any more. An administrator must set it again."


@dataclass(frozen=True, slots=True)
class Rule:
    """What holds for a kind of act at a gateway. `pattern` is "" where any words will do.

    Only administrators are shown the pattern; people who type a reason see the example.
    """

    required: bool
    pattern: str = ""
    example: str = ""

    @property
    def is_usable(self) -> bool:
        """False for a rule whose pattern the matcher does not take; nothing may be done under it."""
        return not (self.pattern and reason_patterns.complaint_about(self.pattern))

    def complaint(self, reason: str) -> str:
        """What is wrong with a reason, in words; "" where nothing is."""
        if not self.is_usable:
            return _UNUSABLE
        if self.required and not reason:
            return f"A reason is required for this{self._such_as()}"
        if len(reason) > LONGEST_REASON:
            return f"A reason has at most {LONGEST_REASON} characters."
        if reason and self.pattern and not reason_patterns.finds(self.pattern, reason):
            return f"The reason does not have the form that is asked for{self._such_as()}"
        return ""

    def demand(self) -> str:
        """For the person who types the reason."""
        if self.required:
            return f"Required{self._such_as()}"
        return f"Not required. One that is given must have a certain form{self._such_as()}" if self.pattern else ""

    def _such_as(self) -> str:
        """The end of a sentence. No full stop after an example: it would look like one of its characters."""
        if self.example:
            return f", for example {self.example}"
        return ". An administrator knows the form that it must have." if self.pattern else "."

    def in_words(self) -> str:
        """For administrators."""
        needed = "Required." if self.required else "Not required."
        looks = f" It must hold something that looks like {self.pattern}" if self.pattern else ""
        return needed + looks + (f", for example {self.example}" if self.pattern and self.example else "")

    def as_json(self) -> list[object]:
        """For the signed confirmation: a rule that changed meanwhile is a world that moved."""
        return [self.required, self.pattern, self.example]


OPTIONAL: Final = Rule(required=False)


def rule_for(kind: str, cloud: str, gateway_id: str) -> Rule:
    """The rule for this act here: that of the gateway, else of the cloud, else of everything, else none."""
    at = Q(cloud="", gateway_id="") | Q(cloud=cloud, gateway_id="") | Q(cloud=cloud, gateway_id=gateway_id)
    rules = ReasonRule.objects.filter(at, kind__in=(kind, ""))
    # The narrowest place wins; at the same place, a rule for this very act wins over one for all acts.
    closest = max(rules, key=lambda rule: (bool(rule.gateway_id), bool(rule.cloud), bool(rule.kind)), default=None)
    return rule_in(closest) if closest else OPTIONAL


def rule_in(stored: ReasonRule) -> Rule:
    """What a stored rule asks for."""
    return Rule(stored.required, stored.pattern, stored.example)


def set_rule(actor: Actor, *, kind: str, cloud: str, gateway_id: str, rule: Rule) -> None:
    """Make this rule hold, in place of one for the same act at the same place."""
    with transaction.atomic():
        found = ReasonRule.objects.select_for_update().filter(kind=kind, cloud=cloud, gateway_id=gateway_id)
        before = found.first()
        ReasonRule.objects.update_or_create(
            kind=kind,
            cloud=cloud,
            gateway_id=gateway_id,
            defaults=_facts(rule),
        )
        journal.record(
            action=Action.RULE_SET,
            state=State.SUCCEEDED,
            actor=actor,
            cloud=cloud,
            gateway_id=gateway_id,
            target=kind or "every act",
            before=_facts(before) if before else None,
            after=_facts(rule),
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


def _facts(rule: ReasonRule | Rule) -> dict[str, object]:
    return {"required": rule.required, "pattern": rule.pattern, "example": rule.example}


def why_set_again(rule: Rule) -> str:
    """What an upgrade changed for a rule from before patterns ran in RE2, in words; "" where nothing did."""
    if not rule.is_usable:
        complaint = reason_patterns.complaint_about(rule.pattern)
        return f"Its pattern cannot be used any more, so nothing can be done under it. {complaint}"
    if not rule.pattern or rule.example:
        return ""
    letters = r" In its pattern \w now stands for A to Z, a to z, 0 to 9 and _ only." if r"\w" in rule.pattern else ""
    return f"It has no example, so people are not told what to type.{letters}"
