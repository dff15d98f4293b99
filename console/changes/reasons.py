"""Which acts need a reason, and what it must look like (P-05). The engine asks, so no way of writing gets round it."""

from dataclasses import dataclass
from typing import Final

from django.db import transaction
from django.db.models import Q

from console.access.actor import Actor
from console.audit import journal
from console.audit.catalog import Action, State
from console.changes.models import ReasonRule
from console.changes.reason_patterns import complaint_about, holds

UNUSABLE: Final = (
    "The rule for reasons that holds here cannot be used any more. An administrator must set it anew, under Rules."
)


@dataclass(frozen=True, slots=True)
class Rule:
    """What holds for a kind of act at a gateway. `pattern` is "" where any words will do; people who must keep it are
    shown the `example`, "" for rules from before there were examples.
    """

    required: bool
    pattern: str = ""
    example: str = ""

    @property
    def is_usable(self) -> bool:
        """Whether its pattern is one that can be tried."""
        return not complaint_about(self.pattern)

    def complaint(self, reason: str) -> str:
        """What is wrong with a reason, in words; "" where nothing is."""
        such_as = f", for example {self.example}" if self.example else ""
        if not self.is_usable:
            return UNUSABLE if reason or self.required else ""
        if self.required and not reason:
            return f"A reason is required for this{such_as}."
        if reason and self.pattern and not holds(self.pattern, reason):
            return f"The reason does not have the form that is asked for here{such_as}."
        return ""

    def in_words(self) -> str:
        """For the help text of the field."""
        if not self.is_usable:
            return UNUSABLE
        needed = "Required" if self.required else "Not required"
        return f"{needed}, for example {self.example}." if self.example else f"{needed}."

    def as_json(self) -> list[object]:
        """For the signed confirmation: a rule that changed meanwhile is a world that moved."""
        return [self.required, self.pattern, self.example]


OPTIONAL: Final = Rule(required=False)


def rule_of(row: ReasonRule) -> Rule:
    """The rule as it was set."""
    return Rule(row.required, row.pattern, row.example)


def rule_for(kind: str, cloud: str, gateway_id: str) -> Rule:
    """The rule for this act here: that of the gateway, else of the cloud, else of everything, else none."""
    at = Q(cloud="", gateway_id="") | Q(cloud=cloud, gateway_id="") | Q(cloud=cloud, gateway_id=gateway_id)
    rules = ReasonRule.objects.filter(at, kind__in=(kind, ""))
    # The narrowest place wins; at the same place, a rule for this very act wins over one for all acts.
    closest = max(rules, key=lambda rule: (bool(rule.gateway_id), bool(rule.cloud), bool(rule.kind)), default=None)
    return rule_of(closest) if closest else OPTIONAL


def set_rule(actor: Actor, *, kind: str, cloud: str, gateway_id: str, rule: Rule) -> None:
    """Make this rule hold, in place of one for the same act at the same place."""
    with transaction.atomic():
        found = ReasonRule.objects.select_for_update().filter(kind=kind, cloud=cloud, gateway_id=gateway_id)
        before = found.first()
        ReasonRule.objects.update_or_create(
            kind=kind,
            cloud=cloud,
            gateway_id=gateway_id,
            defaults={"required": rule.required, "pattern": rule.pattern, "example": rule.example},
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
    return {"required": rule.required, "pattern": rule.pattern, "example": rule.example} if rule else None
