"""Decisions that hold against administrators of less: who was created, disabled or lost a role or a membership.

Acts lock the person or group first, so that nothing is decided in between.
"""

from collections.abc import Iterable

from django.contrib.auth.models import Group
from django.db.models import QuerySet

from console.access.guard import Refused
from console.access.models import Decision, Grant, Person
from console.access.reach import Scope
from console.access.roles import ROLE_PERMISSIONS, Permission, Role
from console.audit.catalog import Action
from console.people.actions.rules import Administrator, belonging, grants_of, scope_of, scopes_of

Kind = Decision.Kind


def decide(who: Administrator, holder: Person | Group, kind: Kind, *subject: object) -> None:
    """Keep what was decided; a wider decision that is there already stays."""
    found = _about(holder).filter(kind=kind, subject=list(subject)).first()
    if found is None:
        found = Decision(kind=kind, subject=list(subject))
        found.person, found.group = (holder, None) if isinstance(holder, Person) else (None, holder)
    elif not may_undo(who, found):
        return
    found.scopes = [[scope.cloud, scope.gateway_id] for scope in who.reach.scopes(Permission.MANAGE_PEOPLE)]
    found.decided_by = who.actor.name
    found.save()


def may_undo(who: Administrator, decision: Decision | None) -> bool:
    """Whether they administer all that the decider did."""
    return all(who.covers(scope) for scope in scopes_of(decision))


def must_be_able_to_enable(who: Administrator, person: Person) -> None:
    """Raises Refused where somebody who administers more disabled the person."""
    if not may_enable(who, person):
        raise Refused(Action.PERSON_ENABLE, Permission.MANAGE_PEOPLE)


def may_enable(who: Administrator, person: Person) -> bool:
    """Whether the person is disabled by nobody who administers more."""
    return person.is_active or may_undo(who, _about(person).filter(kind=Kind.DISABLED).first())


def must_be_able_to_give(who: Administrator, holder: Person | Group, role: Role, scope: Scope) -> None:
    """Raises Refused where somebody who administers more took this from the holder, or from a member of the group."""
    for one in receivers(holder):
        for removed in _about(one).filter(kind=Kind.ROLE_REMOVED):
            if _gives_back(removed, role, scope) and not may_undo(who, removed):
                raise Refused(Action.GRANT_ADD, Permission.MANAGE_PEOPLE, scope.cloud, scope.gateway_id)


def must_be_able_to_join(who: Administrator, group: Group, person: Person) -> None:
    """Raises Refused where somebody who administers more took the person out, or took a role that the group holds."""
    removed = _about(person).filter(kind=Kind.MEMBER_REMOVED, subject=[group.pk]).first()
    if removed is not None and not may_undo(who, removed):
        raise Refused(Action.GROUP_CHANGE, Permission.MANAGE_PEOPLE)
    for grant in Grant.objects.filter(group=group):
        must_be_able_to_give(who, person, Role(grant.role), scope_of(grant))


def receivers(holder: Person | Group) -> list[Person | Group]:
    """Who holds a role that is given to this person or group: members too."""
    return [holder, *holder.user_set.order_by("pk")] if isinstance(holder, Group) else [holder]


def lose_roles(who: Administrator, people: Iterable[Person], grants: Iterable[Grant]) -> None:
    """Keep that these people lost what a group gave them, so that nobody gives it back in another way."""
    for person in people:
        for grant in grants:
            decide(who, person, Kind.ROLE_REMOVED, grant.role, grant.cloud, grant.gateway_id)


def settle(holder: Person | Group) -> None:
    """Keep where somebody from before belongs, before a role is given that would change it."""
    if _about(holder).filter(kind=Kind.CREATED).exists():
        return
    scopes = [[scope.cloud, scope.gateway_id] for scope in belonging(grants_of(holder), [])]
    is_person = isinstance(holder, Person)
    fields = {"person": holder if is_person else None, "group": None if is_person else holder}
    Decision.objects.create(kind=Kind.CREATED, scopes=scopes, **fields)


def with_borrowed_passwords(holder: Person | Group, scopes: Iterable[Scope]) -> list[Person]:
    """Who gets a role at these places although somebody who does not administer all of them handed their password over,
    and may know the one they use."""
    wanted, found = list(scopes), []
    for one in receivers(holder):
        if isinstance(one, Person) and (last := _handed_over(one)) is not None:
            theirs = scopes_of(last)
            if not all(any(mine.covers(place.cloud, place.gateway_id) for mine in theirs) for place in wanted):
                found.append(one)
    return found


def _handed_over(person: Person) -> Decision | None:
    """The last time that an administrator handed a password over; None for people from before that was kept."""
    known = _about(person).filter(kind__in=(Kind.HANDED_OVER, Kind.CREATED)).exclude(decided_by="")
    return known.order_by("pk").last()


def forget(holder: Person | Group, kind: Kind, *subject: object) -> None:
    """Drop a decision that was undone."""
    _about(holder).filter(kind=kind, subject=list(subject)).delete()


def _about(holder: Person | Group) -> QuerySet[Decision]:
    return (
        Decision.objects.filter(person=holder) if isinstance(holder, Person) else Decision.objects.filter(group=holder)
    )


def _gives_back(removed: Decision, role: Role, scope: Scope) -> bool:
    """Whether the role includes what was removed, at a place that has something in common with it."""
    name, cloud, gateway_id = removed.subject
    place = Scope(cloud, gateway_id)
    overlap = place.covers(scope.cloud, scope.gateway_id) or scope.covers(place.cloud, place.gateway_id)
    return overlap and ROLE_PERMISSIONS[Role(name)] <= ROLE_PERMISSIONS[role]
