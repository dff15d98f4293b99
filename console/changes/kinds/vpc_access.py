"""Who reaches API groups from a VPC: binding instances, VPC domains, own names, moves (source 003; alibaba-contract 3).

The cloud asks nothing back, and cuts callers off without a word. So every act is judged by `vpc_access_rules` on what
was seen, when it is planned and again right before it is sent.
"""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from console.access.roles import Permission
from console.audit.catalog import Action
from console.changes.kinds import vpc_access_sights as sights
from console.changes.kinds.kind import WILL_DO, Answer, Kind, Parameters, Place, Sight, Verdict
from console.clouds import vpc_access_rules as rules
from console.clouds.errors import CloudNotFound
from console.clouds.parallel import Answer as CloudAnswer
from console.clouds.parallel import gather
from console.clouds.types import IntentId, Receipt
from console.clouds.vpc_access import ApiGroupId, ApiInstanceId
from console.clouds.vpc_access_rules import Ruling

Thing = TypeVar("Thing")


class VpcAccessKind(Kind):
    """What the kinds of this module share: one object, the rules, one permission."""

    permission = Permission.SET_VPC_ACCESS
    #: What an act cuts off is told in full, which nobody could read for several objects.
    most = 1

    @abstractmethod
    def ruling(self, host: str, target: str, sight: Sight, parameters: Parameters) -> Ruling:
        """What it would bring, on what was seen of something that is there."""

    def judge(self, place: Place, target: str, sight: Sight, parameters: Parameters) -> Verdict:
        """As the rules say."""
        if not sight.exists:
            return Verdict(Answer.REFUSED, f"There is no such {self.noun}.")
        ruling = self.ruling(place.host, target, sight, parameters)
        if ruling.refusal:
            return Verdict(Answer.REFUSED, ruling.refusal)
        return Verdict(Answer.SKIPPED, ruling.needless) if ruling.needless else WILL_DO


def _found(answer: CloudAnswer[Thing]) -> Thing | None:
    """What was asked for, or None where it is gone. Raises every other CloudError."""
    return None if isinstance(answer.error, CloudNotFound) else answer.unwrap()


class _InstanceKind(VpcAccessKind):
    noun = "instance"

    def look(self, place: Place, targets: Sequence[str]) -> dict[str, Sight]:
        """The instance and its groups together, since binding one touches all the others."""
        port = place.vpc_access
        instance_id = ApiInstanceId(place.host)
        answers = gather(
            instance=lambda: port.get_instance(instance_id),
            groups=lambda: port.list_groups(instance_id),
        )
        instance = _found(answers["instance"])
        groups = answers["groups"].unwrap() if instance else ()
        return {target: sights.sight_of_instance(instance, groups) for target in targets}

    def is_under_way(self, sight: Sight) -> bool:
        """A binding takes minutes, in which the instance may still show the old one (alibaba-contract 2.2)."""
        return sight.exists and bool(sight.facts["is_changing"])


class BindVpc(_InstanceKind):
    """Bind a dedicated instance to `vpc` and `vswitch`, in place of `old_vpc` and `old_vswitch` ("" for none)."""

    action = Action.VPC_BIND
    address = "bind"
    past = "set to be bound"

    def ruling(self, host: str, target: str, sight: Sight, parameters: Parameters) -> Ruling:
        """R4 to R6: the first VPC, another one, or another vSwitch."""
        instance = sights.instance_in(sight, target)
        groups = sights.enabled_groups_in(sight, target)
        return rules.binding(instance, parameters["vpc"], parameters["vswitch"], groups)

    def call(self, place: Place, target: str, parameters: Parameters, intent: IntentId) -> Receipt:
        """In effect some minutes after the answer."""
        instance_id = ApiInstanceId(target)
        return place.vpc_access.bind_vpc(instance_id, parameters["vpc"], parameters["vswitch"], intent=intent)

    def shows(self, sight: Sight, parameters: Parameters) -> bool | None:
        """The binding that is shown; while the cloud is at work, and where it is a third one, it proves nothing."""
        if not sight.exists:
            return None
        bound = (sight.facts["vpc_id"], sight.facts["vswitch_id"])
        if bound == (parameters["vpc"], parameters["vswitch"]):
            return True
        unchanged = bound == (parameters["old_vpc"], parameters["old_vswitch"])
        return False if unchanged and not self.is_under_way(sight) else None


class UnbindVpc(_InstanceKind):
    """Bind a dedicated instance to no VPC any more; `vpc` is the one that it is bound to."""

    action = Action.VPC_UNBIND
    address = "unbind"
    past = "set to be unbound"

    def ruling(self, host: str, target: str, sight: Sight, parameters: Parameters) -> Ruling:
        """R7; and the cloud must be told the VPC that it is bound to now."""
        instance = sights.instance_in(sight, target)
        ruling = rules.unbinding(instance, sights.enabled_groups_in(sight, target))
        if ruling.allowed and instance.vpc_id != parameters["vpc"]:
            return Ruling(refusal=f"It is bound to another VPC by now: {instance.vpc_id}.")
        return ruling

    def call(self, place: Place, target: str, parameters: Parameters, intent: IntentId) -> Receipt:
        """In effect some minutes after the answer."""
        return place.vpc_access.unbind_vpc(ApiInstanceId(target), parameters["vpc"], intent=intent)

    def shows(self, sight: Sight, parameters: Parameters) -> bool | None:
        """No binding proves it done; another one than before proves nothing."""
        if not sight.exists:
            return None
        if not sight.facts["vpc_id"]:
            return True
        unchanged = sight.facts["vpc_id"] == parameters["vpc"]
        return False if unchanged and not self.is_under_way(sight) else None


class _GroupKind(VpcAccessKind):
    noun = "API group"

    def look(self, place: Place, targets: Sequence[str]) -> dict[str, Sight]:
        """Each group together with the instance."""
        return self.look_for(place, targets, {})

    def look_for(self, place: Place, targets: Sequence[str], parameters: Parameters) -> dict[str, Sight]:
        """As `look`; `instance` is where a group is moved to."""
        return {target: _see_group(place, target, parameters.get("instance", "")) for target in targets}

    def touches(self, host: str, target: str, parameters: Parameters) -> tuple[str, ...]:
        """The group too, and where it is moved to."""
        return (host, target, parameters.get("instance", host))

    def ruling(self, host: str, target: str, sight: Sight, parameters: Parameters) -> Ruling:
        """A group is acted on where it is."""
        if sight.facts["instance_id"] != host:
            return Ruling(refusal="It is on another instance by now.")
        return self.ruling_here(host, target, sight, parameters)

    @abstractmethod
    def ruling_here(self, host: str, target: str, sight: Sight, parameters: Parameters) -> Ruling:
        """What it would bring to a group that is on the instance `host`."""


def _see_group(place: Place, group_id: str, destination_id: str) -> Sight:
    port = place.vpc_access
    calls = {
        "group": lambda: port.get_group(ApiGroupId(group_id)),
        "instance": lambda: port.get_instance(ApiInstanceId(place.host)),
    }
    if destination_id:
        calls["destination"] = lambda: port.get_instance(ApiInstanceId(destination_id))
    found = {name: _found(answer) for name, answer in gather(**calls).items()}
    if (group := found["group"]) and group.instance_id not in (place.host, destination_id):
        # Shown to people who may know of this instance only, so which one it is on is not kept.
        found["group"] = replace(group, instance_id=ApiInstanceId(""))
    sight = sights.sight_of_group(found["group"], found["instance"])
    return sights.with_destination(sight, found["group"], found.get("destination"))


class EnableVpcDomain(_GroupKind):
    """Give an API group its VPC domain."""

    action = Action.VPC_DOMAIN_ENABLE
    address = "enable"
    past = "given its VPC domain"

    def ruling_here(self, host: str, target: str, sight: Sight, parameters: Parameters) -> Ruling:
        """R1 to R3: never on a dedicated instance that is bound to no VPC."""
        return rules.enabling(sights.group_in(sight, target), sights.instance_of_group_in(sight, host))

    def call(self, place: Place, target: str, parameters: Parameters, intent: IntentId) -> Receipt:
        """The cloud chooses the name, which is then read."""
        return place.vpc_access.enable_vpc_domain(ApiGroupId(target), intent=intent)

    def shows(self, sight: Sight, parameters: Parameters) -> bool | None:
        """It has a domain or it has none."""
        return bool(sight.facts["vpc_domain"]) if sight.exists else None


class DisableVpcDomain(_GroupKind):
    """Take an API group's VPC domain away."""

    action = Action.VPC_DOMAIN_DISABLE
    address = "disable"
    past = "stripped of its VPC domain"

    def ruling_here(self, host: str, target: str, sight: Sight, parameters: Parameters) -> Ruling:
        """R13."""
        return rules.disabling(sights.group_in(sight, target), sights.instance_of_group_in(sight, host))

    def call(self, place: Place, target: str, parameters: Parameters, intent: IntentId) -> Receipt:
        """In effect at once."""
        return place.vpc_access.disable_vpc_domain(ApiGroupId(target), intent=intent)

    def shows(self, sight: Sight, parameters: Parameters) -> bool | None:
        """It has a domain or it has none."""
        return not sight.facts["vpc_domain"] if sight.exists else None


class MoveGroup(_GroupKind):
    """Run an API group on another `instance` than `source`."""

    action = Action.GROUP_MOVE
    address = "move"
    past = "set to move"

    def acts_at(self, host: str, parameters: Parameters) -> tuple[str, ...]:
        """Where it goes to is changed as well."""
        return (host, parameters["instance"])

    def facts_here(self, facts: Mapping[str, Any]) -> dict[str, Any]:
        """Who may know of one instance need not know of the other."""
        return {name: value for name, value in facts.items() if not name.startswith(sights.OF_DESTINATION)}

    def ruling_here(self, host: str, target: str, sight: Sight, parameters: Parameters) -> Ruling:
        """R8 to R12: with a VPC domain, never to a dedicated instance that is bound to no VPC."""
        destination = sights.destination_in(sight, parameters["instance"])
        if destination is None:
            return Ruling(refusal="The instance that it should be moved to does not exist.")
        source = sights.instance_of_group_in(sight, host)
        return rules.moving(sights.group_in(sight, target), source, destination)

    def call(self, place: Place, target: str, parameters: Parameters, intent: IntentId) -> Receipt:
        """Begins a migration, which takes minutes and may still fail."""
        destination = ApiInstanceId(parameters["instance"])
        return place.vpc_access.move_group(ApiGroupId(target), destination, intent=intent)

    def shows(self, sight: Sight, parameters: Parameters) -> bool | None:
        """Where it is; while it is on its way, and where it is on a third instance, that proves nothing."""
        if not sight.exists:
            return None
        if sight.facts["instance_id"] == parameters["instance"]:
            return True
        stayed = sight.facts["instance_id"] == parameters["source"]
        return False if stayed and not self.is_under_way(sight) else None

    def unmoved(self, before: Sight, now: Sight) -> bool:
        """A move that failed leaves the group where it was, with a word about the failure."""
        return before.facts.get("instance_id") == now.facts.get("instance_id")

    def is_under_way(self, sight: Sight) -> bool:
        """A group on its way still shows the instance that it comes from (alibaba-contract 2.5)."""
        return sight.exists and sights.group_in(sight, "").is_moving


class BindDomain(_GroupKind):
    """Let callers in the VPC use a `domain` of their own."""

    action = Action.DOMAIN_BIND
    address = "bind_domain"
    past = "given the domain name"

    def ruling_here(self, host: str, target: str, sight: Sight, parameters: Parameters) -> Ruling:
        """R16."""
        group, instance = sights.group_in(sight, target), sights.instance_of_group_in(sight, host)
        return rules.binding_domain(group, instance, parameters["domain"])

    def call(self, place: Place, target: str, parameters: Parameters, intent: IntentId) -> Receipt:
        """The cloud looks for the CNAME record itself."""
        return place.vpc_access.bind_domain(ApiGroupId(target), parameters["domain"], intent=intent)

    def shows(self, sight: Sight, parameters: Parameters) -> bool | None:
        """The group has the name or it has it not; upper and lower case are the same to DNS."""
        return parameters["domain"].lower() in map(str.lower, sight.facts["own_domains"]) if sight.exists else None
