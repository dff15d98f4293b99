"""Instances and API groups as people see them: plain values in frozen rows, worked out once per page."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from django.urls import reverse

from console.admission.marks import Mark
from console.clouds import vpc_access_rules as rules
from console.clouds.vpc_access import ApiGroup, ApiInstance, ApiInstanceId, Migration
from console.web.moments import UNKNOWN
from console.web.tables import Address, Column

EMPTY: Final = "--"
NOT_YOURS: Final = "Your role does not allow changing VPC access here."
INSTANCE_UNREAD: Final = "Its instance could not be read, so nothing can be decided about it."
SHARED, DEDICATED = "Shared", "Dedicated"
#: From where an instance is reached, for the filter.
REACH: Final = {"bound": "Bound to a VPC", "unbound": "Bound to no VPC", "region": "Every VPC of the region"}
#: What a group's VPC domain is doing, for the filter and the badge.
STATES: Final = {
    "enabled": "Enabled",
    "unreachable": "Enabled, reached by nobody",
    "disabled": "Disabled",
    "moving": "Moving",
}
_STATE_TONES: Final = {"enabled": "accepted", "unreachable": "failed", "disabled": "disabled", "moving": "creating"}
_MIGRATIONS: Final = {Migration.FAILED: "The last move failed", Migration.OTHER: "The cloud's word for its move"}


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks at which cloud, and from where."""

    cloud: str
    #: Whether the person may change VPC access at an instance.
    may: Callable[[ApiInstanceId], bool]
    #: What brings them back from an act: the word of the page and its query.
    back: str
    #: Why nobody may change anything now; "" where somebody may.
    off: str = ""

    def why_not(self, instance_id: ApiInstanceId) -> str:
        """Why this person may change nothing at an instance now; "" where they may."""
        return self.off if self.may(instance_id) else NOT_YOURS


@dataclass(frozen=True, slots=True)
class Operation:
    """Something that can be done to a row. `why_not` says why it is grey; "" where it is not."""

    name: str
    label: str
    url: str
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class InstanceRow:
    """One instance."""

    id: str
    name: str
    url: str
    kind: str
    status: str
    tone: str
    vpc_id: str
    vswitch_id: str
    reached_from: str
    reach: str
    #: None where the groups could not be read.
    groups: int | None
    enabled: int | None
    is_changing: bool
    operations: tuple[Operation, ...]
    #: What is new about it; None for nothing.
    mark: Mark | None


@dataclass(frozen=True, slots=True)
class GroupRow:
    """One API group."""

    id: str
    name: str
    url: str
    instance: str
    instance_url: str
    state: str
    status: str
    tone: str
    #: What is to know about its last move; "" for nothing.
    note: str
    domain: str
    reached_from: str
    is_changing: bool
    operations: tuple[Operation, ...]
    #: What is new about it; None for nothing.
    mark: Mark | None


INSTANCE_COLUMNS: Final[tuple[Column[InstanceRow], ...]] = (
    Column("name", "Instance", lambda row: row.name.casefold()),
    Column("kind", "Type", lambda row: row.kind),
    Column("status", "Status", lambda row: row.status),
    Column("vpc", "Bound VPC", lambda row: row.vpc_id),
    Column("groups", "API groups", lambda row: row.groups or 0, numeric=True),
    Column("operation", "Operation"),
)
GROUP_COLUMNS: Final[tuple[Column[GroupRow], ...]] = (
    Column("name", "API group", lambda row: row.name.casefold()),
    Column("instance", "Instance", lambda row: row.instance.casefold()),
    Column("status", "VPC access", lambda row: row.status),
    Column("domain", "VPC domain", lambda row: row.domain),
    Column("reach", "Reached from", lambda row: row.reached_from),
    Column("operation", "Operation"),
)
#: On the instance's own page every row would say the same of it.
GROUP_COLUMNS_OF_ONE: Final = tuple(column for column in GROUP_COLUMNS if column.name != "instance")


def instance_text(row: InstanceRow) -> str:
    """What a search looks through."""
    return f"{row.name} {row.id} {row.kind} {row.status} {row.vpc_id} {row.vswitch_id}"


def group_text(row: GroupRow) -> str:
    """What a search looks through."""
    return f"{row.name} {row.id} {row.instance} {row.status} {row.domain} {row.reached_from}"


def reach_of(instance: ApiInstance) -> str:
    """A key of REACH."""
    if instance.shared:
        return "region"
    return "bound" if instance.is_bound else "unbound"


def instance_row(
    viewer: Viewer, instance: ApiInstance, groups: Sequence[ApiGroup] | None, mark: Mark | None = None
) -> InstanceRow:
    """A line of Instances; `groups` are those on it, None where they could not be read."""
    return InstanceRow(
        id=instance.id,
        name=instance.name or instance.id,
        url=reverse("vpc_access:instance", args=(viewer.cloud, instance.id)),
        kind=SHARED if instance.shared else DEDICATED,
        status=instance.status or UNKNOWN,
        tone="creating" if instance.is_changing else "running",
        vpc_id=instance.vpc_id,
        vswitch_id=instance.vswitch_id,
        reached_from=rules.reached_from(instance),
        reach=reach_of(instance),
        groups=None if groups is None else len(groups),
        enabled=None if groups is None else sum(group.is_enabled for group in groups),
        is_changing=instance.is_changing,
        operations=instance_operations(viewer, instance),
        mark=mark,
    )


def instance_operations(viewer: Viewer, instance: ApiInstance) -> tuple[Operation, ...]:
    """Binding and unbinding; what does not apply is grey, with its reason, never hidden."""
    unbinding = rules.unbinding(instance, ())
    why_not = viewer.why_not(instance.id)
    at, query = (viewer.cloud, instance.id), _query(viewer)
    return (
        Operation(
            "bind",
            "Change VPC" if instance.is_bound else "Bind to VPC",
            reverse("vpc_access:bind", args=at) + query,
            why_not or unbinding.refusal,
        ),
        Operation(
            "unbind",
            "Unbind",
            reverse("vpc_access:unbind", args=at) + query,
            why_not or unbinding.refusal or unbinding.needless,
        ),
    )


def group_row(
    viewer: Viewer, group: ApiGroup, instances: Mapping[ApiInstanceId, ApiInstance], mark: Mark | None = None
) -> GroupRow:
    """A line of API groups."""
    instance = instances.get(group.instance_id)
    state = state_of(group, instance)
    return GroupRow(
        id=group.id,
        name=group.name or group.id,
        url=reverse("vpc_access:group", args=(viewer.cloud, group.instance_id, group.id)),
        instance=instance.name or instance.id if instance else group.instance_id,
        instance_url=reverse("vpc_access:instance", args=(viewer.cloud, group.instance_id)),
        state=state,
        status=STATES[state],
        tone=_STATE_TONES[state],
        note=note_of(group),
        domain=group.vpc_domain,
        reached_from=reached_from(group, instance),
        is_changing=group.is_moving,
        operations=group_operations(viewer, group, instance),
        mark=mark,
    )


def state_of(group: ApiGroup, instance: ApiInstance | None) -> str:
    """A key of STATES."""
    if group.is_moving:
        return "moving"
    if not group.is_enabled:
        return "disabled"
    return "unreachable" if instance is not None and reach_of(instance) == "unbound" else "enabled"


def note_of(group: ApiGroup) -> str:
    """What is to know about the group's last move; "" for nothing."""
    if group.migration not in _MIGRATIONS:
        return ""
    why = group.migration_error if group.migration is Migration.FAILED else group.raw_migration
    return f"{_MIGRATIONS[group.migration]}: {why or UNKNOWN}"


def reached_from(group: ApiGroup, instance: ApiInstance | None) -> str:
    """From where the VPC domain is reached; EMPTY without one."""
    if not group.is_enabled:
        return EMPTY
    return rules.reached_from(instance) if instance else UNKNOWN


def group_operations(viewer: Viewer, group: ApiGroup, instance: ApiInstance | None) -> tuple[Operation, ...]:
    """Enabling or disabling the VPC domain, and moving; grey with its reason where the rules or the role say no."""
    at, query = (viewer.cloud, group.instance_id), _query(viewer, id=group.id)
    switch = "disable" if group.is_enabled else "enable"
    return (
        Operation(
            switch,
            switch.capitalize(),
            reverse(f"vpc_access:{switch}", args=at) + query,
            why_not_switched(viewer, group, instance),
        ),
        Operation("move", "Move", reverse("vpc_access:move", args=at) + query, _why_not(viewer, group, instance)),
    )


def why_not_switched(viewer: Viewer, group: ApiGroup, instance: ApiInstance | None) -> str:
    """Why its VPC domain cannot be enabled, or disabled, now; "" where it can."""
    if instance is None or viewer.why_not(instance.id):
        return _why_not(viewer, group, instance)
    judge = rules.disabling if group.is_enabled else rules.enabling
    return judge(group, instance).refusal


def own_domain_operation(viewer: Viewer, group: ApiGroup, instance: ApiInstance | None) -> Operation:
    """Giving it a name of one's own; grey where the rules or the role say no."""
    why_not = _why_not(viewer, group, instance)
    if instance is not None and not why_not:
        why_not = rules.binding_domain(group, instance, "").refusal
    url = reverse("vpc_access:bind_domain", args=(viewer.cloud, group.instance_id))
    return Operation("bind-domain", "Bind domain", url + _query(viewer, id=group.id), why_not)


@dataclass(frozen=True, slots=True)
class DestinationRow:
    """An instance that a group could be moved to."""

    id: str
    name: str
    kind: str
    reached_from: str
    #: Limit and HTTPS policy, which the group would take over.
    settings: str
    #: What would happen to the group's callers, or why it cannot be moved there.
    meaning: str
    move: Operation
    #: Where its VPC can be bound, for a group that waits for that; "" otherwise (R9).
    bind_url: str


def destination_row(
    viewer: Viewer, group: ApiGroup, source: ApiInstance, target: ApiInstance, address: Address
) -> DestinationRow:
    """A line of the choice of an instance."""
    ruling = rules.moving(group, source, target)
    why_not = ruling.needless or ruling.refusal or ("" if viewer.may(target.id) else NOT_YOURS)
    waits = bool(ruling.refusal) and reach_of(target) == "unbound" and viewer.may(target.id)
    return DestinationRow(
        id=target.id,
        name=target.name or target.id,
        kind=SHARED if target.shared else DEDICATED,
        reached_from=rules.reached_from(target),
        settings=", ".join(filter(None, (_limit(target), target.https_policy))),
        meaning=why_not or _meaning(group, target, ruling),
        move=Operation("move", "Move here", address.having(instance=target.id), why_not),
        bind_url=reverse("vpc_access:bind", args=(viewer.cloud, target.id)) if waits else "",
    )


def _limit(target: ApiInstance) -> str:
    return "" if target.request_limit is None else f"{target.request_limit} requests a second"


def _meaning(group: ApiGroup, target: ApiInstance, ruling: rules.Ruling) -> str:
    if not group.is_enabled:
        return "It has no VPC domain that anybody could lose."
    if not ruling.losses:
        return f"It will be reached from {rules.reached_from(target)}. No caller in a VPC loses it."
    vpc_id = ruling.losses[0].vpc_id
    return f"VPC {vpc_id} loses its VPC domain." if vpc_id else "Every other VPC of the region loses its VPC domain."


def _why_not(viewer: Viewer, group: ApiGroup, instance: ApiInstance | None) -> str:
    if instance is None:
        return INSTANCE_UNREAD
    return viewer.why_not(instance.id) or rules.why_not_now(group, instance)


def _query(viewer: Viewer, **values: str) -> str:
    return "?" + urlencode({**values, "back": viewer.back})
