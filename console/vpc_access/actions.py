"""The acts on VPC access in words: what is asked, who is cut off, by name. The engine does the rest.

Warnings come from source 003's rules on what was seen; what the vendor does not document is called unknown
(contract 6).
"""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from console.changes.kinds import registry
from console.changes.kinds.kind import Parameters
from console.changes.kinds.vpc_access import VpcAccessKind
from console.changes.planning import Plan, PlannedItem
from console.changes.wording import Cell, Notice, TypedWord
from console.clouds.vpc_access_rules import Loss, Ruling
from console.vpc_access.display import DEDICATED, SHARED

_ID: Final = "id id-whole"
_NONE: Final = "none"
_UNKNOWN_CALLS: Final = "Whether calls that are under way meanwhile break off is not documented by the cloud: unknown."
_UNKNOWN_DOMAINS: Final = (
    "Whether the groups keep their VPC domain while the instance is bound to no VPC is not documented: unknown."
)
_UNKNOWN_NAME: Final = (
    "Whether enabling it again later gives the same name is not documented: unknown. "
    "By the pattern of the names it should."
)
_NOTHING_LOST: Final = "No API group on the instance has a VPC domain, so no caller by such a name is cut off."


class _Wording:
    """What the acts have in common: the rules' warnings, losses by name, and a word to type where callers are lost."""

    act: str
    kind: VpcAccessKind
    harmful = False
    #: What is known to be unknown.
    unknown: tuple[str, ...] = ()
    #: Who reaches a shared instance now, and loses what the act takes.
    everybody = "Every VPC of the region"

    def ruling(self, plan: Plan) -> Ruling:
        """What the act would bring; nothing where it cannot be done."""
        if not plan.acts:
            return Ruling()
        item = plan.acts[0]
        return self.kind.ruling(plan.place.host, item.target, item.sight, plan.parameters)

    def notices(self, plan: Plan) -> Sequence[Notice]:
        """Who is cut off, then what else changes, then what nobody knows."""
        ruling = self.ruling(plan)
        tone = "warning" if self.harmful or ruling.losses else "info"
        found = [self._who_loses(ruling.losses)] if ruling.losses else []
        if ruling.warnings:
            found.append(Notice(tone, "", ruling.warnings))
        if self.unknown:
            found.append(Notice("info", "", self.unknown))
        return found

    def typed_word(self, plan: Plan) -> TypedWord | None:
        """Whoever cuts callers off types the act."""
        lost = len(self.ruling(plan).losses)
        if not lost:
            return None
        return TypedWord(self.act.lower(), f"{_count(lost, 'VPC domain')} cannot be used any more by those who do now.")

    def _who_loses(self, losses: Sequence[Loss]) -> Notice:
        """The groups by name, each with the domain that callers use."""
        vpc_id = losses[0].vpc_id
        who = f"VPC {vpc_id}" if vpc_id else self.everybody
        lines = tuple(f"{loss.group_name or loss.group_id}: {loss.domain}" for loss in losses)
        return Notice("danger", f"{who} loses {_count(len(losses), 'VPC domain')}", lines)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


class BindWording(_Wording):
    """Bind to VPC, or to another one."""

    act = "Bind"
    kind = registry.BIND_VPC
    columns = ("Instance", "Bound now", "Bound after")

    def __init__(self, asked: Parameters) -> None:
        self.asked = asked
        self.unknown = (_UNKNOWN_CALLS,) if asked.get("old_vpc") else ()
        self.replaces = bool(asked.get("old_vpc")) and asked.get("old_vpc") != asked.get("vpc")
        self.harmful = self.replaces
        if self.replaces:
            self.act = "Rebind"

    def title(self, plan: Plan) -> str:
        """Taking the place of another VPC is another act than the first one."""
        if self.replaces:
            return "Bind to Another VPC"
        return "Change the vSwitch" if self.asked.get("old_vpc") else "Bind to VPC"

    def notices(self, plan: Plan) -> Sequence[Notice]:
        """Where another VPC loses nothing by name, that is said too."""
        found = super().notices(plan)
        if self.replaces and not self.ruling(plan).losses:
            return [Notice("info", "", (_NOTHING_LOST,)), *found]
        return found

    def cells(self, item: PlannedItem) -> tuple[Cell, ...]:
        """Before and after."""
        facts = item.sight.facts
        return (
            _named(item),
            Cell(_bound(facts["vpc_id"], facts["vswitch_id"]), _ID),
            Cell(_bound(self.asked["vpc"], self.asked["vswitch"]), _ID),
        )

    def typed_word(self, plan: Plan) -> TypedWord | None:
        """Also where no group loses a domain today: the old VPC is shut out of the instance."""
        typed = super().typed_word(plan)
        if typed is None and self.replaces and plan.acts:
            return TypedWord("rebind", "The VPC that it is bound to now is shut out.")
        return typed


class UnbindWording(_Wording):
    """Unbind."""

    act = "Unbind"
    kind = registry.UNBIND_VPC
    harmful = True
    columns = ("Instance", "Bound now", "Bound after")
    unknown = (_UNKNOWN_DOMAINS, _UNKNOWN_CALLS)

    def title(self, plan: Plan) -> str:
        """One instance at a time."""
        return "Unbind From VPC"

    def cells(self, item: PlannedItem) -> tuple[Cell, ...]:
        """What is given up."""
        facts = item.sight.facts
        return (
            _named(item),
            Cell(_bound(facts["vpc_id"], facts["vswitch_id"]), _ID),
            Cell(_NONE),
        )


def _named(item: PlannedItem) -> Cell:
    """Never a name without the ID: names can be given twice."""
    return Cell(f"{item.sight.facts['name']} {item.target}".strip())


def _bound(vpc_id: str, vswitch_id: str) -> str:
    return f"{vpc_id} / {vswitch_id}" if vpc_id else _NONE


class _GroupWording(_Wording):
    columns: tuple[str, ...] = ("API group", "Instance", "VPC domain", "Own domain names")

    def cells(self, item: PlannedItem) -> tuple[Cell, ...]:
        """The group, where it is, and by which names it is called."""
        facts = item.sight.facts
        return (
            _named(item),
            Cell(_instance(facts, "instance_")),
            Cell(facts["vpc_domain"] or _NONE, _ID if facts["vpc_domain"] else ""),
            Cell(_listed(facts["own_domains"])),
        )


def _instance(facts: dict[str, Any], prefix: str) -> str:
    kind = SHARED if facts[f"{prefix}shared"] else DEDICATED
    return f"{facts[f'{prefix}name']} ({kind.lower()})"


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names) or _NONE


class EnableWording(_GroupWording):
    """Enable the VPC domain."""

    act = "Enable"
    kind = registry.ENABLE_VPC_DOMAIN

    def title(self, plan: Plan) -> str:
        """The vendor's words for it."""
        return "Enable VPC Second-level Domain"


class DisableWording(_GroupWording):
    """Disable the VPC domain."""

    act = "Disable"
    kind = registry.DISABLE_VPC_DOMAIN
    harmful = True
    unknown = (_UNKNOWN_NAME,)

    def title(self, plan: Plan) -> str:
        """The vendor's words for it."""
        return "Disable VPC Second-level Domain"


class MoveWording(_GroupWording):
    """Move."""

    act = "Move"
    everybody = "Every other VPC of the region"
    kind = registry.MOVE_GROUP
    columns = ("API group", "From instance", "To instance", "VPC domain")

    def title(self, plan: Plan) -> str:
        """One group at a time."""
        return "Move API Group to Another Instance"

    def cells(self, item: PlannedItem) -> tuple[Cell, ...]:
        """From where to where."""
        facts = item.sight.facts
        return (
            _named(item),
            Cell(_instance(facts, "instance_")),
            Cell(_instance(facts, "destination_")),
            Cell(facts["vpc_domain"] or _NONE, _ID if facts["vpc_domain"] else ""),
        )


class BindDomainWording(_GroupWording):
    """Bind a domain name of one's own."""

    act = "Bind domain"
    kind = registry.BIND_DOMAIN
    columns = ("API group", "New name", "It must lead to")

    def __init__(self, domain: str) -> None:
        self.domain = domain

    def title(self, plan: Plan) -> str:
        """One name at a time."""
        return "Bind Domain Name"

    def cells(self, item: PlannedItem) -> tuple[Cell, ...]:
        """The name, and what it is to lead to."""
        facts = item.sight.facts
        return (
            _named(item),
            Cell(self.domain, _ID),
            Cell(facts["vpc_domain"], _ID),
        )
