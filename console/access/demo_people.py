"""The people of the demo: one of each role, on everything, with one password for all (house.md part 5)."""

from typing import Final

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction

from console.access.models import Grant, Person
from console.access.roles import Role
from console.access.signals import password_replaced, person_added

#: What prepares them, for the audit log.
_COMMAND: Final = "prepare_demo"
#: Username, name, role.
DEMO_PEOPLE: Final = (
    ("admin", "Ada Admin", Role.ADMINISTRATOR),
    ("operator", "Otto Operator", Role.OPERATOR),
    ("owner", "Olga Owner", Role.ACCOUNT_OWNER),
    ("auditor", "Aldo Auditor", Role.AUDITOR),
    ("viewer", "Vera Viewer", Role.VIEWER),
)


def ensure_demo_people(password: str) -> list[str]:
    """Create those who are missing with this password, and return their usernames; [] when all were there.

    Safe to repeat: nobody's password or grants are touched once they exist.
    """
    with transaction.atomic():
        there = {username.lower() for username in Person.objects.values_list("username", flat=True)}
        missing = [person for person in DEMO_PEOPLE if person[0] not in there]
        # One password, so one hash: making it is slow by design.
        hashed = make_password(password) if missing else ""
        for username, display_name, role in missing:
            person = Person.objects.create(username=username, password=hashed, display_name=display_name)
            Grant.objects.create(person=person, role=role)
            person_added.send(Person, person=person, role=role, command=_COMMAND)
    return [username for username, _, _ in missing]


def renew_demo_password(password: str) -> None:
    """Give the demo people who are there this password; those who have it keep their sessions."""
    people = list(Person.objects.filter(username__in=[username for username, _, _ in DEMO_PEOPLE]))
    fits = {hashed: check_password(password, hashed) for hashed in {person.password for person in people}}
    others = [person for person in people if not fits[person.password]]
    # One password, so one hash: making it is slow by design.
    hashed = make_password(password) if others else ""
    with transaction.atomic():
        for person in others:
            Person.objects.filter(pk=person.pk).update(password=hashed)
            password_replaced.send(Person, person=person, command=_COMMAND)
