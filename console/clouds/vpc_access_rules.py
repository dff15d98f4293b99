"""What an act on VPC access would bring: source 003 as pure functions (alibaba-contract 3, rules R1 to R18).

The cloud itself asks nothing back and, on a rebind or a move, cuts off callers without a word. So pages and Changes
both ask here first, with what the cloud says right now.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from console.clouds.vpc_access import ApiGroup, ApiGroupId, ApiInstance

#: Own domain names that one group can have (alibaba-contract 2.7).
MOST_OWN_DOMAINS: Final = 5

_TAKES_MINUTES: Final = "It takes the cloud some minutes, in which nothing else about the instance can be changed."
_BIND_FIRST: Final = "Its dedicated instance is bound to no VPC. Bind the instance to a VPC first."
_EVERY_VPC: Final = (
    "The instance is shared: the VPC domain can be reached from every VPC of the region, also from those of all the "
    "instance's other users."
)
_CARRIER_ADDRESS: Final = (
    "On a shared instance the VPC domain leads to an address in 100.x.x.x, never to a private one of your own. "
    "That makes routes from a hybrid cloud hard; a dedicated instance is better there."
)
_PRIVATE_DNS: Final = (
    "In the private DNS of the VPC, {domain} must be a CNAME record that leads to {target}. Without it the cloud "
    "refuses the name, or calls by it fail."
)


@dataclass(frozen=True, slots=True)
class Loss:
    """A VPC domain that some of its callers can use no more."""

    group_id: ApiGroupId
    group_name: str
    domain: str
    #: The VPC whose callers lose it; "" where it was to be reached from every VPC of the region.
    vpc_id: str


@dataclass(frozen=True, slots=True)
class Ruling:
    """What an act would bring. `refusal` and `needless` are sentences, "" where the act is legal and does something."""

    #: Why it must not be sent.
    refusal: str = ""
    #: Why there is nothing to do.
    needless: str = ""
    #: What a person must know before, one sentence or two each.
    warnings: tuple[str, ...] = ()
    #: Who is cut off by it; the reason to have it confirmed by typing.
    losses: tuple[Loss, ...] = ()

    @property
    def allowed(self) -> bool:
        """Whether it may be sent."""
        return not (self.refusal or self.needless)


def reached_from(instance: ApiInstance) -> str:
    """From where the VPC domains of an instance's groups can be reached."""
    if instance.shared:
        return "every VPC of the region"
    return f"VPC {instance.vpc_id} only" if instance.vpc_id else "no VPC"


def takes_own_domains(group: ApiGroup) -> bool:
    """Whether a customer's own name can lead to the group's VPC domain (R16)."""
    return group.is_enabled and not group.shared


def why_not_now(group: ApiGroup, instance: ApiInstance) -> str:
    """Why nothing may be changed about the group now; "" where something may (R17, R18)."""
    if group.is_moving:
        return "The cloud is moving the group to another instance. Wait until that has ended."
    return _changing(instance)


def enabling(group: ApiGroup, instance: ApiInstance) -> Ruling:
    """Giving a group its VPC domain (R1 to R3, R17, R18)."""
    if group.is_enabled:
        return Ruling(needless="It has a VPC domain already.")
    if busy := why_not_now(group, instance):
        return Ruling(refusal=busy)
    if instance.shared:
        return Ruling(warnings=(_EVERY_VPC, _CARRIER_ADDRESS))
    if not instance.is_bound:
        return Ruling(refusal=_BIND_FIRST)
    return Ruling(
        warnings=(f"Only callers in VPC {instance.vpc_id} will reach it; other VPCs of the region will not.",)
    )


def disabling(group: ApiGroup, instance: ApiInstance) -> Ruling:
    """Taking the VPC domain away (R13, R17, R18)."""
    if not group.is_enabled:
        return Ruling(needless="It has no VPC domain.")
    if busy := why_not_now(group, instance):
        return Ruling(refusal=busy)
    warnings = [f"Whoever calls {group.vpc_domain} fails from then on."]
    if names := ", ".join(domain.name for domain in group.own_domains):
        warnings.append(f"Own domain names that lead to it fail too. The group has: {names}.")
    return Ruling(warnings=tuple(warnings), losses=tuple(_losses([group], instance)))


def binding(instance: ApiInstance, vpc_id: str, vswitch_id: str, groups: Sequence[ApiGroup]) -> Ruling:
    """Binding a dedicated instance to a VPC, or to another one (R4 to R6, R17). `groups` are those on the instance."""
    if refusal := _not_to_be_bound(instance):
        return Ruling(refusal=refusal)
    if (instance.vpc_id, instance.vswitch_id) == (vpc_id, vswitch_id):
        return Ruling(needless="It is bound to this VPC and vSwitch already.")
    if instance.vpc_id == vpc_id:
        entry = "The address of the entry changes to one of the other vSwitch; calls may fail for a short time."
        return Ruling(warnings=(entry, _TAKES_MINUTES))
    if not instance.is_bound:
        one = f"An instance has one VPC: only callers in {vpc_id} will reach it."
        return Ruling(warnings=(one, _TAKES_MINUTES))
    swap = f"Only callers in VPC {vpc_id} will reach the instance. VPC {instance.vpc_id} loses every VPC domain on it."
    back = f"There is no undo but to bind it to {instance.vpc_id} again, which cuts off {vpc_id}."
    return Ruling(warnings=(swap, back, _TAKES_MINUTES), losses=tuple(_losses(groups, instance)))


def unbinding(instance: ApiInstance, groups: Sequence[ApiGroup]) -> Ruling:
    """Binding a dedicated instance to no VPC (R7, R17). `groups` are those on the instance."""
    if refusal := _not_to_be_bound(instance):
        return Ruling(refusal=refusal)
    if not instance.is_bound:
        return Ruling(needless="It is bound to no VPC.")
    none = f"No VPC will reach the instance. VPC {instance.vpc_id} loses every VPC domain on it."
    return Ruling(warnings=(none, _TAKES_MINUTES), losses=tuple(_losses(groups, instance)))


def moving(group: ApiGroup, source: ApiInstance, target: ApiInstance) -> Ruling:
    """Moving a group from its instance to another one (R8 to R12, R17, R18)."""
    if group.instance_id == target.id:
        return Ruling(needless="It is on this instance already.")
    if busy := why_not_now(group, source) or why_not_now(group, target):
        return Ruling(refusal=busy)
    if group.is_enabled and not target.shared and not target.is_bound:
        return Ruling(
            refusal=f"It has a VPC domain, and the dedicated instance {target.name or target.id} is bound to no VPC. "
            "Bind that instance to a VPC, or disable the group's VPC domain first."
        )
    narrows = group.is_enabled and not target.shared and (source.shared or source.vpc_id != target.vpc_id)
    losses = tuple(_losses([group], source)) if narrows else ()
    return Ruling(warnings=(*_new_reach(group, source, target), *_overwritten(group, target)), losses=losses)


def binding_domain(group: ApiGroup, instance: ApiInstance, domain: str) -> Ruling:
    """Letting callers in the VPC use a name of their own (R16 to R18)."""
    if any(own.name.lower() == domain.lower() for own in group.own_domains):
        return Ruling(needless="The group has this name already.")
    if busy := why_not_now(group, instance):
        return Ruling(refusal=busy)
    if instance.shared:
        return Ruling(refusal="Own names can lead to a VPC domain on a dedicated instance only; this one is shared.")
    if not group.is_enabled:
        return Ruling(refusal="It has no VPC domain that the name could lead to. Enable the VPC domain first.")
    if len(group.own_domains) >= MOST_OWN_DOMAINS:
        return Ruling(refusal=f"A group can have {MOST_OWN_DOMAINS} own names, and this one has them.")
    record = _PRIVATE_DNS.format(domain=domain, target=group.vpc_domain)
    return Ruling(warnings=(record, "For HTTPS by that name its certificate must be set at the cloud."))


def _changing(instance: ApiInstance) -> str:
    if instance.is_changing:
        name = instance.name or instance.id
        return f"The instance {name} is busy: its status is {instance.status}. Wait until that has ended."
    return ""


def _not_to_be_bound(instance: ApiInstance) -> str:
    if instance.shared:
        return "A shared instance is bound to no VPC: every VPC of the region reaches it."
    return _changing(instance)


def _losses(groups: Iterable[ApiGroup], instance: ApiInstance) -> Iterable[Loss]:
    """What those who reach the instance now lose; nobody reaches an unbound dedicated one."""
    for group in groups if instance.shared or instance.is_bound else ():
        if group.is_enabled and group.instance_id == instance.id:
            yield Loss(group.id, group.name, group.vpc_domain, instance.vpc_id)


def _new_reach(group: ApiGroup, source: ApiInstance, target: ApiInstance) -> Iterable[str]:
    """Who reaches the VPC domain after a move."""
    if not group.is_enabled:
        return
    if target.shared:
        if not source.shared:
            yield f"More callers will reach it than before. {_EVERY_VPC}"
    elif source.shared:
        yield f"Only callers in VPC {target.vpc_id} will reach its VPC domain. Every other VPC of the region loses it."
    elif source.vpc_id != target.vpc_id:
        loser = f" VPC {source.vpc_id} loses it." if source.is_bound else ""
        yield f"Only callers in VPC {target.vpc_id} will reach its VPC domain.{loser}"


def _overwritten(group: ApiGroup, target: ApiInstance) -> Iterable[str]:
    """What else a move changes (alibaba-contract 2.5)."""
    yield (
        "The move takes effect through DNS within 1 to 10 minutes. Until then, and while addresses are kept in caches, "
        "a part of the calls still reaches the old instance: do not release it at once."
    )
    limit = f" to {target.request_limit} requests a second" if target.request_limit else ""
    policy = f" to {target.https_policy}" if target.https_policy else ""
    yield f"The group's limit of requests changes{limit}, its HTTPS policy{policy}, as the target instance has them."
    addresses = ", ".join(address for address in (target.vpc_egress, target.internet_egress) if address)
    yield (
        "Backends will be called from other addresses"
        + (f" ({addresses})" if addresses else "")
        + ": their own lists of allowed addresses must have them."
    )
    if group.self_calling_domain and not target.self_calling:
        yield "The group uses the self-calling domain, which the target instance has not. Enable it there first."
    if not target.ipv6:
        yield "The target instance has no IPv6. Where callers or backends use it, enable it there first."
    if target.backend_vpc_id:
        yield (
            f"The target instance calls backends from inside VPC {target.backend_vpc_id}: the security group of its "
            "network interface must allow them."
        )
