"""What is seen of instances and API groups for an act on VPC access: as plain facts, and as objects again.

Only what the rules of `clouds.vpc_access_rules` ask for is kept, so that nothing else makes a confirmation stale.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from console.changes.kinds.kind import Sight
from console.clouds.vpc_access import ApiGroup, ApiGroupId, ApiInstance, ApiInstanceId, Migration, OwnDomain

#: What decides from where an instance is reached, and whether it may be changed now.
_REACH: Final = ("name", "shared", "status", "is_changing", "vpc_id", "vswitch_id")
#: What a group takes over from the instance that it is moved to (alibaba-contract 2.5).
_TAKEN_OVER: Final = (
    *("request_limit", "https_policy", "vpc_egress", "internet_egress", "self_calling", "ipv6", "backend_vpc_id"),
)
_GROUP: Final = ("name", "instance_id", "vpc_domain", "migration")
_OF_INSTANCE, OF_DESTINATION = "instance_", "destination_"
#: Whatever the rules do not ask for.
_ANY_INSTANCE: Final = ApiInstance(
    id=ApiInstanceId(""),
    name="",
    shared=False,
    status="",
    is_changing=False,
    vpc_id="",
    vswitch_id="",
    vpc_owner="",
    backend_vpc_id="",
    edition="",
    region="",
    zone="",
    request_limit=None,
    https_policy="",
    vpc_egress="",
    internet_egress="",
    self_calling=False,
    ipv6=False,
    created_at=None,
)
_ANY_GROUP: Final = ApiGroup(
    id=ApiGroupId(""),
    name="",
    description="",
    instance_id=ApiInstanceId(""),
    shared=False,
    region="",
    base_path="",
    public_domain="",
    vpc_domain="",
    self_calling_domain="",
    own_domains=(),
    migration=Migration.NONE,
    raw_migration="",
    migration_error="",
    request_limit=None,
    https_policy="",
    created_at=None,
    modified_at=None,
)


def sight_of_instance(instance: ApiInstance | None, groups: Sequence[ApiGroup]) -> Sight:
    """An instance, and the groups that would lose their VPC domain with its binding."""
    if instance is None:
        return Sight(exists=False)
    enabled = sorted((group for group in groups if group.is_enabled), key=lambda group: group.id)
    facts = _facts(instance, _REACH) | {
        "group_names": {group.id: group.name for group in enabled},
        "vpc_domains": {group.id: group.vpc_domain for group in enabled},
    }
    return Sight(exists=True, facts=facts)


def instance_in(sight: Sight, instance_id: str) -> ApiInstance:
    """The instance that a sight of an instance is of."""
    return _instance(sight, instance_id, "", _REACH)


def enabled_groups_in(sight: Sight, instance_id: str) -> tuple[ApiGroup, ...]:
    """The groups with a VPC domain that a sight of an instance holds."""
    names, domains = sight.facts["group_names"], sight.facts["vpc_domains"]
    on_it = replace(_ANY_GROUP, instance_id=ApiInstanceId(instance_id))
    return tuple(
        replace(on_it, id=ApiGroupId(group_id), name=names[group_id], vpc_domain=domain)
        for group_id, domain in domains.items()
    )


def sight_of_group(group: ApiGroup | None, instance: ApiInstance | None) -> Sight:
    """A group, and the instance at which somebody acts on it."""
    if group is None or instance is None:
        return Sight(exists=False)
    own_names = sorted(domain.name for domain in group.own_domains)
    return Sight(
        exists=True,
        facts=_facts(group, _GROUP) | {"own_domains": own_names} | _facts(instance, _REACH, _OF_INSTANCE),
    )


def with_destination(sight: Sight, group: ApiGroup | None, destination: ApiInstance | None) -> Sight:
    """The sight of a group together with what matters for moving it to another instance."""
    if not sight.exists or group is None or destination is None:
        return sight
    used = {"uses_self_calling_domain": bool(group.self_calling_domain)}
    return Sight(exists=True, facts=sight.facts | used | _facts(destination, (*_REACH, *_TAKEN_OVER), OF_DESTINATION))


def group_in(sight: Sight, group_id: str) -> ApiGroup:
    """The group that a sight is of."""
    facts = sight.facts
    return replace(
        _ANY_GROUP,
        id=ApiGroupId(group_id),
        name=facts["name"],
        instance_id=ApiInstanceId(facts["instance_id"]),
        shared=facts["instance_shared"],
        vpc_domain=facts["vpc_domain"],
        migration=Migration(facts["migration"]),
        own_domains=tuple(OwnDomain(name, True, None, None) for name in facts["own_domains"]),  # noqa: FBT003
        self_calling_domain="used" if facts.get("uses_self_calling_domain") else "",
    )


def instance_of_group_in(sight: Sight, instance_id: str) -> ApiInstance:
    """The instance at which somebody acts on the group that a sight is of."""
    return _instance(sight, instance_id, _OF_INSTANCE, _REACH)


def destination_in(sight: Sight, instance_id: str) -> ApiInstance | None:
    """The instance that the group is to be moved to; None where there is none of that id."""
    if f"{OF_DESTINATION}name" not in sight.facts:
        return None
    return _instance(sight, instance_id, OF_DESTINATION, (*_REACH, *_TAKEN_OVER))


def _facts(seen: ApiInstance | ApiGroup, names: Sequence[str], prefix: str = "") -> dict[str, Any]:
    return {f"{prefix}{name}": getattr(seen, name) for name in names}


def _instance(sight: Sight, instance_id: str, prefix: str, names: Sequence[str]) -> ApiInstance:
    seen = {name: sight.facts[f"{prefix}{name}"] for name in names}
    return replace(_ANY_INSTANCE, id=ApiInstanceId(instance_id), **seen)
