"""People, groups and grants as the pages show them: plain strings in frozen rows.

A grant outside the administrator's scope is not shown: they are told only that there is one. Of people and groups who
are not theirs they see the name, so as to give a person a role, and no sign-ins, groups or members.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.contrib.auth.models import Group
from django.urls import reverse

from console.access.models import Decision, Grant, Person
from console.access.roles import Permission, Role
from console.people.actions.rules import Administrator, scope_of, scopes_of
from console.web.moments import ago_text, iso_text, local_text, utc_text
from console.web.tables import Column


@dataclass(frozen=True, slots=True)
class Holding:
    """One role at one place. `through` names the group it comes from, "" for a direct grant."""

    key: int
    role: str
    where: str
    through: str
    remove_url: str

    @property
    def text(self) -> str:
        """The badge."""
        return f"{self.role} on {self.where}"


@dataclass(frozen=True, slots=True)
class Fact:
    """A line about one person."""

    label: str
    value: str
    #: Whether there is a button that copies it.
    copy: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One person of the list."""

    key: int
    username: str
    name: str
    url: str
    holdings: tuple[Holding, ...]
    holds_more: bool
    manageable: bool
    #: Whether the administrator may know of them.
    known: bool
    status: str
    tone: str
    sign_in: str
    sign_in_utc: str
    sign_in_iso: str
    sign_in_ago: str


@dataclass(frozen=True, slots=True)
class Member:
    """A person in a group, or in a list of choices."""

    key: int
    username: str
    name: str
    url: str
    remove_url: str


@dataclass(frozen=True, slots=True)
class Receiver:
    """Who gets a role. `added_by` and `password_by` name those who administer less than the administrator."""

    name: str
    is_group: bool
    disabled: bool
    added_by: str
    password_by: str


@dataclass(frozen=True, slots=True)
class GroupRow:
    """One group of the list, or the group of a page."""

    key: int
    name: str
    url: str
    holdings: tuple[Holding, ...]
    holds_more: bool
    members: tuple[Member, ...]
    manageable: bool
    #: Whether the administrator may know of it.
    known: bool


COLUMNS: Final[tuple[Column[Row], ...]] = (
    Column("username", "Username", lambda row: row.username.casefold()),
    Column("name", "Name", lambda row: row.name.casefold()),
    Column("roles", "Roles", lambda row: [holding.text for holding in row.holdings]),
    Column("status", "Status", lambda row: row.status),
    Column("sign_in", "Last sign-in", lambda row: row.sign_in_iso),
)


def row_of(person: Person, who: Administrator, clouds: dict[str, str]) -> Row:
    """A line of the list."""
    grants = all_grants(person)
    manageable = who.covers_holder((grant for grant, _ in grants), person.decisions.all())
    status, tone = status_of(person) if manageable else _outline_of(person)
    seen = person.last_login if manageable else None
    return Row(
        key=person.pk,
        username=person.username,
        name=person.display_name,
        url=reverse("people:detail", args=(person.pk,)),
        holdings=holdings_of(grants, who, clouds),
        holds_more=not who.covers_all(grant for grant, _ in grants),
        manageable=manageable,
        known=manageable or bool(grants),
        status=status,
        tone=tone,
        sign_in=local_text(seen) if seen else "",
        sign_in_utc=utc_text(seen) if seen else "",
        sign_in_iso=iso_text(seen) if seen else "",
        sign_in_ago=ago_text(seen) if seen else "",
    )


def text_of(row: Row) -> str:
    """What the search looks at."""
    return " ".join((row.username, row.name, row.status, *(holding.text for holding in row.holdings)))


def group_row_of(group: Group, who: Administrator, clouds: dict[str, str]) -> GroupRow:
    """A line of the list of groups."""
    grants = [(grant, "") for grant in group.grants.all()]
    manageable = who.covers_holder((grant for grant, _ in grants), group.decisions.all())
    return GroupRow(
        key=group.pk,
        name=group.name,
        url=reverse("people:group", args=(group.pk,)),
        holdings=holdings_of(grants, who, clouds),
        holds_more=not who.covers_all(grant for grant, _ in grants),
        members=tuple(_member(person, group) for person in group.user_set.all()) if manageable else (),
        manageable=manageable,
        known=manageable or bool(grants),
    )


def all_grants(person: Person) -> list[tuple[Grant, str]]:
    """Everything the person holds, each with the name of the group it comes through."""
    direct = [(grant, "") for grant in person.grants.all()]
    return direct + [(grant, group.name) for group in person.groups.all() for grant in group.grants.all()]


def holdings_of(grants: Iterable[tuple[Grant, str]], who: Administrator, clouds: dict[str, str]) -> tuple[Holding, ...]:
    """Those grants that the administrator administers, in words."""
    return tuple(
        Holding(
            key=grant.pk,
            role=str(Role(grant.role).label),
            where=where_text(grant.cloud, grant.gateway_id, clouds),
            through=through,
            remove_url=reverse("people:remove_grant", args=(grant.pk,)),
        )
        for grant, through in grants
        if who.covers(scope_of(grant))
    )


def where_text(cloud: str, gateway_id: str, clouds: dict[str, str]) -> str:
    """A place in words. A cloud that is not configured any more keeps its name."""
    if not cloud:
        return "everything"
    label = clouds.get(cloud, cloud)
    return f"gateway {gateway_id} in {label}" if gateway_id else label


def status_of(person: Person) -> tuple[str, str]:
    """Whether the person can sign in, and the tone of that word."""
    if not person.is_active:
        return "Disabled", "disabled"
    if person.initial_password_expired:
        return "Initial password expired", "failed"
    if person.must_change_password:
        return "Initial password", "waiting"
    return "Active", "accepted"


def _outline_of(person: Person) -> tuple[str, str]:
    """The same of somebody else's people: nothing of their passwords."""
    return ("Active", "accepted") if person.is_active else ("Disabled", "disabled")


def receiver_of(holder: Person | Group, who: Administrator) -> Receiver:
    """Who gets a role, and who of less could act as them so far."""
    last = {decision.kind: decision for decision in holder.decisions.all()}
    password = last.get(Decision.Kind.HANDED_OVER)
    return Receiver(
        name=holder.username if isinstance(holder, Person) else holder.name,
        is_group=isinstance(holder, Group),
        disabled=isinstance(holder, Person) and not holder.is_active,
        # A password that was handed over later replaces this one.
        added_by="" if password else _decider_of_less(last.get(Decision.Kind.CREATED), who),
        password_by=_decider_of_less(password, who),
    )


def _decider_of_less(decision: Decision | None, who: Administrator) -> str:
    """Who decided it, where they did not administer all that the administrator does."""
    theirs, mine = scopes_of(decision), who.reach.scopes(Permission.MANAGE_PEOPLE)
    as_much = all(any(scope.covers(one.cloud, one.gateway_id) for scope in theirs) for one in mine)
    return decision.decided_by if decision and not as_much else ""


def facts_of(person: Person, who: Administrator) -> list[Fact]:
    """What stands on top of a person's page."""
    names = [Fact("Username", person.username, copy=True), Fact("Name", person.display_name)]
    if not who.manages(person):
        return names
    return [
        *names,
        Fact("Last sign-in", _when(person.last_login)),
        Fact("Added", _when(person.date_joined)),
        Fact("Groups", ", ".join(group.name for group in person.groups.all())),
    ]


def _when(moment: datetime | None) -> str:
    return f"{local_text(moment)} ({ago_text(moment)})" if moment else ""


def _member(person: Person, group: Group) -> Member:
    return Member(
        key=person.pk,
        username=person.username,
        name=person.display_name,
        url=reverse("people:detail", args=(person.pk,)),
        remove_url=reverse("people:remove_member", args=(group.pk, person.pk)),
    )
