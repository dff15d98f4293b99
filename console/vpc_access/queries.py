"""Reads of this feature: what belongs together is read at once, and each part answers or fails for itself.

What is shown (`see_...`) is read once for all viewers; what is decided on (`load_...`) is read fresh.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from console.admission.queries import where_of
from console.changes.kinds.kind import Place
from console.clouds.errors import CloudNotFound
from console.clouds.networks import Subnet, Vpc
from console.clouds.paging import Listing
from console.clouds.parallel import Answer, gather
from console.clouds.ports import Networks
from console.clouds.vpc_access import ApiGroup, ApiGroupId, ApiInstance, ApiInstanceId
from console.observations import store
from console.observations.asking import known_to
from console.observations.parts import Part
from console.observations.store import Where
from console.observations.watch import Observation, Wish, observe

Thing = TypeVar("Thing")


@dataclass(frozen=True, slots=True)
class Overview:
    """Instances and the groups on them, as they are known: all of a cloud, or one instance with its own."""

    instances: Observation[Listing[ApiInstance]]
    groups: Observation[Listing[ApiGroup]]

    def groups_on(self, instance_id: ApiInstanceId) -> list[ApiGroup] | None:
        """None where the groups are not known, or not as well as the instances."""
        if self.groups.value is None or (self.instances.current and not self.groups.current):
            return None
        return [group for group in self.groups.value if group.instance_id == instance_id]

    def by_id(self) -> Mapping[ApiInstanceId, ApiInstance]:
        """The instances that are known, if as well as the groups."""
        if self.groups.current and not self.instances.current:
            return {}
        return {instance.id: instance for instance in self.instances.value or ()}

    def known_to(self, sees: Callable[[str], bool]) -> "Overview":
        """Without what a person may not know of; `sees` is asked for the id of each instance."""
        return Overview(
            known_to(self.instances, lambda instance: sees(instance.id)),
            known_to(self.groups, lambda group: sees(group.instance_id)),
        )


def see_overview(place: Place, wish: Wish) -> Overview:
    """All instances and groups, for all viewers; the groups take one call for each of them."""
    port = place.vpc_access
    reads: dict[Part, Callable[[], Any]] = {Part.INSTANCES: port.list_instances, Part.GROUPS: port.list_groups}
    seen = observe(Where(place.cloud.name, ""), reads, wish)
    return Overview(seen[Part.INSTANCES], seen[Part.GROUPS])


def see_instance(place: Place, wish: Wish) -> Overview:
    """The one instance, with its groups. Raises CloudNotFound when there is no such instance."""
    port, instance_id, where = place.vpc_access, ApiInstanceId(place.host), where_of(place)
    reads: dict[Part, Callable[[], Any]] = {
        Part.INSTANCE: lambda: port.get_instance(instance_id),
        Part.INSTANCE_GROUPS: lambda: port.list_groups(instance_id),
    }
    seen = observe(where, reads, wish)
    shown = _there(where, seen[Part.INSTANCE])
    return Overview(replace(shown, value=None if shown.value is None else [shown.value]), seen[Part.INSTANCE_GROUPS])


@dataclass(frozen=True, slots=True)
class SeenGroup:
    """One group, and the instance that its address names, as they are known."""

    group: Observation[ApiGroup]
    instance: Observation[ApiInstance]

    @property
    def current(self) -> bool:
        """Whether both are what the cloud says now."""
        return self.group.current and self.instance.current

    @property
    def on(self) -> ApiInstance | None:
        """The instance, if it is known as well as the group."""
        return None if self.group.current and not self.instance.current else self.instance.value


def see_group(place: Place, group_id: ApiGroupId, wish: Wish) -> SeenGroup:
    """Raises CloudNotFound when there is no such group."""
    port, where = place.vpc_access, Where(place.cloud.name, group_id)
    group = _there(where, observe(where, {Part.GROUP: lambda: port.get_group(group_id)}, wish)[Part.GROUP])
    read = {Part.INSTANCE: lambda: port.get_instance(ApiInstanceId(place.host))}
    return SeenGroup(group, observe(where_of(place), read, wish)[Part.INSTANCE])


@dataclass(frozen=True, slots=True)
class GroupOnInstance:
    """One group, and the instance that its address names, read fresh."""

    group: Answer[ApiGroup]
    instance: Answer[ApiInstance]


def load_group(place: Place, group_id: ApiGroupId) -> GroupOnInstance:
    """Raises CloudNotFound when there is no such group."""
    port, instance_id = place.vpc_access, ApiInstanceId(place.host)
    answers = gather(
        group=lambda: port.get_group(group_id),
        instance=lambda: port.get_instance(instance_id),
    )
    if isinstance(answers["group"].error, CloudNotFound):
        raise answers["group"].error
    return GroupOnInstance(answers["group"], answers["instance"])


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


def _there(where: Where, shown: Observation[Thing]) -> Observation[Thing]:
    """Raises CloudNotFound for what is gone; what was known of it is forgotten then."""
    if isinstance(shown.error, CloudNotFound):
        store.forget(where)
        raise shown.error
    return shown
