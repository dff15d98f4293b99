"""API groups: the second-level VPC domain on and off, and moving a group (alibaba-contract 2.4, 2.5, 3)."""

from ipaddress import IPv4Address
from zlib import crc32

from console.simcloud.alibaba import instances
from console.simcloud.alibaba.estate import Estate
from console.simcloud.alibaba.identity import AlibabaAccount
from console.simcloud.alibaba.networks import entry_address
from console.simcloud.alibaba.records import ApiGroup, ApiInstance
from console.simcloud.alibaba.refusals import not_found, refuse
from console.simcloud.ledger import Act, Change
from console.simcloud.world import World

MOVING = "Running"
_CONFLICT = "The configuration of the API group conflicts with the target instance."
#: Where shared instances are reached from inside VPCs: the carrier range 100.104.0.0/16 (R1).
_CARRIER = IPv4Address("100.104.0.0")


def of_account(world: World, account: AlibabaAccount, region: str) -> list[ApiGroup]:
    """The account's groups in a region."""
    rows = world.alibaba.groups.values()
    return [group for group in rows if group.account == account.id and group.region_id == region]


def find(world: World, account: AlibabaAccount, region: str, group_id: str) -> ApiGroup:
    """The account's group in a region. Raises Refusal `NotFoundApiGroup`."""
    for group in of_account(world, account, region):
        if group.id == group_id:
            return group
    raise not_found("ApiGroup", "GroupId")


def require_still(world: World, group: ApiGroup) -> None:
    """R17 and R18: neither the group nor its instance is on the move (switch `alibaba_busy`)."""
    if group.migration_status == MOVING and world.switches.alibaba_busy == "refuse":
        raise refuse("Simulated.GroupIsMoving")
    instances.require_running(world, world.alibaba.instances[group.instance_id])


def enable(world: World, act: Act, group: ApiGroup) -> None:
    """Give a group its VPC domain (R1 to R3). Raises Refusal, on an unbound dedicated instance among others."""
    require_still(world, group)
    instance = world.alibaba.instances[group.instance_id]
    if instance.is_dedicated and not instance.is_bound:
        raise refuse("Simulated.InstanceVpcNotBound")
    _switch(world, act, group, on=True)


def disable(world: World, act: Act, group: ApiGroup) -> None:
    """Take a group's VPC domain away (R13). Raises Refusal while something is on the move."""
    require_still(world, group)
    _switch(world, act, group, on=False)


def _switch(world: World, act: Act, group: ApiGroup, *, on: bool) -> None:
    if group.has_vpc_domain == on:
        return
    before = group.vpc_domain or None
    group.has_vpc_domain, group.modified_at = on, world.clock.now()
    action = "vpc_domain.enable" if on else "vpc_domain.disable"
    change = Change(action, group.id, group.instance_id, before, group.vpc_domain or None)
    world.commit(act, [change], [group])


def move(world: World, act: Act, group: ApiGroup, target: ApiInstance) -> None:
    """Begin to move a group to another instance (R8 to R12): Running now, elsewhere later.

    Raises Refusal; then nothing changes. With switches a move may begin and fail later."""
    require_still(world, group)
    instances.require_running(world, target)
    if target.id == group.instance_id:
        raise refuse("Simulated.SameInstance")
    fits = not (group.has_vpc_domain and target.is_dedicated and not target.is_bound)
    if not fits and world.switches.alibaba_move_to_unbound == "refuse":
        raise refuse("Simulated.TargetInstanceVpcNotBound")
    succeeds = fits and world.switches.alibaba_migration == "works"
    group.migration_status, group.migration_error = MOVING, "" if succeeds else _CONFLICT
    group.next_instance_id = target.id
    group.next_migration_status = "Success" if succeeds else world.switches.alibaba_migration_failed
    group.due_at = world.clock.now() + world.delay
    world.alibaba.schedule(group)
    after = target.id if succeeds else group.instance_id
    world.commit(act, [Change("group.move", group.id, group.instance_id, group.instance_id, after)], [group])


def reachable_from(estate: Estate, group: ApiGroup) -> list[str]:
    """The VPCs from which the group's VPC domain is reached now: "*" is every one of the region."""
    instance = estate.instances[group.instance_id]
    if not group.has_vpc_domain:
        return []
    if not instance.is_dedicated:
        return ["*"]
    return [instance.user_vpc_id] if instance.is_bound else []


def resolves_to(estate: Estate, group: ApiGroup) -> str | None:
    """The address that the VPC domain resolves to: 100.x on a shared instance, else one of the bound vSwitch."""
    if not reachable_from(estate, group):
        return None
    instance = estate.instances[group.instance_id]
    if not instance.is_dedicated:
        return str(_CARRIER + crc32(instance.id.encode()) % 2**16)
    return entry_address(estate.vswitches[instance.user_vswitch_id])
