"""The whitelist of an endpoint service: which accounts find it and may connect (alibaba-contract 4.2)."""

from console.simcloud.alibaba import link_connections
from console.simcloud.alibaba.link_services import require_active, stop_if_dry
from console.simcloud.alibaba.records import LinkService, LinkUser
from console.simcloud.alibaba.refusals import refuse
from console.simcloud.ledger import Act, Change
from console.simcloud.world import World


def of_service(world: World, service: LinkService) -> list[LinkUser]:
    """The users on a service's whitelist; its owner is one of them from the start."""
    return [row for row in world.alibaba.users.values() if row.service_id == service.id]


def add(world: World, act: Act, service: LinkService, user_id: int, *, dry_run: bool) -> None:
    """Put an account on the whitelist. Raises Refusal; then nothing changes."""
    require_active(service)
    row_id = f"{service.id}/{user_id}"
    is_there = row_id in world.alibaba.users
    if is_there and world.switches.alibaba_duplicate_user == "refuse":
        raise refuse("Simulated.UserExists")
    stop_if_dry(dry_run=dry_run)
    if is_there:
        return
    now = world.clock.now()
    row = LinkUser(row_id, service.region_id, service.account, now, service_id=service.id, user_id=user_id)
    world.place(row)
    world.commit(act, [Change("permission.add", str(user_id), service.id, None, str(user_id))], [row])


def remove(world: World, act: Act, service: LinkService, user_id: int, *, dry_run: bool) -> None:
    """Take an account off the whitelist; its connections stay (a switch). Raises Refusal; then nothing changes."""
    require_active(service)
    row = world.alibaba.users.get(f"{service.id}/{user_id}")
    if row is None and world.switches.alibaba_missing_user == "refuse":
        raise refuse("Simulated.UserNotFound")
    stop_if_dry(dry_run=dry_run)
    if row is None:
        return
    world.alibaba.remove(row)
    changes = [Change("permission.remove", str(user_id), service.id, str(user_id), None)]
    if world.switches.alibaba_user_removal_cuts:
        cuts, connections = link_connections.cut(world, service, user_id)
        world.commit(act, [*changes, *cuts], connections, [row])
        return
    world.commit(act, changes, (), [row])
