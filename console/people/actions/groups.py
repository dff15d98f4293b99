"""Acts on groups. A group is a name for people who hold the same roles."""

from django.contrib.auth.models import Group
from django.db import transaction

from console.access.models import Grant, Person
from console.audit.catalog import Action, State
from console.audit.journal import record
from console.people.actions.decisions import (
    Kind,
    decide,
    forget,
    lose_roles,
    must_be_able_to_join,
    settle,
    with_borrowed_passwords,
)
from console.people.actions.people import void_passwords
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
    with transaction.atomic():
        before = Group.objects.select_for_update().get(pk=group.pk)
        who.must_manage(group, Action.GROUP_CHANGE)
        group.name = name
        group.save(update_fields=["name"])
        _record(who, Action.GROUP_CHANGE, target_of(before), {"name": before.name}, {"name": name})


def remove_group(who: Administrator, group: Group) -> None:
    """Delete the group; its members lose the roles they held through it.

    Raises Refused outside the administrator's scope, RuleBroken when the last administrator would be gone.
    """
    with one_act():
        members = lock_group(group)
        who.must_manage(group, Action.GROUP_REMOVE)
        grants = list(Grant.objects.filter(group=group).order_by("pk"))
        before = {
            "name": group.name,
            "members": sorted(person.username for person in members),
            "roles": [_role_text(grant) for grant in grants],
        }
        target = target_of(group)
        lose_roles(who, members, grants)
        group.delete()
        _record(who, Action.GROUP_REMOVE, target, before, None)


def add_member(who: Administrator, group: Group, person: Person) -> list[str]:
    """Give the person everything the group holds; whose passwords ended by it, as with `grants.give_role`.

    Raises Refused outside the administrator's scope and where somebody who administers more took the person out, or
    took a role that the group holds; Hidden for a person of whom they may not know.
    """
    with transaction.atomic():
        lock_group(group)
        Person.objects.select_for_update().get(pk=person.pk)
        who.must_manage(group, Action.GROUP_CHANGE)
        who.must_know(person, Action.GROUP_CHANGE)
        must_be_able_to_join(who, group, person)
        settle(person)
        forget(person, Kind.MEMBER_REMOVED, group.pk)
        person.groups.add(group)
        _record(who, Action.GROUP_CHANGE, target_of(group), None, {"member_added": person.username})
        scopes = [scope_of(grant) for grant in Grant.objects.filter(group=group)]
        return void_passwords(who, with_borrowed_passwords(person, scopes))


def remove_member(who: Administrator, group: Group, person: Person) -> None:
    """Take from the person what the group holds.

    Raises Refused outside the administrator's scope, RuleBroken when the last administrator would be gone.
    """
    with one_act():
        lock_group(group)
        who.must_manage(group, Action.GROUP_CHANGE)
        person.groups.remove(group)
        decide(who, person, Kind.MEMBER_REMOVED, group.pk)
        lose_roles(who, [person], list(Grant.objects.filter(group=group)))
        _record(who, Action.GROUP_CHANGE, target_of(group), {"member_removed": person.username}, None)


def lock_group(group: Group) -> list[Person]:
    """Hold the group and its members still until the act is done, and return who they are."""
    Group.objects.select_for_update().get(pk=group.pk)
    return list(Person.objects.select_for_update(of=("self",)).filter(groups=group).order_by("pk"))


def target_of(group: Group) -> str:
    """How the audit log calls a group, so that it is not taken for a person of the same name."""
    return f"group {group.name}"


def _role_text(grant: Grant) -> dict[str, str]:
    scope = scope_of(grant)
    return {"role": grant.role, "cloud": scope.cloud, "gateway_id": scope.gateway_id}


def _record(who: Administrator, act: Action, target: str, before: object, after: object) -> None:
    record(action=act, state=State.SUCCEEDED, actor=who.actor, target=target, before=before, after=after)
