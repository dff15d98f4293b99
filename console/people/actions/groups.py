"""Acts on groups. A group is a name for people who hold the same roles."""

from django.contrib.auth.models import Group
from django.db import transaction

from console.access.models import Grant, Person
from console.audit.catalog import Action, State
from console.audit.journal import record
from console.people.actions.decisions import Kind, decide, forget, must_be_able_to_join
from console.people.actions.rules import Administrator, one_act, scope_of


def add_group(who: Administrator, *, name: str) -> Group:
    """Create an empty group.

    Raises Refused for somebody who administers nothing, django.db.IntegrityError when the name was taken a moment ago.
    """
    who.must_administer(Action.GROUP_ADD)
    with transaction.atomic():
        group = Group.objects.create(name=name)
        decide(who, group, Kind.CREATED)
        record(
            action=Action.GROUP_ADD,
            state=State.SUCCEEDED,
            actor=who.actor,
            target=target_of(group),
            after={"name": name},
        )
    return group


def rename_group(who: Administrator, group: Group, *, name: str) -> None:
    """Give the group another name. Raises Refused outside the administrator's scope."""
    who.must_cover_group(group, Action.GROUP_CHANGE)
    with transaction.atomic():
        before = Group.objects.select_for_update().get(pk=group.pk)
        group.name = name
        group.save(update_fields=["name"])
        _record(who, Action.GROUP_CHANGE, target_of(before), {"name": before.name}, {"name": name})


def remove_group(who: Administrator, group: Group) -> None:
    """Delete the group; its members lose the roles they held through it.

    Raises Refused outside the administrator's scope, RuleBroken when the last administrator would be gone.
    """
    who.must_cover_group(group, Action.GROUP_REMOVE)
    with one_act():
        before = {
            "name": group.name,
            "members": list(
                Person.objects.filter(groups=group).order_by("username").values_list("username", flat=True)
            ),
            "roles": [_role_text(grant) for grant in Grant.objects.filter(group=group).order_by("pk")],
        }
        target = target_of(group)
        group.delete()
        _record(who, Action.GROUP_REMOVE, target, before, None)


def add_member(who: Administrator, group: Group, person: Person) -> None:
    """Give the person everything the group holds. Raises Refused outside the administrator's scope."""
    who.must_cover_group(group, Action.GROUP_CHANGE)
    who.must_know(person, Action.GROUP_CHANGE)
    with transaction.atomic():
        must_be_able_to_join(who, group, person)
        forget(person, Kind.MEMBER_REMOVED, group.pk)
        person.groups.add(group)
        _record(who, Action.GROUP_CHANGE, target_of(group), None, {"member_added": person.username})


def remove_member(who: Administrator, group: Group, person: Person) -> None:
    """Take from the person what the group holds.

    Raises Refused outside the administrator's scope, RuleBroken when the last administrator would be gone.
    """
    who.must_cover_group(group, Action.GROUP_CHANGE)
    with one_act():
        person.groups.remove(group)
        decide(who, person, Kind.MEMBER_REMOVED, group.pk)
        _record(who, Action.GROUP_CHANGE, target_of(group), {"member_removed": person.username}, None)


def target_of(group: Group) -> str:
    """How the audit log calls a group, so that it is not taken for a person of the same name."""
    return f"group {group.name}"


def _role_text(grant: Grant) -> dict[str, str]:
    scope = scope_of(grant)
    return {"role": grant.role, "cloud": scope.cloud, "gateway_id": scope.gateway_id}


def _record(who: Administrator, act: Action, target: str, before: object, after: object) -> None:
    record(action=act, state=State.SUCCEEDED, actor=who.actor, target=target, before=before, after=after)
