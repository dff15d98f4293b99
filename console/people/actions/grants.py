"""Giving roles and taking them away."""

from typing import Any

from django.contrib.auth.models import Group
from django.db import transaction

from console.access.models import Grant, Person
from console.access.reach import Scope
from console.access.roles import Role
from console.audit.catalog import Action, State
from console.audit.journal import record
from console.people.actions.decisions import Kind, decide, forget, must_be_able_to_give
from console.people.actions.groups import target_of
from console.people.actions.rules import Administrator, one_act, scope_of


def give_role(who: Administrator, holder: Person | Group, role: Role, scope: Scope) -> bool:
    """Give a person or a group a role at a place; False when they hold exactly that already.

    Raises Refused for a place that the administrator does not administer, for a holder without roles who is not theirs,
    and where somebody who administers more took the role away.
    """
    who.must_cover(scope, Action.GRANT_ADD)
    who.must_know(holder, Action.GRANT_ADD)
    with transaction.atomic():
        must_be_able_to_give(who, holder, role, scope)
        forget(holder, Kind.ROLE_REMOVED, role.value, scope.cloud, scope.gateway_id)
        _, is_new = Grant.objects.get_or_create(
            **_holding(holder), role=role, cloud=scope.cloud, gateway_id=scope.gateway_id
        )
        if is_new:
            _record(who, Action.GRANT_ADD, holder, scope, after={"role": role.value})
    return is_new


def take_role(who: Administrator, grant: Grant) -> None:
    """Take a role away; it is gone from the holder's next request on.

    Raises Refused for a place that the administrator does not administer, RuleBroken when the last administrator would
    be gone.
    """
    scope = scope_of(grant)
    who.must_cover(scope, Action.GRANT_REMOVE)
    with one_act():
        deleted, _ = Grant.objects.filter(pk=grant.pk).delete()
        if deleted:
            decide(who, holder_of(grant), Kind.ROLE_REMOVED, grant.role, scope.cloud, scope.gateway_id)
            _record(who, Action.GRANT_REMOVE, holder_of(grant), scope, before={"role": grant.role})


def holder_of(grant: Grant) -> Person | Group:
    """Whose grant it is: a constraint sees to it that there is exactly one."""
    holder = grant.person or grant.group
    if holder is None:
        raise LookupError("a grant without holder")
    return holder


def target_of_holder(holder: Person | Group) -> str:
    """How the audit log calls them."""
    return holder.username if isinstance(holder, Person) else target_of(holder)


def _holding(holder: Person | Group) -> dict[str, Any]:
    return {"person": holder} if isinstance(holder, Person) else {"group": holder}


def _record(
    who: Administrator,
    act: Action,
    holder: Person | Group,
    scope: Scope,
    *,
    before: object = None,
    after: object = None,
) -> None:
    record(
        action=act,
        state=State.SUCCEEDED,
        actor=who.at(scope),
        cloud=scope.cloud,
        gateway_id=scope.gateway_id,
        target=target_of_holder(holder),
        before=before,
        after=after,
    )
