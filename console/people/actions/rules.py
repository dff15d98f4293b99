"""The rules every act here obeys.

1. An administrator acts within the scope of their own administration and no further: they give and take roles there,
   and touch only people and groups whose roles all lie inside. Otherwise the administrator of one cloud could set the
   password of an administrator of everything, and be them. Nor do they touch whom an administrator of more created,
   whatever roles follow: who waits for a wide role, or had one, could be taken over in between. Who is from before
   creators were written down belongs to where their roles are, and without any to administrators of everything.
2. Nobody locks everybody out: one active administrator of everything stays.
3. Nobody disables themselves or hands themselves an initial password.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import Q, QuerySet

from console.access.actor import Actor, actor_of
from console.access.guard import Hidden, Refused
from console.access.models import Decision, Grant, Person
from console.access.reach import EVERYTHING, Reach, Scope
from console.access.request import ConsoleRequest
from console.access.roles import Permission, Role
from console.audit.catalog import Action, State
from console.audit.journal import record


class RuleBroken(Exception):
    """The act would break rule 2 or 3; nothing was changed. `code` is for the audit log, the text for the person."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code


@dataclass(frozen=True, slots=True)
class Administrator:
    """Who acts, and how far they reach."""

    actor: Actor
    reach: Reach

    def at(self, scope: Scope) -> Actor:
        """The actor in the role they hold at that place."""
        return replace(self.actor, role=self.reach.role_at(scope.cloud, scope.gateway_id))

    def covers(self, scope: Scope) -> bool:
        """Whether they administer this scope."""
        return self.reach.may(Permission.MANAGE_PEOPLE, scope.cloud, scope.gateway_id)

    def covers_all(self, grants: Iterable[Grant]) -> bool:
        """Whether they administer every scope that these grants are about."""
        return all(self.covers(scope_of(grant)) for grant in grants)

    def covers_holder(self, grants: Iterable[Grant], decisions: Iterable[Decision]) -> bool:
        """Whether a person or group is theirs (rule 1), with everything that it holds and that was decided about it."""
        return all(self.covers(scope) for scope in belonging(grants, decisions))

    def manages(self, holder: Person | Group) -> bool:
        """Whether the person or group is theirs."""
        return self.covers_holder(grants_of(holder), holder.decisions.all())

    def must_cover(self, scope: Scope, act: Action) -> None:
        """Raises Refused for a scope that is not theirs."""
        if not self.covers(scope):
            raise Refused(act, Permission.MANAGE_PEOPLE, scope.cloud, scope.gateway_id)

    def must_administer(self, act: Action) -> None:
        """Raises Refused for somebody who administers nothing."""
        if not self.reach.may_anywhere(Permission.MANAGE_PEOPLE):
            raise Refused(act, Permission.MANAGE_PEOPLE)

    def must_manage(self, holder: Person | Group, act: Action) -> None:
        """Raises Hidden for somebody whom they may not know of, and Refused for somebody else who is not theirs."""
        self.must_administer(act)
        self.must_know(holder, act)
        if not self.manages(holder):
            raise Refused(act, Permission.MANAGE_PEOPLE)

    def must_know(self, holder: Person | Group, act: Action) -> None:
        """Raises Hidden for somebody without roles who is not theirs."""
        if not grants_of(holder).exists() and not self.manages(holder):
            raise Hidden(act, Permission.MANAGE_PEOPLE)

    def must_be_other_than(self, person: Person) -> None:
        """Raises RuleBroken when they are this person (rule 3)."""
        if person.pk == self.actor.person_id:
            raise RuleBroken("yourself", "You cannot do this to yourself. Ask another administrator.")


def administrator_of(request: ConsoleRequest) -> Administrator:
    """The person behind the request."""
    return Administrator(actor_of(request), request.reach)


def scope_of(grant: Grant) -> Scope:
    """Where the grant holds."""
    return Scope(grant.cloud, grant.gateway_id)


def scopes_of(decision: Decision | None) -> list[Scope]:
    """What the decider administered; everything where nobody is known."""
    return [Scope(*scope) for scope in decision.scopes] if decision and decision.scopes else [EVERYTHING]


def belonging(grants: Iterable[Grant], decisions: Iterable[Decision]) -> list[Scope]:
    """Every scope that somebody must administer to touch who holds this and about whom this was decided (rule 1)."""
    found = {scope_of(grant) for grant in grants}
    for created in decisions:
        if created.kind == Decision.Kind.CREATED:
            found.update(scopes_of(created))
    return sorted(found) or [EVERYTHING]


def grants_of(holder: Person | Group) -> QuerySet[Grant]:
    """Everything that a group holds, or a person directly and through groups."""
    if isinstance(holder, Group):
        return Grant.objects.filter(group=holder)
    return Grant.objects.filter(Q(person=holder) | Q(group__user=holder)).distinct()


@contextmanager
def one_act() -> Iterator[None]:
    """A transaction at whose end rule 2 holds. The act inside writes its audit row.

    Two such acts cannot pass each other: an audit row locks the head of the log until the transaction ends, so the
    second one looks who is left only when the first is committed.

    Raises RuleBroken, and undoes everything, when no active administrator of everything would be left.
    """
    with transaction.atomic():
        there_was_one = _administrator_left()
        yield
        if there_was_one and not _administrator_left():
            raise RuleBroken(
                "last_administrator",
                "Nobody would be left who is Administrator on everything. Give somebody else that role first.",
            )


def _administrator_left() -> bool:
    everywhere = Grant.objects.filter(role=Role.ADMINISTRATOR, cloud="")
    holders = Q(grants__in=everywhere) | Q(groups__grants__in=everywhere)
    return Person.objects.filter(holders, is_active=True).exists()


def record_refusal(who: Administrator, act: Action, target: str, broken: RuleBroken) -> None:
    """Write down that somebody tried and a rule stopped it. In a transaction of its own: theirs is undone."""
    record(action=act, state=State.REFUSED, actor=who.actor, target=target, reason=str(broken), error_code=broken.code)
