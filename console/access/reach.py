"""What one person may do, and where. Worked out once per request with one query."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, Q, QuerySet

from console.access.models import Grant, Person
from console.access.roles import ROLE_PERMISSIONS, Permission, Role


@dataclass(frozen=True, slots=True, order=True)
class Scope:
    """Where a role holds. An empty cloud means everything, an empty gateway the whole cloud."""

    cloud: str = ""
    gateway_id: str = ""

    def covers(self, cloud: str, gateway_id: str = "") -> bool:
        """Whether the place lies inside; a place without gateway is the whole cloud, without cloud everything."""
        if not self.cloud:
            return True
        return self.cloud == cloud and self.gateway_id in ("", gateway_id)


#: The scope that holds all others.
EVERYTHING = Scope()


@dataclass(frozen=True, slots=True)
class Reach:
    """The roles a person holds, directly and through groups, at the moment of the request.

    It is read afresh with every request, so a right taken away is gone from the next request on (ASVS 8.3.2).
    """

    held: tuple[tuple[Role, Scope], ...] = ()

    def may(self, permission: Permission, cloud: str, gateway_id: str) -> bool:
        """Whether the permission is held at this gateway."""
        return any(scope.covers(cloud, gateway_id) for scope in self.scopes(permission))

    def may_anywhere(self, permission: Permission) -> bool:
        """Whether the permission is held at one place at least."""
        return bool(self.scopes(permission))

    def may_everywhere(self, permission: Permission) -> bool:
        """Whether the permission is held on everything."""
        return EVERYTHING in self.scopes(permission)

    def sees_cloud(self, cloud: str) -> bool:
        """Whether the person may know of this cloud: of all of it, or of one gateway in it."""
        return any(scope.cloud in ("", cloud) for scope in self.scopes(Permission.SEE))

    def sees_gateway(self, cloud: str, gateway_id: str) -> bool:
        """Whether the person may know of this gateway."""
        return self.may(Permission.SEE, cloud, gateway_id)

    def scopes(self, permission: Permission) -> list[Scope]:
        """Where the permission is held, widest first and without those that lie inside another."""
        found = {scope for role, scope in self.held if permission in ROLE_PERMISSIONS[role]}
        return sorted(
            scope
            for scope in found
            if not any(wider != scope and wider.covers(scope.cloud, scope.gateway_id) for wider in found)
        )

    def role_at(self, cloud: str, gateway_id: str = "") -> str:
        """The roles in which the person acts at this place, as labels ("Operator, Account owner"); "" for none.

        Without a cloud: the roles held anywhere, for acts that are not about a cloud.
        """
        return _labels(role for role, scope in self.held if not cloud or scope.covers(cloud, gateway_id))

    def role_text(self) -> str:
        """The roles held anywhere, for the top bar."""
        return self.role_at("") or "No role"


def reach_of(person: Person | AnonymousUser) -> Reach:
    """Read what the person holds. Nobody and a disabled person hold nothing."""
    if not isinstance(person, Person) or not person.is_active:
        return Reach()
    return _reach_in(_grants_of(person.pk))


def reach_now(person_id: int | None, generation: int | None = None) -> Reach:
    """What somebody holds this moment who confirmed an act earlier, whether or not they are signed in; nothing where
    all their sessions were ended since, so that they have another `generation`. One query."""
    if person_id is None:
        return Reach()
    person = Person.objects.filter(pk=person_id, is_active=True)
    if generation is not None:
        person = person.filter(session_generation=generation)
    return _reach_in(_grants_of(person_id).filter(Exists(person)))


def _grants_of(person_id: int) -> QuerySet[Grant]:
    return Grant.objects.filter(Q(person=person_id) | Q(group__user=person_id))


def _reach_in(grants: QuerySet[Grant]) -> Reach:
    rows = grants.values_list("role", "cloud", "gateway_id").distinct()
    return Reach(tuple((Role(role), Scope(cloud, gateway_id)) for role, cloud, gateway_id in rows))


def _labels(roles: Iterable[Role]) -> str:
    """Labels in the order of the table, without roles that another one of them includes."""
    found = set(roles)
    kept = [
        role
        for role in Role
        if role in found and not any(ROLE_PERMISSIONS[role] < ROLE_PERMISSIONS[other] for other in found)
    ]
    return ", ".join(str(role.label) for role in kept)
