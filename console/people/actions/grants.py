"""Giving roles and taking them away."""

import hashlib
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import Group
from django.db import transaction

from console.access.models import Grant, Person
from console.access.reach import Scope
from console.access.roles import Role
from console.audit.catalog import Action, State
from console.audit.journal import record
from console.people.actions.decisions import (
    Kind,
    decide,
    forget,
    must_be_able_to_give,
    receivers,
    settle,
    with_borrowed_passwords,
)
from console.people.actions.groups import lock_group, target_of
from console.people.actions.people import void_passwords
from console.people.actions.rules import Administrator, one_act, scope_of


class HasMoved(Exception):
    """Others would get the role than were shown; nothing was done."""


@dataclass(frozen=True, slots=True)
class Given:
    """`is_new` is False where they held exactly that already. `voided` names people whose passwords ended by it."""

    is_new: bool
    voided: tuple[str, ...] = ()


def give_role(
    who: Administrator, holder: Person | Group, role: Role, scope: Scope, *, shown: str | None = None
) -> Given:
    """Give a person or a group a role at a place. `shown` is the `receipt_of` that the page showed, None for no page.

    Passwords that somebody handed over who does not administer the place end, since that somebody may know them.

    Raises Refused for a place that the administrator does not administer, for a group that is not theirs, and where
    somebody who administers more took the role away; Hidden for a holder of whom they may not know; HasMoved.
    """
    who.must_cover(scope, Action.GRANT_ADD)
    with transaction.atomic():
        lock(holder)
        must_receive(who, holder)
        if shown is not None and shown != receipt_of(holder):
            raise HasMoved
        must_be_able_to_give(who, holder, role, scope)
        for one in receivers(holder):
            settle(one)
        forget(holder, Kind.ROLE_REMOVED, role.value, scope.cloud, scope.gateway_id)
        _, is_new = Grant.objects.get_or_create(
            **_holding(holder), role=role, cloud=scope.cloud, gateway_id=scope.gateway_id
        )
        if not is_new:
            return Given(is_new=False)
        _record(who, Action.GRANT_ADD, holder, scope, after={"role": role.value})
        voided = void_passwords(who, with_borrowed_passwords(holder, [scope]))
    return Given(is_new=True, voided=tuple(voided))


def receipt_of(holder: Person | Group) -> str:
    """Names everybody who would get a role: another one is another answer to the same question."""
    keys = [f"{type(one).__name__} {one.pk}" for one in receivers(holder)]
    return hashlib.sha256("\n".join(keys).encode()).hexdigest()


def must_receive(who: Administrator, holder: Person | Group) -> None:
    """Raises Hidden or Refused for somebody to whom they may give no role at all: of a group others choose the members.

    A person may be given a role by anybody who may know of them.
    """
    if isinstance(holder, Group):
        who.must_manage(holder, Action.GRANT_ADD)
    who.must_know(holder, Action.GRANT_ADD)


def take_role(who: Administrator, grant: Grant) -> None:
    """Take a role away; it is gone from the holder's next request on.

    Raises Refused for a place that the administrator does not administer, RuleBroken when the last administrator would
    be gone.
    """
    scope, holder = scope_of(grant), holder_of(grant)
    who.must_cover(scope, Action.GRANT_REMOVE)
    with one_act():
        lock(holder)
        deleted, _ = Grant.objects.filter(pk=grant.pk).delete()
        if deleted:
            for one in receivers(holder):
                decide(who, one, Kind.ROLE_REMOVED, grant.role, scope.cloud, scope.gateway_id)
            _record(who, Action.GRANT_REMOVE, holder, scope, before={"role": grant.role})


def holder_of(grant: Grant) -> Person | Group:
    """Whose grant it is: a constraint sees to it that there is exactly one."""
    holder = grant.person or grant.group
    if holder is None:
        raise LookupError("a grant without holder")
    return holder


def target_of_holder(holder: Person | Group) -> str:
    """How the audit log calls them."""
    return holder.username if isinstance(holder, Person) else target_of(holder)


def lock(holder: Person | Group) -> None:
    """Hold still who gets a role or loses it, until the act is done."""
    if isinstance(holder, Group):
        lock_group(holder)
    else:
        Person.objects.select_for_update().get(pk=holder.pk)


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
