"""Instances of API Gateway: finding them, binding one to a VPC and letting go of it (alibaba-contract 2.2, 3)."""

from dataclasses import dataclass

from console.simcloud.alibaba.identity import OPERATIONS, AlibabaAccount
from console.simcloud.alibaba.networks import find_vpc, find_vswitch
from console.simcloud.alibaba.records import RUNNING, ApiInstance
from console.simcloud.alibaba.refusals import invalid, not_found, refuse
from console.simcloud.alibaba.transitions import take_binding
from console.simcloud.ledger import Act, Change
from console.simcloud.world import World


@dataclass(frozen=True, slots=True)
class Binding:
    """A client VPC for an instance: exactly one, with the vSwitch that the instance is reached in."""

    vpc_id: str
    vswitch_id: str
    owner_id: int


def visible(world: World, account: AlibabaAccount, region: str) -> list[ApiInstance]:
    """The instances that an account sees in a region: the shared ones and its own."""
    return [
        instance
        for instance in world.alibaba.instances.values()
        if instance.region_id == region and instance.account in (OPERATIONS, account.id)
    ]


def find(world: World, account: AlibabaAccount, region: str, instance_id: str) -> ApiInstance:
    """An instance that the account sees in the region. Raises Refusal `NotFoundInstance`."""
    for instance in visible(world, account, region):
        if instance.id == instance_id:
            return instance
    raise not_found("Instance", "InstanceId")


def require_running(world: World, instance: ApiInstance) -> None:
    """R17: what is not RUNNING is busy (switch `alibaba_busy`)."""
    if instance.status != RUNNING and world.switches.alibaba_busy == "refuse":
        raise refuse("Simulated.InstanceNotRunning", f"The instance is not running: {instance.status}.")


def bind(world: World, act: Act, instance: ApiInstance, wanted: Binding) -> None:
    """Bind a dedicated instance to a VPC, or to another one (R4 to R6): busy now, reached from there later.

    Raises Refusal; then nothing changes. The same binding again changes nothing."""
    _require_bindable(world, instance)
    vpc = find_vpc(world.alibaba, instance.region_id, wanted.owner_id, wanted.vpc_id, not_found("Vpc", "VpcId"))
    find_vswitch(world.alibaba, vpc, wanted.vswitch_id, lambda: invalid("VswitchId"))
    if (instance.user_vpc_id, instance.user_vswitch_id) == (wanted.vpc_id, wanted.vswitch_id):
        return
    after = f"{wanted.vpc_id}/{wanted.vswitch_id}"
    change = Change("vpc.bind", instance.id, instance.id, spelled(instance), after)
    _begin(world, instance, wanted)
    world.commit(act, [change], [instance])


def unbind(world: World, act: Act, instance: ApiInstance, vpc_id: str) -> None:
    """Let go of the client VPC (R7), which has to be named. Raises Refusal; then nothing changes."""
    _require_bindable(world, instance)
    if not instance.is_bound:
        raise refuse("Simulated.InstanceVpcNotBound")
    if instance.user_vpc_id != vpc_id:
        raise not_found("Vpc", "VpcId")
    changes = [Change("vpc.unbind", instance.id, instance.id, spelled(instance), None)]
    groups = []
    if world.switches.alibaba_domain_after_unbind == "removed":
        groups = [group for group in world.alibaba.groups_on(instance.id) if group.has_vpc_domain]
    for group in groups:
        changes.append(Change("vpc_domain.disable", group.id, instance.id, group.vpc_domain, None))
        group.has_vpc_domain = False
    _begin(world, instance, Binding("", "", 0))
    world.commit(act, changes, [instance, *groups])


def spelled(instance: ApiInstance) -> str | None:
    """The binding on one line, for the ledger; None without one."""
    return f"{instance.user_vpc_id}/{instance.user_vswitch_id}" if instance.is_bound else None


def _require_bindable(world: World, instance: ApiInstance) -> None:
    if not instance.is_dedicated:
        raise refuse("Simulated.InstanceNotDedicated")
    require_running(world, instance)


def _begin(world: World, instance: ApiInstance, binding: Binding) -> None:
    """From now on the instance is busy, until the new binding is in effect for all of its groups at once."""
    instance.next_binding = [binding.vpc_id, binding.vswitch_id, binding.owner_id]
    instance.status = world.switches.alibaba_binding_status
    instance.due_at = world.clock.now() + world.delay
    if world.switches.alibaba_binding_shows == "at_once":
        take_binding(instance)
    world.alibaba.schedule(instance)
