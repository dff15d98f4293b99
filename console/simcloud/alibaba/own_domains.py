"""An account's own domains on API groups (alibaba-contract 2.7, R16)."""

from dataclasses import dataclass
from typing import Final

from console.patterns import Pattern
from console.simcloud.alibaba import groups
from console.simcloud.alibaba.records import ApiGroup, OwnDomain
from console.simcloud.alibaba.refusals import invalid, not_found, refuse
from console.simcloud.ledger import Act, Change
from console.simcloud.world import World

#: Per group.
MAXIMUM: Final = 5
_NAME: Final = Pattern(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}", 253)


@dataclass(frozen=True, slots=True)
class DomainRequest:
    """A domain for a group."""

    name: str
    #: `INTERNET` or `INTRANET`.
    kind: str
    #: None: not said; "": every stage.
    stage: str | None
    #: Take the name from another group silently.
    is_forced: bool
    redirects_to_https: bool


def of_group(world: World, group: ApiGroup) -> list[OwnDomain]:
    """The domains bound to a group."""
    return [row for row in world.alibaba.own_domains.values() if row.group_id == group.id]


def find(world: World, group: ApiGroup, name: str) -> OwnDomain:
    """A domain of the group. Raises Refusal `NotFoundDomain`."""
    domain = world.alibaba.own_domains.get(name)
    if domain is None or domain.group_id != group.id:
        raise not_found("Domain", "DomainName")
    return domain


def bind(world: World, act: Act, group: ApiGroup, request: DomainRequest) -> OwnDomain:
    """Bind a domain to a group; again, to change its settings. Raises Refusal; then nothing changes."""
    groups.require_still(world, group)
    if not _NAME.fullmatch(request.name):
        raise invalid("DomainName")
    _require_possible(world, group, request.kind)
    there = world.alibaba.own_domains.get(request.name)
    if there is not None and there.group_id != group.id and not request.is_forced:
        raise refuse("DomainAlreadyBind")
    if (there is None or there.group_id != group.id) and len(of_group(world, group)) >= MAXIMUM:
        raise refuse("ExceedLimitDomain")
    now = world.clock.now()
    domain = OwnDomain(
        id=request.name,
        region_id=group.region_id,
        account=group.account,
        created_at=there.created_at if there else now,
        group_id=group.id,
        kind=request.kind,
        stage=request.stage,
        redirects_to_https=request.redirects_to_https,
    )
    world.alibaba.place(domain)
    change = Change("own_domain.bind", domain.id, group.instance_id, there.group_id if there else None, group.id)
    world.commit(act, [] if there == domain else [change], [domain])
    return domain


def unbind(world: World, act: Act, group: ApiGroup, name: str) -> None:
    """Take a domain from a group. Raises Refusal `NotFoundDomain`."""
    domain = find(world, group, name)
    world.alibaba.remove(domain)
    change = Change("own_domain.unbind", domain.id, group.instance_id, group.id, None)
    world.commit(act, [change], (), [domain])


def _require_possible(world: World, group: ApiGroup, kind: str) -> None:
    """An intranet domain needs a dedicated instance (a switch), and every domain a proof of ownership."""
    instance = world.alibaba.instances[group.instance_id]
    on_shared = world.switches.alibaba_own_domain_on_shared
    if kind == "INTRANET" and not instance.is_dedicated and on_shared == "refuse":
        raise refuse("Simulated.OwnDomainOnSharedInstance")
    if world.switches.alibaba_domain_ownership == "unproven":
        raise refuse("SingleDomainOwnershipCheckFail")
