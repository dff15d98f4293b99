"""Reads of this feature: what belongs together is read at once, and each part answers or fails for itself."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from console.changes.kinds.kind import Place
from console.clouds.errors import CloudNotFound
from console.clouds.networks import Subnet, Vpc
from console.clouds.parallel import Answer, gather
from console.clouds.ports import Networks, VpcAccess
from console.clouds.vpc_access import ApiGroup, ApiGroupId, ApiInstance, ApiInstanceId

Thing = TypeVar("Thing")


@dataclass(frozen=True, slots=True)
class Overview:
    """Instances and the groups on them: all of a cloud, or one instance with its own."""

    instances: Answer[Sequence[ApiInstance]]
    groups: Answer[Sequence[ApiGroup]]

    def groups_on(self, instance_id: ApiInstanceId) -> list[ApiGroup] | None:
        """None where the groups could not be read."""
        if not self.groups.ok:
            return None
        return [group for group in self.groups.unwrap() if group.instance_id == instance_id]

    def by_id(self) -> Mapping[ApiInstanceId, ApiInstance]:
        """The instances that could be read."""
        return {instance.id: instance for instance in self.instances.value_or(())}

    def known_to(self, sees: Callable[[str], bool]) -> "Overview":
        """Without what a person may not know of; `sees` is asked for the id of each instance."""
        return Overview(
            _only(self.instances, lambda instance: sees(instance.id)),
            _only(self.groups, lambda group: sees(group.instance_id)),
        )


def _only(answer: Answer[Sequence[Thing]], wanted: Callable[[Thing], bool]) -> Answer[Sequence[Thing]]:
    return Answer([one for one in answer.unwrap() if wanted(one)]) if answer.ok else answer


def load_overview(port: VpcAccess) -> Overview:
    """All instances and groups; the groups take one call for each of them."""
    answers = gather(instances=port.list_instances, groups=port.list_groups)
    return Overview(answers["instances"], answers["groups"])


def load_instance(place: Place) -> Overview:
    """The one instance, with its groups. Raises CloudNotFound when there is no such instance."""
    port, instance_id = place.vpc_access, ApiInstanceId(place.host)
    answers = gather(
        instances=lambda: [port.get_instance(instance_id)],
        groups=lambda: port.list_groups(instance_id),
    )
    return Overview(_there(answers["instances"]), answers["groups"])


@dataclass(frozen=True, slots=True)
class GroupOnInstance:
    """One group, and the instance that its address names."""

    group: Answer[ApiGroup]
    instance: Answer[ApiInstance]


def load_group(place: Place, group_id: ApiGroupId) -> GroupOnInstance:
    """Raises CloudNotFound when there is no such group."""
    port, instance_id = place.vpc_access, ApiInstanceId(place.host)
    answers = gather(
        group=lambda: port.get_group(group_id),
        instance=lambda: port.get_instance(instance_id),
    )
    return GroupOnInstance(_there(answers["group"]), answers["instance"])


@dataclass(frozen=True, slots=True)
class BindingChoices:
    """The instance to bind, the VPCs that there are, and the vSwitches of the chosen one."""

    instance: ApiInstance
    vpcs: Sequence[Vpc]
    #: Whether the chosen VPC is one of them.
    knows_vpc: bool
    vswitches: Sequence[Subnet]


def load_binding_choices(place: Place, networks: Networks, vpc_id: str) -> BindingChoices:
    """`vpc_id` is the one chosen, "" for none. Raises CloudError, CloudNotFound for the instance."""
    port, instance_id = place.vpc_access, ApiInstanceId(place.host)
    answers = gather(
        instance=lambda: port.get_instance(instance_id),
        vpcs=networks.list_vpcs,
        vswitches=lambda: networks.list_subnets(vpc_id) if vpc_id else (),
    )
    vpcs = answers["vpcs"].unwrap()
    knows_vpc = any(vpc.id == vpc_id for vpc in vpcs)
    # What a cloud answers about the vSwitches of a VPC that it has not is of no interest.
    vswitches = answers["vswitches"].unwrap() if knows_vpc else ()
    return BindingChoices(answers["instance"].unwrap(), vpcs, knows_vpc, vswitches)


@dataclass(frozen=True, slots=True)
class MovingChoices:
    """The group to move, and every instance of the region."""

    group: ApiGroup
    instances: Sequence[ApiInstance]


def load_moving_choices(place: Place, group_id: ApiGroupId) -> MovingChoices:
    """Raises CloudError, CloudNotFound for the group."""
    port = place.vpc_access
    answers = gather(group=lambda: port.get_group(group_id), instances=port.list_instances)
    return MovingChoices(answers["group"].unwrap(), answers["instances"].unwrap())


def _there(answer: Answer[Thing]) -> Answer[Thing]:
    if isinstance(answer.error, CloudNotFound):
        raise answer.error
    return answer
